import { readFileSync } from 'node:fs';
import path from 'node:path';
import { GATES, POLICY_NAMES } from '@sluice/migration';

const read = (name: string): string => readFileSync(path.join(__dirname, '../../../docs', name), 'utf8');
const guide = read('guides/cutover.md');
/** Made from the program itself. */
const commands = new Set([...read('reference/cli.md').matchAll(/^## (sluice .*)$/gm)].map(([, command]) => command!));
const GROUPS = ['cutover', 'quarantine', 'db', 'backup', 'divergences', 'keys', 'cache'].map(
  (name) => `sluice ${name}`,
);

it('has a section for every gate, in the order in which they are shown', () => {
  const [, gates = ''] = guide.split('## What the gates ask, and what to do');
  expect([...gates.matchAll(/^### (.*)$/gm)].map(([, name]) => name)).toEqual(GATES.map(({ name }) => name));
});

it('names every rule of the policy, and commands that exist', () => {
  for (const name of POLICY_NAMES) expect(guide).toContain(`\`${name}\``);
  const named = [...guide.matchAll(/(?:\$ |`)sluice((?: [a-z]+)+)/g)].map(([, words]) => words!.trim().split(' '));
  const unknown = named.filter((words) => {
    const paths = words.map((_word, i) => ['sluice', ...words.slice(0, i + 1)].join(' '));
    const known = paths.findLast((one) => commands.has(one));
    // A word behind a group that has no action of its own is a command that there is not.
    return known === undefined || (GROUPS.includes(known) && known !== paths.at(-1));
  });
  expect([named.length > 30, unknown]).toEqual([true, []]);
});
