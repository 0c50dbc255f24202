import type { CacheStore } from '@sluice/cache';
import type { LegacyDatabase } from '@sluice/legacy';
import { isRejected, type ConvertedRow, type ExactReader, type RejectedRow } from '../exact/exact-reader';
import { instantMs } from '../exact/timestamp-text';
import type { CacheEntry, CacheRow, CacheTarget, LegacyTable } from '../mapping/legacy-table';

export interface CacheLoad {
  readonly rows: number;
  readonly written: number;
  /** Entries that the cache already had. */
  readonly present: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly rejected: readonly RejectedRow[];
  readonly normalised: Readonly<Record<string, number>>;
}

/**
 * Loads a table into its cache. An entry that is already there is left alone, whatever it holds: it may be newer than the
 * legacy file; the verification says so where it differs. Where two rows have one key the later row wins.
 */
export async function loadCache(
  source: { readonly database: LegacyDatabase; readonly table: LegacyTable; readonly exact: ExactReader },
  target: CacheTarget,
  store: CacheStore,
  nowMs: number,
): Promise<CacheLoad> {
  const entries = new Map<string, CacheEntry>();
  const rejected: RejectedRow[] = [];
  const skipped = new Map<string, number>();
  const normalised = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
  let rows = 0;
  for (const row of source.exact.range(null, null)) {
    rows++;
    if (isRejected(row)) {
      rejected.push(row);
      continue;
    }
    const entry = target.entry(toCacheRow(source.table, source.exact.columns, row), nowMs);
    if ('reject' in entry) {
      rejected.push({ key: row.key, column: null, code: 'CACHE', reason: entry.reject, evidence: row.evidence() });
    } else if ('skip' in entry) {
      count(skipped, entry.skip);
    } else {
      if (entries.has(entry.key)) count(skipped, 'superseded');
      entries.set(entry.key, entry);
      row.rules.forEach((rule) => count(normalised, rule));
    }
  }
  const written = await writeMissing([...entries.values()], store);
  return {
    rows,
    written,
    present: entries.size - written,
    skipped: Object.fromEntries(skipped),
    rejected,
    normalised: Object.fromEntries(normalised),
  };
}

const BATCH = 1000;

async function writeMissing(entries: readonly CacheEntry[], store: CacheStore): Promise<number> {
  let written = 0;
  for (let i = 0; i < entries.length; i += BATCH) {
    const batch = entries.slice(i, i + BATCH);
    const existing = await store.getMany(batch.map(({ key }) => key));
    const missing = batch.filter((_, at) => existing[at] === null);
    await store.setMany(missing);
    written += missing.length;
  }
  return written;
}

/** A converted row as the cache's declaration reads it: integers as bigint, floats as numbers, times in milliseconds. */
export function toCacheRow(table: LegacyTable, columns: readonly string[], row: ConvertedRow): CacheRow {
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
