import type { OutcomeRow } from '@sluice/trading-persistence';
import type { Candle } from '../candles/candle-source';

/** What of a pick decides its outcome. */
export interface JudgedPick {
  readonly direction: string;
  readonly signal_price: number;
  readonly recommended_target: number | null;
  readonly recommended_stop: number | null;
}

/** What the market did on the pick's day; null where that is not known. */
export interface Benchmark {
  readonly symbol: string;
  readonly retPct: number;
}

export const OUTCOME_LABELS = ['WIN', 'LOSS', 'BREAKEVEN'] as const;

/** More than half a percent either way; exactly half a percent is neither. Null without a return. */
export function outcomeLabel(retPct: number | null): (typeof OUTCOME_LABELS)[number] | null {
  if (retPct === null) return null;
  if (retPct > 0.5) return 'WIN';
  return retPct < -0.5 ? 'LOSS' : 'BREAKEVEN';
}

/** How much of the best that could be had was had, 0 to 1; null where there was nothing to be had. */
export function captureRatio(retPct: number, runupPct: number): number | null {
  if (!(runupPct > 0)) return null;
  return retPct > 0 ? Math.min(retPct / runupPct, 1) : 0;
}

/** From the first close of the day to the last, in percent; null without candles and for a first close of 0. */
export function benchmarkReturn(candles: readonly Candle[]): number | null {
  const [first, last] = [candles[0]?.close, candles.at(-1)?.close];
  return first && last !== undefined ? ((last - first) / first) * 100 : null;
}

/**
 * The outcome of a pick by the candles of its day, unrounded. Everything but `LONG` counts as short. A level counts as hit
 * where any candle of the day reached it, also one before the signal, so that both can be hit; null where the pick has no such
 * level. The benchmark is subtracted from a short's return too. Null where it cannot be told: without candles, and for a
 * signal price that is not above 0. The order of the operations is the legacy code's: another one would differ in the last bit.
 */
export function dayOutcome(
  pick: JudgedPick,
  candles: readonly Candle[],
  benchmark: Benchmark | null,
): Omit<OutcomeRow, 'evaluation_horizon' | 'horizon_end_ts'> | null {
  const { signal_price: price, recommended_target: target, recommended_stop: stop } = pick;
  const close = candles.at(-1)?.close;
  if (close === undefined || !(price > 0) || !Number.isFinite(price)) return null;
  const high = candles.reduce((most, candle) => Math.max(most, candle.high), -Infinity);
  const low = candles.reduce((least, candle) => Math.min(least, candle.low), Infinity);
  const isLong = pick.direction === 'LONG';
  const percent = (at: number): number => ((at - price) / price) * 100 * (isLong ? 1 : -1);
  const [best, worst] = isLong ? [high, low] : [low, high];
  const [ret, runup] = [percent(close), percent(best)];
  return {
    ...{ price_close: close, price_high: high, price_low: low },
    ...{ ret_close_pct: ret, max_runup_pct: runup, max_drawdown_pct: percent(worst) },
    benchmark_symbol: benchmark?.symbol ?? null,
    benchmark_ret_pct: benchmark?.retPct ?? null,
    ret_vs_benchmark_pct: benchmark ? ret - benchmark.retPct : null,
    hit_target: target === null ? null : isLong ? high >= target : low <= target,
    hit_stop: stop === null ? null : isLong ? low <= stop : high >= stop,
    outcome_label: outcomeLabel(ret),
    notes: { capture_ratio: captureRatio(ret, runup) },
  };
}
