import type { Client } from 'pg';
import { isRejected, type ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import { targetType } from '../run/target-shape';
import type { FollowedTable } from './followed-table';

/** Keys of the rows of a table that PostgreSQL would refuse now, because a row that they refer to is not there. */
export async function missingParents(
  client: Client,
  tables: readonly FollowedTable[],
  { table, exact }: FollowedTable,
  rows: readonly ExactRow[],
): Promise<Set<bigint>> {
  const missing = new Set<bigint>();
  for (const { column, table: name, parentColumn } of table.references) {
    const parent = tables.find((one) => one.table.name === name)?.table;
    const at = exact.columns.indexOf(column);
    const children = new Map<string, bigint[]>();
    for (const row of rows) {
      const value = isRejected(row) ? null : row.values[at];
      if (value !== null && value !== undefined) children.set(value, [...(children.get(value) ?? []), row.key]);
    }
    if (!parent || children.size === 0) continue;
    const { rows: found } = await client.query<{ value: string }>(
      `SELECT v.value FROM unnest($1::text[], $1::text[]::${targetType(table.columns[column]!)}[]) AS v(value, typed)
        WHERE NOT EXISTS (SELECT 1 FROM ${targetName(parent)} p WHERE p.${quoteName(parentColumn)} = v.typed)`,
      [[...children.keys()]],
    );
    for (const { value } of found) for (const key of children.get(value)!) missing.add(key);
  }
  return missing;
}
