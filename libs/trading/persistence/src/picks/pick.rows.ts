import { Prisma } from '@sluice/postgres';
import { utcText } from '../legacy-sql';

/** A pick that was signalled, under its legacy column names. Times are UTC text with `Z`; the trade date is a day in India. */
export interface PickRow {
  readonly id: number;
  readonly pick_uuid: string;
  readonly symbol: string;
  readonly direction: string;
  readonly source: string;
  readonly mode: string;
  readonly signal_ts: string;
  readonly trade_date: string;
  readonly signal_price: number;
  readonly recommended_entry: number | null;
  readonly recommended_target: number | null;
  readonly recommended_stop: number | null;
  readonly time_horizon: string | null;
  readonly blend_score: number | null;
  readonly recommendation: string | null;
  readonly confidence: string | null;
  readonly regime: string | null;
  readonly risk_profile_bucket: string | null;
  readonly mode_bucket: string | null;
  readonly universe: string | null;
  readonly extra_context: unknown;
}

export interface ContributionRow {
  readonly agent_name: string;
  readonly score: number | null;
  readonly confidence: string | null;
  readonly metadata: unknown;
}

/** What became of a pick at one horizon. */
export interface OutcomeRow {
  readonly evaluation_horizon: string;
  readonly horizon_end_ts: string;
  readonly price_close: number | null;
  readonly price_high: number | null;
  readonly price_low: number | null;
  readonly ret_close_pct: number | null;
  readonly max_runup_pct: number | null;
  readonly max_drawdown_pct: number | null;
  readonly benchmark_symbol: string | null;
  readonly benchmark_ret_pct: number | null;
  readonly ret_vs_benchmark_pct: number | null;
  readonly hit_target: boolean | null;
  readonly hit_stop: boolean | null;
  readonly outcome_label: string | null;
  readonly notes: unknown;
}

export const pickColumns = Prisma.sql`
  id::float8 AS id, pick_uuid, symbol, direction, source, mode, ${utcText('signal_ts')} || 'Z' AS signal_ts,
  trade_date::text AS trade_date, signal_price, recommended_entry, recommended_target, recommended_stop, time_horizon,
  blend_score, recommendation, confidence, regime, risk_profile_bucket, mode_bucket, universe, extra_context`;

export const outcomeColumns = Prisma.sql`
  evaluation_horizon, ${utcText('horizon_end_ts')} || 'Z' AS horizon_end_ts, price_close, price_high, price_low,
  ret_close_pct, max_runup_pct, max_drawdown_pct, benchmark_symbol, benchmark_ret_pct, ret_vs_benchmark_pct, hit_target,
  hit_stop, outcome_label, notes`;
