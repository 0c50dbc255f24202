import type { LegacyDatabase } from '@sluice/legacy';
import { quoteName } from './exact/legacy-value';
import { batchWithin, bytesOf } from './byte-bound';
import type { LegacyTable } from './mapping/legacy-table';

/** A batch holds at most so many rows and, single rows aside, so many bytes: what one of them may take of memory. */
const BATCH_ROWS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;

const LAST_KEY = 2n ** 63n - 1n;
const FIRST_KEY = -(2n ** 63n);

/**
 * Ranges of keys, both ends inclusive, that hold all rows of a table, from its end to its beginning: of several rows for
 * one cache key the last one counts, and it is the first to be met.
 */
export function* rangesFromEnd(
  database: LegacyDatabase,
  { source, columns }: LegacyTable,
): Generator<{ readonly from: bigint; readonly to: bigint }> {
  const key = quoteName(source.key);
  const sql = `SELECT ${key}, ${bytesOf(Object.keys(columns))} FROM ${quoteName(source.table)} WHERE ${key} <= ?
    ORDER BY ${key} DESC LIMIT ${BATCH_ROWS}`;
  for (let to = LAST_KEY; ;) {
    const batch = batchWithin(BATCH_BYTES, database.rows(sql, to));
    if (batch === null) return;
    const from = batch.last;
    yield { from, to };
    if (from === FIRST_KEY) return;
    to = from - 1n;
  }
}
