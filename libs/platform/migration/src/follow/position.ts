import type { Client } from 'pg';
import type { ExactRow } from '../exact/exact-reader';
import type { FeedCheckpoint } from './change-feed';
import { FollowLostError } from './follow.errors';
import type { FollowedTable } from './followed-table';
import { noCounts, type TableCounts } from './table-counts';

/** Changes of one table whose rows are read: a key without a row is gone. */
export interface ReadChanges {
  readonly followed: FollowedTable;
  readonly keys: readonly bigint[];
  readonly rows: readonly ExactRow[];
  /** See `TableChanges`; 0 where it is not known. */
  readonly highWater: bigint;
  /** Of a table for which nothing vouches. */
  readonly isWhole?: boolean;
}

/** What is stored with rows: nothing but counts while a batch is not complete. */
export interface Mark {
  readonly checkpoint: FeedCheckpoint | null;
  readonly lagRows: number | null;
}

/** What every checkpoint leaves as it is: the note of what was carried last, and which deleted rows stay as history. */
const LASTING = ['sent', 'history']
  .map((name) => `CASE WHEN f.detail ? '${name}' THEN jsonb_build_object('${name}', f.detail->'${name}') ELSE '{}' END`)
  .join(' || ');

/**
 * The end of a batch as parts of a statement, behind `done(name, plan, written, deleted, kept, quarantined, copied_by,
 * quarantined_by)`: `copies` and `followed` have as many rows as there are tables, unless a copy or the follower is another
 * one by now. Parameters from `first` on: position, detail, changes to come, the follower's run.
 */
export const positionSql = (first: number): string => `copies AS (UPDATE migration_tables t
    SET rows_copied = rows_copied + d.copied_by, rows_quarantined = rows_quarantined + d.quarantined_by,
      rows_source = rows_source + d.copied_by + d.quarantined_by
    FROM done d WHERE t.name = d.name AND t.plan = d.plan AND t.status = 'copied' RETURNING 1),
  followed AS (UPDATE migration_follow f
    SET position = greatest(f.position, $${first}::bigint),
      detail = coalesce($${first + 1}::jsonb || ${LASTING}, f.detail),
      lag_rows = coalesce($${first + 2}::bigint, lag_rows), seen_at = now(), reason = NULL,
      caught_up_at = CASE WHEN $${first + 2}::bigint = 0 THEN now() ELSE caught_up_at END,
      changed_at = CASE WHEN d.written + d.deleted + d.kept + d.quarantined > 0 THEN now() ELSE changed_at END,
      written = f.written + d.written, deleted = f.deleted + d.deleted, kept = f.kept + d.kept,
      quarantined = f.quarantined + d.quarantined
    FROM done d WHERE f.table_name = d.name AND f.plan = d.plan AND f.run = $${first + 3}::uuid RETURNING 1)`;

/** Counts and position; throws `FOLLOW_LOST`, and with it the batch is undone, where the copy or the follower is another one by now. */
export async function advancePosition(
  client: Client,
  { run, tables }: { readonly run: string; readonly tables: readonly FollowedTable[] },
  counts: ReadonlyMap<string, TableCounts>,
  { checkpoint, lagRows }: Mark,
): Promise<void> {
  const of = (count: (one: TableCounts) => number): number[] =>
    tables.map(({ table }) => count(counts.get(table.name) ?? noCounts()));
  const { rows } = await client.query<{ copies: string; followed: string }>({
    name: 'sluice-follow-position',
    text: `WITH done AS (SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[],
             $7::bigint[], $8::bigint[]) AS d(name, plan, written, deleted, kept, quarantined, copied_by, quarantined_by)),
           ${positionSql(9)}
           SELECT (SELECT count(*) FROM copies) AS copies, (SELECT count(*) FROM followed) AS followed`,
    values: [
      tables.map(({ table }) => table.name), tables.map(({ plan }) => plan), of(({ written }) => written),
      of(({ deleted }) => deleted), of(({ kept }) => kept), of(({ quarantined }) => quarantined),
      of(({ copiedBy }) => copiedBy), of(({ quarantinedBy }) => quarantinedBy), checkpoint?.position.toString() ?? null,
      checkpoint ? JSON.stringify(checkpoint.detail) : null, lagRows, run,
    ], // prettier-ignore
  });
  const isOurs = Number(rows[0]?.copies) === tables.length && Number(rows[0]?.followed) === tables.length;
  if (!isOurs) throw new FollowLostError(tables.map(({ table }) => table.name));
}
