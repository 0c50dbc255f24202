import { CacheEngine, LockLostError } from '@sluice/cache';
import { redisDriver } from '@sluice/cache/testing';
import { freshRedis } from '@sluice/testing';
import Redis from 'ioredis';
import { aLevel, aScore, describeTradingCaches } from './caches.fixture';
import { TopPicksLock } from './top-picks.lock';
import { TradingCaches } from './trading.caches';

describeTradingCaches(redisDriver(freshRedis));

describe('in Redis', () => {
  let redis: Redis;
  let engine: CacheEngine;
  let caches: TradingCaches;
  let flush: () => Promise<void>;

  beforeAll(async () => {
    const fresh = await freshRedis();
    const shared = await redisDriver(async () => fresh).open();
    ({ flush } = fresh);
    redis = new Redis(fresh.url);
    engine = new CacheEngine({ tier2: shared.connect() });
    caches = new TradingCaches(engine);
  });
  afterAll(async () => {
    await engine.close();
    await flush();
    redis.disconnect();
  });

  it('a level is JSON that ends 400 days after its year', async () => {
    const computed = new Date().toISOString().replace('Z', '+00:00');
    const level = aLevel({ timeframe_scope: 'Y', computed_at_ist: computed });
    await caches.supportResistance.set({ symbol: 'TCS', scope: 'Y' }, level);
    expect(JSON.parse((await redis.get('sr:TCS:Y')) ?? '')).toEqual(level);
    expect(await redis.pttl('sr:TCS:Y')).toBeGreaterThan(400 * 86_400_000);
  });

  it('a score is a hash of its members, and null is no field', async () => {
    const { recommendation_note: _none, ...score } = aScore();
    await caches.scores.set('TCS', aScore());
    expect(Object.keys(await redis.hgetall('scores:global:TCS')).toSorted()).toEqual(Object.keys(score).toSorted());
    expect(await redis.hmget('scores:global:TCS', 'blend_score', 'is_actionable')).toEqual(['62.5', 'true']);
  });

  it('a run of picks keeps out the other schedulers, a legacy one among them, for a minute at the most', async () => {
    const [scope, key] = [{ universe: 'nifty50', mode: 'Intraday' }, 'lock:top_picks:nifty50:intraday'];
    const other = new TopPicksLock(engine);
    const run = await caches.topPicksLock.run(scope, async (lock) => {
      await lock.confirm();
      const legacy = await redis.set(key, 'token', 'EX', 900, 'NX');
      return { legacy, other: await other.run(scope, async () => 'a second run'), lifeMs: await redis.pttl(key) };
    });
    expect(run?.value).toEqual({ legacy: null, other: null, lifeMs: expect.any(Number) as number });
    expect(run!.value.lifeMs).toBeGreaterThan(30_000);
    expect(run!.value.lifeMs).toBeLessThanOrEqual(60_000);
    expect(await redis.set(key, 'token', 'EX', 900, 'NX')).toBe('OK');
    expect(await other.run(scope, async () => 'a second run')).toBeNull();
    expect(await redis.get(key)).toBe('token');
    await redis.del(key);
  });

  it('a scheduler whose lock went by stores nothing, and leaves that of the next alone', async () => {
    const [scope, key] = [{ universe: 'nifty50', mode: 'Swing' }, 'lock:top_picks:nifty50:swing'];
    const next = new TopPicksLock(engine);
    const late = caches.topPicksLock.run(scope, async (lock) => {
      await redis.del(key); // As its end would.
      const nextFence = await next.run(scope, async ({ fence }) => {
        await expect(lock.confirm()).rejects.toThrow(LockLostError);
        return fence;
      });
      return { fence: lock.fence!, nextFence: nextFence!.value! };
    });
    const { fence, nextFence } = (await late)!.value;
    expect(nextFence).toBeGreaterThan(fence);
  });

  it('the working context has a life that is as good as endless', async () => {
    await caches.memory.context.set('plan', 1);
    expect(await redis.pttl('memory:context:plan')).toBeGreaterThan(9_000 * 365 * 86_400_000 - Date.now());
    expect(await caches.memory.getStats()).toEqual({ session_items: 0, working_contexts: 1, cached_items: 0 });
  });

  it.each([
    [{ symbol: 'TCS' }, 1, ['hist:M&M:2026-01-01:2026-01-09:1d']],
    [{ interval: '1d', olderThanMs: 1 }, 2, []],
    [{ olderThanMs: 3_600_000 }, 0, ['hist:M&M:2026-01-01:2026-01-09:1d', 'hist:TCS:2026-01-01:2026-01-09:1d']],
  ])('candles are invalidated by %j', async (filter, count, left) => {
    const candles = { source: 'yahoo', rows: [{ time: '2026-01-09T09:15:00+05:30', close: 1 }] };
    const keys = ['TCS', 'M&M'].map((symbol) => ({ symbol, from: '2026-01-01', to: '2026-01-09', interval: '1d' }));
    for (const key of keys) await caches.ohlc.set(key, candles, { freshMs: 86_400_000 - 5 });
    expect(await caches.ohlc.invalidate(filter)).toBe(count);
    expect((await redis.keys('hist:*')).toSorted()).toEqual(left);
  });

  it('candles that a tag made absent are said to be', async () => {
    const candles = { source: 'yahoo', rows: [{ time: '2026-01-09T09:15:00+05:30', close: 1 }] };
    const span = { from: '2026-01-01', to: '2026-01-09T09:15' };
    await caches.ohlc.set({ symbol: 'INFY', ...span, interval: '5m', source: 'yahoo' }, candles);
    await caches.ohlc.set({ symbol: 'L&T', ...span, interval: 'a@b', source: 'yahoo' }, candles);
    await caches.ohlc.invalidateTags(['symbol:INFY', 'interval:1d']);
    const states = new Map<string, string | undefined>();
    for await (const ids of caches.ohlc.pages())
      for (const id of ids) states.set(id.split(':')[1]!, (await caches.ohlc.inspect(id))?.tier2?.state);
    expect([states.get('INFY'), states.get('L&T')]).toEqual(['invalidated', 'fresh']);
  });
});
