import { cacheOf, freshFor, hours, json, MAX_TTL_MS, seconds, type Cache, type CacheEngine } from '@sluice/cache';

/** What is the same for the three: values are set by callers, never loaded, `null` is one, and a life is exact. */
const SET_BY_CALLERS = {
  version: 1,
  key: (key: string) => key,
  store: json<unknown>(),
  jitter: 0,
  negativeMs: 0,
} as const;

/** Data of a session: an hour, or as long as the caller says. */
export class SessionMemoryCache extends cacheOf<string, unknown>({
  ...SET_BY_CALLERS,
  name: 'memory:session', // memory:session:{key}
  fresh: freshFor(hours(1)),
  about: 'Data of a session; set by its owner.',
}) {}

/** The working context per type, without an end of its own; a shared tier that runs full may evict it. */
export class WorkingContextCache extends cacheOf<string, unknown>({
  ...SET_BY_CALLERS,
  name: 'memory:context', // memory:context:{type}
  fresh: freshFor(MAX_TTL_MS),
  about: 'The working context per type; set by whoever works.',
}) {
  /** Every context by its type. Throws `Tier2Error` where the shared tier cannot be asked. */
  async getAllContext(): Promise<Map<string, unknown>> {
    const types = (await idsOf(this)).flatMap((id) => this.partsOf(id, 1) ?? []);
    const contexts = await this.getMany(types);
    return new Map(types.flatMap((type, i) => (contexts[i] === undefined ? [] : [[type, contexts[i]] as const])));
  }
}

/** Short-lived results: five minutes, or as long as the caller says. */
export class ShortMemoryCache extends cacheOf<string, unknown>({
  ...SET_BY_CALLERS,
  name: 'memory:cache', // memory:cache:{key}
  fresh: freshFor(seconds(300)),
  about: 'Short-lived results of agents; set by whoever has them.',
}) {}

/** As the legacy manager named them. */
export interface MemoryStats {
  readonly session_items: number;
  readonly working_contexts: number;
  readonly cached_items: number;
}

/**
 * The three maps of the legacy memory manager: the same key may exist in each. Nothing has to be cleaned up: what is over
 * is gone. The long-term part, analyses and preferences, is in Postgres.
 */
export class MemoryCaches {
  readonly session: SessionMemoryCache;
  readonly context: WorkingContextCache;
  readonly cache: ShortMemoryCache;

  constructor(engine: CacheEngine) {
    this.session = new SessionMemoryCache(engine);
    this.context = new WorkingContextCache(engine);
    this.cache = new ShortMemoryCache(engine);
  }

  /** How many entries there are now. Throws `Tier2Error` where the shared tier cannot be asked. */
  async getStats(): Promise<MemoryStats> {
    const [session, context, cache] = [await idsOf(this.session), await idsOf(this.context), await idsOf(this.cache)];
    return { session_items: session.length, working_contexts: context.length, cached_items: cache.length };
  }
}

async function idsOf(cache: Cache<string, unknown>): Promise<string[]> {
  const ids = new Set<string>(); // A key may come twice.
  for await (const keys of cache.pages()) for (const id of keys) ids.add(id);
  return [...ids];
}
