import type { OutcomeRow } from '@sluice/trading-persistence';
import { outcomeLabel } from './outcome.rules';

/** What of an exit tells whose it is. */
export interface ExitEntry {
  /** Milliseconds since 1970. */
  readonly entryMs: number;
  readonly entryPrice: number | null;
}

/** How far from a pick its exit may have been entered. */
export interface ExitTolerance {
  readonly minutes: number;
  readonly pct: number;
}

/** The legacy rule: the nearest pick of the day is the one, however far away. */
export const ANY_DISTANCE: ExitTolerance = { minutes: Infinity, pct: Infinity };

export interface ExitCandidate {
  readonly signal_ts: string;
  readonly signal_price: number;
}

export interface ExitMatch<C> {
  readonly candidate: C;
  /** The lower the nearer: minutes (120 at most) plus five times the percents of price (200 at most). */
  readonly score: number;
  readonly minutes: number;
  /** Null where a price is missing, or not above 0. */
  readonly pct: number | null;
}

/** The distance of an exit from a pick by the legacy score. */
function matchOf<C extends ExitCandidate>({ entryMs, entryPrice }: ExitEntry, candidate: C): ExitMatch<C> {
  const minutes = Math.abs(entryMs - Date.parse(candidate.signal_ts)) / 60_000;
  const { signal_price: signal } = candidate;
  const hasPrices = entryPrice !== null && entryPrice > 0 && signal > 0;
  const pct = hasPrices ? (Math.abs(entryPrice - signal) / signal) * 100 : null;
  return { candidate, minutes, pct, score: Math.min(minutes, 120) + (pct === null ? 0 : Math.min(pct * 5, 200)) };
}

/**
 * The pick that an exit is most likely of: the lowest score among those within the tolerance, the first of a tie; null where
 * none is. Without both prices only the time counts. The same symbol that was picked for two universes is told apart by
 * seconds and by price alone.
 */
export function nearestPick<C extends ExitCandidate>(
  exit: ExitEntry,
  candidates: readonly C[],
  tolerance: ExitTolerance,
): ExitMatch<C> | null {
  return candidates
    .map((candidate) => matchOf(exit, candidate))
    .filter(({ minutes, pct }) => minutes <= tolerance.minutes && (pct === null || pct <= tolerance.pct))
    .reduce<ExitMatch<C> | null>((best, one) => (best === null || one.score < best.score ? one : best), null);
}

/** How a trade ended. */
export interface ScalpingExit {
  readonly exitPrice: number | null;
  readonly returnPct: number | null;
  readonly reason: string | null;
  readonly endTs: string;
}

/** The outcome that an exit tells. A level that was not what ended the trade is not known to be hit or not: never false. */
export function exitOutcome(exit: ScalpingExit, horizon: string): OutcomeRow {
  const { exitPrice, returnPct, endTs } = exit;
  const reason = exit.reason?.toUpperCase() ?? null;
  return {
    evaluation_horizon: horizon,
    horizon_end_ts: endTs,
    ...{ price_close: exitPrice, price_high: null, price_low: null },
    ...{ ret_close_pct: returnPct, max_runup_pct: null, max_drawdown_pct: null },
    ...{ benchmark_symbol: null, benchmark_ret_pct: null, ret_vs_benchmark_pct: null },
    hit_target: reason === 'TARGET_HIT' ? true : null,
    hit_stop: reason === 'STOP_LOSS' ? true : null,
    outcome_label: outcomeLabel(returnPct),
    notes: { exit_reason: reason, capture_ratio: returnPct ? Number(returnPct > 0) : null },
  };
}
