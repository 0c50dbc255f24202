import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals, utcText, where } from './legacy-sql';

/** A run under its legacy column names. The time is UTC text without a zone mark, as the legacy rows hold it. */
export interface TopPicksRunRow {
  readonly run_id: string;
  readonly universe: string;
  readonly mode: string;
  readonly generated_at_utc: string;
  readonly trigger: string;
  readonly total_analyzed: number | null;
  readonly filtered_count: number | null;
  readonly picks_count: number | null;
  readonly elapsed_sec: number | null;
}

/** `payload` is JSON text as Postgres holds it: parsing it here would round integers beyond 2^53. */
export interface StoredTopPicksRun {
  readonly id: number;
  readonly run: TopPicksRunRow;
  readonly payload: string | null;
}

export interface TopPicksRunFilter {
  readonly universe?: string | undefined;
  readonly mode?: string | undefined;
  readonly trigger?: string | undefined;
  /** Inclusive bounds, ISO with a zone. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit: number;
  readonly withPayload: boolean;
  /** The last run of the page before: only what follows it in the order. The time is UTC, with or without a zone mark. */
  readonly after?: { readonly id: number; readonly run: Pick<TopPicksRunRow, 'generated_at_utc'> } | undefined;
}

export interface PicksScope {
  readonly universe: string;
  readonly mode: string;
}

/** The newest run with picks of a scope. `asOf` is the payload's own time, India's wall clock without a zone. */
export interface LatestPicks extends PicksScope {
  readonly items: number;
  readonly asOf: string | null;
  readonly elapsedSec: number | null;
}

/** The newest run with picks of a scope, with its payload as JSON text. */
export interface LatestRun {
  readonly runId: string;
  /** UTC, without a zone mark. */
  readonly generatedAtUtc: string;
  readonly elapsedSec: number | null;
  readonly payload: string;
}

@Injectable()
export class TopPicksRunRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Newest first; runs of one time by descending id. Without `withPayload` every payload is null. */
  async list(filter: TopPicksRunFilter): Promise<StoredTopPicksRun[]> {
    const { universe, mode, trigger, from, to, limit, withPayload, after } = filter;
    const rows = await this.postgres.rows<TopPicksRunRow & Omit<StoredTopPicksRun, 'run'>>(Prisma.sql`
      SELECT id::float8 AS id, run_id, universe, mode, ${utcText('generated_at_utc')} AS generated_at_utc, trigger,
             total_analyzed::float8 AS total_analyzed, filtered_count::float8 AS filtered_count,
             picks_count::float8 AS picks_count, elapsed_sec,
             ${withPayload ? Prisma.sql`payload::text` : Prisma.sql`NULL::text`} AS payload
      FROM top_picks_runs AS r
      ${where([
        universe !== undefined && equals('universe', universe),
        mode !== undefined && equals('mode', mode),
        trigger !== undefined && equals('trigger', trigger),
        from !== undefined && Prisma.sql`r.generated_at_utc >= ${from}::timestamptz`,
        to !== undefined && Prisma.sql`r.generated_at_utc <= ${to}::timestamptz`,
        after !== undefined &&
          Prisma.sql`(r.generated_at_utc, r.id) < (${`${after.run.generated_at_utc.replace('Z', '')}Z`}::timestamptz, ${after.id}::bigint)`,
      ])}
      ORDER BY r.generated_at_utc DESC, r.id DESC
      LIMIT ${limit}`);
    return rows.map(({ id, payload, ...run }) => ({ id, run, payload }));
  }

  /**
   * The newest run with picks of each scope that has one. Runs without picks are passed over, as the legacy reader did;
   * a newest run whose payload holds no list of picks is reported with zero items, and no older one is tried.
   */
  async listLatestWithPicks(scopes: readonly PicksScope[]): Promise<LatestPicks[]> {
    const universes = scopes.map(({ universe }) => universe);
    const modes = scopes.map(({ mode }) => mode);
    return this.postgres.rows<LatestPicks>(Prisma.sql`
      SELECT scope.universe, scope.mode, latest.items, latest."asOf", latest."elapsedSec"
      FROM unnest(${universes}::text[], ${modes}::text[]) AS scope (universe, mode)
      CROSS JOIN LATERAL (
        SELECT CASE WHEN jsonb_typeof(payload -> 'picks') = 'array' THEN jsonb_array_length(payload -> 'picks') ELSE 0 END
                 AS items,
               payload ->> 'generated_at' AS "asOf", elapsed_sec AS "elapsedSec"
        FROM top_picks_runs
        WHERE universe = scope.universe AND mode = scope.mode AND picks_count > 0
        ORDER BY generated_at_utc DESC, id DESC
        LIMIT 1
      ) AS latest`);
  }

  /** Null where no run of the scope has picks. Universe and mode are spelled as the runs are stored. */
  async findLatestWithPicks({ universe, mode }: PicksScope): Promise<LatestRun | null> {
    const [latest] = await this.postgres.rows<LatestRun>(Prisma.sql`
      SELECT run_id AS "runId", ${utcText('generated_at_utc')} AS "generatedAtUtc", elapsed_sec AS "elapsedSec",
             payload::text AS payload
      FROM top_picks_runs
      WHERE ${equals('universe', universe)} AND ${equals('mode', mode)} AND picks_count > 0
      ORDER BY generated_at_utc DESC, id DESC
      LIMIT 1`);
    return latest ?? null;
  }

  /** Every universe with every mode of which some run has picks. */
  async listScopesWithPicks(): Promise<PicksScope[]> {
    return this.postgres.rows<PicksScope>(Prisma.sql`
      SELECT DISTINCT universe, mode FROM top_picks_runs WHERE picks_count > 0 ORDER BY universe, mode`);
  }
}
