import { DomainError } from '@sluice/core';

export class RecommendationNotFoundError extends DomainError {
  readonly code = 'TRADING_RECOMMENDATION_NOT_FOUND';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such recommendation.');
  }
}
