import type { ExactReader, ExactRow } from '../exact/exact-reader';
import type { LegacyTable } from '../mapping/legacy-table';

/** A table that is copied and equal, and whose changes are applied now. */
export interface FollowedTable {
  readonly table: LegacyTable;
  /** Names the copy. */
  readonly plan: string;
  /** Reads and converts as the copy did, from the file in use, within its short transactions. */
  readonly exact: ExactReader;
}

/** What becomes of rows that the legacy program deletes. */
export interface HistoryPolicy {
  /** `retention`: rows older than the table's retention stay. `all`: every deleted row stays. `none`: none does. */
  readonly keep: 'retention' | 'all' | 'none';
  /** Over the days that the mapping tells, where the legacy program was told otherwise. */
  readonly days?: number | undefined;
}

/** Rows of the file as they are now. */
export type ReadFollowed = (followed: FollowedTable, keys: readonly bigint[]) => Promise<readonly ExactRow[]>;
