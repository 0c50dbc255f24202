import { json } from '../codec/json';
import { cacheOf } from '../declare/cache-of';
import { freshFor } from '../freshness';

/** A cache of prices without name and store, in which nothing is left to chance. */
export const prices = {
  version: 1,
  key: (symbol: string) => symbol,
  fresh: freshFor(60_000),
  jitter: 0,
  about: 'Prices.',
};

export class Quotes extends cacheOf({ ...prices, name: 'quotes', store: json<number>() }) {}

/** Its name begins with the other's, and its entries have a tag: the first letter. */
export class QuotesOfDay extends cacheOf({
  ...prices,
  name: 'quotes:day',
  store: json<number>(),
  tags: (symbol) => [symbol.slice(0, 1)],
  tagsOfId: (id) => [id.charAt('quotes:day:'.length)],
}) {}
