import { DomainError } from '@sluice/core';

export class UsageError extends DomainError {
  readonly code = 'CLI_USAGE';
  readonly kind = 'usage';
}
