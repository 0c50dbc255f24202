import type { ExactRow } from '../exact/exact-reader';
import type { FeedCheckpoint } from './change-feed';
import type { FollowedTable } from './followed-table';

/** Changes of one table whose rows are read: a key without a row is gone. */
export interface ReadChanges {
  readonly followed: FollowedTable;
  readonly keys: readonly bigint[];
  readonly rows: readonly ExactRow[];
  /** See `TableChanges`; 0 where it is not known. */
  readonly highWater: bigint;
}

/** What is stored with rows: nothing but counts while a batch is not complete. */
export interface Mark {
  readonly checkpoint: FeedCheckpoint | null;
  readonly lagRows: number | null;
}

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
      detail = coalesce($${first + 1}::jsonb || CASE WHEN f.detail ? 'sent' THEN jsonb_build_object('sent', f.detail->'sent') ELSE '{}' END, f.detail),
      lag_rows = coalesce($${first + 2}::bigint, lag_rows), seen_at = now(),
      caught_up_at = CASE WHEN $${first + 2}::bigint = 0 THEN now() ELSE caught_up_at END,
      changed_at = CASE WHEN d.written + d.deleted + d.kept + d.quarantined > 0 THEN now() ELSE changed_at END,
      written = f.written + d.written, deleted = f.deleted + d.deleted, kept = f.kept + d.kept,
      quarantined = f.quarantined + d.quarantined
    FROM done d WHERE f.table_name = d.name AND f.plan = d.plan AND f.run = $${first + 3}::uuid RETURNING 1)`;
