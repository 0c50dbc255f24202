import type { ErrorKind } from '@sluice/core';
import { exitCodeOfKind, exitCodes } from '../../apps/cli/src/exit-codes';
import { page, table } from './markdown';

/** One line per exit code; a code that this does not know fails the type check. */
const meanings: Readonly<Record<keyof typeof exitCodes, readonly [meaning: string, next: string]>> = {
  done: ['Done; where something was compared, it is equal.', 'Nothing.'],
  usage: ['The command was asked wrongly: an option, a setting or a name.', 'Read the message; nothing was changed.'],
  refused: ['A check before the start said no; nothing was changed.', 'Mend what the message names, run it again.'],
  quarantined: [
    'Complete and equal, but rows, or pages of a damaged file, are in quarantine.',
    '`sluice quarantine list`, mend, replay.',
  ],
  differs: ['Source and target are not equal.', '`sluice report` names the rows and columns.'],
  unavailable: [
    'A server is away or full, or the disk that the output goes to; the checkpoint is valid.',
    'Bring it back, run the same command again.',
  ],
  hungUp: [
    'Stopped by SIGHUP, such as a closed terminal; the checkpoint is valid.',
    'Run the same command again: it goes on.',
  ],
  interrupted: ['Stopped by SIGINT; the checkpoint is valid.', 'Run the same command again: it goes on.'],
  terminated: ['Stopped by SIGTERM; the checkpoint is valid.', 'Run the same command again: it goes on.'],
};

const kinds = Object.keys({
  usage: 0,
  invalid: 0,
  unauthenticated: 0,
  forbidden: 0,
  'not-found': 0,
  conflict: 0,
  outdated: 0,
  'too-many': 0,
  refused: 0,
  differs: 0,
  unavailable: 0,
  interrupted: 0,
} satisfies Record<ErrorKind, 0>) as ErrorKind[];

/** What scripts may rely on. */
export function exitCodesPage(): string {
  const rows = Object.entries(exitCodes).map(([name, value]) => {
    const [meaning, next] = meanings[name as keyof typeof exitCodes];
    const of = kinds.filter((kind) => exitCodeOfKind(kind) === value);
    return [String(value), meaning, next, of.join(', ')];
  });
  return page(
    'Exit codes',
    'Of `sluice`. 1 is a bug: please report it with the stack that it prints.',
    table(['exit', 'meaning', 'what next', 'kinds of error'], rows),
  );
}
