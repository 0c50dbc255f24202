import type { Client } from 'pg';
import { MARK_DATED_AHEAD } from '../state/dated-ahead';
import { inTransaction } from '../state/transaction';
import type { CopiedLog } from '../state/table-state';
import type { FeedCheckpoint } from './change-feed';
import type { HistoryPolicy } from './followed-table';

/** How far a followed table is, as PostgreSQL has it. */
export interface FollowState {
  readonly table: string;
  readonly plan: string;
  readonly sourcePath: string;
  readonly feed: string;
  readonly generation: string;
  readonly checkpoint: FeedCheckpoint;
  readonly holder: string;
  readonly state: 'following' | 'ended' | 'failed';
  /** Why it failed; while it follows, for what it waits. */
  readonly reason: string | null;
  readonly lagRows: number;
  readonly caughtUpAt: Date | null;
  readonly seenAt: Date;
  readonly changedAt: Date | null;
  readonly written: number;
  readonly deleted: number;
  readonly kept: number;
  readonly quarantined: number;
}

interface StateRow extends Omit<FollowState, 'checkpoint'> {
  readonly position: string;
  readonly detail: Record<string, unknown>;
}

export async function listFollowStates(client: Client): Promise<FollowState[]> {
  const { rows } = await client.query<StateRow>(
    `SELECT table_name AS "table", plan, source_path AS "sourcePath", feed, generation, position::text, detail, holder, state,
       reason, lag_rows::float8 AS "lagRows", caught_up_at AS "caughtUpAt", seen_at AS "seenAt", changed_at AS "changedAt",
       written::float8, deleted::float8, kept::float8, quarantined::float8
       FROM migration_follow ORDER BY table_name COLLATE "C"`,
  );
  return rows.map(({ position, detail, ...row }) => ({ ...row, checkpoint: { position: BigInt(position), detail } }));
}

/** Which rows of these tables stay as history when the legacy program deletes them, as who followed them last was told. */
export function keptHistory(states: readonly FollowState[], tables: readonly string[]): HistoryPolicy {
  const told = states.find(({ table, checkpoint }) => tables.includes(table) && checkpoint.detail['history']);
  return (told?.checkpoint.detail['history'] as HistoryPolicy | undefined) ?? { keep: 'retention' };
}

/** What only these tables name as the owner of what a feed has kept of them. */
export function ownersOf(states: readonly FollowState[], tables: readonly string[]): string[] {
  const own = new Set<string>();
  const others = new Set<string>();
  for (const { table, checkpoint } of states) {
    const { owner } = checkpoint.detail;
    if (typeof owner === 'string') (tables.includes(table) ? own : others).add(owner);
  }
  return [...own].filter((owner) => !others.has(owner));
}

/** Of each copied table: its plan, its log, whether it has stamps of its pages, and whether it was found equal since. */
export interface CopyState {
  readonly table: string;
  readonly plan: string;
  readonly status: string;
  readonly proven: boolean;
  readonly log: CopiedLog | null;
  readonly isStamped: boolean;
}

export async function listCopies(client: Client): Promise<CopyState[]> {
  const { rows } = await client.query<{
    table: string;
    plan: string;
    status: string;
    proven: boolean;
    generation: string | null;
    position: string | null;
    isStamped: boolean;
  }>(
    `SELECT name AS "table", plan, status, log_generation AS generation, log_position::text AS position,
       stamps IS NOT NULL AS "isStamped",
       EXISTS (SELECT 1 FROM migration_verifications v
                WHERE v.table_name = t.name AND v.clean AND v.finished_at >= t.copied_at) AS proven
       FROM migration_tables t`,
  );
  return rows.map(({ generation, position, ...row }) => ({
    ...row,
    log: generation === null || position === null ? null : { generation, position: BigInt(position) },
  }));
}

/** The stamps of the pages that a finished copy was made of; null where there are none. */
export async function loadCopiedStamps(client: Client, table: string): Promise<Buffer | null> {
  const { rows } = await client.query<{ stamps: Buffer | null }>(
    `SELECT stamps FROM migration_tables WHERE name = $1 AND status = 'copied'`,
    [table],
  );
  return rows[0]?.stamps ?? null;
}

/** A table as a follower takes it over. `isWhole`: it is compared as a whole first, and until that is done nothing counts. */
export interface BegunTable {
  readonly table: string;
  readonly plan: string;
  readonly sourcePath: string;
  readonly position: bigint;
  readonly isWhole: boolean;
}

/** Takes a file's tables over for this follower. What another one applied of the same copy by the same log stays applied. */
export async function beginFollow(
  client: Client,
  follower: { readonly run: string; readonly holder: string; readonly feed: string; readonly generation: string; readonly history: HistoryPolicy }, // prettier-ignore
  tables: readonly BegunTable[],
): Promise<void> {
  const { run, holder, feed, generation, history } = follower;
  const goesOn = `NOT (excluded.detail @> '{"whole": true}') AND migration_follow.plan = excluded.plan
    AND migration_follow.feed = excluded.feed AND migration_follow.generation = excluded.generation`;
  await client.query(
    `INSERT INTO migration_follow (table_name, plan, source_path, feed, generation, position, run, holder, state, detail)
     SELECT t.name, t.plan, t.path, $6, $7, t.position, $8, $9, 'following',
       jsonb_build_object('history', $10::jsonb) || CASE WHEN t.whole THEN '{"whole": true}' ELSE '{}' END::jsonb
       FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::boolean[]) AS t(name, plan, path, position, whole)
     ON CONFLICT (table_name) DO UPDATE SET run = excluded.run, holder = excluded.holder, source_path = excluded.source_path,
       state = 'following', reason = NULL, seen_at = now(), plan = excluded.plan, feed = excluded.feed,
       generation = excluded.generation,
       position = CASE WHEN ${goesOn} THEN migration_follow.position ELSE excluded.position END,
       detail = CASE WHEN ${goesOn} THEN migration_follow.detail || excluded.detail
         ELSE excluded.detail || jsonb_strip_nulls(jsonb_build_object('owner', migration_follow.detail->'owner')) END`,
    [
      tables.map(({ table }) => table), tables.map(({ plan }) => plan), tables.map(({ sourcePath }) => sourcePath),
      tables.map(({ position }) => position.toString()), tables.map(({ isWhole }) => isWhole), feed, generation, run, holder,
      JSON.stringify(history),
    ], // prettier-ignore
  );
}

/** Where a follower goes on: the least of its tables. Null where none of the run is there any more. */
export async function loadCheckpoint(
  client: Client,
  run: string,
  tables: readonly string[],
): Promise<FeedCheckpoint | null> {
  const { rows } = await client.query<{ position: string; detail: Record<string, unknown> }>(
    `SELECT position::text, detail FROM migration_follow WHERE run = $1 AND table_name = ANY($2) ORDER BY migration_follow.position LIMIT 1`,
    [run, tables],
  );
  return rows[0] ? { position: BigInt(rows[0].position), detail: rows[0].detail } : null;
}

/**
 * What was applied, and will stay applied whatever becomes of the server, by every table of a log: entries before it are
 * needed by nobody. Tables without a copy do not count, nor those that PostgreSQL alone has by now. This commit is a durable one,
 * and with it all before it. `tables`: those that the caller follows; of others it gives no sign.
 */
export function appliedPosition(client: Client, generation: string, tables: readonly string[]): Promise<bigint> {
  return durably(client, async () => {
    await client.query('UPDATE migration_follow SET seen_at = now() WHERE generation = $1 AND table_name = ANY($2)', [
      generation,
      tables,
    ]);
    const { rows } = await client.query<{ position: string | null }>(
      `SELECT min(coalesce(f.position, t.log_position))::text AS position
         FROM migration_tables t LEFT JOIN migration_follow f ON f.table_name = t.name AND f.plan = t.plan AND f.generation = $1
        WHERE (f.generation = $1 OR t.log_generation = $1)
          AND NOT EXISTS (SELECT 1 FROM migration_domains d WHERE d.mode = 'new' AND t.name = ANY(d.tables))`,
      [generation],
    );
    return BigInt(rows[0]?.position ?? 0);
  });
}

/**
 * Says that the follower is alive and how far it is, and for what it waits (`reason`); with a state, that it has ended. All before it is lasting then. One round
 * trip and a named statement: an idle follower does little else.
 */
export async function markFollow(
  client: Client,
  run: string,
  tables: readonly string[],
  mark: { readonly lagRows: number | null; readonly state?: 'ended' | 'failed'; readonly reason?: string | null },
): Promise<void> {
  await client.query({
    name: 'sluice-follow-mark',
    text: `WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)), ${MARK_DATED_AHEAD}
      UPDATE migration_follow SET seen_at = now(), lag_rows = coalesce($3, lag_rows), state = coalesce($4, state),
       reason = $5, caught_up_at = CASE WHEN $3 = 0 THEN now() ELSE caught_up_at END
      FROM durable WHERE run = $1 AND table_name = ANY($2)`,
    values: [run, tables, mark.lagRows, mark.state ?? null, mark.reason ?? null],
  });
}

/** Says that these tables could not be followed, whoever followed them before. */
export async function markRefused(client: Client, tables: readonly string[], reason: string): Promise<void> {
  await client.query(
    `UPDATE migration_follow SET state = 'failed', reason = $2, seen_at = now() WHERE table_name = ANY($1)`,
    [tables, reason],
  );
}

const durably = <Result>(client: Client, work: () => Promise<Result>): Promise<Result> =>
  inTransaction(client, async () => {
    await client.query('SET LOCAL synchronous_commit = on');
    return work();
  });
