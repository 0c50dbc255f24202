import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { awaitLock } from '../advisory-lock';
import { equals } from '../legacy-sql';

/** What a run file says of its run; `items` is JSON text. */
export interface RunWitness {
  /** Null where storing the run failed. */
  readonly runId: string | null;
  readonly universe: string;
  readonly mode: string;
  /** The engine's time as the payload has it, India's wall clock; and the same as ISO 8601 with a zone. */
  readonly generatedAt: string;
  readonly generatedAtUtc: string;
  readonly items: string;
  readonly elapsedSeconds: number | null;
}

/** How the stored run of a file agrees with it. */
export interface RunAgreement {
  readonly runId: string;
  readonly sameItems: boolean;
  readonly sameTime: boolean;
  readonly sameElapsed: boolean;
}

/** Runs of the top-picks engine as a resource. */
@Injectable()
export class RunResourceRepository {
  constructor(private readonly postgres: Postgres) {}

  /**
   * The stored or archived run of a file, by its id, or without one by universe, mode and the time of its payload; null
   * where there is none. Numbers are equal by value: `75.0` and `75` are. With `tx` it sees what that transaction did.
   */
  async findWitnessed(witness: RunWitness, tx?: Transaction): Promise<RunAgreement | null> {
    const { runId, universe, mode, generatedAt, generatedAtUtc, items, elapsedSeconds } = witness;
    const isItsRun =
      runId !== null
        ? equals('run_id', runId)
        : Prisma.sql`universe = ${universe} AND mode = ${mode} AND payload ->> 'generated_at' = ${generatedAt}
            AND generated_at_utc BETWEEN ${generatedAtUtc}::timestamptz - interval '1 day'
                                     AND ${generatedAtUtc}::timestamptz + interval '1 day'`;
    const select = (table: string): Prisma.Sql => Prisma.sql`
      SELECT id, run_id, payload FROM ${Prisma.raw(table)} WHERE ${isItsRun}`;
    const sql = Prisma.sql`
      SELECT run_id AS "runId", payload -> 'picks' IS NOT DISTINCT FROM ${items}::jsonb AS "sameItems",
             payload ->> 'generated_at' IS NOT DISTINCT FROM ${generatedAt}::text AS "sameTime",
             CASE WHEN jsonb_typeof(payload #> '{metadata,analysis_time_seconds}') = 'number'
                  THEN (payload #>> '{metadata,analysis_time_seconds}')::float8 END
               IS NOT DISTINCT FROM ${elapsedSeconds}::float8 AS "sameElapsed"
      FROM (${select('top_picks_runs')} UNION ALL ${select('top_picks_runs_archive')}) AS run
      ORDER BY id LIMIT 1`;
    const [found] = await (tx ? tx.$queryRaw<RunAgreement[]>(sql) : this.postgres.rows<RunAgreement>(sql));
    return found ?? null;
  }

  /** Until the transaction ends, nobody else adds what files tell of. */
  async lockReconciliation(tx: Transaction): Promise<void> {
    await awaitLock(tx, 'runs:reconciliation');
  }
}
