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
