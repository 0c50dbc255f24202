import type { Payload, PayloadKind } from '../codec/payload';
import { json } from '../codec/json';
import { Cache } from '../engine/cache';
import { CacheEngine } from '../engine/cache-engine';
import { systemScheduler } from '../engine/scheduler';
import { freshFor } from '../freshness/freshness';
import type { Tier2 } from '../tier2/tier2';
import { asideKey } from '../tier2/tier2-keys';
import type { CacheDriver, SharedTier } from './cache-drivers';

/** What the suite needs of a declared cache: how it is made, two keys, and two values that differ. */
export interface CacheUnderTest<K, V> {
  make(engine: CacheEngine): Cache<K, V>;
  readonly key: NoInfer<K>;
  readonly otherKey: NoInfer<K>;
  /** Both fresh when they are stored at `CONFORMANCE_NOW_MS`. */
  readonly value: NoInfer<V>;
  readonly otherValue: NoInfer<V>;
}

/** What calendars take for now: Friday, 9 January 2026, 11:30 in India, while the markets are open. */
export const CONFORMANCE_NOW_MS = Date.parse('2026-01-09T06:00:00Z');

const HOUR_MS = 3_600_000;
const CALLERS = 20;

/** What no declared store can read, whatever it holds. */
const CORRUPT: Readonly<Record<PayloadKind, Payload>> = {
  text: '\0{"',
  bytes: Buffer.from([0xff, 0, 0xfe]),
  hash: new Map([['conformance', 'x']]),
  sortedSet: [{ member: '\0{"', score: 1 }],
};

/**
 * What every declared cache must do, on every driver. No test waits for time to pass: entries become stale by `expire`.
 *
 *     describeCache('levels', { make: (engine) => new SupportResistanceCache(engine), ... }, memoryDriver);
 */
export function describeCache<K, V>(name: string, subject: CacheUnderTest<K, V>, driver: CacheDriver): void {
  const { make, key, otherKey, value, otherValue } = subject;
  let shared: SharedTier;
  const engines: CacheEngine[] = [];

  function anEngine(tier2: Tier2 = shared.connect()): CacheEngine {
    const scheduler = { ...systemScheduler, wallMs: () => CONFORMANCE_NOW_MS };
    const engine = new CacheEngine({ tier2, scheduler, random: () => 0 });
    engines.push(engine);
    return engine;
  }
  /** The cache in one more process. */
  const aCache = (tier2?: Tier2) => make(anEngine(tier2));
  const broken = async (): Promise<V> => {
    throw new Error('The source is broken.');
  };

  describe(`${name} on ${driver.name}`, () => {
    beforeAll(async () => {
      shared = await driver.open();
    });
    afterEach(async () => {
      await Promise.all(engines.splice(0).map((engine) => engine.close()));
      await shared.empty();
    });

    it('misses what nobody stored, and answers what was set, in every process', async () => {
      const [cache, elsewhere] = [aCache(), aCache()];
      expect(await cache.get(key)).toBeUndefined();
      expect(await cache.set(key, value)).toMatchObject({ tier2: 'written' });
      expect(await cache.set(otherKey, otherValue)).toMatchObject({ tier2: 'written' });
      for (const one of [cache, elsewhere]) expect(await one.getMany([otherKey, key])).toEqual([otherValue, value]);
    });

    it('loads what is missing, and answers the same from memory and from the shared tier', async () => {
      const cache = aCache();
      const loaded = await cache.getOrLoadAnswer(key, () => value);
      expect(loaded).toMatchObject({ value, state: 'miss', tier: null, isStored: true });
      const hit = { value, state: 'hit', isStored: true };
      expect(await cache.getOrLoadAnswer(key, broken)).toMatchObject({ ...hit, tier: cache.policy.tier1 ? 1 : 2 });
      expect(await aCache().getOrLoadAnswer(key, broken)).toMatchObject({ ...hit, tier: 2 });
    });

    it('keeps that there is none, where its policy says so', async () => {
      const [cache, elsewhere] = [aCache(), aCache()];
      const { kind } = cache.declaration.store;
      const isKept = cache.policy.negativeMs > 0 && (kind === 'text' || kind === 'bytes');
      const loader = jest.fn(async () => null as V);
      expect(await cache.getOrLoad(key, loader)).toBeNull();
      expect(await elsewhere.getOrLoad(key, loader)).toBeNull();
      expect(loader).toHaveBeenCalledTimes(isKept ? 1 : 2);
    });

    it('puts a new value over an old one, and deletes one entry; another process learns of both', async () => {
      const [cache, engine] = [aCache(), anEngine()];
      const elsewhere = make(engine);
      await cache.setMany([{ key, value }, { key: otherKey, value: otherValue }]); // prettier-ignore
      await elsewhere.getMany([key, otherKey]);
      await cache.set(key, otherValue);
      expect(await engine.look()).toBe(true);
      for (const one of [cache, elsewhere]) expect(await one.get(key)).toEqual(otherValue);
      expect(await cache.delete(key)).toMatchObject({ tier2: 'written', removed: 1 });
      expect(await engine.look()).toBe(true);
      for (const one of [cache, elsewhere]) expect(await one.getMany([key, otherKey])).toEqual([undefined, otherValue]);
    });

    it('clears its own entries, and none of a cache with a similar name', async () => {
      const engine = anEngine();
      const cache = make(engine);
      const others = [`${cache.name}-next`, `${cache.name}:conformance`].map((other) => aNeighbour(engine, other));
      await cache.setMany([{ key, value }, { key: otherKey, value: otherValue }]); // prettier-ignore
      for (const other of others) await other.set('kept', 'kept');
      expect(await cache.clear()).toMatchObject({ tier2: 'written', removed: 2 });
      expect(await cache.getMany([key, otherKey])).toEqual([undefined, undefined]);
      for (const other of others) {
        other.drop();
        expect(await other.get('kept')).toBe('kept');
      }
    });

    it('lists its entries, and shows each to an administrator', async () => {
      const cache = aCache();
      await cache.set(key, value);
      const id = cache.idOf(key);
      expect((await cache.keys('0', 1_000)).keys).toEqual([id]);
      const tier2 = { state: 'fresh', value, lifeMs: expect.any(Number) };
      expect(await aCache().inspect(id)).toMatchObject({ id, tier1: null, tier2 });
      expect(await cache.inspect(cache.idOf(otherKey))).toBeNull();
    });

    it('serves the stale value while loading fails, where it has a grace; else tells the failure', async () => {
      const cache = aCache();
      await cache.set(key, value);
      expect(await cache.expire([key])).toMatchObject({ tier2: 'written', removed: 1 });
      expect(await cache.get(key)).toBeUndefined();
      const answer = aCache().getOrLoadAnswer(key, broken);
      if (cache.policy.graceMs > 0) expect(await answer).toMatchObject({ value, state: 'stale', tier: 2 });
      else await expect(answer).rejects.toThrow('The source is broken.');
    });

    it.each([
      ['that it cannot read', (kind: PayloadKind) => kind],
      ['of another kind', (kind: PayloadKind) => (kind === 'hash' ? 'text' : 'hash')],
    ] as const)('counts a payload %s as corrupt, sets it aside, and loads anew', async (_what, kindOf) => {
      const cache = aCache();
      const tier2 = shared.connect();
      const { name: space, store, tags = () => [] } = cache.declaration;
      const kind = kindOf(store.kind);
      const id = cache.idOf(key);
      const lifeMs = cache.policy.graceMs + HOUR_MS;
      const change = { op: 'set', key: id, payload: CORRUPT[kind], lifeMs, tags: tags(key) } as const;
      await tier2.change({ name: space, kind }, [change], 'another program');
      expect(await cache.get(key)).toBeUndefined();
      expect(await cache.getOrLoad(key, () => value)).toEqual(value);
      expect(cache.space.counters.corrupt).toBeGreaterThan(0);
      expect(await aCache().get(key)).toEqual(value);
      expect((await tier2.scan(asideKey(id), '0', 1_000)).keys).toEqual([asideKey(id)]);
      await tier2.close();
    });

    it('never reads an entry of another version', async () => {
      const old = aCache();
      const next = new Cache(anEngine(), { ...old.declaration, version: old.declaration.version + 1 });
      await old.set(key, value);
      expect(await next.get(key)).toBeUndefined();
      await next.set(key, otherValue);
      expect(await aCache().get(key)).toEqual(value);
      expect(await next.get(key)).toEqual(otherValue);
    });

    it('loads once for many callers in two processes', async () => {
      const [one, other] = [aCache(), aCache()];
      let loads = 0;
      const loader = async () => {
        loads++;
        await new Promise((resolve) => setImmediate(resolve));
        return value;
      };
      const callers = Array.from({ length: CALLERS }, (_, i) => (i % 2 ? one : other).getOrLoad(key, loader));
      expect(await Promise.all(callers)).toEqual(callers.map(() => value));
      expect(loads).toBe(1);
    });

    it.each<[string, (cache: Cache<K, V>) => Promise<unknown>, V | undefined]>([
      ['deleted', (cache) => cache.delete(key), undefined],
      ['cleared', (cache) => cache.clear(), undefined],
      ['set', (cache) => cache.set(key, otherValue), otherValue],
      ['lost with all others', () => shared.empty(), undefined],
    ])('stores nothing whose key was %s while it was loaded', async (_what, invalidate, left) => {
      const [cache, elsewhere] = [aCache(), aCache()];
      const [begun, loaded] = [deferred<void>(), deferred<V>()];
      const answer = cache.getOrLoad(key, () => {
        begun.resolve(undefined);
        return loaded.promise;
      });
      await begun.promise;
      await invalidate(elsewhere);
      loaded.resolve(value);
      expect(await answer).toEqual(value);
      for (const one of [cache, aCache()]) expect(await one.get(key)).toEqual(left);
    });

    it('answers from the loader while the shared tier is away, and says that nothing was written', async () => {
      const cache = aCache(driver.away());
      expect(await cache.get(key)).toBeUndefined();
      expect(await cache.getOrLoadAnswer(key, () => value)).toMatchObject({ value, state: 'miss', isStored: false });
      expect(await cache.set(otherKey, otherValue)).toMatchObject({ tier2: 'queued' });
      expect(await cache.delete(key)).toMatchObject({ tier2: 'queued', removed: null });
      await expect(cache.getOrLoad(key, broken)).rejects.toThrow('The source is broken.');
    });
  });
}

function aNeighbour(engine: CacheEngine, name: string): Cache<string, string> {
  const about = 'A neighbour of the cache under test.';
  return new Cache<string, string>(engine, {
    name,
    version: 1,
    about,
    key: (id) => id,
    store: json<string>(),
    fresh: freshFor(HOUR_MS),
  });
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (settle = resolve));
  return { promise, resolve: (value) => settle(value) };
}
