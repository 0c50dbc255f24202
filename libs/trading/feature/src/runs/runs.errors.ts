import { DomainError } from '@sluice/core';

export class RunNotFoundError extends DomainError {
  readonly code = 'TRADING_RUN_NOT_FOUND';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such run.', { remedy: 'Runs that retention took away are in top_picks_runs_archive.' });
  }
}

export class NoPicksError extends DomainError {
  readonly code = 'TRADING_NO_PICKS';
  readonly kind = 'not-found';

  constructor() {
    super('No run of this universe and mode has picks.');
  }
}

/** Files of runs are asked for where there is no folder of the legacy backend. */
export class NoLegacyDirectoryError extends DomainError {
  readonly code = 'TRADING_NO_LEGACY_DIR';
  readonly kind = 'conflict';

  constructor() {
    super('There are no files to compare with.', { remedy: "Set LEGACY_DIR to the legacy backend's root folder." });
  }
}
