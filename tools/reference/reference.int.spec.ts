import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir } from '@sluice/testing';
import { findErrors } from './find-errors';
import { generated, pages, referenceDir, replaceFile, root } from './reference';

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

  it('leaves the old text to whoever is reading it', async () => {
    const folder = await tempDir();
    const file = path.join(folder.path, 'deeper', 'a.ts');
    replaceFile(file, 'the old text');
    const reading = openSync(file, 'r');
    replaceFile(file, 'new');
    expect([readFileSync(reading, 'utf8'), readFileSync(file, 'utf8')]).toEqual(['the old text', 'new']);
    expect(readdirSync(path.dirname(file))).toEqual(['a.ts']);
    closeSync(reading);
    await folder.remove();
  });

  it('finds a code in one kind only, wherever it is thrown', () => {
    const kinds = new Map<string, Set<string>>();
    for (const { code, kinds: of } of findErrors(root)) {
      kinds.set(code, (kinds.get(code) ?? new Set()).add(of.join(', ')));
    }
    expect([...kinds].filter(([, of]) => of.size > 1)).toEqual([]);
  });
});
