import { cacheOf } from '../declare/cache-of';
import type { CacheDeclaration } from '../declare/policy';
import { systemScheduler } from './scheduler';
import type { QueuedWrite, WriteBackQueue } from '../outbox/write-back-queue';
import { WriteBackRelay } from '../outbox/write-back-relay';
import { memoryDriver } from '../testing/cache-drivers';
import { MemoryTier2 } from '../tier2/memory-tier2';
import type { Tier2 } from '../tier2/tier2';
import type { Cache } from './cache';
import { CacheEngine } from './cache-engine';
import { CountedLoader, quotesDeclaration } from './node.fixture';

/** As the table in PostgreSQL, for one process. */
class MemoryQueue implements WriteBackQueue<Map<string, unknown>> {
  rows: QueuedWrite[] = [];
  isAway = false;
  readonly source = new Map<string, unknown>();

  async add(write: QueuedWrite, bound: number): Promise<boolean> {
    if (this.isAway) throw new Error('The queue is away.');
    if (this.rows.length >= bound) return false;
    this.rows.push(write);
    return true;
  }

  async waiting(_space: unknown, keys: readonly string[]): Promise<Map<string, Buffer>> {
    return new Map(this.rows.filter(({ key }) => keys.includes(key)).map(({ key, payload }) => [key, payload]));
  }

  async next(
    _spaces: unknown,
    write: (tx: Map<string, unknown>, queued: QueuedWrite) => Promise<void>,
  ): Promise<'written' | 'failed' | 'nothing'> {
    const key = this.rows[0]?.key;
    const last = this.rows.findLast((row) => row.key === key);
    if (!last) return 'nothing';
    const failed = await write(this.source, last).then(() => false, () => true); // prettier-ignore
    if (failed) return 'failed';
    this.rows = this.rows.filter((row) => row.key !== key);
    return 'written';
  }

  onAdded(): () => void {
    return () => undefined;
  }
}

interface Given {
  readonly quotes: Cache<string, unknown>;
  readonly other: Cache<string, unknown>;
  readonly queue: MemoryQueue;
  readonly engine: CacheEngine;
}

/** One cache in two processes. */
function given(
  over: Partial<CacheDeclaration<string, unknown>> = {},
  tier2: Tier2 = new MemoryTier2(systemScheduler),
): Given {
  const queue = new MemoryQueue();
  const QuotesCache = cacheOf<string, unknown>({ ...quotesDeclaration, maxQueuedWrites: 3, ...over });
  const [engine, another] = [0, 1].map(() => new CacheEngine({ tier2, writeBack: queue })) as [
    CacheEngine,
    CacheEngine,
  ];
  return { quotes: new QuotesCache(engine), other: new QuotesCache(another), queue, engine };
}

async function fails(): Promise<never> {
  throw new Error('no source');
}
const done = async () => undefined;

/** A write to the source that goes on when it is told to. */
function held(): { readonly persist: () => Promise<void>; readonly begun: Promise<void>; readonly finish: () => void } {
  let [begin, finish] = [() => undefined as void, () => undefined as void];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const isOver = new Promise<void>((resolve) => (finish = resolve));
  return { persist: () => (begin(), isOver), begun, finish };
}

describe('writeAround', () => {
  it('writes to the source first, and removes the entry', async () => {
    const { quotes } = given();
    await quotes.set('a', 'old');
    let seen: unknown;
    const result = await quotes.writeAround('a', async () => (seen = await quotes.get('a')));
    expect([seen, await quotes.get('a')]).toEqual(['old', undefined]);
    expect(result).toEqual({ tier1: 'written', tier2: 'written', removed: 1, source: 'written' });
  });

  it('removes the entry also where nobody knows how much was written', async () => {
    const { quotes } = given();
    await quotes.set('a', 'old');
    await expect(quotes.writeAround('a', fails)).rejects.toThrow('no source');
    expect(await quotes.get('a')).toBeUndefined();
  });
});

describe('writeThrough', () => {
  it('writes to the source first, and then to the cache', async () => {
    const { quotes, other } = given();
    await quotes.set('a', 'old');
    let seen: unknown;
    const result = await quotes.writeThrough('a', 'new', async (value) => (seen = [value, await other.get('a')]));
    expect(seen).toEqual(['new', 'old']);
    expect(result).toMatchObject({ tier1: 'written', tier2: 'written', source: 'written' });
    other.drop();
    for (const cache of [quotes, other]) expect(await cache.get('a')).toBe('new');
  });

  it('writes nothing anywhere for a value that cannot be stored', async () => {
    const { quotes } = given();
    const persist = jest.fn(done);
    await expect(quotes.writeThrough('a', undefined, persist)).rejects.toMatchObject({ code: 'CACHE_VALUE_UNDEFINED' });
    expect(persist).not.toHaveBeenCalled();
  });

  it('leaves neither value where the source fails', async () => {
    const { quotes } = given();
    await quotes.set('a', 'old');
    await expect(quotes.writeThrough('a', 'new', fails)).rejects.toThrow('no source');
    expect(await quotes.getOrLoad('a', () => 'loaded')).toBe('loaded');
  });

  it('leaves no older value of two writers, in whatever order they end', async () => {
    for (const isFirstLast of [true, false]) {
      const { quotes, other } = given();
      const [first, second] = [held(), held()];
      const writes = [quotes.writeThrough('a', 1, first.persist)];
      await first.begun;
      writes.push(other.writeThrough('a', 2, second.persist));
      await second.begun;
      const ends = [first.finish, second.finish];
      for (const [i, finish] of (isFirstLast ? ends.reverse() : ends).entries()) {
        finish();
        await writes[isFirstLast ? 1 - i : i];
      }
      quotes.drop();
      expect(await quotes.get('a')).toBeUndefined();
    }
  });

  it('stores no value of a load that began before it', async () => {
    const { quotes, other } = given();
    const loader = new CountedLoader('old').hold();
    const loading = other.getOrLoad('a', loader.load);
    await new Promise((resolve) => setImmediate(resolve));
    const result = await quotes.writeThrough('a', 'new', done);
    loader.release();
    await loading;
    other.drop();
    expect(await other.get('a')).toBeUndefined();
    expect(result.source).toBe('written');
  });

  it('is written to the source while the shared tier is away, and says that the entry is queued', async () => {
    const { quotes } = given({}, memoryDriver.away());
    const persist = jest.fn(done);
    expect(await quotes.writeThrough('a', 'new', persist)).toMatchObject({ tier2: 'queued', source: 'written' });
    expect(persist).toHaveBeenCalledTimes(1);
  });
});

describe('writeBack', () => {
  it('answers once the value is queued, and every reader has it', async () => {
    const { quotes, other, queue } = given();
    await quotes.set('a', 'old');
    expect(await quotes.writeBack('a', 'new')).toMatchObject({ tier2: 'written', source: 'queued' });
    expect(queue.rows).toMatchObject([{ namespace: 'quotes', version: 1, key: 'quotes:a', parts: ['a'] }]);
    for (const cache of [quotes, other]) expect(await cache.getOrLoad('a', fails)).toBe('new');
    expect(quotes.space.counters.queuedWrites).toBe(1);
  });

  it('loads what waits, and not what the source still has', async () => {
    const { quotes, other } = given();
    await quotes.writeBack('a', 'new');
    for (const cache of [quotes, other]) await cache.clear();
    expect(await other.getOrLoadMany(['b', 'a'], async (keys) => keys.map((key) => `old ${key}`))).toEqual([
      'old b',
      'new',
    ]);
    await other.clear();
    expect(await other.getOrLoad('a', () => 'old')).toBe('new');
    other.space.isPaused = true;
    expect(await other.getOrLoad('a', () => 'old')).toBe('new');
  });

  it('takes no more than the bound, and then changes nothing', async () => {
    const { quotes, queue } = given({ maxQueuedWrites: 1 });
    await quotes.writeBack('a', 'new');
    const full = { code: 'CACHE_WRITE_BACK_FULL', kind: 'unavailable' };
    await expect(quotes.writeBack('b', 'new')).rejects.toMatchObject(full);
    expect([queue.rows.length, await quotes.get('b')]).toEqual([1, undefined]);
  });

  it('acknowledges nothing that the queue did not take', async () => {
    const { quotes, queue } = given();
    queue.isAway = true;
    await expect(quotes.writeBack('a', 'new')).rejects.toThrow('The queue is away.');
    expect(await quotes.get('a')).toBeUndefined();
  });

  it('is refused to a cache that does not declare it, that has no queue, or whose values are not one text', async () => {
    const none = expect.objectContaining({ code: 'CACHE_OPTION_INVALID' });
    await expect(given({ maxQueuedWrites: 0 }).quotes.writeBack('a', 1)).rejects.toEqual(none);
    const engine = new CacheEngine({ tier2: new MemoryTier2(systemScheduler) });
    const alone = new (cacheOf<string, unknown>({ ...quotesDeclaration, maxQueuedWrites: 1 }))(engine);
    await expect(alone.writeBack('a', 1)).rejects.toEqual(none);
    expect(() => given({ store: { ...quotesDeclaration.store, kind: 'hash' } as never })).toThrow(none);
  });

  it('brings the last value of each key to the source', async () => {
    const { quotes, queue, engine } = given();
    const quote = async (source: Map<string, unknown>, [symbol]: readonly string[], value: unknown) =>
      void source.set(symbol!, value);
    const relay = new WriteBackRelay({ engine, queue, writers: { quotes: quote } });
    await quotes.writeBack('a', 1);
    await quotes.writeBack('b', 2);
    await quotes.writeBack('a', { last: 3 });
    while (await relay.writeNext());
    expect([...queue.source]).toEqual([['a', { last: 3 }], ['b', 2]]); // prettier-ignore
    expect(relay.counters).toEqual({ written: 2, failed: 0, outages: 0 });
  });
});
