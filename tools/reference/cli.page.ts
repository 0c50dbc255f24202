import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { page } from './markdown';

const run = promisify(execFile);

/** The help of every command, as the program itself prints it where its output is no terminal. */
export async function cliPage(root: string): Promise<string> {
  const sections = await helpOf(path.join(root, 'apps/cli/bin/sluice.cjs'), []);
  return page('Command line', 'In the checkout: `npx sluice ...`.', ...sections);
}

/** A command's section, followed by those of its own commands. */
async function helpOf(program: string, command: readonly string[]): Promise<string[]> {
  const { stdout } = await run(process.execPath, [program, ...command, '--help']);
  const [, list = ''] = stdout.split('\nCommands:\n');
  const names = [...list.matchAll(/^ {2}([a-z-]+)/gm)].flatMap(([, name]) => (name && name !== 'help' ? [name] : []));
  const below = await Promise.all(names.map((name) => helpOf(program, [...command, name])));
  return [`## ${['sluice', ...command].join(' ')}`, `\`\`\`\n${stdout.trimEnd()}\n\`\`\``, ...below.flat()];
}
