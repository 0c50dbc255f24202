export { contextMemoryKey } from './context-memory.key';
export {
  allowsFreshPicks,
  isCashMarketOpen,
  isEodWindow,
  isScalpingCycle,
  marketOf,
  type Market,
} from './market-hours';
export { OHLC_LIVES_MS, ohlcFreshness, ohlcLifeMs } from './ohlc.lives';
export {
  confidenceRank,
  consistentPicks,
  symbolsOf,
  topPicksOf,
  type PicksChoice,
  type RankedScore,
} from './score.ranking';
export { supportResistanceEntry, supportResistanceKey, supportResistanceMadeAtMs } from './support-resistance.entry';
export { SUPPORT_RESISTANCE_GRACE_MS, supportResistanceFreshness, type LevelKey } from './support-resistance.freshness';
export {
  levelScore,
  levelsOf,
  type DailyCandle,
  type LevelScope,
  type PivotLevels,
  type SupportResistance,
} from './support-resistance.levels';
export { ContextMemoryCache, type ContextKey } from './context-memory.cache';
export {
  GeneralCache,
  PersistentGeneralCache,
  VolatileGeneralCache,
  type GeneralKey,
  type GeneralOptions,
} from './general.cache';
export {
  globalScoreHash,
  globalScoreKey,
  globalScoreLife,
  GlobalScoresCache,
  SCORES_TIMESTAMP_KEY,
  ScoresTimestampCache,
  type AgentScore,
  type GlobalScore,
} from './global-scores.cache';
export { LatestPicksCache, type LatestPicks, type PicksScope } from './latest-picks.cache';
export {
  MemoryCaches,
  SessionMemoryCache,
  ShortMemoryCache,
  WorkingContextCache,
  type MemoryStats,
} from './memory.caches';
export {
  DashboardOverviewCache,
  PicksMonitorCache,
  PortfolioMonitorCache,
  ScalpingMonitorCache,
  type DashboardScope,
  type Snapshot,
} from './monitor.caches';
export {
  OhlcCache,
  ohlcEntryKey,
  ohlcEntryTags,
  ohlcSpan,
  type OhlcCandles,
  type OhlcFilter,
  type OhlcKey,
  type OhlcKeyParts,
  type OhlcRow,
} from './ohlc.cache';
export { OhlcStatistics, type OhlcEntry, type OhlcTotals } from './ohlc.statistics';
export { levelKeyOf, NoLevelsError, SupportResistanceCache, type ComputeLevels } from './support-resistance.cache';
export { TopPicksLock, topPicksLockKey } from './top-picks.lock';
export { TradingCaches } from './trading.caches';
export {
  CacheNotWarmableError,
  type WarmOptions,
  type WarmProgress,
  type WarmSource,
  type WarmSources,
} from './warm-up';
