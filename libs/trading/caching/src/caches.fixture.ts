import { describeCache, type CacheDriver } from '@sluice/cache';
import { ContextMemoryCache } from './context-memory.cache';
import { PersistentGeneralCache, VolatileGeneralCache } from './general.cache';
import { GlobalScoresCache, ScoresTimestampCache, type GlobalScore } from './global-scores.cache';
import { LatestPicksCache } from './latest-picks.cache';
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

/** Every cache of `TradingCaches`, on one driver. */
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
}
