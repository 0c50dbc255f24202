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
export { supportResistanceEntry, supportResistanceKey } from './support-resistance.entry';
export { SUPPORT_RESISTANCE_GRACE_MS, supportResistanceFreshness, type LevelKey } from './support-resistance.freshness';
export {
  levelScore,
  levelsOf,
  type DailyCandle,
  type LevelScope,
  type PivotLevels,
  type SupportResistance,
} from './support-resistance.levels';
