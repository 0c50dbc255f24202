import { cacheOf } from '../declare/cache-of';
import type { CacheDeclaration } from '../declare/policy';
import { freshFor } from '../freshness';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { CacheEngine } from './cache-engine';
import type { Cache } from './cache';
import { CountedLoader, quotesDeclaration } from './node.fixture';
import type { Scheduler } from './scheduler';

class MovedTime implements Scheduler {
  wallShiftMs = 0;
  private now = 0;
  private timers: { atMs: number; run: () => void }[] = [];
  readonly nowMs = () => this.now;
  readonly wallMs = () => Date.UTC(2026, 0, 1) + this.now + this.wallShiftMs;

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.now + ms, run };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((one) => one !== timer));
  }

  async pass(ms: number): Promise<void> {
    const endMs = this.now + ms;
    await settled();
    for (;;) {
      const next = this.timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.timers = this.timers.filter((one) => one !== next);
      this.now = next.atMs;
      next.run();
      await settled();
    }
    this.now = endMs;
  }
}

/** Everything that waits for nothing but promises has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const MINUTE_MS = 60_000;

function aCache(policy: Partial<CacheDeclaration<string, unknown>> = {}): {
  quotes: Cache<string, unknown>;
  time: MovedTime;
} {
  const time = new MovedTime();
  const engine = new CacheEngine({ tier2: new MemoryTier2(time), scheduler: time });
  const QuotesCache = cacheOf<string, unknown>({
    ...quotesDeclaration,
    fresh: freshFor(MINUTE_MS),
    jitter: 0,
    ...policy,
  });
  return { quotes: new QuotesCache(engine), time };
}

async function fails(): Promise<never> {
  throw new Error('no source');
}

it('serves the stale value while loading fails, tries again only after the back-off, and not past the grace', async () => {
  const { quotes, time } = aCache({ graceMs: 10 * MINUTE_MS, backoffMs: 5_000 });
  await quotes.getOrLoad('a', () => 'first');
  await time.pass(MINUTE_MS + 1);
  let runs = 0;
  const failing = async () => (runs++, fails());
  for (let i = 0; i < 5; i++)
    expect(await quotes.getOrLoadAnswer('a', failing)).toMatchObject({ value: 'first', state: 'stale' });
  expect(runs).toBe(1);
  await time.pass(5_001);
  expect(await quotes.getOrLoad('a', failing)).toBe('first');
  expect(await quotes.getOrLoad('a', failing)).toBe('first');
  expect(runs).toBe(2);
  await time.pass(10 * MINUTE_MS);
  await expect(quotes.getOrLoad('a', failing)).rejects.toThrow('no source');
  await time.pass(MINUTE_MS);
  expect(await quotes.getOrLoad('a', () => 'second')).toBe('second');
});

it('gives a load up at the hard limit, tells it so, and throws its late result away', async () => {
  const { quotes, time } = aCache({ loaderHardMs: 1_000 });
  const loader = new CountedLoader('late').hold();
  let signal: AbortSignal | undefined;
  const loading = quotes.getOrLoad('a', (context) => ((signal = context.signal), loader.load()));
  const outcome = loading.catch((error: unknown) => error);
  await time.pass(1_000);
  expect(await outcome).toMatchObject({ code: 'CACHE_LOAD_TIMEOUT', kind: 'unavailable' });
  expect(signal?.aborted).toBe(true);
  loader.release();
  await time.pass(0);
  expect(await quotes.get('a')).toBeUndefined();
});

it('serves the stale value beyond the soft limit, and the new one once it is loaded', async () => {
  const { quotes, time } = aCache({ graceMs: 10 * MINUTE_MS, loaderSoftMs: 200 });
  await quotes.getOrLoad('a', () => 'first');
  await time.pass(MINUTE_MS + 1);
  const loader = new CountedLoader('second').hold();
  const answer = quotes.getOrLoadAnswer('a', loader.load);
  await time.pass(200);
  expect(await answer).toMatchObject({ value: 'first', state: 'stale' });
  loader.release();
  await time.pass(0);
  expect(await quotes.getOrLoadAnswer('a', fails)).toMatchObject({ value: 'second', state: 'hit', tier: 1 });
});

it.each([true, false])(
  'loads again behind a hit near the end of its life, and nobody waits (tier 1: %p)',
  async (tier1) => {
    const { quotes, time } = aCache({ refreshAheadMs: 30_000, tier1 });
    await quotes.getOrLoad('a', () => 'first');
    await time.pass(MINUTE_MS - 30_000);
    const loader = new CountedLoader('second').hold();
    for (let i = 0; i < 3; i++) {
      const answer = quotes.getOrLoadAnswer('a', loader.load);
      await time.pass(0);
      expect(await quotes.getOrLoad('a', loader.load)).toBe('first');
      expect(await answer).toMatchObject({ value: 'first', state: 'hit' });
    }
    expect(loader.runs).toBe(1);
    loader.release();
    await time.pass(30_000);
    expect(await quotes.getOrLoad('a', fails)).toBe('second');
  },
);

it.each(['getOrLoad', 'getOrLoadAnswer'] as const)('loads again behind a hit of %s', async (way) => {
  const { quotes, time } = aCache({ refreshAheadMs: 30_000 });
  await quotes.getOrLoad('a', () => 'first');
  await time.pass(MINUTE_MS - 30_000);
  const loader = new CountedLoader('second');
  expect(quotes.heldReader('a')()).toBeUndefined();
  await quotes[way]('a', loader.load);
  await time.pass(0);
  expect(loader.runs).toBe(1);
});

it('tells of what is held in memory and of nothing else without waiting, and counts what it tells', async () => {
  const { quotes, time } = aCache();
  expect(quotes.heldReader('a')()).toBeUndefined();
  await quotes.set('a', 1);
  expect(quotes.heldReader('a')()).toEqual({
    ...{ value: 1, state: 'hit', tier: 1, freshForMs: MINUTE_MS, isStored: true },
  });
  const { tier1Hits, misses } = quotes.space.counters;
  expect([tier1Hits, misses]).toEqual([1, 0]);
  await time.pass(MINUTE_MS);
  expect(quotes.heldReader('a')()).toBeUndefined();
});

it.each([-3_600_000, 3_600_000])(
  'neither ends nor prolongs a life when the wall clock jumps by %i ms',
  async (jumpMs) => {
    const { quotes, time } = aCache();
    await quotes.set('a', 1);
    time.wallShiftMs = jumpMs;
    await time.pass(MINUTE_MS - 1);
    expect(await quotes.get('a')).toBe(1);
    await time.pass(1);
    expect(await quotes.get('a')).toBeUndefined();
  },
);

it('keeps a value whose loader says for how long, and none that a loader calls nothing for', async () => {
  const { quotes, time } = aCache({ negativeMs: 0 });
  await quotes.getOrLoad('a', ({ keepFor }) => (keepFor(10), 'short'));
  expect(await quotes.get('a')).toBe('short');
  await time.pass(10);
  expect(await quotes.get('a')).toBeUndefined();
  expect(await quotes.getOrLoad('b', () => null)).toBeNull();
  expect(await quotes.get('b')).toBeUndefined();
});

it.each([null, 0, false, ''])('takes a cached %p for a hit', async (value) => {
  const { quotes } = aCache();
  expect(await quotes.getOrLoad('a', () => value)).toBe(value);
  expect(await quotes.getOrLoad('a', fails)).toBe(value);
});
