import type { LiveDatabase, SentEntry } from '@sluice/legacy';
import type { Client } from 'pg';
import type { ExactReader } from '../exact/exact-reader';
import type { FoundFile } from '../inspect';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { ChangeFeed } from './change-feed';

/** A legacy file that is open to be followed: its changes, and its rows as they are now within `read`. */
export interface FollowedSource extends Pick<LiveDatabase, 'read'> {
  readonly kind: ChangeFeed['kind'];
  /** Of what the positions count: another generation's mean nothing. A copy that knew it vouches for its position. */
  readonly generation: string;
  readonly exactOf: (table: LegacyTable) => ExactReader;
  /** Of these keys those that the change log still speaks of, applied or not; within `read`. Absent where there is no log. */
  readonly logged?: (table: LegacyTable, keys: readonly bigint[]) => ReadonlySet<bigint>;
  /** What was carried into the file last; within `read`. Absent where there is no log. */
  readonly sent?: () => readonly SentEntry[];
  /**
   * `whole`: tables for which neither a copy nor a position vouches. `owners`: under these names a feed that went before has
   * kept what it knew of the tables, and nobody else's; what is left of that goes with the first batch.
   */
  readonly feed: (whole: readonly LegacyTable[], owners: readonly string[]) => ChangeFeed;
  close(): void;
}

export interface OpenSourceParts {
  readonly file: FoundFile;
  /** The readings that a table's copy was made with. */
  readonly choicesOf: (table: LegacyTable) => Choices;
  /** A connection that answers. */
  readonly client: () => Promise<Client>;
  readonly signal: AbortSignal;
  /** In whole words. */
  readonly onNote: (text: string) => void;
}

/** Throws what says that the file cannot be followed this way: `FOLLOW_LOG_MISSING`, `LEGACY_SCHEMA_DRIFT`. */
export type OpenSource = (parts: OpenSourceParts) => Promise<FollowedSource>;
