import { Cache, days, freshFor, json, seconds, whileMarketOpen, type CacheEngine, type Freshness } from '@sluice/cache';
import type { Market } from './market-hours';

export interface GeneralKey {
  readonly key: string;
  /** Whose market decides whether anything new can be known; `India` unless told. */
  readonly region?: string;
}

export interface GeneralOptions {
  /** Fresh life; 60 s unless told. */
  readonly freshMs?: number;
  /** Keeps the value of the last session while the market is closed, and for when fetching fails. */
  readonly persist?: boolean;
  readonly region?: string;
}

type MarketOf = (region: string) => Pick<Market, 'isOpen'>;

const FRESH_MS = seconds(60);
/** Seven full days, as the legacy cache counted them: eight days is the first age that is too old. */
const PERSIST_MS = days(8);

/** Values that nobody misses: gone at the end of their life, and an error of the source is the caller's. */
export class VolatileGeneralCache extends Cache<string, unknown> {
  constructor(engine: CacheEngine) {
    super(engine, {
      name: 'general:volatile',
      version: 1,
      key: (key) => key, // general:volatile:{key}
      store: json(),
      fresh: freshFor(FRESH_MS),
      jitter: 0,
      negativeMs: FRESH_MS,
      about: 'What callers of the general cache fetch without persistence; filled by what they fetch.',
    });
  }
}

/**
 * Values of the last session. While the market of the region is closed nothing new can be known, so that a value stays as
 * good as new over the whole weekend; while fetching fails the old one is served, up to eight days after.
 */
export class PersistentGeneralCache extends Cache<GeneralKey, unknown> {
  constructor(engine: CacheEngine, marketOf: MarketOf) {
    super(engine, {
      name: 'general:persistent',
      version: 1,
      key: ({ key, region = 'India' }) => [region, key], // general:persistent:{region}:{key}
      store: json(),
      fresh: byRegion(marketOf),
      graceMs: PERSIST_MS,
      jitter: 0,
      negativeMs: FRESH_MS,
      about: 'What callers of the general cache fetch with persistence; filled by what they fetch.',
    });
  }
}

/** What the legacy `get_cached` offered: one call, two caches, because what is kept for days lives differently. */
export class GeneralCache {
  readonly volatile: VolatileGeneralCache;
  readonly persistent: PersistentGeneralCache;

  constructor(engine: CacheEngine, marketOf: MarketOf) {
    this.volatile = new VolatileGeneralCache(engine);
    this.persistent = new PersistentGeneralCache(engine, marketOf);
  }

  /** The value, fetched where there is none. Throws what `fetch` throws where nothing is kept for that. */
  getCached<V>(
    key: string,
    fetch: () => Promise<V>,
    { freshMs = FRESH_MS, persist = false, region }: GeneralOptions = {},
  ): Promise<V> {
    const cached = persist
      ? this.persistent.getOrLoad({ key, ...(region === undefined ? {} : { region }) }, fetch, { freshMs })
      : this.volatile.getOrLoad(key, fetch, { freshMs });
    return cached as Promise<V>;
  }
}

function byRegion(marketOf: MarketOf): Freshness<GeneralKey, unknown> {
  const rules = new Map<string, Freshness<unknown, unknown>>();
  const ruleOf = (region: string) => {
    const rule = rules.get(region) ?? whileMarketOpen({ calendar: marketOf(region), freshMs: FRESH_MS });
    if (REGIONS.includes(region)) rules.set(region, rule);
    return rule;
  };
  return {
    freshForMs: () => FRESH_MS,
    fixedMs: FRESH_MS,
    heldMs: PERSIST_MS - FRESH_MS,
    stillFresh: (read) => ruleOf(read.key.region ?? 'India').stillFresh?.(read) ?? false,
    says: '60 s, while the market of the region is closed up to 8 d',
  };
}

/** The only ones that open; any other name is of a market that is always closed, and costs no memory. */
const REGIONS: readonly string[] = ['India', 'Global'];
