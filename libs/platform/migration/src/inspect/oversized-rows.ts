import type { LegacyDatabase } from '@sluice/legacy';
import { bytesOf } from '../byte-bound';
import { quoteName } from '../exact/legacy-value';
import { MAX_ROW_BYTES } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';

/** The keys of the rows that are too long to be loaded, each under the column that has the most of its bytes. */
export function oversizedRows(database: LegacyDatabase, table: LegacyTable): ReadonlyMap<string, readonly bigint[]> {
  const columns = Object.keys(table.columns);
  const [key, from] = [quoteName(table.source.key), quoteName(table.source.table)];
  const rows = database.rows(
    `SELECT ${key}, ${columns.map((column) => bytesOf([column])).join(', ')} FROM ${from}
      WHERE ${bytesOf(columns)} > ${MAX_ROW_BYTES} ORDER BY ${key}`,
  );
  const found = new Map<string, bigint[]>();
  for (const [rowKey, ...sizes] of rows) {
    const bytes = sizes.map(Number);
    const column = columns[bytes.indexOf(Math.max(...bytes))] ?? '';
    found.set(column, [...(found.get(column) ?? []), rowKey as bigint]);
  }
  return found;
}
