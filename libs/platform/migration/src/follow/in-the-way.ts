import type { Client } from 'pg';
import type { ConvertedRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import { targetType } from '../run/target-shape';
import type { FollowedTable } from './followed-table';

export interface Pair {
  /** The key of the file's row, and of PostgreSQL's with the same unique values. */
  readonly legacy: bigint;
  readonly target: bigint;
}

/**
 * Rows of PostgreSQL that have yet to reach the file and hold unique values that rows of the file want under another key. One that
 * is in the batch itself is not among them: it is about to make room, or to become what the file has.
 */
export async function inTheWay(
  client: Client,
  { table, exact }: FollowedTable,
  columns: readonly string[],
  rows: readonly ConvertedRow[],
  batch: readonly bigint[],
): Promise<Pair[]> {
  if (rows.length === 0) return [];
  const at = columns.map((column) => exact.columns.indexOf(column));
  const key = `t.${quoteName(table.source.key)}`;
  const same = columns.map((column, i) => `t.${quoteName(column)} = r.c${i}::${targetType(table.columns[column]!)}`);
  const { rows: found } = await client.query<{ legacy: string; target: string }>(
    `SELECT r.key::text AS legacy, ${key}::text AS target
       FROM unnest($3::bigint[], ${columns.map((_, i) => `$${i + 4}::text[]`).join(', ')}) AS r(key, ${columns.map((_, i) => `c${i}`).join(', ')})
       JOIN ${targetName(table)} t ON ${same.join(' AND ')} AND ${key} <> r.key
      WHERE ${key} <> ALL($2::bigint[])
        AND EXISTS (SELECT 1 FROM migration_outbox o WHERE o.table_name = $1 AND o.row_key = ${key})
        FOR NO KEY UPDATE OF t`,
    [
      table.name,
      batch.map(String),
      rows.map((row) => row.key.toString()),
      ...at.map((i) => rows.map(({ values }) => values[i] ?? null)),
    ],
  );
  return found.map(({ legacy, target }) => ({ legacy: BigInt(legacy), target: BigInt(target) }));
}
