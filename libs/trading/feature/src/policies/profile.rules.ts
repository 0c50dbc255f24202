import { meanOf } from '../mean';
import type { SimulatedTrade } from './exit-simulation';

/** How an exit profile would have done. Rates are fractions; means are unrounded. */
export interface ProfileResult {
  readonly trades: number;
  readonly avg_ret_close_pct: number;
  readonly avg_max_drawdown_pct: number;
  readonly win_rate: number;
  readonly hit_target_rate: number;
  readonly hit_stop_rate: number;
  /** Of the trades where there was something to be had; 0 where there was none. */
  readonly avg_capture_ratio: number;
  readonly score: number;
}

/**
 * Return, plus half the captured share, minus half the depth of the drawdown, minus 0.3 per percent of trades that were
 * stopped. The legacy code subtracted the drawdown, which is below 0: the deeper, the better the score.
 */
export function profileScore(result: Omit<ProfileResult, 'score'>): number {
  const { avg_ret_close_pct: ret, avg_capture_ratio: capture, avg_max_drawdown_pct: drawdown } = result;
  return ret + 0.5 * capture + 0.5 * drawdown - 0.3 * result.hit_stop_rate * 100;
}

/** Null without trades. */
export function profileResult(trades: readonly SimulatedTrade[]): ProfileResult | null {
  if (trades.length === 0) return null;
  const rateOf = (is: (trade: SimulatedTrade) => boolean): number => trades.filter(is).length / trades.length;
  const result = {
    trades: trades.length,
    avg_ret_close_pct: meanOf(trades.map(({ retPct }) => retPct)),
    avg_max_drawdown_pct: meanOf(trades.map(({ drawdownPct }) => drawdownPct)),
    win_rate: rateOf(({ retPct }) => retPct > 0),
    hit_target_rate: rateOf(({ reason }) => reason === 'target'),
    hit_stop_rate: rateOf(({ reason }) => reason === 'stop'),
    avg_capture_ratio: meanOf(trades.flatMap(({ capture }) => capture ?? [])),
  };
  return { ...result, score: profileScore(result) };
}

/** The id with the highest score, the first of a tie; null where there is none. */
export function bestProfile(results: readonly (readonly [id: string, result: ProfileResult])[]): string | null {
  const best = results.reduce<(typeof results)[number] | null>(
    (top, one) => (top === null || one[1].score > top[1].score ? one : top),
    null,
  );
  return best?.[0] ?? null;
}
