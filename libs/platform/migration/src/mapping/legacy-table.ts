import type { CacheStoreEntry } from '@sluice/cache';
import { EVIDENCE_COLUMNS, type FileFamily } from '@sluice/legacy';
import { integer, type Conversion } from './conversion';

/**
 * The declaration of one legacy table: where it is, where it goes, and what becomes of every column. A column of the file
 * that is neither mapped nor dropped stops the migration before anything is written, and so does a mapped column that the
 * file lacks.
 */
export interface LegacyTable {
  /** Unique among the mappings; the legacy table's name. */
  readonly name: string;
  readonly source: {
    /** Relative to the legacy root, as the legacy program names it: `cache/llm_costs.db`. */
    readonly file: string;
    readonly table: string;
    /** The column that orders and names the rows: an INTEGER PRIMARY KEY, or `rowid` where there is none. */
    readonly key: string;
    /** Where the rows are many files of one kind; `file` is then their pattern, and `table` what they are staged in. */
    readonly family?: FileFamily;
  };
  readonly target: PostgresTarget | CacheTarget;
  /** By legacy column name. In Postgres the column has the same name. */
  readonly columns: Readonly<Record<string, Conversion>>;
  /** Legacy columns that are left behind, each with the reason. */
  readonly dropped: Readonly<Record<string, string>>;
  /** Named readings of a column whose label is known to be wrong; see `LabelChoice`. */
  readonly choices: readonly LabelChoice[];
  /** Tables that must be loaded first, because this one refers to them. */
  readonly after: readonly string[];
  /**
   * The legacy program deletes rows that are older than so many days, by this column of PostgreSQL's type timestamptz. What
   * goes that way while the file is followed can be kept in the target as history.
   */
  readonly retention?: { readonly column: string; readonly days: number };
  /** What the target's foreign keys say of this table, so that `inspect` can foretell the rows that break them. */
  readonly references: readonly Reference[];
}

/** Every value of `column` is one of `table`'s `parentColumn`. */
export interface Reference {
  readonly column: string;
  /** The parent's mapping; also in `after`. */
  readonly table: string;
  readonly parentColumn: string;
}

export interface PostgresTarget {
  readonly kind: 'postgres';
  readonly table: string;
}

/** Rows become cache entries. What can be computed again is loaded on best knowledge of its remaining life. */
export interface CacheTarget {
  readonly kind: 'cache';
  /** The cache's name, for reports: `sr`. */
  readonly cache: string;
  /** The row's entry; or why it has none any more (`skip`: expired); or what is wrong with it (`reject`: quarantined). */
  readonly entry: (
    row: CacheRow,
    nowMs: number,
  ) => CacheEntry | { readonly skip: string } | { readonly reject: string };
  /**
   * When the value of an entry was made, by itself, whoever wrote it; null where it does not tell. By it the newer of two is
   * known where the file and the cache differ.
   */
  readonly madeAtMs?: (value: string) => number | null;
}

/** Converted values by column name: text and JSON as text, integers as bigint, timestamps in milliseconds. */
export type CacheRow = Readonly<Record<string, string | bigint | number | boolean | null>>;

/** `value`, `type` and `tags` as the cache keeps them; the remaining life is at least 1. */
export type CacheEntry = CacheStoreEntry;

/**
 * A timestamp column that says `Z` but may hold another zone's wall clock. By default it is kept as labelled. `proven`
 * moves only rows in which `proof` shows the shift; `all` moves every row but those in which `proof` shows the label to
 * be right. The original text of each moved value is kept in `migration_originals`.
 */
export interface LabelChoice {
  readonly column: string;
  /** The wall clock that the column really holds. */
  readonly actualZone: 'Asia/Kolkata';
  /**
   * A column whose text ends in a true UTC time after its last `:`-separated date part (a run id such as
   * `nifty50:Intraday:2026-01-09T14:28:23.933306`): value minus that time is `shift - [0, slackSeconds]` where the label
   * is wrong and `-[0, slackSeconds]` where it is right.
   */
  readonly proof: { readonly column: string; readonly slackSeconds: number };
  readonly about: string;
}

export type LabelReading = 'as-labelled' | 'proven' | 'all';

/** By `table.column`; what is absent is `as-labelled`. */
export type Choices = Readonly<Record<string, LabelReading>>;

export const postgresTable = (table: string): PostgresTarget => ({ kind: 'postgres', table });

/** Fills in what a mapping leaves out. */
export function legacyTable(
  declaration: Pick<LegacyTable, 'source' | 'target' | 'columns'> & Partial<LegacyTable>,
): LegacyTable {
  return { name: declaration.source.table, dropped: {}, choices: [], after: [], references: [], ...declaration };
}

/**
 * The mapping of a family of files. Besides the mapped columns, its staged table says of each row where it is from and what
 * is wrong with it: that goes into quarantine with the row. One column must not be nullable, because a row with a fault has
 * NULL in all of them, and is refused by every reader.
 */
export function familyTable(
  name: string,
  family: FileFamily,
  { columns, ...rest }: Pick<LegacyTable, 'target' | 'columns'> & Partial<LegacyTable>,
): LegacyTable {
  if (Object.values(columns).every(({ nullable }) => nullable))
    throw new TypeError(`All columns of ${name} are nullable.`);
  return legacyTable({
    ...rest,
    source: { file: `${family.folder}/${family.pattern}`, table: name, key: 'id', family },
    columns: { id: integer, ...columns },
    dropped: Object.fromEntries(
      EVIDENCE_COLUMNS.map((column) => [column, 'where the row is from; kept in quarantine']),
    ),
  });
}
