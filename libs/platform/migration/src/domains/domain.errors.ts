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

/** A write of this program's that the domain's mode forbids. Nothing of the transaction was written. */
export class ModeRefusedError extends DomainError {
  readonly code = 'DOMAIN_MODE_REFUSED';
  readonly kind = 'refused';
  constructor(
    readonly domain: string,
    readonly mode: Mode,
    cause?: unknown,
  ) {
    super(`The domain ${domain} is in mode ${mode}, in which this may not write its tables. Nothing was written.`, {
      remedy: REMEDIES[mode],
      cause,
    });
  }
}

const BOTH =
  'Both sides write it now. Go back with `sluice cutover rollback` first, or leave its tables out with --only.';
const REMEDIES: Readonly<Record<Mode, string>> = {
  legacy: 'Its rows come from the legacy files alone: `sluice follow` carries them. Tables cannot be emptied any more.',
  dual: BOTH,
  shadow: BOTH,
  cutover: BOTH,
  new: 'PostgreSQL alone has it now; nothing is carried from the legacy files any more. Start again without its tables.',
};

export class ModeBusyError extends DomainError {
  readonly code = 'DOMAIN_BUSY';
  readonly kind = 'refused';
  constructor(domain: string, cause: unknown) {
    super(`The domain ${domain} was in use for so long that its mode could not be changed. Nothing was changed.`, {
      remedy: 'Try again; if it goes on, look for a long transaction in pg_stat_activity.',
      cause,
    });
  }
}

export class IdsExhaustedError extends DomainError {
  readonly code = 'DOMAIN_IDS_EXHAUSTED';
  readonly kind = 'refused';
  constructor(table: string) {
    super(`${table} has an id so near the greatest that there is that no block of ids is left for PostgreSQL.`, {
      remedy:
        'Give the row with the greatest id a smaller one in the legacy file, and lower its number in sqlite_sequence.',
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
