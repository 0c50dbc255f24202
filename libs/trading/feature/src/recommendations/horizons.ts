import type { Candle } from '../candles/candle-source';

/** When a recommendation is over: with its logged exit, at the end of its day, or some days later. */
export type Horizon =
  | { readonly type: 'exit_only' }
  | { readonly type: 'eod_close' }
  | { readonly type: 'fixed_days'; readonly days: number };

/** The legacy `performance_horizons.json`; a mode that is not there is never evaluated. */
export const HORIZONS: Readonly<Record<string, Horizon>> = {
  Scalping: { type: 'exit_only' },
  Intraday: { type: 'eod_close' },
  Swing: { type: 'fixed_days', days: 5 },
  Options: { type: 'fixed_days', days: 3 },
  Futures: { type: 'fixed_days', days: 3 },
};

const dayMs = 86_400_000;
const dayS = 86_400;
/**
 * A price stands for an instant at most so far away: over the longest closing of the market, and never another week's. The
 * legacy evaluator took the nearest candle of the last month, also for a recommendation of a year ago.
 */
const REACH_S = 4 * dayS;

/** Which candles tell of an end, and which of them counts; null while it is not over. */
export interface PriceQuestion {
  readonly from: number;
  readonly to: number;
  readonly interval: string;
  readonly reason: string;
  /** The candle of the end; null where there is none. */
  choose(candles: readonly Candle[]): Candle | null;
}

/** The question to the candles for a recommendation made at `madeAtMs`. */
export function priceQuestionOf(
  horizon: Exclude<Horizon, { type: 'exit_only' }>,
  madeAtMs: number,
  nowMs: number,
): PriceQuestion | null {
  return horizon.type === 'eod_close' ? endOfDay(madeAtMs, nowMs) : afterDays(horizon.days, madeAtMs, nowMs);
}

/** The last candle of the UTC day, once that day has ended. */
function endOfDay(madeAtMs: number, nowMs: number): PriceQuestion | null {
  const startMs = Math.floor(madeAtMs / dayMs) * dayMs;
  if (nowMs < startMs + dayMs) return null;
  const from = startMs / 1000;
  const choose = (candles: readonly Candle[]): Candle | null => candles.at(-1) ?? null;
  return { from, to: from + dayS - 1, interval: '5m', reason: 'EOD_CLOSE', choose };
}

/** The candle nearest to the instant so many days later; of two as near, the earlier. */
function afterDays(days: number, madeAtMs: number, nowMs: number): PriceQuestion | null {
  const dueMs = madeAtMs + days * dayMs;
  if (nowMs < dueMs) return null;
  const due = dueMs / 1000;
  const distance = (candle: Candle): number => Math.abs(candle.time - due);
  const choose = (candles: readonly Candle[]): Candle | null =>
    candles.reduce<Candle | null>((best, one) => (best && distance(best) <= distance(one) ? best : one), null);
  const to = Math.min(Math.floor(due) + REACH_S, Math.floor(nowMs / 1000));
  return { from: Math.floor(due) - REACH_S, to, interval: '60m', reason: `FIXED_DAYS_${days}`, choose };
}

/** In percent of the entry, in favour of the trade: a recommendation to sell earns where the price falls. Not rounded. */
export function pnlPctOf(entry: number, exit: number, isSale: boolean): number {
  const change = ((exit - entry) / entry) * 100;
  return isSale ? -change : change;
}
