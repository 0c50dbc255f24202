import { DomainError } from '@sluice/core';

/** No policy has this id. Nothing was changed. */
export class PolicyUnknownError extends DomainError {
  readonly code = 'TRADING_POLICY_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such policy; nothing was changed.');
  }
}

/** No policy is active. */
export class NoActivePolicyError extends DomainError {
  readonly code = 'TRADING_NO_ACTIVE_POLICY';
  readonly kind = 'not-found';

  constructor() {
    super('No policy is active.');
  }
}

/** Training would take minutes, and keep the process from everything else. */
export class PolicyTooLargeError extends DomainError {
  readonly code = 'TRADING_POLICY_TOO_LARGE';
  readonly kind = 'conflict';

  constructor(modes: number, profiles: number) {
    super(`A policy of more than ${modes} modes, or ${profiles} exit profiles of one, is not trained.`, {
      remedy: 'Split its configuration into several policies.',
    });
  }
}

/** The configuration of a policy was changed while it was trained. */
export class PolicyReconfiguredError extends DomainError {
  readonly code = 'TRADING_POLICY_RECONFIGURED';
  readonly kind = 'conflict';

  constructor() {
    super('The configuration of the policy was changed while it was trained; nothing was stored.', {
      remedy: 'Train it again.',
    });
  }
}
