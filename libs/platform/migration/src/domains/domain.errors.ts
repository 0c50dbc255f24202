import { DomainError } from '@sluice/core';
import type { Mode } from './domain';

export class ModeChangedError extends DomainError {
  readonly code = 'DOMAIN_MODE_CHANGED';
  readonly kind = 'refused';
  constructor(domain: string, expected: Mode, found: Mode | null) {
    super(
      `The domain ${domain} is not in mode ${expected} any more, but ${found ? `in ${found}` : 'in none'}. Nothing was changed.`,
      {
        remedy: 'Look at the state again, and decide anew.',
      },
    );
  }
}

export class ModeBusyError extends DomainError {
  readonly code = 'DOMAIN_BUSY';
  readonly kind = 'refused';
  constructor(domain: string, cause: unknown) {
    super(`The domain ${domain} was written to for so long that its mode could not be changed. Nothing was changed.`, {
      remedy: 'Try again; if it goes on, look for a long transaction in pg_stat_activity.',
      cause,
    });
  }
}

export class ShadowDifferenceGoneError extends DomainError {
  readonly code = 'SHADOW_DIFFERENCE_GONE';
  readonly kind = 'not-found';
  constructor(id: string) {
    super(`No difference ${id} waits for an explanation.`, { remedy: 'List the differences again.' });
  }
}
