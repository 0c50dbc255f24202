import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals, utcText, where } from '../legacy-sql';
import { outcomeColumns, pickColumns, type ContributionRow, type OutcomeRow, type PickRow } from './pick.rows';

export interface PickFilter {
  readonly symbol?: string | undefined;
  readonly mode?: string | undefined;
  readonly universe?: string | undefined;
  /** Days, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface WholePick {
  readonly pick: PickRow;
  /** In the order in which they were logged. */
  readonly contributions: readonly ContributionRow[];
  readonly outcomes: readonly OutcomeRow[];
}

export interface StoredOutcome {
  readonly outcome: OutcomeRow;
  readonly version: string;
}

/** The picks of a day that have no outcome yet at a horizon, and how many have. */
export interface PicksToJudge {
  readonly tradeDate: string;
  readonly waiting: readonly PickRow[];
  readonly judged: number;
}

/** A scalping pick that was left, as far as its outcome tells. Times are UTC text with `Z`. */
export interface ScalpingTrade {
  readonly symbol: string;
  readonly signal_ts: string;
  readonly signal_price: number;
  readonly recommendation: string | null;
  readonly horizon_end_ts: string;
  readonly price_close: number | null;
  readonly ret_close_pct: number | null;
  readonly exit_reason: string | null;
}

@Injectable()
export class PickRepository {
  constructor(private readonly postgres: Postgres) {}

  /** The newest first, of those with an id below `beforeId`. */
  list(filter: PickFilter, beforeId: string | null, limit: number): Promise<PickRow[]> {
    const { symbol, mode, universe, from, to } = filter;
    return this.postgres.rows<PickRow>(Prisma.sql`
      SELECT ${pickColumns} FROM pick_events AS p
      ${where([
        symbol !== undefined && equals('symbol', symbol),
        mode !== undefined && equals('mode', mode),
        universe !== undefined && equals('universe', universe),
        from !== undefined && Prisma.sql`trade_date >= ${from}::date`,
        to !== undefined && Prisma.sql`trade_date <= ${to}::date`,
        beforeId !== null && Prisma.sql`p.id < ${beforeId}::bigint`,
      ])}
      ORDER BY p.id DESC LIMIT ${limit}`);
  }

  /** A pick with everything that is known of it. */
  async find(uuid: string): Promise<WholePick | null> {
    const ofPick = equals('pick_uuid', uuid);
    const [[pick], contributions, outcomes] = await Promise.all([
      this.postgres.rows<PickRow>(Prisma.sql`SELECT ${pickColumns} FROM pick_events WHERE ${ofPick}`),
      this.postgres.rows<ContributionRow>(Prisma.sql`
        SELECT agent_name, score, confidence, metadata FROM pick_agent_contributions WHERE ${ofPick} ORDER BY id`),
      this.postgres.rows<OutcomeRow>(Prisma.sql`
        SELECT ${outcomeColumns} FROM pick_outcomes WHERE ${ofPick} ORDER BY evaluation_horizon COLLATE "C"`),
    ]);
    return pick ? { pick, contributions, outcomes } : null;
  }

  async findOutcome(uuid: string, horizon: string): Promise<StoredOutcome | null> {
    const [row] = await this.postgres.rows<OutcomeRow & { version: string }>(Prisma.sql`
      SELECT ${outcomeColumns}, xmin::text AS version FROM pick_outcomes
      WHERE ${equals('pick_uuid', uuid)} AND ${equals('evaluation_horizon', horizon)}`);
    if (!row) return null;
    const { version, ...outcome } = row;
    return { outcome, version };
  }

  /** The scalping picks since an instant (ISO with a zone) that an exit was logged of, in the order of their signals. */
  listScalpingTrades(since: string): Promise<ScalpingTrade[]> {
    return this.postgres.rows<ScalpingTrade>(Prisma.sql`
      SELECT p.symbol, ${utcText('signal_ts')} || 'Z' AS signal_ts, p.signal_price, p.recommendation,
             ${utcText('horizon_end_ts')} || 'Z' AS horizon_end_ts, o.price_close, o.ret_close_pct,
             o.notes ->> 'exit_reason' AS exit_reason
      FROM pick_events AS p JOIN pick_outcomes AS o USING (pick_uuid)
      WHERE o.evaluation_horizon = 'SCALPING' AND p.mode = 'Scalping' AND p.signal_ts >= ${since}::timestamptz
        AND p.trade_date >= (${since}::timestamptz AT TIME ZONE 'Asia/Kolkata')::date
      ORDER BY p.signal_ts, p.id`);
  }

  /** Those of a day, in the order in which they were logged. */
  async listToJudge(tradeDate: string, horizon: string): Promise<PicksToJudge> {
    const rows = await this.postgres.rows<PickRow & { isJudged: boolean }>(Prisma.sql`
      SELECT ${pickColumns}, EXISTS (
        SELECT 1 FROM pick_outcomes AS o WHERE o.pick_uuid = p.pick_uuid AND o.evaluation_horizon = ${horizon}
      ) AS "isJudged"
      FROM pick_events AS p WHERE trade_date = ${tradeDate}::date ORDER BY p.id`);
    const waiting = rows.filter(({ isJudged }) => !isJudged).map(({ isJudged: _judged, ...pick }) => pick);
    return { tradeDate, waiting, judged: rows.length - waiting.length };
  }
}
