import { faithful } from '../codec/faithful';
import { json } from '../codec/json';
import { cacheOf } from '../declare/cache-of';
import { ManualScheduler } from '../testing/manual-scheduler';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import { CacheEngine } from './cache-engine';
import { prices, Quotes } from './quotes.fixture';

class Texts extends cacheOf({ ...prices, name: 'texts', store: json<string>() }) {}
class Dates extends cacheOf({ ...prices, name: 'dates', store: faithful<Date>() }) {}

let scheduler: ManualScheduler;
let tier2: MemoryTier2;
let engine: CacheEngine;
let quotes: Quotes;

beforeEach(() => {
  scheduler = new ManualScheduler();
  tier2 = new MemoryTier2(scheduler);
  engine = new CacheEngine({ tier2, scheduler });
  quotes = new Quotes(engine);
});
afterEach(() => engine.close());

/** It waits a moment for the messages that it has not heard. */
async function look(): Promise<boolean> {
  const looking = engine.look();
  await scheduler.advance(100);
  return looking;
}

describe('onEmptied', () => {
  it('tells once that the shared tier came back empty, and not that a cache was cleared', async () => {
    let emptied = 0;
    const stop = engine.onEmptied(() => emptied++);
    await look(); // The first look finds everything new, and nothing can have been lost.
    await quotes.set('A', 1);
    await quotes.clear();
    await look();
    expect(emptied).toBe(0);
    tier2.empty();
    await look();
    await look();
    expect(emptied).toBe(1);
    stop();
    tier2.empty();
    await look();
    expect(emptied).toBe(1);
  });
});

it('looks at once when it hears again, and then as often as before', async () => {
  const subscribe = jest.spyOn(tier2, 'subscribe');
  const states = jest.spyOn(tier2, 'states');
  await engine.start();
  const subscriber = subscribe.mock.calls[0]![0];
  await scheduler.advance(2_500);
  expect(states).toHaveBeenCalledTimes(2);
  subscriber.onState('down');
  await scheduler.advance(10);
  expect(states).toHaveBeenCalledTimes(2);
  subscriber.onState('up');
  await scheduler.advance(10);
  expect(states).toHaveBeenCalledTimes(3);
  await scheduler.advance(3_000);
  expect(states).toHaveBeenCalledTimes(6);
});

describe('a chore', () => {
  it('is done after each look and before the end, and an absent tier keeps nobody from closing', async () => {
    let done = 0;
    engine.addChore(async () => {
      done++;
      throw new Tier2Error('The server went away.', 'network');
    });
    expect(await look()).toBe(false);
    expect(done).toBe(1);
    await engine.close();
    expect(done).toBe(2);
  });
});

it('takes a reserved key for none of the entries of a cache', async () => {
  engine.reserve('quotes:meta');
  const meta = { op: 'set', key: 'quotes:meta', payload: '1', lifeMs: 60_000, tags: [] } as const;
  await tier2.change(quotes.space, [meta], 'another program');
  await quotes.set('A', 2);
  await expect(quotes.set('meta', 1)).rejects.toMatchObject({ code: 'CACHE_KEY_INVALID' });
  expect((await quotes.keys()).keys).toEqual(['quotes:A']);
  await quotes.clear();
  expect((await tier2.scan('quotes:')).keys).toEqual(['quotes:meta']);
});

describe('getAnswers', () => {
  it('says of each value where it came from and how long it is fresh', async () => {
    await quotes.set('A', 1);
    const other = new Quotes(new CacheEngine({ tier2, scheduler }));
    await scheduler.advance(10_000);
    const [shared, none] = await other.getAnswers(['A', 'B']);
    expect(shared).toEqual({ value: 1, state: 'hit', tier: 2, freshForMs: 50_000, isStored: true });
    expect(none).toMatchObject({ value: undefined, state: 'miss', tier: null });
    expect(await other.getAnswers(['A'])).toMatchObject([{ state: 'hit', tier: 1, freshForMs: 50_000 }]);
    other.setPolicy({ tier1: false });
    other.drop();
    expect(await other.getAnswers(['A'])).toMatchObject([{ value: 1, tier: 2, freshForMs: 50_000 }]);
    other.space.isPaused = true;
    expect(await other.getAnswers(['A'])).toMatchObject([{ value: undefined, state: 'bypass' }]);
  });
});

describe('a policy that is changed', () => {
  it('has nothing answered from memory any more once it is without tier 1', async () => {
    await quotes.set('A', 1);
    await quotes.get('A');
    const { tier1Hits } = quotes.space.counters;
    quotes.setPolicy({ tier1: false });
    expect([await quotes.get('A'), await quotes.get('A')]).toEqual([1, 1]);
    expect(quotes.space.counters).toMatchObject({ tier1Hits, tier2Hits: 2 });
  });
});

describe('close', () => {
  it('delivers the invalidations that wait', async () => {
    await quotes.set('A', 1);
    const close = jest.spyOn(tier2, 'close').mockResolvedValue(); // It would empty itself.
    engine.link.queue(quotes.space, ['quotes:A']);
    await engine.close();
    expect((await tier2.scan('quotes:')).keys).toEqual([]);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('waits no longer than 2 s for a tier that takes them too slowly', async () => {
    jest.spyOn(tier2, 'change').mockReturnValue(new Promise(() => undefined));
    engine.link.queue(quotes.space, ['quotes:A']);
    let isClosed = false;
    void engine.close().then(() => (isClosed = true));
    await scheduler.advance(1_999);
    expect(isClosed).toBe(false);
    await scheduler.advance(1);
    expect(isClosed).toBe(true);
  });
});

it('counts what was written and what was removed', async () => {
  await quotes.setMany([{ key: 'A', value: 1 }, { key: 'B', value: 2 }]); // prettier-ignore
  await quotes.getOrLoad('C', () => 3);
  expect(quotes.space.counters).toMatchObject({ writes: 3, removed: 0 });
  await quotes.deleteMany(['A', 'X']);
  await quotes.clear();
  expect(quotes.space.counters).toMatchObject({ writes: 3, removed: 3 });
});

describe('a value that has no room in memory', () => {
  it.each(['lru', 'lfu', 'ttl'] as const)('is said to be skipped there, in the order %s', async (order) => {
    const small = new CacheEngine({ tier2, scheduler, tier1: { maxEntries: 10, maxBytes: 2_048, order } });
    const texts = new Texts(small);
    const large = 'x'.repeat(2_048);
    expect(await texts.set('A', 'small')).toEqual({ tier1: 'written', tier2: 'written', removed: 0 });
    expect(await texts.set('A', large)).toMatchObject({ tier1: 'skipped', tier2: 'written' });
    expect(await texts.writeThrough('A', large, async () => undefined)).toMatchObject({ tier1: 'skipped' });
    expect([small.tier1.size, await texts.get('A')]).toEqual([0, large]);
  });

  it('is said to be skipped there where it cannot be shared', async () => {
    const dates = new Dates(engine);
    expect(await dates.set('A', new Date(0))).toMatchObject({ tier1: 'skipped', tier2: 'written' });
  });
});
