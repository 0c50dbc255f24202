import type { Client } from 'pg';
import { isRejected, type ExactReader, type ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { proven, targetType } from '../run/target-shape';
import { isLockLost } from '../state/postgres-errors';
import type { Difference } from '../verify';

/** Whoever changes the mode has the table locked, waits for what is queued, and settles forms by himself. */
const LOCK_MS = 50;

/** Rows of the file that are in PostgreSQL with equal values of another form. */
export interface OtherForms {
  readonly found: readonly { readonly key: string; readonly columns: readonly string[] }[];
  /** `UPDATE`, with the rows of the file as its parameters, and behind them the keys. */
  readonly sql: string;
  readonly values: readonly unknown[];
}

interface Followed {
  readonly table: LegacyTable;
  readonly exact: Pick<ExactReader, 'columns'>;
}

/**
 * jsonb keeps the zeros with which a number was written (`1.10`), a double the minus of a zero. The legacy program's texts and
 * SQLite keep neither, so that such a row would never be proven equal, though its value is. As PostgreSQL itself calls the two
 * equal, its row takes the form that the file has: no value changes by that. Null where there is none, which is found without
 * a lock.
 */
export async function otherForms(
  client: Client,
  { table, exact }: Followed,
  rows: readonly ExactRow[],
): Promise<OtherForms | null> {
  const columns = exact.columns.flatMap((name, at) => {
    const conversion = table.columns[name]!;
    return conversion.kind === 'json' || conversion.kind === 'float' ? [{ at, name, conversion }] : [];
  });
  const read = rows.flatMap((row) => (isRejected(row) ? [] : [row]));
  if (columns.length === 0 || read.length === 0) return null;
  const pairs = columns.map(({ name, conversion }, i) => {
    const [here, there] = [`t.${quoteName(name)}`, `f.c${i}::${targetType(conversion)}`];
    return {
      name,
      here,
      there,
      isOther: `(${here} = ${there} AND ${proven(here, conversion)} <> ${proven(there, conversion)})`,
    };
  });
  const params = columns.map((_, i) => `$${i + 2}::text[]`);
  const file = `unnest($1::bigint[], ${params.join(', ')}) AS f(key, ${columns.map((_, i) => `c${i}`).join(', ')})`;
  const where = `t.${quoteName(table.source.key)} = f.key AND (${pairs.map(({ isOther }) => isOther).join(' OR ')})`;
  const values = [
    read.map(({ key }) => key.toString()),
    ...columns.map(({ at }) => read.map((row) => row.values[at] ?? null)),
  ];
  const named = pairs.map(({ name, isOther }) => `CASE WHEN ${isOther} THEN ${client.escapeLiteral(name)} END`);
  const { rows: found } = await client.query<{ key: string; columns: string[] }>(
    `SELECT f.key::text AS key, array_remove(ARRAY[${named.join(', ')}], NULL) AS columns FROM ${file} JOIN ${targetName(table)} t ON ${where}`,
    values,
  );
  if (found.length === 0) return null;
  const set = pairs.map(
    ({ name, here, there, isOther }) => `${quoteName(name)} = CASE WHEN ${isOther} THEN ${there} ELSE ${here} END`,
  );
  const sql = `UPDATE ${targetName(table)} t SET ${set.join(', ')} FROM ${file} WHERE ${where} AND f.key = ANY($${values.length + 1}::bigint[])`;
  return { found, sql, values };
}

/**
 * The end of the transaction in which the rows leave the queue: a value that has changed since stays as it is, and where somebody
 * has the table or a row locked all stay. `sluice reconcile` queues such a row again.
 */
export async function takeForms(client: Client, forms: readonly OtherForms[]): Promise<void> {
  if (forms.length === 0) return;
  await client.query(`SAVEPOINT forms; SET LOCAL lock_timeout = ${LOCK_MS}`);
  try {
    for (const one of forms) await update(client, one);
  } catch (error) {
    if (!isLockLost(error)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT forms');
  }
}

/**
 * Of these differences those that are of form alone; PostgreSQL's rows have the file's form then. Within a transaction that keeps
 * everybody else from writing to the table.
 */
export async function settleForms(
  client: Client,
  { table, exact }: { readonly table: LegacyTable; readonly exact: ExactReader },
  differences: readonly Difference[],
): Promise<ReadonlySet<Difference>> {
  const changed = differences.filter(({ kind, column, rowKey }) => kind === 'changed' && column !== null && /^-?\d+$/.test(rowKey)); // prettier-ignore
  if (changed.length === 0) return new Set();
  const keys = [...new Set(changed.map(({ rowKey }) => BigInt(rowKey)))];
  const forms = await otherForms(client, { table, exact }, [...exact.byKeys(keys)]);
  if (!forms) return new Set();
  await client.query(`SELECT set_config('sluice.writer', 'follow', true)`); // The file has these values: nothing is queued for it.
  await update(client, forms);
  await client.query(`SELECT set_config('sluice.writer', '', true)`);
  const settled = new Set(forms.found.flatMap(({ key, columns }) => columns.map((column) => `${key} ${column}`)));
  return new Set(changed.filter(({ rowKey, column }) => settled.has(`${rowKey} ${column}`)));
}

const update = (client: Client, { sql, values, found }: OtherForms): Promise<unknown> =>
  client.query(sql, [...values, found.map(({ key }) => key)]);
