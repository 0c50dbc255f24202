import type { CacheStore } from '@sluice/cache';
import type { Clock } from '@sluice/core';
import type { WorkOptions } from '../run/migration-options';
import type { WriteBack } from '../write-back/write-back';
import type { HistoryPolicy } from './followed-table';
import type { OpenSource } from './open-source';

export interface FollowOptions extends WorkOptions {
  /** Null: tables that go to a cache are not followed. */
  readonly cache: CacheStore | null;
  readonly clock: Clock;
  /** Null: as who followed last was told. */
  readonly history: HistoryPolicy | null;
  /** True: ends when everything is applied. */
  readonly once: boolean;
  /** True: whatever is remembered of the files, everything is compared first. */
  readonly recheck: boolean;
  readonly signal: AbortSignal;
  /** How the changes of a database are found; by its change log unless told otherwise. */
  readonly openSource?: OpenSource;
  /** How rows of PostgreSQL are written into the files, where both sides write. */
  readonly writeBacks?: readonly WriteBack[];
  readonly onEvent: (event: FollowEvent) => void;
}

export type FollowEvent =
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'following';
      readonly file: string;
      readonly tables: readonly string[];
      readonly whole: readonly string[];
    }
  /** Changes of PostgreSQL that were written into the file. */
  | { readonly type: 'carried'; readonly file: string; readonly changes: number }
  | {
      readonly type: 'applied';
      readonly file: string;
      readonly changes: number;
      readonly lagRows: number;
      readonly position: bigint;
    };
