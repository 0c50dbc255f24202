import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { uniqueIndexes, type UniqueIndex } from '../state/unique-indexes';

/**
 * What the API might write, as far as a table allows: its newest row is written again and, where no unique value stands in the
 * way, copied under the next id. So ids, times, money and JSON of real rows go the way back.
 */
export async function writeRehearsed(client: Client, table: LegacyTable): Promise<void> {
  const [name, key] = [targetName(table), quoteName(table.source.key)];
  const uniques = await uniqueIndexes(client, table);
  const text = freeText(table, uniques);
  const set = text === undefined ? `${key} = ${key}` : `${quoteName(text)} = ${quoteName(text)} || '.'`;
  await client.query(`UPDATE ${name} SET ${set} WHERE ${key} = (SELECT max(${key}) FROM ${name})`);
  if (uniques.length > 0) return;
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

/** A text of any content: neither unique nor referred to, and NULL is one of its values. Undefined where there is none. */
function freeText({ columns }: LegacyTable, uniques: readonly UniqueIndex[]): string | undefined {
  const unique = new Set(uniques.flatMap((index) => index.columns));
  return Object.keys(columns).find((name) => columns[name]!.kind === 'text' && columns[name]!.nullable && !unique.has(name)); // prettier-ignore
}
