import type { Client } from 'pg';
import { quoteName, type LegacyValue } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import type { TargetRow } from './legacy-row';
import { textValue } from './written-forms';

/**
 * The rows of PostgreSQL with these keys, by key, as the way back takes them: each mapped column as text, with the originals
 * that the copy kept. Keys without a row are absent. The session prints dates as ISO, which is PostgreSQL's default.
 */
export async function readTargetRows(
  client: Client,
  table: LegacyTable,
  keys: readonly bigint[],
): Promise<Map<bigint, TargetRow>> {
  const columns = Object.keys(table.columns);
  const key = quoteName(table.source.key);
  const { rows } = await client.query<(string | null)[]>({
    rowMode: 'array',
    text: `SELECT ${columns.map((column) => `${quoteName(column)}::text`).join(', ')} FROM ${targetName(table)}
      WHERE ${key} = ANY($1::bigint[]) ORDER BY ${key}`,
    values: [keys.map(String)],
  });
  const originals = await originalsOf(client, table, keys);
  return new Map(
    rows.map((row) => {
      const values = Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null]));
      const name = values[table.source.key]!;
      return [BigInt(name), { values, originals: originals.get(name) ?? {} }];
    }),
  );
}

async function originalsOf(
  client: Client,
  table: LegacyTable,
  keys: readonly bigint[],
): Promise<Map<string, Record<string, LegacyValue>>> {
  const { rows } = await client.query<{ key: string; column: string; rule: string; original: Buffer }>(
    `SELECT row_key AS key, column_name AS "column", rule, original FROM migration_originals
      WHERE table_name = $1 AND row_key = ANY($2::text[])`,
    [table.name, keys.map(String)],
  );
  const byKey = new Map<string, Record<string, LegacyValue>>();
  for (const { key, column, rule, original } of rows) {
    byKey.set(key, { ...byKey.get(key), [column]: originalValue(rule, original.toString()) });
  }
  return byKey;
}

/** Numbers are kept as their text: of the rules that keep an original, those of epochs have one. */
function originalValue(rule: string, text: string): LegacyValue {
  if (!rule.startsWith('epoch-')) return textValue(text);
  return /^-?\d+$/.test(text) ? { storage: 'integer', value: BigInt(text) } : { storage: 'real', value: Number(text) };
}
