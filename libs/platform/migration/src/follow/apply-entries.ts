import type { CacheStore } from '@sluice/cache';
import type { Clock } from '@sluice/core';
import type { Client } from 'pg';
import { cacheEntry } from '../copy/load-cache';
import { isRejected, type ConvertedRow, type ExactRow, type RejectedRow } from '../exact/exact-reader';
import type { CacheEntry, CacheTarget } from '../mapping/legacy-table';
import { forgetEntries, rememberEntries, saidBefore, winnersOf } from '../state/entries';
import { keepOriginals, putAside } from '../state/quarantine';
import type { FollowedTable, ReadFollowed } from './followed-table';
import { noCounts, type TableCounts } from './table-counts';
import { writeEntries, type EntriesFoundBy } from './write-entries';

export interface EntryParts {
  readonly client: Client;
  readonly cache: CacheStore;
  readonly clock: Clock;
  /** The rows as the file holds them now. */
  readonly readRows: ReadFollowed;
  readonly foundBy: EntriesFoundBy;
}

/**
 * Applies changed rows of a table that goes to a cache, inside the caller's transaction: Redis first, which can be told the
 * same again, then what PostgreSQL remembers of it. What the legacy program has just written wins over what the cache holds. Of
 * several rows with one entry the last counts; where that goes, the one before it counts again.
 */
export async function applyEntries(
  parts: EntryParts,
  followed: FollowedTable,
  keys: readonly bigint[],
  rows: readonly ExactRow[],
): Promise<TableCounts> {
  const { client, cache, foundBy } = parts;
  const { table } = followed;
  const read = rows.map((row) => entryOf(parts, followed, row));
  const wanted = read.filter((one) => 'entry' in one);
  const asked = wanted.map(({ row, entry }) => ({ key: row.key, entry: entry.key, value: entry.value }));
  const names = asked.map(({ entry }) => entry);
  const said = foundBy === 'logged' ? new Map() : await saidBefore(client, table.name, keys, names);
  const before = await forgetEntries(client, table.name, keys);
  await rememberEntries(client, table.name, asked);
  const touched = [...new Set([...before, ...names])];
  const winners = await winnersOf(client, table.name, touched);
  const values = await valuesOf(parts, followed, winners, wanted);
  const dead = touched.filter((entry) => !values.has(entry));
  const told = await writeEntries(cache, table.target as CacheTarget, { foundBy, wanted: values, dead, said });
  const rejected = read.filter((one) => 'rejected' in one).map((one) => one.rejected);
  await settle(
    client,
    table.name,
    keys,
    wanted.map(({ row }) => row),
    rejected,
  );
  return { ...noCounts(), ...told, quarantined: rejected.length };
}

type ReadEntry =
  | { readonly row: ConvertedRow; readonly entry: CacheEntry }
  | { readonly rejected: RejectedRow }
  | { readonly skip: string };

function entryOf({ clock }: Pick<EntryParts, 'clock'>, { table, exact }: FollowedTable, row: ExactRow): ReadEntry {
  if (isRejected(row)) return { rejected: row };
  const entry = cacheEntry(table.target as CacheTarget, table, exact.columns, row, clock.nowMs());
  if ('code' in entry) return { rejected: entry };
  return 'skip' in entry ? entry : { row, entry };
}

/** What each entry has to be now; one whose row is gone or has expired meanwhile has no value. */
async function valuesOf(
  parts: EntryParts,
  followed: FollowedTable,
  winners: ReadonlyMap<string, bigint>,
  wanted: readonly { readonly row: ConvertedRow; readonly entry: CacheEntry }[],
): Promise<Map<string, CacheEntry>> {
  const known = new Map(wanted.map(({ row, entry }) => [row.key, entry]));
  const others = [...winners.values()].filter((key) => !known.has(key)).sort((a, b) => (a < b ? -1 : 1));
  if (others.length > 0) {
    for (const row of await parts.readRows(followed, others)) {
      const read = entryOf(parts, followed, row);
      if ('entry' in read) known.set(row.key, read.entry);
    }
  }
  return new Map(
    [...winners].flatMap(([name, key]) => {
      const entry = known.get(key);
      return entry?.key === name ? [[name, entry]] : [];
    }),
  );
}

async function settle(
  client: Client,
  table: string,
  keys: readonly bigint[],
  rows: readonly ConvertedRow[],
  rejected: readonly RejectedRow[],
): Promise<void> {
  await client.query(
    `WITH mended AS (UPDATE migration_quarantine SET replayed_at = now()
       WHERE table_name = $1 AND row_key = ANY($2::text[]) AND replayed_at IS NULL)
     DELETE FROM migration_originals WHERE table_name = $1 AND row_key = ANY($2::text[])`,
    [table, keys.map(String)],
  );
  await putAside(client, table, rejected);
  await keepOriginals(client, table, rows);
}
