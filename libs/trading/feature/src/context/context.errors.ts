import { DomainError } from '@sluice/core';

/** No analysis of this symbol and agent is young enough. */
export class AnalysisAbsentError extends DomainError {
  readonly code = 'CONTEXT_ANALYSIS_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no analysis of this symbol by this agent within this time.');
  }
}

/** The user has no such preference. */
export class PreferenceAbsentError extends DomainError {
  readonly code = 'CONTEXT_PREFERENCE_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such preference of this user.');
  }
}

/** Nothing was remembered under this type and key, or its life is over. */
export class ContextEntryAbsentError extends DomainError {
  readonly code = 'CONTEXT_ENTRY_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no context of this type and key, or its life is over.');
  }
}
