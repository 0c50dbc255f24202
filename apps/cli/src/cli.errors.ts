import { DomainError } from '@sluice/core';

/** The command was asked wrongly: an option, a name or a number that does not fit. */
export class UsageError extends DomainError {
  readonly code = 'CLI_USAGE';
  readonly kind = 'usage';
}
