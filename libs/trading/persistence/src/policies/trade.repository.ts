import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals, utcText } from '../legacy-sql';
import { pickColumns, type PickRow } from '../picks/pick.rows';

/** A pick and what became of it: what the trainers learn from. */
export interface TradeRow {
  readonly mode: string;
  readonly extra_context: unknown;
  readonly ret_close_pct: number;
  readonly max_drawdown_pct: number | null;
  readonly hit_stop: boolean | null;
  readonly notes: unknown;
  /** UTC text with `Z`. */
  readonly horizon_end_ts: string;
}

/** Days of picks of one mode, both included. */
export interface TradeWindow {
  readonly mode: string;
  readonly from: string;
  readonly to: string;
}

/** Of one day and mode. Means are unrounded; a flag that is not known counts as not hit. */
export interface DailyTrades {
  readonly date: string;
  readonly mode: string;
  readonly trades: number;
  readonly avg_ret_close_pct: number | null;
  readonly avg_max_drawdown_pct: number | null;
  readonly win_rate: number;
  readonly hit_target_rate: number;
  readonly hit_stop_rate: number;
}

/** Picks with their outcomes, as the trainers and the reports of policies read them. */
@Injectable()
export class TradeRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Those with a return, in the order in which they were logged. */
  listTrades({ mode, from, to }: TradeWindow, horizon: string): Promise<TradeRow[]> {
    return this.postgres.rows<TradeRow>(Prisma.sql`
      SELECT p.mode, p.extra_context, o.ret_close_pct, o.max_drawdown_pct, o.hit_stop, o.notes,
             ${utcText('horizon_end_ts')} || 'Z' AS horizon_end_ts
      FROM pick_events AS p JOIN pick_outcomes AS o USING (pick_uuid)
      WHERE p.mode = ${mode} AND p.trade_date BETWEEN ${from}::date AND ${to}::date
        AND o.evaluation_horizon = ${horizon} AND o.ret_close_pct IS NOT NULL
      ORDER BY p.id`);
  }

  /** Those of a mode, in the order in which they were logged. */
  listPicks({ mode, from, to }: TradeWindow): Promise<PickRow[]> {
    return this.postgres.rows<PickRow>(Prisma.sql`
      SELECT ${pickColumns} FROM pick_events
      WHERE mode = ${mode} AND trade_date BETWEEN ${from}::date AND ${to}::date ORDER BY id`);
  }

  /** End-of-day outcomes by day and mode: the newest day first, modes in code point order. Rates are in percent. */
  listDaily(from: string, to: string, mode: string | undefined): Promise<DailyTrades[]> {
    const rate = (isHit: Prisma.Sql) => Prisma.sql`100 * avg((${isHit} IS TRUE)::int)::float8`;
    return this.postgres.rows<DailyTrades>(Prisma.sql`
      SELECT p.trade_date::text AS date, p.mode, count(*)::float8 AS trades,
             avg(o.ret_close_pct) AS avg_ret_close_pct, avg(o.max_drawdown_pct) AS avg_max_drawdown_pct,
             ${rate(Prisma.sql`(o.ret_close_pct > 0)`)} AS win_rate, ${rate(Prisma.sql`o.hit_target`)} AS hit_target_rate,
             ${rate(Prisma.sql`o.hit_stop`)} AS hit_stop_rate
      FROM pick_events AS p JOIN pick_outcomes AS o USING (pick_uuid)
      WHERE o.evaluation_horizon = 'EOD' AND p.trade_date BETWEEN ${from}::date AND ${to}::date
        ${mode === undefined ? Prisma.empty : Prisma.sql`AND ${equals('mode', mode)}`}
      GROUP BY p.trade_date, p.mode
      ORDER BY p.trade_date DESC, p.mode COLLATE "C"`);
  }
}
