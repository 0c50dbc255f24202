import type { CacheStore } from '@sluice/cache';
import { systemClock, type Clock } from '@sluice/core';
import type { Zone } from '../mapping/conversion';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { MigrationEvent } from './migration-report';

/** Where the legacy files are. */
export interface SourceOptions {
  /** The legacy backend's root folder, absolute. */
  readonly root: string;
  /** Other folders in which the legacy process ran and left its `cache/`. */
  readonly workingDirs: readonly string[];
  /** The file of a table where it is not to be searched for. */
  readonly files: Readonly<Record<string, string>>;
  /** True: a missing file is an error. */
  readonly required: boolean;
  /** Of the legacy server's clock, for times in files that say none; `DEFAULT_ZONE` where it is not told. */
  readonly zone?: Zone | undefined;
}

/** What all work on the files and their targets is told. */
export interface WorkOptions extends SourceOptions {
  readonly tables: readonly LegacyTable[];
  /** All mappings, also those that this run leaves out: what none of them speaks of is drift. */
  readonly known: readonly LegacyTable[];
  readonly connectionString: string;
  /** Who runs this: `user@host pid N`. */
  readonly holder: string;
}

export interface MigrationOptions extends WorkOptions {
  readonly version: string;
  /** Null: no cache is reachable from this process; tables that go to one are deferred. */
  readonly cache: CacheStore | null;
  readonly choices: Choices;
  readonly lane: 'auto' | 'pages' | 'sql' | 'exact';
  /** `in-place`: the legacy program is stopped, so its file may be locked for long. */
  readonly snapshot: 'auto' | 'in-place';
  /** How much of the legacy file one transaction loads, about. */
  readonly rangeBytes: number;
  /** True: empty the migrated tables first. */
  readonly restart: boolean;
  /** True: of a damaged file what can be read is taken. Otherwise it is refused. */
  readonly salvage?: boolean;
  readonly maxRate: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: MigrationEvent) => void;
}

/** What a run does unless it is told otherwise. */
export const migrationDefaults = {
  ...{ workingDirs: [], files: {}, required: false, cache: null, choices: {}, lane: 'auto', snapshot: 'auto' },
  /** Large enough that a transaction's round trips vanish, small enough to repeat after a crash. */
  rangeBytes: 8 * 1024 * 1024,
  ...{ restart: false, maxRate: undefined, clock: systemClock, onEvent: () => undefined },
} as const satisfies Partial<MigrationOptions>;
