/**
 * A backup of PostgreSQL by COPY, in one snapshot. `pg_dump` would have to be there, and to be no older than the server: the
 * embedded server brings none, and a distribution's refuses it. See docs/decisions/0027-backups.md.
 */
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { quoteName } from '../exact/legacy-value';
import { CopyUnderwayError } from './backup.errors';
import { suffixOf } from './compression';
import type { PostgresPart, SavedSequence, SavedTable } from './manifest';
import type { BackupProgress } from './progress';
import { readSchemaSql, type SchemaSql } from './schema-sql';
import { storeFile, type StoreOptions } from './stored-file';
import { copyOutSql, listTables, type TableShape } from './table-copy';

/** What is to be saved, looked at before anything is. */
export interface PostgresPlan {
  readonly schema: SchemaSql;
  readonly tables: readonly TableShape[];
  readonly leftOut: readonly string[];
}

/** Throws `BACKUP_SCHEMA_UNKNOWN` and `BACKUP_COPY_UNDERWAY`. */
export async function planPostgres(client: Client, migrationsDir: string): Promise<PostgresPlan> {
  const schema = await readSchemaSql(client, migrationsDir);
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM migration_tables WHERE status <> 'copied' OR deferred <> '[]' ORDER BY name COLLATE "C"`,
  );
  if (rows.length > 0) throw new CopyUnderwayError(rows.map(({ name }) => name));
  const found = await listTables(client);
  return {
    schema,
    tables: found.filter(({ name }) => schema.tables.includes(name)),
    leftOut: found.filter(({ name }) => !schema.tables.includes(name)).map(({ name }) => name),
  };
}

/** How long somebody who rebuilds a table is waited for. */
const LOCK_MS = 10_000;

/**
 * Saves all tables of the plan as they are at one moment; writers go on meanwhile, and only who would alter a table waits. The
 * caller ends the session, and with it the snapshot, however this ends.
 */
export async function savePostgres(
  client: Client,
  { schema, tables, leftOut }: PostgresPlan,
  options: Omit<StoreOptions, 'onBytes'>,
  progress: BackupProgress,
): Promise<PostgresPart> {
  const store = (file: string, source: Iterable<Buffer> | AsyncIterable<Buffer>) =>
    storeFile(`postgres/${file}${suffixOf(options.compression)}`, source, { ...options, onBytes: progress.onBytes });
  // The locks come before the first SELECT, which takes the snapshot: nothing is altered between the two.
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '${LOCK_MS}ms';
    LOCK TABLE ${tables.map(({ name }) => quoteName(name)).join(', ')} IN ACCESS SHARE MODE`);
  const { rows } = await client.query<Pick<PostgresPart, 'snapshotAt' | 'server' | 'database'>>(
    `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "snapshotAt",
       current_setting('server_version') AS server, current_database() AS database`,
  );
  const triggers = await listTriggers(client, tables);
  const saved: SavedTable[] = [];
  for (const table of tables) {
    progress.next(table.name, table.bytes);
    const { stored, lines } = await store(`${table.name}.copy`, client.query(copyTo(copyOutSql(table))));
    saved.push({ name: table.name, columns: table.columns, rows: lines, data: stored });
  }
  const { stored } = await store('schema.sql', [Buffer.from(schema.sql)]);
  const sequences = await listSequences(client);
  return { ...rows[0]!, migrations: schema.migrations, schema: stored, tables: saved, sequences, triggers, leftOut };
}

/**
 * A sequence knows no snapshot: read behind the rows, it is never below what they use. Its ends are read with its value: they
 * move, too, when the domain gets another block of ids.
 */
export async function listSequences(client: Client): Promise<SavedSequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace
      ORDER BY relname COLLATE "C"`,
  );
  const sequences: SavedSequence[] = [];
  for (const { name } of rows) sequences.push(await readSequence(client, name));
  return sequences;
}

/** Read again where somebody altered it between its ends and its value. */
async function readSequence(client: Client, name: string): Promise<SavedSequence> {
  for (;;) {
    const { rows } = await client.query<Omit<SavedSequence, 'name'> & { isWithin: boolean }>(
      `SELECT last_value::text AS last, is_called AS "isCalled", ends.minimum_value::text AS least, ends.maximum_value::text AS most,
         ends.start_value::text AS start, last_value BETWEEN ends.minimum_value AND ends.maximum_value AS "isWithin"
         FROM ${quoteName(name)}, pg_sequence_parameters($1::regclass) AS ends`,
      [quoteName(name)],
    );
    const { isWithin, ...state } = rows[0]!;
    if (isWithin) return { name, ...state };
  }
}

/** With names that do not say their schema, so that they can be made in another one. */
export async function listTriggers(
  client: Client,
  tables: readonly { name: string }[],
): Promise<PostgresPart['triggers']> {
  const { rows } = await client.query<PostgresPart['triggers'][number]>(
    `SELECT c.relname AS "table", t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY($1)
      ORDER BY c.relname COLLATE "C", t.tgname COLLATE "C"`,
    [tables.map(({ name }) => name)],
  );
  return rows;
}
