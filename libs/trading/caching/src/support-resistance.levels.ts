/** Day, week, month or year: of how many days the levels are made, and how long they count. */
export type LevelScope = 'D' | 'W' | 'M' | 'Y';

/** The pivot, three resistances above it and three supports below it; a support may be zero or less. */
export interface PivotLevels {
  readonly p: number;
  readonly r1: number;
  readonly r2: number;
  readonly r3: number;
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
}

/** The legacy payload, and what the cache holds. */
export interface SupportResistance extends PivotLevels {
  readonly symbol: string;
  readonly timeframe_scope: LevelScope;
  /** ISO 8601, with India's offset. */
  readonly computed_at_ist: string;
}

export interface DailyCandle {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Trading days that a scope looks back. */
const CANDLES: Readonly<Record<LevelScope, number>> = { D: 1, W: 5, M: 22, Y: 252 };

/**
 * The classic pivot levels of the last 1, 5, 22 or 252 daily candles, oldest first, or of all where there are fewer.
 * During a session the last candle may be the unfinished day's. Null without candles, and where a high, low or close is
 * no finite number or is so large that a level is none. The order of the operations is the legacy code's: another one
 * would differ in the last bit.
 */
export function levelsOf(candles: readonly DailyCandle[], scope: LevelScope): PivotLevels | null {
  const window = candles.slice(-CANDLES[scope]);
  const high = Math.max(...window.map((candle) => candle.high));
  const low = Math.min(...window.map((candle) => candle.low));
  const close = window.at(-1)?.close ?? NaN;
  const p = (high + low + close) / 3;
  const levels: PivotLevels = {
    p,
    r1: 2 * p - low,
    r2: p + (high - low),
    r3: high + 2 * (p - low),
    s1: 2 * p - high,
    s2: p - (high - low),
    s3: low - 2 * (high - p),
  };
  return Object.values(levels).every(Number.isFinite) ? levels : null;
}

/** What is known of a price without levels. */
const NEUTRAL_SCORE = 50;

/**
 * How good a price is to buy at, by the highest level that it has reached: 10 at the third resistance, 95 below the
 * second support, 50 where nothing can be said.
 */
export function levelScore(levels: PivotLevels | null, price: number): number {
  if (!levels || Number.isNaN(price)) return NEUTRAL_SCORE;
  if (price >= levels.r3) return 10;
  if (price >= levels.r2) return 25;
  if (price >= levels.r1) return 40;
  if (price >= levels.p) return 55;
  if (price >= levels.s1) return 70;
  return price >= levels.s2 ? 85 : 95;
}
