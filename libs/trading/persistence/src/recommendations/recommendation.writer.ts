import { Injectable } from '@nestjs/common';
import { Prisma, type Transaction } from '@sluice/postgres';
import { awaitLock } from '../advisory-lock';

/** A recommendation that was not stored yet, under the legacy column names. Doubles are finite. */
export interface NewRecommendation {
  readonly symbol: string;
  readonly mode: string;
  readonly universe: string;
  readonly source: string;
  readonly recommendation: string;
  readonly direction: 'LONG' | 'SHORT';
  /** ISO 8601 with a zone. */
  readonly generated_at_utc: string;
  readonly entry_price: number | null;
  readonly stop_loss_price: number | null;
  readonly target_price: number | null;
  readonly score_blend: number | null;
  readonly confidence: string | null;
  readonly risk_profile: string | null;
  readonly run_id: string | null;
  readonly rank_in_run: number | null;
  readonly policy_version: string | null;
  readonly features_json: object;
}

/** What makes two logged recommendations the same: the run, or without one the universe and the time of the payload. */
export type LoggedScope = { readonly runId: string } | { readonly universe: string; readonly generatedAtUtc: string };

/** A row that is there already, with what tells it from the others of its scope. */
export interface LoggedRecommendation {
  readonly id: number;
  readonly symbol: string;
  readonly mode: string;
}

/** The end of a scalping trade. Times are ISO 8601 with a zone. */
export interface ScalpingExit {
  readonly symbol: string;
  /** The day of its recommendation as `2026-01-09`; null for any day. */
  readonly day: string | null;
  readonly exitPrice: number | null;
  readonly exitTime: string | null;
  readonly exitReason: string | null;
  readonly pnlPct: number | null;
}

/** How a recommendation ended, as computed. */
export interface Evaluation {
  readonly id: number;
  readonly exit_price: number;
  /** ISO 8601 with a zone. */
  readonly exit_time_utc: string | null;
  readonly exit_reason: string;
  readonly pnl_pct: number;
}

@Injectable()
export class RecommendationWriter {
  /** Until the transaction ends, nobody else logs into this scope: of two that log one run at once the second waits. */
  async lockScope(tx: Transaction, scope: LoggedScope): Promise<void> {
    await awaitLock(tx, `recommendations:${JSON.stringify(scope)}`);
  }

  /** The rows of a scope. To be called with the scope locked. */
  async listLogged(tx: Transaction, scope: LoggedScope): Promise<LoggedRecommendation[]> {
    const isInScope =
      'runId' in scope
        ? Prisma.sql`run_id = ${scope.runId}`
        : Prisma.sql`run_id IS NULL AND universe = ${scope.universe} AND generated_at_utc = ${scope.generatedAtUtc}::timestamptz`;
    return tx.$queryRaw<LoggedRecommendation[]>(Prisma.sql`
      SELECT min(id)::float8 AS id, symbol, mode FROM ai_recommendations WHERE ${isInScope} GROUP BY symbol, mode`);
  }

  /** Stores rows, of each symbol and mode one at most; ids ascend as the rows do. */
  async insert(tx: Transaction, rows: readonly NewRecommendation[]): Promise<LoggedRecommendation[]> {
    if (rows.length === 0) return [];
    return tx.$queryRaw<LoggedRecommendation[]>(Prisma.sql`
      INSERT INTO ai_recommendations
        (symbol, mode, universe, source, recommendation, direction, generated_at_utc, entry_price, stop_loss_price,
         target_price, score_blend, confidence, risk_profile, run_id, rank_in_run, policy_version, features_json)
      SELECT symbol, mode, universe, source, recommendation, direction, generated_at_utc, entry_price, stop_loss_price,
             target_price, score_blend, confidence, risk_profile, run_id, rank_in_run, policy_version, features_json
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS (
             symbol text, mode text, universe text, source text, recommendation text, direction text,
             generated_at_utc timestamptz, entry_price float8, stop_loss_price float8, target_price float8,
             score_blend float8, confidence text, risk_profile text, run_id text, rank_in_run int8, policy_version text,
             features_json jsonb)) WITH ORDINALITY
      ORDER BY ordinality
      RETURNING id::float8 AS id, symbol, mode`);
  }

  /**
   * Ends the oldest open Scalping recommendation of the symbol and day; of several with one time the newest row. Prices may
   * be missing: the row counts as evaluated all the same. Answers its id, null where there is none. Exits of one symbol wait
   * for each other, so that two of them end two recommendations.
   */
  async applyExit(tx: Transaction, exit: ScalpingExit): Promise<number | null> {
    const { symbol, day, exitPrice, exitTime, exitReason, pnlPct } = exit;
    await awaitLock(tx, `recommendations:exit:${symbol}`);
    const isOfDay =
      day === null
        ? Prisma.empty
        : Prisma.sql`AND generated_at_utc >= ${`${day}T00:00:00Z`}::timestamptz
                     AND generated_at_utc < ${`${day}T00:00:00Z`}::timestamptz + interval '24 hours'`;
    const [ended] = await tx.$queryRaw<{ id: number }[]>(Prisma.sql`
      UPDATE ai_recommendations
      SET evaluated = true, evaluated_at_utc = clock_timestamp(), exit_price = ${exitPrice}::float8,
          exit_time_utc = ${exitTime}::timestamptz, exit_reason = ${exitReason}::text, pnl_pct = ${pnlPct}::float8
      WHERE id = (
        SELECT id FROM ai_recommendations
        WHERE symbol = ${symbol} AND mode = 'Scalping' AND NOT evaluated ${isOfDay}
        ORDER BY generated_at_utc, id DESC LIMIT 1 FOR UPDATE
      ) AND NOT evaluated
      RETURNING id::float8 AS id`);
    return ended?.id ?? null;
  }

  /** Stores what was computed of rows that are still open; answers how many there were. */
  async evaluate(tx: Transaction, evaluations: readonly Evaluation[]): Promise<number> {
    if (evaluations.length === 0) return 0;
    return tx.$executeRaw(Prisma.sql`
      UPDATE ai_recommendations AS r
      SET evaluated = true, evaluated_at_utc = clock_timestamp(), exit_price = e.exit_price,
          exit_time_utc = e.exit_time_utc, exit_reason = e.exit_reason, pnl_pct = e.pnl_pct
      FROM jsonb_to_recordset(${JSON.stringify(evaluations)}::jsonb)
        AS e (id int8, exit_price float8, exit_time_utc timestamptz, exit_reason text, pnl_pct float8)
      WHERE r.id = e.id AND NOT r.evaluated`);
  }
}
