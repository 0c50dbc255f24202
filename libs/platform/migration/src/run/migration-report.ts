import type { LegacyTable } from '../mapping/legacy-table';
import type { SeenFile } from '../state/known-file';
import type { ThisDatabase } from '../state/this-database';
import type { ColumnTotal, TableVerification } from '../verify';

/** What became of one table. Counts are of rows. */
export interface TableReport {
  readonly table: string;
  readonly target: 'postgres' | 'cache';
  /** Relative to the legacy root; null where the file is missing. */
  readonly source: string | null;
  /** Which file that was; null for a family of files, and where it is missing. */
  readonly file: SeenFile | null;
  /**
   * `missing`: no such legacy file. `loaded`: this run loaded it, or the rest of it. `unchanged`: an earlier run did.
   * `refilled`: an earlier run did, its cache had lost entries since, and this run wrote them again. `deferred`: its cache
   * is not reachable from here. `checked`: only verified.
   */
  readonly outcome: 'missing' | 'loaded' | 'unchanged' | 'refilled' | 'deferred' | 'checked';
  /** Which way the rows took: pages, sql, exact; null where nothing was loaded. */
  readonly lane: string | null;
  /** Why a faster lane was not taken. */
  readonly laneReason: string | null;
  readonly rowsSource: number;
  readonly rowsTarget: number;
  readonly loadedNow: number;
  readonly quarantined: number;
  /** Rows that the mapping leaves behind, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** What a reader should know or do, in whole sentences. */
  readonly remarks?: readonly string[];
  /** What was not taken of a damaged file; absent where the file is whole. Such a table is equal as far as it can be read. */
  readonly salvage?: SalvageReport;
  /** How many values each declared rule changed, by `column: rule`. */
  readonly normalised: Readonly<Record<string, number>>;
  readonly copyMs: number;
  readonly verifyMs: number;
  readonly verification: TableVerification | null;
  /** COUNT and SUM of every numeric column on both sides. */
  readonly totals: readonly ColumnTotal[];
  /** The id that the next insert gets, and whether it was never used before; null for caches. */
  readonly nextId: { readonly value: string | null; readonly unused: boolean } | null;
}

/** Of a table of a damaged file, and of the pages that belong to no table with its first one. */
export interface SalvageReport {
  /** Pages that could not be read, indexes and the freelist included. */
  readonly damagedPages: number;
  /** Rows that are known by their keys and could not be read to their end. */
  readonly lostRows: number;
  /** Spans of keys in which rows are lost, if there were any, as `from to`; `*` where there is no end. */
  readonly lostKeys: readonly string[];
  /** Pages that were found by their keys, because what pointed to them could not be read. */
  readonly reclaimedPages: number;
}

export interface MigrationReport {
  readonly runId: string;
  readonly command: 'migrate' | 'verify' | 'replay';
  readonly version: string;
  readonly root: string;
  /** As it was when the run began; absent in reports of older releases. */
  readonly database?: ThisDatabase;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** The readings of mislabelled columns that the tables were loaded with; what is absent is kept as labelled. */
  readonly choices: Readonly<Record<string, string>>;
  readonly tables: readonly TableReport[];
  readonly notes: readonly string[];
  /** 0 complete and equal, 4 rows in quarantine or pages of a damaged file, 5 differences. */
  readonly exitCode: 0 | 4 | 5;
  readonly peakMemoryBytes: number;
}

/** A report before anything is known of the table. */
export const emptyReport = (table: LegacyTable, outcome: TableReport['outcome']): TableReport => ({
  table: table.name,
  target: table.target.kind,
  source: null,
  file: null,
  outcome,
  lane: null,
  laneReason: null,
  rowsSource: 0,
  rowsTarget: 0,
  loadedNow: 0,
  quarantined: 0,
  skipped: {},
  normalised: {},
  copyMs: 0,
  verifyMs: 0,
  verification: null,
  totals: [],
  nextId: null,
});

/**
 * What a rule of `normalised` did to the sum of its column, as the end of a sentence; nothing where no residual is known, or
 * where rows differ, because what they add or lack is no rounding.
 */
export function residualPhrase({ totals, verification }: TableReport, rule: string): string {
  const total = totals.find(({ column }) => `${column}: rounded` === rule);
  if (typeof total?.residual !== 'number' || !total.equal || verification?.clean === false) return '';
  return `, together by ${Number(total.residual.toPrecision(2))}`;
}

/** The verdict of exit 0. What was not there, or not looked at, is equal to nothing. */
export function donePhrase({ command, tables }: MigrationReport): string {
  if (tables.some(({ verification }) => verification !== null)) return 'Complete: source and target are equal';
  return command === 'migrate' ? 'Nothing was migrated' : 'Nothing was compared';
}

/** Tables whose legacy file was not there, as a sentence behind the verdict; nothing where all were. */
export function absentPhrase({ tables }: MigrationReport): string {
  const absent = tables.filter(({ outcome }) => outcome === 'missing').length;
  return absent === 0 ? '' : ` Without a legacy file: ${absent} of ${tables.length} tables.`;
}

/** Every value, every sum and the next id agree. False where nothing was verified. */
export const isEqual = ({ verification, totals, nextId }: TableReport): boolean =>
  verification !== null && verification.clean && totals.every(({ equal }) => equal) && nextId?.unused !== false;

/** Differences weigh more than quarantined rows. */
export function exitCodeOf(tables: readonly TableReport[]): 0 | 4 | 5 {
  if (tables.some((table) => table.verification !== null && !isEqual(table))) return 5;
  return tables.some(({ quarantined, salvage }) => quarantined > 0 || salvage) ? 4 : 0;
}

/** What a run tells while it works. */
export type MigrationEvent =
  | {
      readonly type: 'phase';
      readonly phase: Phase;
      readonly table: string;
      readonly rows: number;
      readonly done: number;
    }
  | {
      readonly type: 'progress';
      readonly phase: Phase;
      readonly table: string;
      readonly rows: number;
      readonly done: number;
    }
  | { readonly type: 'table'; readonly phase: Phase; readonly report: TableReport }
  | { readonly type: 'note'; readonly text: string }
  /** What a person must not miss, however progress is shown. */
  | { readonly type: 'warning'; readonly text: string };

export type Phase = 'copy' | 'verify';
