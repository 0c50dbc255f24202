import type { Client } from 'pg';
import { isRejected, type ConvertedRow, type ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { proven, targetType } from '../run/target-shape';
import type { FollowedTable, HistoryPolicy } from './followed-table';
import { unlessRefused } from './row-texts';

/** Of these rows of the file those that PostgreSQL holds just so. Where it refuses a value of one, that one is not among them. */
export async function equalOf(
  client: Client,
  followed: FollowedTable,
  rows: readonly ExactRow[],
): Promise<Set<bigint>> {
  const all = await unlessRefused(client, null, () => equalKeys(client, followed, rows));
  if (all) return all;
  const equal = new Set<bigint>();
  for (const row of rows)
    for (const key of await unlessRefused(client, new Set<bigint>(), () => equalKeys(client, followed, [row])))
      equal.add(key);
  return equal;
}

async function equalKeys(
  client: Client,
  { table, exact }: FollowedTable,
  rows: readonly ExactRow[],
): Promise<Set<bigint>> {
  const good = rows.filter((row): row is ConvertedRow => !isRejected(row));
  if (good.length === 0) return new Set();
  const { columns } = exact;
  const same = columns.map((name, at) => {
    const conversion = table.columns[name]!;
    const [ours, theirs] = [`t.${quoteName(name)}`, `r.c${at}::${targetType(conversion)}`].map((one) => proven(one, conversion)); // prettier-ignore
    return `${ours} ${name === table.source.key ? '=' : 'IS NOT DISTINCT FROM'} ${theirs}`;
  });
  const { rows: equal } = await client.query<{ key: string }>(
    `SELECT t.${quoteName(table.source.key)}::text AS key
       FROM unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(', ')}) AS r(${columns.map((_, at) => `c${at}`).join(', ')})
       JOIN ${targetName(table)} t ON ${same.join(' AND ')}`,
    columns.map((_, at) => good.map(({ values }) => values[at] ?? null)),
  );
  return new Set(equal.map(({ key }) => BigInt(key)));
}

/** Of these keys those of rows that the legacy program has deleted, or will have, because of their age. */
export async function historyOf(
  client: Client,
  table: LegacyTable,
  keys: readonly bigint[],
  { days }: Pick<HistoryPolicy, 'days'>,
): Promise<Set<bigint>> {
  const { retention } = table;
  const key = quoteName(table.source.key);
  const old = retention ? `${quoteName(retention.column)} < now() - make_interval(days => $3)` : 'false';
  const { rows } = await client.query<{ key: string }>(
    `SELECT ${key}::text AS key FROM ${targetName(table)} t WHERE ${key} = ANY($2::bigint[]) AND (${old}
       OR EXISTS (SELECT 1 FROM migration_kept k WHERE k.table_name = $1 AND k.row_key = t.${key}))`,
    [table.name, keys.map(String), ...(retention ? [days ?? retention.days] : [])],
  );
  return new Set(rows.map((row) => BigInt(row.key)));
}
