import { DomainError } from '@sluice/core';

/** The verification was stopped on request; nothing was decided. */
export class VerificationInterruptedError extends DomainError {
  readonly code = 'VERIFY_INTERRUPTED';
  readonly kind = 'interrupted';
  constructor(table: string) {
    super(`The verification of ${table} was interrupted.`, { remedy: 'Run the same command again.' });
  }
}

/** The target could not be reached, or the connection broke. */
export class VerificationTargetError extends DomainError {
  readonly code = 'VERIFY_TARGET_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(table: string, cause: unknown) {
    super(`The target of ${table} could not be read.`, {
      cause,
      remedy: 'Check DATABASE_URL and the server, then run the same command again.',
    });
  }
}

/** The mapping cannot be verified in this way. */
export class VerificationUnsupportedError extends DomainError {
  readonly code = 'VERIFY_UNSUPPORTED';
  readonly kind = 'refused';
}
