import type { Cache, CacheEngine } from '@sluice/cache';
import { DomainError, messageOf } from '@sluice/core';
import type { LatestPicks, LatestPicksCache, PicksScope } from './latest-picks.cache';

/** Where the values of a cache come from when nobody has asked for them yet. */
export interface WarmSource<K, V> {
  /** Every key that is worth having. */
  list(): Promise<readonly K[]>;
  load(key: K): Promise<V>;
}

/** What PostgreSQL holds the truth of; the other caches are filled by computing, or by jobs. */
export interface WarmSources {
  readonly latestPicks: WarmSource<PicksScope, LatestPicks | null>;
}

export interface WarmOptions {
  /** Of caches; all that have a source unless told. */
  readonly names?: readonly string[];
  /** Loads in a second at most, over all caches: 50 unless told. What is there already costs none. */
  readonly perSecond?: number;
  /** Looks what is absent, and loads nothing. */
  readonly dryRun?: boolean;
  /** Ends the warm-up between two entries. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: WarmProgress) => void;
}

export interface WarmProgress {
  readonly name: string;
  readonly total: number;
  /** Were there already: a warm-up replaces nothing. */
  readonly present: number;
  readonly loaded: number;
  /** Could not be loaded, or Redis did not take them. */
  readonly failed: number;
  /** The last failure's message. */
  readonly failure: string | null;
}

/** Nothing is known that could fill the cache ahead of its callers. */
export class CacheNotWarmableError extends DomainError {
  readonly code = 'CACHE_NOT_WARMABLE';
  readonly kind = 'invalid';

  constructor(name: string, warmable: readonly string[]) {
    super(`The cache ${JSON.stringify(name.slice(0, 100))} cannot be filled from PostgreSQL.`, {
      remedy: `These can: ${warmable.join(', ')}.`,
    });
  }
}

const PER_SECOND = 50;

/**
 * Fills caches ahead of their callers, one entry after the other. Each is loaded as a caller would load it, under the
 * key's lease: processes that warm up together load it once, and what was written or invalidated meanwhile stands.
 */
export class WarmUp {
  private readonly fills: ReadonlyMap<string, (options: WarmOptions) => Promise<WarmProgress>>;

  constructor(
    private readonly engine: Pick<CacheEngine, 'scheduler'>,
    { latestPicks }: { readonly latestPicks: LatestPicksCache },
    sources: WarmSources,
  ) {
    this.fills = new Map([
      [latestPicks.name, (options: WarmOptions) => this.fill(latestPicks, sources.latestPicks, options)],
    ]);
  }

  /** Of each cache how it went. Throws `CacheNotWarmableError` before anything is loaded, and what `list` throws. */
  async run(options: WarmOptions = {}): Promise<WarmProgress[]> {
    const names = [...new Set(options.names ?? this.fills.keys())];
    const fills = names.map((name) => {
      const fill = this.fills.get(name);
      if (!fill) throw new CacheNotWarmableError(name, [...this.fills.keys()]);
      return fill;
    });
    const done: WarmProgress[] = [];
    for (const fill of fills) done.push(await fill(options));
    return done;
  }

  private async fill<K, V>(cache: Cache<K, V>, source: WarmSource<K, V>, options: WarmOptions): Promise<WarmProgress> {
    const { perSecond = PER_SECOND, dryRun = false, signal, onProgress = () => undefined } = options;
    const keys = await source.list();
    const sum = {
      name: cache.name,
      total: keys.length,
      present: 0,
      loaded: 0,
      failed: 0,
      failure: null as string | null,
    };
    if (dryRun) {
      const found = await cache.getMany(keys);
      return { ...sum, present: found.filter((value) => value !== undefined).length };
    }
    for (const key of keys) {
      if (signal?.aborted) break;
      const { state, failure } = await loadOne(cache, key, source);
      sum[state]++;
      sum.failure = failure ?? sum.failure;
      onProgress({ ...sum });
      if (state !== 'present') await this.pause(1_000 / perSecond);
    }
    return sum;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.engine.scheduler.after(ms, resolve));
  }
}

interface Outcome {
  readonly state: 'present' | 'loaded' | 'failed';
  readonly failure: string | null;
}

async function loadOne<K, V>(cache: Cache<K, V>, key: K, source: WarmSource<K, V>): Promise<Outcome> {
  try {
    const { state, isStored } = await cache.getOrLoadAnswer(key, () => source.load(key));
    if (state === 'hit') return { state: 'present', failure: null };
    if (state === 'miss' && isStored) return { state: 'loaded', failure: null };
    const failure = state === 'stale' ? 'A load failed, or took long.' : 'Redis is away, or has not taken the value.';
    return { state: 'failed', failure: state === 'bypass' ? 'The cache is paused.' : failure };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { state: 'failed', failure: messageOf(error) };
  }
}
