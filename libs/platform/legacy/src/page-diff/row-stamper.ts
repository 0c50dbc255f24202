import { createHash } from 'node:crypto';
import type { LegacyDatabase } from '../legacy-database';
import { quoteName, type LegacyTableInfo, type SqlValue } from '../legacy-schema';
import type { LeafStamp } from './leaf-stamper';

/** Keys that differ in their last eight bits only share a stamp, so that where one begins does not depend on the rows. */
const BLOCK_BITS = 8n;
const BATCH_ROWS = 256n;
const largestKey = 2n ** 63n - 1n;

/** `upTo`: the last key that a row of it may have. */
export interface RowBlock {
  readonly upTo: bigint;
  readonly stamp: LeafStamp;
}

/**
 * The same for a table whose leaves cannot be told by its key: `WITHOUT ROWID`, virtual, or with a key that is not the
 * rowid. SQLite reads its rows, and blocks of keys take the place of leaves. Ten times slower. Throws a `TypeError` where
 * a key is no integer, which no mapping allows.
 */
export function* rowBlocks(
  database: LegacyDatabase,
  table: LegacyTableInfo,
  keyColumn: string,
  after: bigint | null,
): Generator<RowBlock> {
  if (after === largestKey) return;
  const key = quoteName(keyColumn);
  const exact = table.columns
    .filter(({ generated }) => !generated)
    .map(({ name }) => quoteName(name))
    // The driver would cut a text at its first NUL.
    .map(
      (column) =>
        `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END, typeof(${column})`,
    );
  const select = `SELECT ${[key, ...exact].join(', ')} FROM ${quoteName(table.name)} WHERE ${key} >= ? ORDER BY ${key} LIMIT ?`;
  let from = after === null ? -(2n ** 63n) : ((after + 1n) >> BLOCK_BITS) << BLOCK_BITS;
  let block = new Block();
  for (;;) {
    const rows = database.rows(select, from, BATCH_ROWS);
    for (const row of rows) {
      const [rowKey] = row;
      if (typeof rowKey !== 'bigint') throw new TypeError(`${table.name}.${keyColumn} has a key that is no integer.`);
      const upTo = ((rowKey >> BLOCK_BITS) << BLOCK_BITS) + (1n << BLOCK_BITS) - 1n;
      if (block.rows > 0 && block.upTo !== upTo) {
        yield block.finish();
        block = new Block();
      }
      block.add(upTo, row);
      from = rowKey;
    }
    if (rows.length < Number(BATCH_ROWS) || from === largestKey) break;
    from += 1n;
  }
  if (block.rows > 0) yield block.finish();
}

class Block {
  upTo = 0n;
  rows = 0;
  private bytes = 0;
  private readonly hash = createHash('sha256');

  /** Each value with its length before it, so that no two rows have the same bytes. */
  add(upTo: bigint, row: readonly SqlValue[]): void {
    this.upTo = upTo;
    this.rows++;
    for (const value of row) {
      const bytes =
        value instanceof Uint8Array ? value : Buffer.from(typeof value === 'number' ? exactText(value) : String(value));
      this.hash.update(`${bytes.length}:`).update(bytes);
      this.bytes += bytes.length;
    }
  }

  finish(): RowBlock {
    return { upTo: this.upTo, stamp: { hash: this.hash.digest('binary'), rows: this.rows, bytes: this.bytes } };
  }
}

/** JavaScript's text of a double is exact but for the sign of zero. */
const exactText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
