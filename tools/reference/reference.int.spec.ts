import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findErrors } from './find-errors';
import { generated, pages, referenceDir, root } from './reference';

const fresh = 'up to date';

/** The sentence that mends a stale file; or that nothing is to be done. */
function stateOf(name: string, made: string): string {
  const file = path.join(root, name);
  const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return committed === made ? fresh : `${name} is stale: run \`npm run docs:reference\` and commit it.`;
}

describe('what is made from the code', () => {
  it.each(Object.entries(generated))('%s says what the code says', async (name, make) => {
    expect(stateOf(name, await make())).toBe(fresh);
  });

  it('names the command that mends a stale file', () => {
    expect(stateOf('docs/reference/settings.md', 'something else')).toContain('npm run docs:reference');
  });

  it('holds no file that nothing makes', () => {
    expect(readdirSync(referenceDir).sort()).toEqual(Object.keys(pages).sort());
  });

  it('finds a code in one kind only, wherever it is thrown', () => {
    const kinds = new Map<string, Set<string>>();
    for (const { code, kinds: of } of findErrors(root)) {
      kinds.set(code, (kinds.get(code) ?? new Set()).add(of.join(', ')));
    }
    expect([...kinds].filter(([, of]) => of.size > 1)).toEqual([]);
  });
});
