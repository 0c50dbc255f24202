import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals, utcText, where } from './legacy-sql';

/** The columns of the legacy answer under their legacy names. Times are UTC text with `Z`; `evaluated` is 0 or 1. */
export interface RecommendationRow {
  readonly id: number;
  readonly symbol: string;
  readonly mode: string;
  readonly universe: string;
  readonly source: string;
  readonly recommendation: string;
  readonly direction: string;
  readonly generated_at_utc: string;
  readonly entry_price: number | null;
  readonly stop_loss_price: number | null;
  readonly target_price: number | null;
  readonly score_blend: number | null;
  readonly confidence: string | null;
  readonly run_id: string | null;
  readonly rank_in_run: number | null;
  readonly policy_version: string | null;
  readonly evaluated: number;
  readonly evaluated_at_utc: string | null;
  readonly exit_price: number | null;
  readonly exit_time_utc: string | null;
  readonly exit_reason: string | null;
  readonly pnl_pct: number | null;
}

export interface RecommendationFilter {
  readonly mode?: string | undefined;
  readonly symbol?: string | undefined;
  readonly evaluatedOnly: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** What one mode's evaluated recommendations add up to. The two middle values are equal where the count is odd. */
export interface ModeTotals {
  readonly mode: string;
  readonly trades: number;
  readonly wins: number;
  readonly pnlSum: number;
  readonly lowerMiddlePnl: number;
  readonly upperMiddlePnl: number;
}

/** What a `RecommendationRow` is selected from. */
export const recommendationColumns = Prisma.sql`
  id::float8 AS id, symbol, mode, universe, source, recommendation, direction,
  ${utcText('generated_at_utc')} || 'Z' AS generated_at_utc, entry_price, stop_loss_price, target_price,
  score_blend, confidence, run_id, rank_in_run::float8 AS rank_in_run, policy_version,
  evaluated::int AS evaluated, ${utcText('evaluated_at_utc')} || 'Z' AS evaluated_at_utc, exit_price,
  ${utcText('exit_time_utc')} || 'Z' AS exit_time_utc, exit_reason, pnl_pct`;

@Injectable()
export class RecommendationRepository {
  constructor(private readonly postgres: Postgres) {}

  /** A page, newest first; rows of one time (a run's rows share theirs) by descending id, so that pages are stable. */
  async list(filter: RecommendationFilter): Promise<RecommendationRow[]> {
    const { mode, symbol, evaluatedOnly, limit, offset } = filter;
    return this.postgres.rows<RecommendationRow>(Prisma.sql`
      SELECT ${recommendationColumns}
      FROM ai_recommendations AS r
      ${where([
        mode !== undefined && equals('mode', mode),
        symbol !== undefined && equals('symbol', symbol),
        evaluatedOnly && Prisma.sql`evaluated`,
      ])}
      ORDER BY r.generated_at_utc DESC, r.id DESC
      LIMIT ${limit} OFFSET ${offset}`);
  }

  /** Totals per mode of the evaluated rows with a result since an instant (ISO with a zone), by mode in code point order. */
  async totalsByMode(since: string): Promise<ModeTotals[]> {
    return this.postgres.rows<ModeTotals>(Prisma.sql`
      SELECT mode, count(*)::float8 AS trades, (count(*) FILTER (WHERE pnl_pct > 0))::float8 AS wins,
             sum(pnl_pct ORDER BY generated_at_utc, id) AS "pnlSum",
             percentile_disc(0.5) WITHIN GROUP (ORDER BY pnl_pct) AS "lowerMiddlePnl",
             percentile_disc(0.5) WITHIN GROUP (ORDER BY pnl_pct DESC) AS "upperMiddlePnl"
      FROM ai_recommendations
      WHERE evaluated AND generated_at_utc >= ${since}::timestamptz AND pnl_pct IS NOT NULL
      GROUP BY mode
      ORDER BY mode COLLATE "C"`);
  }
}
