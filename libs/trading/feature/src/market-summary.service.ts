import { Injectable } from '@nestjs/common';
import { DomainError, isObject } from '@sluice/core';
import { TradingCaches } from '@sluice/trading-caching';
import { askShared } from './shared-cache';

/** Nobody has left a summary of the region in the general cache, or it is over eight days old. */
export class MarketSummaryAbsentError extends DomainError {
  readonly code = 'TRADING_MARKET_SUMMARY_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no summary of this market: nobody has left one within eight days.');
  }
}

export interface MarketSummary {
  readonly value: Readonly<Record<string, unknown>>;
  /** Not above 0 where it is past its life. */
  readonly freshForMs: number;
}

/**
 * What the general cache holds of a market. The legacy service fetched what was over while the market was open; here nobody
 * fetches, so that a value past its life is its last word, open or closed, as it was where fetching failed.
 */
@Injectable()
export class MarketSummaryService {
  constructor(private readonly caches: TradingCaches) {}

  /** Throws `TRADING_MARKET_SUMMARY_UNKNOWN`, and `TRADING_CACHE_AWAY`. */
  async get(region: string): Promise<MarketSummary> {
    const { persistent } = this.caches.general;
    const id = persistent.idOf({ key: `${region.toLowerCase()}_indices_summary`, region });
    const held = (await askShared(() => persistent.inspect(id)))?.tier2;
    if (held?.state !== 'fresh' && held?.state !== 'stale') throw new MarketSummaryAbsentError();
    if (!isObject(held.value)) throw new MarketSummaryAbsentError();
    return { value: held.value, freshForMs: held.freshForMs ?? Infinity };
  }
}
