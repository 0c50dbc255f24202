import type { ErrorKind } from '@sluice/core';

/** What the command line's exit codes mean; scripts rely on them. Anything else is a bug. */
export const exitCodes = {
  done: 0,
  usage: 2,
  refused: 3,
  quarantined: 4,
  differs: 5,
  unavailable: 6,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code of an expected failure. */
export function exitCodeOfKind(kind: ErrorKind): number {
  switch (kind) {
    case 'usage':
    case 'invalid':
    case 'not-found':
      return exitCodes.usage;
    case 'conflict':
    case 'unauthenticated':
    case 'forbidden':
    case 'outdated':
    case 'refused':
      return exitCodes.refused;
    case 'differs':
      return exitCodes.differs;
    case 'unavailable':
    case 'too-many':
      return exitCodes.unavailable;
    case 'interrupted':
      return exitCodes.interrupted;
  }
}
