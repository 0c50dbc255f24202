import { CacheOutbox, Prisma, type CacheInvalidation, type Transaction } from '@sluice/postgres';
import { utcText } from './legacy-sql';
import type { PicksScope } from './top-picks-run.repository';
import { RunNotJsonError } from './trading-persistence.errors';

/** What the top-picks engine gives for a run. All of it, known or not, becomes the payload. */
export interface TopPicksResult {
  readonly universe?: string;
  readonly mode?: string;
  readonly total_analyzed?: number;
  readonly passed_filter?: number;
  readonly picks_count?: number;
  readonly picks?: readonly unknown[];
  readonly metadata?: { readonly analysis_time_seconds?: unknown; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/**
 * Names what a new run makes old in the caches, null where it is nothing that a cache could hold. Given by the application:
 * here nobody knows how a cache spells its keys.
 */
export type LatestPicksInvalidation = (scope: PicksScope) => CacheInvalidation | null;

/**
 * Stores runs of the top-picks engine. The row and the invalidation of the scope's latest picks commit together, so that no
 * crash and no outage can leave a cache with the picks of the run before.
 */
export class TopPicksRunWriter {
  constructor(
    private readonly outbox: CacheOutbox,
    private readonly invalidationOf: LatestPicksInvalidation,
  ) {}

  /**
   * Stores a run as of now, or of `at` (ISO 8601 with a zone), and answers its `run_id`: `universe:Mode:` and the time. The
   * universe is kept in small letters, the mode in title case. Throws `TRADING_RUN_NOT_JSON` for what JSON cannot hold (the
   * legacy writer let NaN pass). Commits with the caller's transaction, which is one of the outbox: its relays are told.
   *
   * The legacy store also deleted runs of more than 90 days at each write, which would undo a migration with its first run;
   * here a run is only ever added.
   */
  async storeRun(tx: Transaction, result: TopPicksResult, trigger: string, at: string | null = null): Promise<string> {
    const payload = jsonOf(result);
    const scope = { universe: (result.universe ?? '').toLowerCase(), mode: titleCase(result.mode ?? '') };
    const picksCount = result.picks_count || (result.picks?.length ?? 0);
    const [stored] = await tx.$queryRaw<{ runId: string }[]>(Prisma.sql`
      INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, total_analyzed, filtered_count,
                                  picks_count, elapsed_sec, payload)
      SELECT ${`${scope.universe}:${scope.mode}:`}::text || ${utcText('at')}, ${scope.universe}, ${scope.mode}, "at", ${trigger},
             ${result.total_analyzed ?? 0}::bigint, ${result.passed_filter ?? 0}::bigint, ${picksCount}::bigint,
             ${secondsOf(result.metadata?.analysis_time_seconds)}::float8, ${payload}::jsonb
      FROM coalesce(${at}::timestamptz, clock_timestamp()) AS clock ("at")
      RETURNING run_id AS "runId"`);
    await this.makeOld(tx, scope);
    return stored!.runId;
  }

  /**
   * Moves the oldest runs of before `cutoff` (ISO 8601 with a zone) into the archive, `limit` at most, and answers how many.
   * Runs that somebody else is moving at this moment are passed over. None is deleted that the archive has not taken: one whose
   * number it has already, from before a second migration, stays. Their scopes' latest picks are made old.
   */
  async archive(tx: Transaction, cutoff: string, limit: number): Promise<number> {
    const moved = await tx.$queryRaw<(PicksScope & { count: number })[]>(Prisma.sql`
      WITH due AS (
        SELECT * FROM top_picks_runs AS r WHERE ${isDue(cutoff)}
        ORDER BY generated_at_utc, id LIMIT ${limit}::bigint FOR UPDATE SKIP LOCKED
      ), kept AS (
        INSERT INTO top_picks_runs_archive (id, run_id, universe, mode, generated_at_utc, trigger, total_analyzed,
                                            filtered_count, picks_count, elapsed_sec, payload)
        SELECT id, run_id, universe, mode, generated_at_utc, trigger, total_analyzed, filtered_count, picks_count,
               elapsed_sec, payload FROM due
        ON CONFLICT (id) DO NOTHING
        RETURNING id
      ), gone AS (
        DELETE FROM top_picks_runs WHERE id IN (SELECT id FROM kept) RETURNING universe, mode
      )
      SELECT universe, mode, count(*)::float8 AS count FROM gone GROUP BY universe, mode`);
    for (const { universe, mode } of moved) await this.makeOld(tx, { universe, mode });
    return moved.reduce((sum, { count }) => sum + count, 0);
  }

  /** How many runs `archive` would still move. */
  async countDue(tx: Transaction, cutoff: string): Promise<number> {
    const [row] = await tx.$queryRaw<{ count: number }[]>(Prisma.sql`
      SELECT count(*)::float8 AS count FROM top_picks_runs AS r WHERE ${isDue(cutoff)}`);
    return row!.count;
  }

  private async makeOld(tx: Transaction, scope: PicksScope): Promise<void> {
    const invalidation = this.invalidationOf(scope);
    if (invalidation !== null) await this.outbox.add(tx, invalidation);
  }
}

/** As a scalar, which is looked up by index also in an archive that nobody has analysed. */
const isDue = (cutoff: string): Prisma.Sql => Prisma.sql`
  r.generated_at_utc < ${cutoff}::timestamptz AND (SELECT a.id FROM top_picks_runs_archive AS a WHERE a.id = r.id) IS NULL`;

/** A number as it is, a boolean as 1 or 0 as in Python, nothing else. */
function secondsOf(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'number' ? value : null;
}

/** `str.title()` of Python: each run of letters begins with a capital and goes on in small letters. */
function titleCase(text: string): string {
  return text.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/** `JSON.stringify` writes `null` for what it cannot write, or leaves it out; here that is refused. */
function jsonOf(result: TopPicksResult): string {
  let text: string;
  try {
    text = JSON.stringify(result, (_key, value: unknown) => {
      const isLost = value === undefined || typeof value === 'function' || typeof value === 'symbol';
      if (isLost || (typeof value === 'number' && !Number.isFinite(value))) throw new RunNotJsonError();
      return value;
    });
  } catch (error) {
    throw error instanceof RunNotJsonError ? error : new RunNotJsonError(error); // A bigint, or a circle.
  }
  // PostgreSQL holds neither NUL nor half a character, and would refuse them after the round trip.
  if (/\\u0000|\\ud[89a-f]/.test(text.replaceAll('\\\\', ''))) throw new RunNotJsonError();
  return text;
}
