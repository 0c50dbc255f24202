import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import type { KeyInterval } from './change-feed';

/** Each key once, in no order: of rows in the target or its cache, and of rows that are set aside, within the intervals. */
export async function knownKeys(
  client: Client,
  table: LegacyTable,
  intervals: readonly KeyInterval[],
): Promise<bigint[]> {
  const key = quoteName(table.source.key);
  const held =
    table.target.kind === 'postgres'
      ? `SELECT ${key} FROM ${quoteName(table.target.table)} WHERE ${key} BETWEEN low AND high`
      : 'SELECT row_key FROM migration_entries WHERE table_name = $1 AND row_key BETWEEN low AND high';
  const lowest = -(2n ** 63n);
  const { rows } = await client.query<{ key: string }>(
    `WITH bounds AS (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS b(low, high)),
       aside AS MATERIALIZED (SELECT CASE WHEN row_key ~ '^-?[0-9]+$' THEN row_key::numeric END AS key
         FROM migration_quarantine WHERE table_name = $1 AND replayed_at IS NULL)
     SELECT k.key::text FROM bounds, LATERAL (${held}) AS k(key)
     UNION SELECT aside.key::text FROM aside JOIN bounds ON aside.key BETWEEN low AND high`,
    [
      table.name,
      intervals.map(({ from }) => (from === null ? lowest : from + 1n).toString()),
      intervals.map(({ to }) => (to ?? 2n ** 63n - 1n).toString()),
    ],
  );
  return rows.map((row) => BigInt(row.key));
}
