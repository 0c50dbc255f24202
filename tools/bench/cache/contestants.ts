import { cacheOf, CacheEngine, freshFor, json, RedisTier2 } from '@sluice/cache';
import { RedisConnection } from '@sluice/redis';
import Redis from 'ioredis';
import { importModule } from './import-module.cjs';

export interface Pick {
  readonly id: number;
  readonly symbol: string;
  readonly mode: string;
  readonly score: number;
  readonly note: string;
}

export interface Setup {
  readonly url: string;
  /** As the cache is meant to be used, or its second tier alone. */
  readonly tiers: 'memory first' | 'redis only';
  readonly load: (key: string) => Promise<Pick>;
}

export interface Contestant {
  /** The value of a key, loaded where there is none. */
  get(key: string): Promise<unknown>;
  getMany?(keys: readonly string[]): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface Entrant {
  readonly name: string;
  /** The tiers that it has. */
  readonly plays: readonly Setup['tiers'][];
  /** How it uses Redis with all that it has; null where it does not. */
  readonly shared: Setup['tiers'] | null;
  open(setup: Setup): Promise<Contestant>;
}

export const LIFE_MS = 600_000;

/** About 300 bytes as JSON. */
export const pickOf = (id: number): Pick => ({
  id,
  symbol: `SYM${id % 500}`,
  mode: 'Intraday',
  score: (id % 1000) / 10,
  note: 'x'.repeat(220) + id,
});

export function isPick(value: unknown): value is Pick {
  return typeof (value as Partial<Pick> | null)?.symbol === 'string';
}

const BOTH = ['memory first', 'redis only'] as const;

export const entrants: readonly Entrant[] = [
  { name: 'sluice', plays: BOTH, shared: 'memory first', open: (setup) => openSluice(setup, true) },
  { name: 'sluice, one-part key', plays: BOTH, shared: 'memory first', open: (setup) => openSluice(setup, false) },
  { name: 'bentocache', plays: BOTH, shared: 'memory first', open: openBentocache },
  { name: 'cache-manager', plays: BOTH, shared: 'memory first', open: openCacheManager },
  { name: 'async-cache-dedupe', plays: BOTH, shared: 'redis only', open: openDedupe },
  { name: 'ioredis GET', plays: ['redis only'], shared: 'redis only', open: openIoredis },
  { name: 'Map', plays: ['memory first'], shared: null, open: openMap },
];

/** As the trading caches use it: declared, with an engine that listens and looks for gaps. */
async function openSluice({ url, tiers, load }: Setup, isTwoPart: boolean): Promise<Contestant> {
  const engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(url, { commandMs: 250 })) });
  const store = json({ check: isPick });
  const policy = { version: 1, store, fresh: freshFor(LIFE_MS), tier1: tiers === 'memory first', about: 'Benchmark.' };
  const pairs = new (cacheOf<{ symbol: string; id: string }, Pick>({
    ...policy, name: 'pairs', key: ({ symbol, id }) => [symbol, id],
  }))(engine); // prettier-ignore
  const singles = new (cacheOf<string, Pick>({ ...policy, name: 'singles', key: (id) => id }))(engine);
  await engine.start();
  await engine.look();
  const close = () => engine.close();
  const pairOf = (key: string) => ({ symbol: 'SYM7', id: key });
  if (isTwoPart)
    return {
      get: (key) => pairs.getOrLoad(pairOf(key), () => load(key)),
      getMany: (keys) => pairs.getMany(keys.map(pairOf)),
      close,
    };
  return {
    get: (key) => singles.getOrLoad(key, () => load(key)),
    getMany: (keys) => singles.getMany(keys),
    close,
  };
}

/** What is used of the peers; some of them have types that only modules can import. */
interface Bentocache {
  BentoCache: new (options: unknown) => {
    getOrSet(options: unknown): Promise<unknown>;
    disconnectAll(): Promise<void>;
  };
  bentostore(): BentoStore;
}
interface BentoStore {
  useL1Layer(driver: unknown): BentoStore;
  useL2Layer(driver: unknown): BentoStore;
}

async function openBentocache({ url, tiers, load }: Setup): Promise<Contestant> {
  const { BentoCache, bentostore } = await importModule<Bentocache>('bentocache');
  const { memoryDriver } = await importModule<{ memoryDriver(options: unknown): unknown }>('bentocache/drivers/memory');
  const { redisDriver } = await importModule<{ redisDriver(options: unknown): unknown }>('bentocache/drivers/redis');
  const { hostname, port } = new URL(url);
  const redis = redisDriver({ connection: { host: hostname, port: Number(port) } });
  const memory = memoryDriver({ maxItems: 1_000_000 });
  const store = tiers === 'memory first' ? bentostore().useL1Layer(memory) : bentostore();
  const cache = new BentoCache({ default: 'bench', stores: { bench: store.useL2Layer(redis) } });
  return {
    get: (key) => cache.getOrSet({ key, ttl: LIFE_MS, factory: () => load(key) }),
    close: () => cache.disconnectAll(),
  };
}

interface CacheManager {
  createCache(options: unknown): {
    wrap(key: string, load: () => Promise<unknown>): Promise<unknown>;
    disconnect(): Promise<unknown>;
  };
}

async function openCacheManager({ url, tiers, load }: Setup): Promise<Contestant> {
  const { createCache } = await importModule<CacheManager>('cache-manager');
  const { Keyv } = await importModule<{ Keyv: new (options: unknown) => object }>('keyv');
  const { default: KeyvRedis } = await importModule<{ default: new (url: string) => unknown }>('@keyv/redis');
  const { CacheableMemory } = await importModule<{ CacheableMemory: new (o: unknown) => unknown }>('cacheable');
  const redis = new Keyv({ store: new KeyvRedis(url) });
  const memory = () => new Keyv({ store: new CacheableMemory({}) });
  const cache = createCache({ stores: tiers === 'memory first' ? [memory(), redis] : [redis], ttl: LIFE_MS });
  return { get: (key) => cache.wrap(key, () => load(key)), close: () => cache.disconnect() };
}

interface Dedupe {
  createCache(options: unknown): { define(name: string, load: (key: string) => unknown): void } & {
    pick(key: string): Promise<unknown>;
  };
}

/** It has one tier or the other. */
async function openDedupe({ url, tiers, load }: Setup): Promise<Contestant> {
  const { createCache } = (await importModule<{ default: Dedupe }>('async-cache-dedupe')).default;
  const client = new Redis(url);
  const memory = { type: 'memory', options: { size: 1_000_000 } };
  const storage = tiers === 'memory first' ? memory : { type: 'redis', options: { client } };
  const cache = createCache({ ttl: LIFE_MS / 1000, storage });
  cache.define('pick', load);
  return { get: (key) => cache.pick(key), close: async () => client.disconnect() };
}

async function openIoredis({ url, load }: Setup): Promise<Contestant> {
  const client = new Redis(url);
  return {
    async get(key) {
      const text = await client.get(key);
      if (text !== null) return JSON.parse(text) as Pick;
      const value = await load(key);
      await client.set(key, JSON.stringify(value), 'PX', LIFE_MS);
      return value;
    },
    async getMany(keys) {
      return (await client.mget([...keys])).map((text) => (text === null ? null : (JSON.parse(text) as Pick)));
    },
    close: async () => client.disconnect(),
  };
}

async function openMap({ load }: Setup): Promise<Contestant> {
  const values = new Map<string, Pick>();
  return {
    async get(key) {
      const known = values.get(key);
      if (known) return known;
      const value = await load(key);
      values.set(key, value);
      return value;
    },
    close: async () => values.clear(),
  };
}
