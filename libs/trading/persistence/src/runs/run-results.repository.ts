import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals, utcText } from '../legacy-sql';

/** A pick of a run with what became of the recommendation that was logged of it. */
export interface RunResult {
  readonly run_id: string;
  readonly universe: string;
  readonly mode: string;
  /** When the run was stored: UTC text with `Z`. */
  readonly generated_at_utc: string;
  /** As the run's payload has it. */
  readonly pick: unknown;
  /** False where no recommendation was logged of it, or its end is not known yet. */
  readonly evaluated: boolean;
  readonly exit_price: number | null;
  readonly exit_time_utc: string | null;
  readonly exit_reason: string | null;
  readonly pnl_pct: number | null;
}

/** What the logged recommendations of some runs add up to. */
export interface RunTotals {
  readonly recommendations: number;
  /** Those with a result. */
  readonly trades: number;
  readonly wins: number;
  readonly pnlSum: number;
}

/** The runs of a universe, in small letters, since an instant: ISO with a zone. */
export interface RunWindow {
  readonly universe: string;
  readonly since: string;
}

/** The picks of runs beside their results: a run and its recommendations have the run's id in common. */
@Injectable()
export class RunResultsRepository {
  constructor(private readonly postgres: Postgres) {}

  /**
   * The last run with picks first, its picks in their order; no more than `limit` payloads are opened. Of a symbol that was
   * logged twice for a run, the first row's result.
   */
  list(window: RunWindow, limit: number): Promise<RunResult[]> {
    return this.postgres.rows<RunResult>(Prisma.sql`
      SELECT r.run_id, r.universe, r.mode, r.stored_at AS generated_at_utc, picked.pick,
             coalesce(logged.evaluated, false) AS evaluated, logged.exit_price, logged.exit_time_utc, logged.exit_reason,
             logged.pnl_pct
      FROM (
        SELECT id, run_id, universe, mode, generated_at_utc, ${utcText('generated_at_utc')} || 'Z' AS stored_at, payload
        FROM top_picks_runs
        WHERE ${isInWindow(window)} AND picks_count > 0
        ORDER BY generated_at_utc DESC, id DESC LIMIT ${limit}
      ) AS r
      CROSS JOIN LATERAL jsonb_array_elements(
        CASE WHEN jsonb_typeof(r.payload -> 'picks') = 'array' THEN r.payload -> 'picks' ELSE '[]' END
      ) WITH ORDINALITY AS picked (pick, place)
      LEFT JOIN LATERAL (
        SELECT evaluated, exit_price, ${utcText('exit_time_utc')} || 'Z' AS exit_time_utc, exit_reason, pnl_pct
        FROM ai_recommendations AS b
        WHERE b.run_id = r.run_id AND b.symbol = upper(picked.pick ->> 'symbol')
        ORDER BY b.id LIMIT 1
      ) AS logged ON true
      ORDER BY r.generated_at_utc DESC, r.id DESC, picked.place
      LIMIT ${limit}`);
  }

  async totals(window: RunWindow): Promise<RunTotals> {
    const [totals] = await this.postgres.rows<RunTotals>(Prisma.sql`
      SELECT count(*)::float8 AS recommendations,
             (count(*) FILTER (WHERE evaluated AND pnl_pct IS NOT NULL))::float8 AS trades,
             (count(*) FILTER (WHERE evaluated AND pnl_pct > 0))::float8 AS wins,
             coalesce(sum(pnl_pct ORDER BY id) FILTER (WHERE evaluated), 0) AS "pnlSum"
      FROM ai_recommendations
      WHERE run_id IN (SELECT run_id FROM top_picks_runs WHERE ${isInWindow(window)})`);
    return totals ?? { recommendations: 0, trades: 0, wins: 0, pnlSum: 0 };
  }
}

const isInWindow = ({ universe, since }: RunWindow): Prisma.Sql =>
  Prisma.sql`${equals('universe', universe)} AND generated_at_utc >= ${since}::timestamptz`;
