import type { ExactRow } from '../exact/exact-reader';
import type { LegacyTable } from '../mapping/legacy-table';

/**
 * Keys above `from` up to and including `to`; null is open. `{ from: null, to: null }` is the whole table because nothing vouches
 * for it: nobody knows since when its rows have changed.
 */
export interface KeyInterval {
  readonly from: bigint | null;
  readonly to: bigint | null;
}

/** Where rows of one table may have been inserted, changed or deleted. Too much is slow, too little is a lost change. */
export interface TableChanges {
  readonly table: LegacyTable;
  /** Single keys, each once, ascending. A key without a row among `rows` was deleted. */
  readonly keys: readonly bigint[];
  /** The rows of `keys` as the file holds them, read in the very transaction in which the keys were found. */
  readonly rows: readonly ExactRow[];
  /**
   * The greatest key that the table ever gave out, where SQLite remembers it (AUTOINCREMENT) and the feed has looked: it may
   * be above every row, also of those that are logged, because an upsert that changes a row takes a key as well.
   */
  readonly highWater?: bigint;
  /**
   * Ascending and apart. Whoever applies them reads the rows within them himself, in short transactions of their own, and
   * deletes what the target has within them and the file has not. Rows that change meanwhile are found by the next look.
   */
  readonly intervals: readonly KeyInterval[];
}

/** Up to where a file is applied; stored with the rows in one transaction of PostgreSQL. */
export interface FeedCheckpoint {
  /** Grows by every batch. Of a change log: the last sequence number; of a watch: the number of the look. */
  readonly position: bigint;
  /** What else the feed needs to go on after a restart and to know its file again; JSON. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ChangeBatch {
  /** In the order of the mappings; of a table at most one entry. */
  readonly changes: readonly TableChanges[];
  /** Of this batch: where it is applied, everything up to here is. */
  readonly checkpoint: FeedCheckpoint;
  /** About how many changes are still to come behind this batch. */
  readonly lagRows: number;
  /** What the file says was carried into it last, in the transaction in which the rows were read; null where nothing was. */
  readonly note?: string | null;
}

/**
 * Tells which keys of one legacy file may have changed. It knows nothing of targets; whoever applies a batch knows nothing
 * of how it was found.
 *
 * `next` is called until it gives null, then again when `wait` returns. Batches are applied in their order, and one only
 * after the one before it was committed, with its checkpoint in that transaction; then `settled` is called, which is the
 * time to forget what is applied (prune a log, keep new stamps). A process may end between the two: `next` after `resume`
 * may then give again what was applied, which changes nothing.
 *
 * No method holds a lock or a read transaction on the file for longer than about 100 ms. A file that is not the one of the
 * checkpoint any more (replaced, truncated, moved, an older state of it) is never guessed at: `next` throws
 * `FollowSourceError`, and following stops.
 */
export interface ChangeFeed {
  readonly kind: 'change-log' | 'watch';
  /** Null: nothing was ever applied of this feed; it then gives everything that it cannot vouch for as whole tables. */
  resume(checkpoint: FeedCheckpoint | null): Promise<void>;
  next(): Promise<ChangeBatch | null>;
  settled(checkpoint: FeedCheckpoint): Promise<void>;
  /** Returns when there may be something new, after a time of its own at the latest, or at once when aborted. */
  wait(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
