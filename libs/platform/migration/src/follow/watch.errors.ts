import { DomainError } from '@sluice/core';

/** The stamps of what is about to be applied cannot be kept, so it is not applied; a follower waits until they can. */
export class StampsUnwritableError extends DomainError {
  readonly code = 'FOLLOW_STAMPS_UNWRITABLE';
  readonly kind = 'unavailable';
  constructor(folder: string, cause: unknown) {
    super(`What is known of the legacy files' pages cannot be kept in ${folder}.`, {
      cause,
      remedy: 'Make room there, give this user the right to write, or name another folder with --state-dir.',
    });
  }
}
