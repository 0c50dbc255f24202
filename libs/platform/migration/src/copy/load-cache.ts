import { assertStorable, CacheEntryError, type CacheStore } from '@sluice/cache';
import type { Clock } from '@sluice/core';
import type { LegacyDatabase } from '@sluice/legacy';
import {
  isRejected,
  type ConvertedRow,
  type ExactReader,
  type ExactRow,
  type RejectedRow,
} from '../exact/exact-reader';
import { instantMs } from '../exact/timestamp-text';
import type { CacheEntry, CacheRow, CacheTarget, LegacyTable } from '../mapping/legacy-table';
import { rangesFromEnd } from '../ranges-from-end';
import { SeenKeys } from '../seen-keys';
import type { RowEntry } from '../state/entries';
import { InterruptedError } from '../state/migration.errors';

export interface CacheLoad {
  readonly rows: number;
  readonly written: number;
  /** Entries that the cache already had. */
  readonly present: number;
  readonly rejected: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly normalised: Readonly<Record<string, number>>;
}

export interface CacheLoadOptions {
  readonly database: LegacyDatabase;
  readonly table: LegacyTable;
  readonly target: CacheTarget;
  readonly exact: ExactReader;
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /**
   * Records, batch by batch, the rows that are no entries, those whose entries the cache has now, and which row asks for which
   * entry, also where another one counts.
   */
  readonly record: (
    rejected: readonly RejectedRow[],
    loaded: readonly Loadable[],
    asking: readonly RowEntry[],
  ) => Promise<void>;
  readonly onProgress: (rows: number) => void;
}

/**
 * Loads a table into its cache, batch by batch. An entry that is already there is left
 * alone, whatever it holds: it may be newer than the legacy file; the verification says so where it differs. Where two
 * rows have one key the later row wins. Throws `InterruptedError` between two batches when told to stop; what was written
 * stays, and the next load finds it there.
 */
export async function loadCache(options: CacheLoadOptions): Promise<CacheLoad> {
  const { database, table, exact, signal } = options;
  const loader = new CacheLoader(options);
  try {
    for (const { from, to } of rangesFromEnd(database, table)) {
      if (signal.aborted) throw new InterruptedError();
      database.assertSame();
      const before = from === -(2n ** 63n) ? null : from - 1n;
      await loader.load(exact.range(before, to));
    }
    return loader.result();
  } finally {
    loader.close();
  }
}

type Loadable = Pick<ConvertedRow, 'key' | 'originals'>;

/** A row without what it was made of: a batch of whole rows is work for the garbage collector. */
type EntryRead = CacheEntry & { readonly row: Loadable & Pick<ConvertedRow, 'rules'> };
type Read = RejectedRow | { readonly skip: string } | EntryRead;

class CacheLoader {
  private rows = 0;
  private written = 0;
  private rejected = 0;
  private readonly keys = new SeenKeys();
  private readonly skipped = new Map<string, number>();
  private readonly normalised = new Map<string, number>();

  constructor(private readonly options: CacheLoadOptions) {}

  /** Takes a batch in key order. */
  async load(rows: Iterable<ExactRow>): Promise<void> {
    const { store, clock, record, onProgress } = this.options;
    const nowMs = clock.nowMs(); // Of this batch: a long load must not lengthen the lives of its last entries.
    const batch: Read[] = [];
    for (const row of rows) batch.push(this.read(row, nowMs));
    const rejected = batch.filter((row) => 'code' in row);
    const asking = batch.filter((row) => 'value' in row);
    const entries = [...asking].reverse().filter((row) => this.isNewest(row));
    const added = await store.addMany(entries);
    await record(
      rejected,
      entries.map(({ row }) => row),
      asking.map(({ key, value, row }) => ({ key: row.key, entry: key, value })),
    );
    this.rows += batch.length;
    this.rejected += rejected.length;
    this.written += added.filter(Boolean).length;
    onProgress(this.rows);
  }

  result(): CacheLoad {
    const { rows, written, rejected } = this;
    return {
      rows,
      written,
      present: this.keys.size - written,
      rejected,
      skipped: Object.fromEntries(this.skipped),
      normalised: Object.fromEntries(this.normalised),
    };
  }

  close(): void {
    this.keys.close();
  }

  private read(row: ExactRow, nowMs: number): Read {
    const { target, table, exact } = this.options;
    if (isRejected(row)) return row;
    const entry = cacheEntry(target, table, exact.columns, row, nowMs);
    if ('skip' in entry) count(this.skipped, entry.skip);
    const { key, originals, rules } = row;
    return 'value' in entry ? { ...entry, row: { key, originals, rules } } : entry;
  }

  private isNewest({ key, row }: EntryRead): boolean {
    if (!this.keys.add(key)) {
      count(this.skipped, 'superseded');
      return false;
    }
    row.rules.forEach((rule) => count(this.normalised, rule));
    return true;
  }
}

const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);

/** The entry of a row, or why it has none. What the cache could not keep faithfully is rejected. */
export function cacheEntry(
  target: CacheTarget,
  table: LegacyTable,
  columns: readonly string[],
  row: ConvertedRow,
  nowMs: number,
): CacheEntry | { readonly skip: string } | RejectedRow {
  const entry = target.entry(toCacheRow(table, columns, row), nowMs);
  const reason = 'reject' in entry ? entry.reject : 'key' in entry ? unstorable(entry) : null;
  if (reason !== null) return { key: row.key, column: null, code: 'CACHE', reason, evidence: row.evidence() };
  return entry as Exclude<typeof entry, { reject: string }>;
}

function unstorable(entry: CacheEntry): string | null {
  try {
    assertStorable([entry]);
    return null;
  } catch (error) {
    if (error instanceof CacheEntryError) return error.message;
    throw error;
  }
}

/** A converted row as the cache's declaration reads it: integers as bigint, floats as numbers, times in milliseconds. */
function toCacheRow(table: LegacyTable, columns: readonly string[], row: ConvertedRow): CacheRow {
  return Object.fromEntries(
    columns.map((column, i) => [column, typed(row.values[i] ?? null, table.columns[column]?.kind)]),
  );
}

function typed(text: string | null, kind: string | undefined): CacheRow[string] {
  if (text === null) return null;
  if (kind === 'integer') return BigInt(text);
  if (kind === 'float') return Number(text);
  if (kind === 'boolean') return text === 't';
  return kind === 'timestamp' ? instantMs(text) : text;
}
