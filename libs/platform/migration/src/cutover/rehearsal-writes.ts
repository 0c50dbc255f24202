import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';

/**
 * What the API might write, as far as a table allows: its newest row is written again and, where no unique value stands in the
 * way, copied under the next id. So ids, times, money and JSON of real rows go the way back.
 */
export async function writeRehearsed(client: Client, table: LegacyTable): Promise<void> {
  const [name, key] = [targetName(table), quoteName(table.source.key)];
  const text = await freeText(client, table);
  const set = text === null ? `${key} = ${key}` : `${quoteName(text)} = ${quoteName(text)} || '.'`;
  await client.query(`UPDATE ${name} SET ${set} WHERE ${key} = (SELECT max(${key}) FROM ${name})`);
  if ((await uniqueColumns(client, table)).size > 0) return;
  const others = Object.keys(table.columns).filter((column) => column !== table.source.key).map(quoteName).join(', '); // prettier-ignore
  await client.query(`INSERT INTO ${name} (${others}) SELECT ${others} FROM ${name} ORDER BY ${key} DESC LIMIT 1`);
}

/** The newest row of every table that nothing refers to. */
export async function deleteRehearsed(client: Client, domains: readonly Domain[]): Promise<void> {
  const tables = domains.flatMap((domain) => domain.tables);
  const parents = new Set(tables.flatMap(({ after }) => after));
  for (const table of tables.filter(({ name }) => !parents.has(name))) {
    const [name, key] = [targetName(table), quoteName(table.source.key)];
    await client.query(`DELETE FROM ${name} WHERE ${key} = (SELECT max(${key}) FROM ${name})`);
  }
}

/** A text of any content: neither unique nor referred to, and NULL is one of its values. Null where there is none. */
async function freeText(client: Client, table: LegacyTable): Promise<string | null> {
  const unique = await uniqueColumns(client, table);
  const found = Object.entries(table.columns).find(
    ([column, { kind, nullable }]) => kind === 'text' && nullable && !unique.has(column),
  );
  return found?.[0] ?? null;
}

/** In a unique index other than that of the key. */
async function uniqueColumns(client: Client, table: LegacyTable): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
      WHERE i.indrelid = $1::regclass AND i.indisunique AND NOT i.indisprimary`,
    [targetName(table)],
  );
  return new Set(rows.map(({ name }) => name));
}
