import { createInterface } from 'node:readline/promises';
import { UsageError } from './cli.errors';
import type { Context } from './context';

/** Asks a person at a terminal; anybody else must have said `--yes`. Throws a usage error where it is not confirmed. */
export async function confirm(
  { options, signal }: Context,
  question: string,
  warning = 'This cannot be undone.',
): Promise<void> {
  if (options.yes) return;
  const isAsked = process.stdin.isTTY && process.stderr.isTTY && !options.json;
  if (!isAsked) throw new UsageError(`${question} ${warning}`.trim(), { remedy: 'Add --yes to confirm.' });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Not confirmed; nothing was changed.');
  } finally {
    terminal.close();
  }
}
