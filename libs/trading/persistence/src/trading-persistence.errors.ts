import { DomainError } from '@sluice/core';

/** A run holds something that is no JSON, so nothing of it was stored. */
export class RunNotJsonError extends DomainError {
  readonly code = 'TRADING_RUN_NOT_JSON';
  readonly kind = 'invalid';

  constructor(cause?: unknown) {
    super('The run holds a value that JSON cannot hold; nothing of it was stored.', { cause });
  }
}
