import type { LegacyDatabase } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';

/** Rows are looked at in so many places of the table, evenly over its keys, so many in each. */
const PLACES = 64n;
const ROWS_PER_PLACE = 16;
/** What a row of SQLite has beside its values: its cell and, per column, a serial type. */
const CELL_BYTES = 12;

/**
 * About how many bytes a row of a table takes in the file, by a look at some of them; the same for the same snapshot. The
 * size of the file would not do: it may hold other tables, or pages that are free. Null where keys are no integers.
 */
export function averageRowBytes(database: LegacyDatabase, { source, columns }: LegacyTable): number | null {
  const key = quoteName(source.key);
  const from = `FROM ${quoteName(source.table)}`;
  const [[first, last] = []] = database.rows(`SELECT (SELECT min(${key}) ${from}), (SELECT max(${key}) ${from})`);
  if (typeof first !== 'bigint' || typeof last !== 'bigint') return null;
  const sizes = Object.keys(columns).map((column) => `1 + coalesce(octet_length(${quoteName(column)}), 0)`);
  const sql = `SELECT ${key}, ${sizes.join(' + ')} ${from} WHERE ${key} >= ? ORDER BY ${key} LIMIT ${ROWS_PER_PLACE}`;
  let rows = 0;
  let bytes = 0;
  let next = first;
  for (let place = 0n; place < PLACES && next <= last; place++) {
    const start = first + ((last - first) * place) / PLACES;
    for (const [at, size] of database.rows(sql, start > next ? start : next)) {
      rows++;
      bytes += Number(size) + CELL_BYTES;
      next = (at as bigint) + 1n;
    }
  }
  return bytes / rows;
}
