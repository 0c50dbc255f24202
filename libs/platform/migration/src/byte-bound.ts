import type { SqlValue } from '@sluice/legacy';
import { quoteName } from './exact/legacy-value';

/** SQL for the bytes of a row in these columns. `octet_length` of a stored text does not load it from its overflow pages. */
export const bytesOf = (columns: readonly string[]): string =>
  columns.map((column) => `coalesce(octet_length(${quoteName(column)}), 0)`).join(' + ') || '0';

/** The first rows of a selection. */
export interface Batch {
  /** The key of the last of them. */
  readonly last: bigint;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * How many of the rows, given as key and bytes, are taken at a time: as many as stay within the bytes, and one at least, so
 * that only a single row can be more than that. Null where there are no rows. Every place that takes rows into memory is
 * bounded by this, because neither a count of rows nor their average says anything about those that lie together.
 */
export function batchWithin(mostBytes: number, rows: Iterable<readonly SqlValue[]>): Batch | null {
  let taken = 0;
  let bytes = 0;
  let last: bigint | null = null;
  for (const [key, size] of rows) {
    if (last !== null && bytes + Number(size) > mostBytes) break;
    last = key as bigint;
    bytes += Number(size);
    taken++;
  }
  return last === null ? null : { last, rows: taken, bytes };
}
