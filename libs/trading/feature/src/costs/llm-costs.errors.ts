import { DomainError } from '@sluice/core';

/** A model has one price from a time on; another one would leave open what its requests cost. */
export class LlmPriceExistsError extends DomainError {
  readonly code = 'LLM_PRICE_EXISTS';
  readonly kind = 'conflict';

  constructor() {
    super('The model has a price from this time on already.', { remedy: 'Add the new price from another time on.' });
  }
}

/** No price is as old as the request, not even the one for all models. */
export class LlmPriceMissingError extends DomainError {
  readonly code = 'LLM_PRICE_MISSING';
  readonly kind = 'invalid';

  constructor() {
    super('No price was valid at the time of this request.', { remedy: 'Add a price that was valid then.' });
  }
}
