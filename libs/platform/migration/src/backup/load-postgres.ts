import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { quoteName } from '../exact/legacy-value';
import { sqlState } from '../state/postgres-errors';
import { BackupDamagedError, RestoreNotEmptyError } from './backup.errors';
import type { PostgresPart, SavedSequence, SavedTable } from './manifest';
import type { BackupProgress } from './progress';
import { listTriggers } from './save-postgres';
import { discard, Meter, readStored, readWhole, type StoreOptions } from './stored-file';
import { copyInSql, copyOutSql, listTables } from './table-copy';

type ReadOptions = Omit<StoreOptions, 'onBytes'>;

/**
 * Brings a saved state into an empty schema and compares what is there with what was saved, row by row by the digest of each
 * table. Within the caller's transaction: killed at any moment, the database stays empty. Throws `BACKUP_TARGET_NOT_EMPTY` and
 * `BACKUP_DAMAGED`.
 */
export async function loadPostgres(
  client: Client,
  part: PostgresPart,
  options: ReadOptions,
  progress: BackupProgress,
): Promise<void> {
  await refuseWhatIsThere(client);
  await client.query((await readWhole(part.schema, options)).toString('utf8'));
  const keys = await setForeignKeysAside(client);
  const names = part.tables.map(({ name }) => quoteName(name));
  await client.query(`TRUNCATE ${names.join(', ')}`); // Migrations bring rows, too.
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  for (const table of part.tables) {
    progress.next(table.name, table.data.rawBytes);
    await loadTable(client, table, options, progress);
  }
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  for (const key of keys) await client.query(key);
  for (const sequence of part.sequences) await setSequence(client, sequence);
  const known = await listTriggers(client, part.tables);
  for (const { table, name, definition } of part.triggers) {
    if (!known.some((one) => one.table === table && one.name === name)) await client.query(definition);
  }
  await compare(client, part, options.signal);
}

async function setSequence(client: Client, { name, last, isCalled, ...ends }: SavedSequence): Promise<void> {
  const [least, most, start, restart] = [ends.least, ends.most, ends.start, last].map(BigInt);
  await client.query(
    `ALTER SEQUENCE ${quoteName(name)} MINVALUE ${least} MAXVALUE ${most} START WITH ${start} RESTART WITH ${restart}`,
  );
  if (isCalled) await client.query('SELECT setval($1::regclass, $2::bigint)', [quoteName(name), last]);
}

async function refuseWhatIsThere(client: Client): Promise<void> {
  const { rows } = await client.query<{ schema: string; count: number }>(
    `SELECT current_schema() AS schema, count(*)::int AS count FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v', 'm', 'S', 'p', 'f')`,
  );
  const [found] = rows;
  if (found && found.count > 0) throw new RestoreNotEmptyError(`The schema ${found.schema} of the database`);
}

/** Gives the SQL that makes them anew: they are checked as a whole then, in whatever order the tables came. */
async function setForeignKeysAside(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    `SELECT c.relname AS "table", k.conname AS name, pg_get_constraintdef(k.oid, true) AS definition
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of rows) {
    await client.query(`ALTER TABLE ${quoteName(table)} DROP CONSTRAINT ${quoteName(name)}`);
  }
  return rows.map(
    ({ table, name, definition }) => `ALTER TABLE ${quoteName(table)} ADD CONSTRAINT ${quoteName(name)} ${definition}`,
  );
}

async function loadTable(
  client: Client,
  table: SavedTable,
  options: ReadOptions,
  progress: BackupProgress,
): Promise<void> {
  const sink = client.query(copyFrom(copyInSql(table.name, table.columns)));
  try {
    await readStored(table.data, sink, { ...options, onBytes: progress.onBytes });
  } catch (error) {
    // PostgreSQL does not take a value, a row or a column of what was saved.
    if (!/^(22|23|42)/.test(sqlState(error) ?? '')) throw error;
    throw new BackupDamagedError(table.data.file, `cannot be loaded into ${table.name}`, error);
  }
}

/** What was loaded is read back: that PostgreSQL took the bytes does not say that it has them. */
async function compare(client: Client, part: PostgresPart, signal: AbortSignal): Promise<void> {
  const found = new Map((await listTables(client)).map((shape) => [shape.name, shape]));
  const extra = [...found.keys()].filter((name) => !part.tables.some((table) => table.name === name));
  if (extra.length > 0)
    throw new BackupDamagedError(part.schema.file, `makes tables that were not saved: ${extra.join(', ')}`);
  for (const { name, columns, rows, data } of part.tables) {
    const shape = found.get(name);
    if (!shape) throw new BackupDamagedError(part.schema.file, `does not make the table ${name}`);
    const meter = new Meter(undefined, true);
    await pipeline(client.query(copyTo(copyOutSql({ ...shape, columns }))), meter, discard(), { signal });
    if (meter.lines !== rows)
      throw new BackupDamagedError(data.file, `brought ${meter.lines} rows back into ${name}, of ${rows}`);
    if (meter.sha256 !== data.rawSha256)
      throw new BackupDamagedError(data.file, `brought other values back into ${name}`);
  }
}
