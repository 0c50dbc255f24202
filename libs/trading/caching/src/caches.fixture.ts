import { CacheEngine } from '@sluice/cache';
import { describeCache, type CacheDriver, type SharedTier } from '@sluice/cache/testing';
import { DomainError } from '@sluice/core';
import { ContextMemoryCache } from './context-memory.cache';
import { PersistentGeneralCache, VolatileGeneralCache } from './general.cache';
import { GlobalScoresCache, ScoresTimestampCache, type GlobalScore } from './global-scores.cache';
import { LatestPicksCache, type PicksScope } from './latest-picks.cache';
import { marketOf } from './market-hours';
import { SessionMemoryCache, ShortMemoryCache, WorkingContextCache } from './memory.caches';
import {
  DashboardOverviewCache,
  PicksMonitorCache,
  PortfolioMonitorCache,
  ScalpingMonitorCache,
} from './monitor.caches';
import { OhlcCache } from './ohlc.cache';
import { SupportResistanceCache } from './support-resistance.cache';
import type { SupportResistance } from './support-resistance.levels';
import { TradingCaches } from './trading.caches';
import type { WarmProgress } from './warm-up';

/** Computed half an hour before the conformance suite's now. */
export const aLevel = (over: Partial<SupportResistance> = {}): SupportResistance => ({
  symbol: 'TCS',
  timeframe_scope: 'D',
  p: 100.25,
  r1: 101,
  r2: 102,
  r3: 103,
  s1: 99,
  s2: 98,
  s3: -0.5,
  computed_at_ist: '2026-01-09T11:00:00.123456+05:30',
  ...over,
});

export const aScore = (over: Partial<GlobalScore> = {}): GlobalScore => ({
  symbol: 'TCS',
  blend_score: 62.5,
  confidence: 'Medium',
  recommendation: 'Buy',
  is_actionable: true,
  recommendation_note: null,
  risk_reward_ratio: 1.8,
  color_scheme: { text: '#fff' },
  agents: [{ agent: 'trend', score: 75, confidence: 'High', signals: [], reasoning: '', metadata: {}, weight: 0.2 }],
  key_signals: [{ signal: 'breakout' }],
  reasoning: 'Strong trend.',
  analyzed_at: '2026-01-09T05:30:00Z',
  ...over,
});

const candles = (close: number) => ({
  source: 'yahoo',
  rows: [{ time: '2026-01-09T09:15:00+05:30', close, low: NaN }],
});
const picks = (as_of: string) => ({ items: [{ rank: 1 }], as_of, universe: 'nifty50', mode: 'Intraday' });
const day = { symbol: 'M&M', from: '2026-01-01', to: '2026-01-09', interval: '1d' };
const snapshots = { value: { as_of: 'now', positions: [] }, otherValue: { as_of: 'later', positions: [1] } };
const anything = { value: { a: [1, null, 'é'] }, otherValue: 'other' };
/** A cache with one key only: what the suite takes for its other one is a key all the same. */
const other = 'other' as never;

/** `TradingCaches` as a whole, on one driver. */
function describeTogether(driver: CacheDriver): void {
  describe(`together on ${driver.name}`, () => {
    let shared: SharedTier;
    const engines: CacheEngine[] = [];
    beforeAll(async () => void (shared = await driver.open()));
    afterEach(() => shared.empty());
    afterAll(() => Promise.all(engines.map((engine) => engine.close())));

    function aProcess(tier2 = shared.connect()): { caches: TradingCaches; engine: CacheEngine } {
      const engine = new CacheEngine({ tier2 });
      engines.push(engine);
      return { caches: new TradingCaches(engine), engine };
    }

    it('candles are counted by all processes, weighed, and listed with the newest first', async () => {
      const [one, two] = [aProcess().caches.ohlc, aProcess().caches.ohlc];
      const minutes = { symbol: 'TCS', from: '2026-01-09T09:15', to: '2026-01-09T15:30', interval: '5m' };
      await one.set(day, candles(1), { freshMs: 86_400_000 - 7_200_000 });
      await one.set(minutes, { source: 'zerodha', rows: [] });
      await two.get(minutes);
      await two.get({ ...day, symbol: 'INFY' });
      expect(await two.statistics.totals()).toMatchObject({ hits: 1, misses: 1, entries: 2 });
      const totals = await one.statistics.totals();
      expect(totals).toMatchObject({ hits: 1, misses: 1, writes: 2, invalidations: 0, entries: 2 });
      expect(totals.sizeBytes).toBeGreaterThan(80);
      const { total, entries } = await two.statistics.newest(5);
      expect(total).toBe(2);
      expect(entries).toMatchObject([
        {
          ...{ id: 'hist:TCS:2026-01-09_0915:2026-01-09_1530:5m', symbol: 'TCS', interval: '5m', source: 'zerodha' },
          ...{ from: '2026-01-09T09:15:00', to: '2026-01-09T15:30:00', rows: 0 },
        },
        { symbol: 'M&M', from: '2026-01-01T00:00:00', interval: '1d', source: 'yahoo', rows: 1 },
      ]);
      expect(entries[1]?.ageMs).toBeGreaterThanOrEqual(7_200_000);
      expect(entries[1]?.ageMs).toBeLessThan(7_260_000);
      expect(await two.statistics.newest(1)).toMatchObject({ total: 2, entries: { length: 1 } });
      expect(await two.invalidate({ symbol: 'TCS' })).toBe(1);
      expect(await one.statistics.totals()).toMatchObject({ invalidations: 0 }); // Until the other sends it.
      expect(await two.statistics.totals()).toMatchObject({ invalidations: 1, entries: 1 });
      expect(await one.invalidate()).toBe(1);
      expect(await one.statistics.totals()).toMatchObject({ hits: 1, invalidations: 2, entries: 0, sizeBytes: 0 });
    });

    it('a warm-up loads what is absent, once for all processes, and leaves the rest as it is', async () => {
      const [one, two] = [aProcess().caches, aProcess().caches];
      const scopes = ['Intraday', 'Swing', 'Options'].map((mode) => ({ universe: 'nifty50', mode }));
      const load = jest.fn(async ({ mode }: PicksScope) => (mode === 'Options' ? null : picks(`new ${mode}`)));
      const sources = { latestPicks: { list: async () => scopes, load } };
      await one.latestPicks.set(scopes[0]!, picks('written'));
      const counts = { name: 'picks:latest', total: 3, failure: null };
      expect(await two.warm(sources, { dryRun: true })).toEqual([{ ...counts, present: 1, loaded: 0, failed: 0 }]);
      expect(load).not.toHaveBeenCalled();
      const seen: number[] = [];
      const onProgress = ({ present, loaded }: WarmProgress) => seen.push(present + loaded);
      const [mine, others] = await Promise.all([one.warm(sources, { onProgress }), two.warm(sources, {})]);
      expect(load).toHaveBeenCalledTimes(2);
      expect(seen).toEqual([1, 2, 3]);
      const loaded = (mine?.[0]?.loaded ?? 0) + (others?.[0]?.loaded ?? 0);
      expect(loaded).toBe(2);
      expect((await two.latestPicks.getMany(scopes)).map((found) => found && found.as_of)).toEqual([
        'written',
        'new Swing',
        null,
      ]);
    });

    it('a warm-up does not overwrite what was written while it loaded', async () => {
      const [one, two] = [aProcess().caches, aProcess().caches];
      const scope = { universe: 'nifty50', mode: 'Swing' };
      const load = async () => {
        await two.latestPicks.set(scope, picks('newer'));
        return picks('old');
      };
      const [done] = await one.warm({ latestPicks: { list: async () => [scope], load } });
      expect(done).toMatchObject({ loaded: 0, failed: 1, failure: 'Redis is away, or has not taken the value.' });
      expect((await two.latestPicks.get(scope))?.as_of).toBe('newer');
    });

    it('a warm-up counts what fails and goes on, also while the shared tier is away and takes nothing', async () => {
      class AwayError extends DomainError {
        readonly code = 'AWAY';
        readonly kind = 'unavailable';
      }
      const scopes = ['Intraday', 'Swing'].map((mode) => ({ universe: 'nifty50', mode }));
      const load = async ({ mode }: PicksScope) => {
        if (mode === 'Intraday') throw new AwayError('PostgreSQL is away.');
        return picks('new');
      };
      const sources = { latestPicks: { list: async () => scopes, load } };
      const [done] = await aProcess().caches.warm(sources);
      expect(done).toMatchObject({ total: 2, loaded: 1, failed: 1, failure: 'PostgreSQL is away.' });
      const [away] = await aProcess(driver.away()).caches.warm(sources, { perSecond: 1_000 });
      expect(away).toMatchObject({ loaded: 0, failed: 2 });
    });

    it('a warm-up stops between two entries, and refuses a cache that it cannot fill', async () => {
      const { caches } = aProcess();
      const scopes = ['Intraday', 'Swing'].map((mode) => ({ universe: 'nifty50', mode }));
      const sources = { latestPicks: { list: async () => scopes, load: async () => null } };
      const stop = new AbortController();
      const [done] = await caches.warm(sources, { signal: stop.signal, onProgress: () => stop.abort() });
      expect(done).toMatchObject({ total: 2, loaded: 1 });
      await expect(caches.warm(sources, { names: ['picks:latest', 'hist'] })).rejects.toMatchObject({
        ...{ code: 'CACHE_NOT_WARMABLE', remedy: 'These can: picks:latest.' },
      });
    });
  });
}

/** Every cache of `TradingCaches`, on one driver, and then all of them together. */
export function describeTradingCaches(driver: CacheDriver): void {
  describeCache('sr', {
    make: (engine) => new SupportResistanceCache(engine),
    key: { symbol: ' tcs', scope: 'D' }, otherKey: { symbol: 'TCS', scope: 'Y' },
    value: aLevel(), otherValue: aLevel({ p: 7 }),
  }, driver); // prettier-ignore
  describeCache('hist', {
    make: (engine) => new OhlcCache(engine),
    key: day, otherKey: { ...day, source: 'yahoo' }, value: candles(100), otherValue: candles(-0),
  }, driver); // prettier-ignore
  describeCache('scores:global', {
    make: (engine) => new GlobalScoresCache(engine),
    key: 'TCS', otherKey: 'a:b*', value: aScore(), otherValue: aScore({ symbol: 'a:b*', reasoning: null }),
  }, driver); // prettier-ignore
  describeCache('scores', {
    make: (engine) => new ScoresTimestampCache(engine),
    key: 'cache_timestamp', otherKey: other, value: '2026-01-09T05:30:00Z', otherValue: '2026-01-09T05:31:00Z',
  }, driver); // prettier-ignore
  describeCache('general:volatile', {
    make: (engine) => new VolatileGeneralCache(engine),
    key: 'yquote:TCS', otherKey: 'flows/nse', ...anything,
  }, driver); // prettier-ignore
  describeCache('general:persistent', {
    make: (engine) => new PersistentGeneralCache(engine, marketOf),
    key: { key: 'a:b' }, otherKey: { key: 'a_b', region: 'Global' }, ...anything,
  }, driver); // prettier-ignore
  for (const Memory of [SessionMemoryCache, WorkingContextCache, ShortMemoryCache])
    describeCache(Memory.name, {
      make: (engine) => new Memory(engine), key: 'a', otherKey: 'b:{c}', ...anything,
    }, driver); // prettier-ignore
  describeCache('context:memory', {
    make: (engine) => new ContextMemoryCache(engine),
    key: { type: 'a:b', key: 'c' }, otherKey: { type: 'a', key: 'b:c' }, value: { a: 0 }, otherValue: null,
  }, driver); // prettier-ignore
  describeCache('picks:latest', {
    make: (engine) => new LatestPicksCache(engine),
    key: { universe: 'NIFTY50', mode: 'intraday' }, otherKey: { universe: 'banknifty', mode: 'Swing' },
    value: picks('2026-01-09T10:00:00'), otherValue: picks('2026-01-09T11:00:00'),
  }, driver); // prettier-ignore
  describeCache('top_picks:monitor', {
    make: (engine) => new PicksMonitorCache(engine), key: 'positions', otherKey: other, ...snapshots,
  }, driver); // prettier-ignore
  describeCache('portfolio:monitor', {
    make: (engine) => new PortfolioMonitorCache(engine), key: 'positions', otherKey: 'watchlist', ...snapshots,
  }, driver); // prettier-ignore
  describeCache('scalping:monitor', {
    make: (engine) => new ScalpingMonitorCache(engine), key: 'last', otherKey: other, ...snapshots,
  }, driver); // prettier-ignore
  describeCache('dashboard:overview', {
    make: (engine) => new DashboardOverviewCache(engine), key: 'intraday', otherKey: 'performance:7d', ...snapshots,
  }, driver); // prettier-ignore
  describeTogether(driver);
}
