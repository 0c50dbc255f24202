import { Injectable } from '@nestjs/common';
import { Prisma, type Transaction } from '@sluice/postgres';
import { outcomeColumns, pickColumns, type ContributionRow, type OutcomeRow, type PickRow } from './pick.rows';

export type NewPick = Omit<PickRow, 'id'>;

/** An outcome and the pick that it is of. */
export interface PickOutcome {
  readonly pickUuid: string;
  readonly outcome: OutcomeRow;
}

export interface WrittenOutcome {
  readonly outcome: OutcomeRow;
  readonly version: string;
  readonly isNew: boolean;
}

const OUTCOME_RECORD = Prisma.sql`(
  pick_uuid text, evaluation_horizon text, horizon_end_ts timestamptz, price_close float8, price_high float8,
  price_low float8, ret_close_pct float8, max_runup_pct float8, max_drawdown_pct float8, benchmark_symbol text,
  benchmark_ret_pct float8, ret_vs_benchmark_pct float8, hit_target boolean, hit_stop boolean, outcome_label text, notes jsonb
)`;

const OUTCOME_NAMES = Prisma.raw(`
  pick_uuid, evaluation_horizon, horizon_end_ts, price_close, price_high, price_low, ret_close_pct, max_runup_pct,
  max_drawdown_pct, benchmark_symbol, benchmark_ret_pct, ret_vs_benchmark_pct, hit_target, hit_stop, outcome_label, notes`);

/**
 * Writes of picks. Rows go to PostgreSQL as one JSON text, so that a double arrives as the double that it is, whether it looks
 * whole or not; JSON has no NaN, which the legacy code could store.
 */
@Injectable()
export class PickWriter {
  /** Stores a pick with its contributions: both or neither, with the transaction. */
  async insert(tx: Transaction, pick: NewPick, contributions: readonly ContributionRow[]): Promise<PickRow> {
    const [stored] = await tx.$queryRaw<PickRow[]>(Prisma.sql`
      INSERT INTO pick_events (
        pick_uuid, symbol, direction, source, mode, signal_ts, trade_date, signal_price, recommended_entry,
        recommended_target, recommended_stop, time_horizon, blend_score, recommendation, confidence, regime,
        risk_profile_bucket, mode_bucket, universe, extra_context)
      SELECT * FROM jsonb_to_record(${JSON.stringify(pick)}::jsonb) AS pick (
        pick_uuid text, symbol text, direction text, source text, mode text, signal_ts timestamptz, trade_date date,
        signal_price float8, recommended_entry float8, recommended_target float8, recommended_stop float8,
        time_horizon text, blend_score float8, recommendation text, confidence text, regime text,
        risk_profile_bucket text, mode_bucket text, universe text, extra_context jsonb)
      RETURNING ${pickColumns}`);
    if (contributions.length > 0)
      await tx.$executeRaw(Prisma.sql`
        INSERT INTO pick_agent_contributions (pick_uuid, agent_name, score, confidence, metadata)
        SELECT ${pick.pick_uuid}, each.agent_name, each.score, each.confidence, each.metadata
        FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(contributions)}::jsonb)
          AS (agent_name text, score float8, confidence text, metadata jsonb)) WITH ORDINALITY
          AS each (agent_name, score, confidence, metadata, place)
        ORDER BY each.place`);
    return stored!;
  }

  /** Whether there is such a pick; it stays there until the transaction ends. */
  async exists(tx: Transaction, uuid: string): Promise<boolean> {
    const found = await tx.$queryRaw<unknown[]>(
      Prisma.sql`SELECT 1 FROM pick_events WHERE pick_uuid = ${uuid} FOR KEY SHARE`,
    );
    return found.length > 0;
  }

  /** The version of an outcome, whose row is this transaction's until it ends; null where there is none. */
  async lockOutcome(tx: Transaction, uuid: string, horizon: string): Promise<string | null> {
    const [row] = await tx.$queryRaw<{ version: string }[]>(Prisma.sql`
      SELECT xmin::text AS version FROM pick_outcomes
      WHERE pick_uuid = ${uuid} AND evaluation_horizon = ${horizon} FOR UPDATE`);
    return row?.version ?? null;
  }

  /** Puts an outcome in place of the one that is there, if any: every column is replaced, also by NULL; the id stays. */
  async replaceOutcome(tx: Transaction, { pickUuid, outcome }: PickOutcome): Promise<WrittenOutcome> {
    const record = { pick_uuid: pickUuid, ...outcome };
    const [row] = await tx.$queryRaw<(OutcomeRow & { version: string; isNew: boolean })[]>(Prisma.sql`
      INSERT INTO pick_outcomes (${OUTCOME_NAMES})
      SELECT ${OUTCOME_NAMES} FROM jsonb_to_record(${JSON.stringify(record)}::jsonb) AS outcome ${OUTCOME_RECORD}
      ON CONFLICT (pick_uuid, evaluation_horizon) DO UPDATE SET
        horizon_end_ts = excluded.horizon_end_ts, price_close = excluded.price_close, price_high = excluded.price_high,
        price_low = excluded.price_low, ret_close_pct = excluded.ret_close_pct, max_runup_pct = excluded.max_runup_pct,
        max_drawdown_pct = excluded.max_drawdown_pct, benchmark_symbol = excluded.benchmark_symbol,
        benchmark_ret_pct = excluded.benchmark_ret_pct, ret_vs_benchmark_pct = excluded.ret_vs_benchmark_pct,
        hit_target = excluded.hit_target, hit_stop = excluded.hit_stop, outcome_label = excluded.outcome_label,
        notes = excluded.notes
      RETURNING ${outcomeColumns}, xmin::text AS version, xmax = 0 AS "isNew"`);
    const { version, isNew, ...stored } = row!;
    return { outcome: stored, version, isNew };
  }

  /** Stores the outcomes of picks that have none at their horizon yet; answers the picks whose outcome was stored. */
  async addOutcomes(tx: Transaction, outcomes: readonly PickOutcome[]): Promise<ReadonlySet<string>> {
    const records = outcomes.map(({ pickUuid, outcome }) => ({ pick_uuid: pickUuid, ...outcome }));
    const added = await tx.$queryRaw<{ uuid: string }[]>(Prisma.sql`
      INSERT INTO pick_outcomes (${OUTCOME_NAMES})
      SELECT ${OUTCOME_NAMES} FROM jsonb_to_recordset(${JSON.stringify(records)}::jsonb) AS outcome ${OUTCOME_RECORD}
      ORDER BY pick_uuid
      ON CONFLICT (pick_uuid, evaluation_horizon) DO NOTHING
      RETURNING pick_uuid AS uuid`);
    return new Set(added.map(({ uuid }) => uuid));
  }

  /** The scalping picks of a symbol on a day, in the order in which they were logged. */
  listScalping(tx: Transaction, symbol: string, tradeDate: string): Promise<PickRow[]> {
    return tx.$queryRaw<PickRow[]>(Prisma.sql`
      SELECT ${pickColumns} FROM pick_events AS p
      WHERE symbol = ${symbol} AND mode = 'Scalping' AND trade_date = ${tradeDate}::date ORDER BY p.id`);
  }
}
