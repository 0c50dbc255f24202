import { Injectable } from '@nestjs/common';
import { hours } from '@sluice/cache';
import { TradingCaches, type OhlcCache, type OhlcEntry, type OhlcFilter } from '@sluice/trading-caching';
import { utcText } from './legacy-time';
import type { OhlcCacheEntry, OhlcCacheHealthAnswer, OhlcCacheStats } from './ohlc-cache.response';
import { roundHalfEven } from './round-half-even';
import { askShared, SharedCacheAwayError } from './shared-cache';

const MB = 1_048_576;
const KB = 1_024;

/** What could not be told apart meanwhile goes as well. By an age nothing is removed later: it is looked at in Redis. */
const CLEARED_LATER = 'Redis is not available; the cache is cleared when it is back.';

/** The legacy service's look at its cache of candles, and what it let everybody do with it. */
@Injectable()
export class OhlcCacheService {
  private readonly ohlc: OhlcCache;

  constructor(caches: TradingCaches) {
    this.ohlc = caches.ohlc;
  }

  async readStats(): Promise<OhlcCacheStats> {
    const { entries, sizeBytes, ...counts } = await askShared(() => this.ohlc.statistics.totals());
    return {
      ...counts,
      hit_rate: hitRateOf(counts),
      total_entries: entries,
      total_size_bytes: sizeBytes,
      total_size_mb: roundHalfEven(sizeBytes / MB, 2),
    };
  }

  /** The newest entries; the limit is the caller's to clamp. */
  async list(limit: number): Promise<{ total: number; entries: OhlcCacheEntry[] }> {
    const { total, entries } = await askShared(() => this.ohlc.statistics.newest(limit));
    return { total, entries: entries.map(legacyEntry) };
  }

  /** How many entries there were; without a filter all of them. */
  invalidate({ symbol, interval, olderThanHours }: LegacyFilter): Promise<number> {
    const filter: OhlcFilter = {
      ...(symbol ? { symbol } : {}),
      ...(interval ? { interval } : {}),
      ...(olderThanHours === undefined ? {} : { olderThanMs: hours(olderThanHours) }),
    };
    if (Object.keys(filter).length === 0) return this.clear();
    return askShared(() => this.ohlc.invalidate(filter), olderThanHours === undefined ? CLEARED_LATER : undefined);
  }

  async clear(): Promise<number> {
    const { removed } = await this.ohlc.clear();
    if (removed === null) throw new SharedCacheAwayError(CLEARED_LATER);
    return removed;
  }

  async readHealth(): Promise<Omit<OhlcCacheHealthAnswer, 'status'>> {
    const { hit_rate: hitRate, total_entries: entries, total_size_mb: sizeMb } = await this.readStats();
    const facts = { hit_rate: hitRate, total_entries: entries, size_mb: sizeMb };
    return { health: gradeOf(hitRate), ...facts, recommendations: hintsFor(hitRate, entries, sizeMb) };
  }
}

interface LegacyFilter {
  readonly symbol?: string | undefined;
  readonly interval?: string | undefined;
  readonly olderThanHours?: number | undefined;
}

/** In percent; 0 before anything was read. */
function hitRateOf({ hits, misses }: { readonly hits: number; readonly misses: number }): number {
  return hits + misses === 0 ? 0 : roundHalfEven((hits / (hits + misses)) * 100, 2);
}

function legacyEntry(entry: OhlcEntry): OhlcCacheEntry {
  return {
    cache_key: entry.id,
    symbol: entry.symbol,
    interval: entry.interval,
    from_date: entry.from,
    to_date: entry.to,
    source: entry.source,
    cached_at: entry.cachedAtMs === null ? null : utcText(Math.round(entry.cachedAtMs)),
    age_hours: entry.ageMs === null ? null : roundHalfEven(entry.ageMs / hours(1), 2),
    row_count: entry.rows,
    size_kb: roundHalfEven(entry.sizeBytes / KB, 2),
  };
}

function gradeOf(hitRate: number): string {
  if (hitRate >= 70) return 'excellent';
  if (hitRate >= 50) return 'good';
  return hitRate >= 30 ? 'fair' : 'poor';
}

function hintsFor(hitRate: number, entries: number, sizeMb: number): string[] {
  return [
    ...(hitRate < 30 ? ['The hit rate is below 30 %: are the same spans asked for again while they live?'] : []),
    ...(sizeMb > 100 ? ['The cache is larger than 100 MB: invalidate what nobody asks for.'] : []),
    ...(entries === 0 ? ['The cache is empty: it fills as candles are asked for.'] : []),
    ...(entries > 1_000 ? ['There are more than 1000 entries: invalidate the old ones.'] : []),
  ];
}
