import { appendFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { connectedClient, freshDatabase, tempDir, until, type FreshDatabase, type TempDir } from '@sluice/testing';
import type { Client } from 'pg';
import { integer, nullable, text } from '../mapping/conversion';
import { legacyTable, postgresTable } from '../mapping/legacy-table';
import { migrationDefaults, type MigrationOptions } from './migration-options';
import type { TableReport } from './migration-report';
import { replayQuarantine } from './replay';
import { runMigration } from './run-migration';

const orders = legacyTable({
  source: { file: 'app.db', table: 'orders', key: 'id' },
  target: postgresTable('orders'),
  columns: { id: integer, name: nullable(text) },
});

let dir: TempDir;
let database: FreshDatabase;
let client: Client;
beforeEach(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  client = await connectedClient(database.url);
  await client.query('CREATE TABLE orders (id bigserial PRIMARY KEY, name text)');
});
afterEach(async () => {
  await client.end();
  await Promise.all([database.drop(), dir.remove()]);
});

const options = (): MigrationOptions => ({
  ...migrationDefaults,
  ...{ root: dir.path, tables: [orders], known: [orders], connectionString: database.url },
  ...{ holder: 'test', version: '0', snapshot: 'in-place', signal: new AbortController().signal },
});

async function migrated(id: bigint): Promise<TableReport | undefined> {
  const legacy = new DatabaseSync(path.join(dir.path, 'app.db'));
  legacy.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO orders VALUES (${id}, 'last')`);
  legacy.close();
  const report = await runMigration('migrate', options());
  expect(report.exitCode).toBe(0);
  return report.tables[0];
}
const insert = () => client.query(`INSERT INTO orders (name) VALUES ('next')`);

it('says that no id is left where a row has the greatest that there is, and the next insert fails indeed', async () => {
  const table = await migrated(2n ** 63n - 1n);
  expect(table).toMatchObject({ rowsTarget: 1, verification: { clean: true } });
  expect(table?.remarks).toEqual([expect.stringContaining('orders: no id is left')]);
  await expect(insert()).rejects.toMatchObject({ code: '2200H' });
});

it('says nothing while one id is left', async () => {
  expect((await migrated(2n ** 63n - 2n))?.remarks).toBeUndefined();
  await insert();
});

it('gives out no id of a row that is set aside, so that the row can still come in', async () => {
  const rows = `INSERT INTO orders VALUES (1, 'first'), (2, CAST(x'ff' AS TEXT))`;
  const file = new DatabaseSync(path.join(dir.path, 'app.db'));
  file.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT); ${rows}`);
  const report = await runMigration('migrate', options());
  expect(report.tables[0]).toMatchObject({ rowsTarget: 1, quarantined: 1, nextId: { value: '3', unused: true } });
  expect(report.exitCode).toBe(4);
  file.exec(`UPDATE orders SET name = 'mended' WHERE id = 2`);
  file.close();
  expect(await replayQuarantine({ ...options(), cache: null })).toMatchObject([{ key: '2', outcome: 'loaded' }]);
  await insert();
});

it('empties nothing of which it cannot say so in the audit log', async () => {
  await migrated(7n);
  await client.query(`CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no entry'; END $$;
    CREATE TRIGGER no BEFORE INSERT ON migration_audit FOR EACH ROW WHEN (NEW.action = 'migrate.restarted') EXECUTE FUNCTION no()`);
  await expect(runMigration('migrate', { ...options(), restart: true })).rejects.toThrow('no entry');
  expect((await client.query('SELECT id FROM orders')).rows).toEqual([{ id: '7' }]);
});

it('notes in the audit log what a replay has loaded, also where it was stopped', async () => {
  const file = new DatabaseSync(path.join(dir.path, 'app.db'));
  const bad = `CAST(x'ff' AS TEXT)`;
  file.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO orders VALUES (1, 'first'), (2, ${bad}), (3, ${bad}), (4, ${bad})`);
  await runMigration('migrate', options());
  file.exec(`UPDATE orders SET name = 'mended' WHERE id > 1`);
  file.close();
  await client.query('BEGIN; INSERT INTO orders (id) VALUES (3)'); // The replay waits at this row.
  const stop = new AbortController();
  const replayed = replayQuarantine({ ...options(), cache: null, signal: stop.signal });
  const other = await connectedClient(database.url);
  const isWaiting = `SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'sluice replay%' AND wait_event_type = 'Lock'`;
  await until(async () => (await other.query(isWaiting)).rowCount);
  await other.end();
  stop.abort();
  await client.query('ROLLBACK');
  await expect(replayed).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
  const { rows } = await client.query(`SELECT detail FROM migration_audit WHERE action = 'quarantine.replayed'`);
  expect(rows).toMatchObject([{ detail: { loaded: 2 } }]);
});

it('goes on where the server goes away again while it is asked what it still knows', async () => {
  await client.query(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
    CREATE TRIGGER wait BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION wait()`);
  await client.query('BEGIN; SELECT pg_advisory_xact_lock(1)');
  const copied = migrated(7n);
  const other = await connectedClient(database.url);
  const waiting = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'sluice migrate%' AND wait_event = $1`;
  const lose = (event: string) =>
    until(
      async () => (await other.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS one`, [event])).rowCount,
    );
  await until(async () => (await other.query(waiting, ['advisory'])).rowCount); // In the COPY.
  await client.query('LOCK TABLE migration_ranges IN ACCESS EXCLUSIVE MODE');
  await lose('advisory');
  await lose('relation');
  await client.query('COMMIT');
  await other.end();
  expect(await copied).toMatchObject({ rowsTarget: 1, verification: { clean: true } });
});

it.each([
  ['a half-copied table', `status = 'copying', rows_copied = 0`], // As an interrupted run leaves it.
  ['a table whose rows are all in quarantine', 'rows_copied = 0, rows_quarantined = 1'],
])('does not pass over %s whose file is gone, nor empties it', async (_about, state) => {
  await migrated(7n);
  await client.query(`UPDATE migration_tables SET ${state}`);
  rmSync(path.join(dir.path, 'app.db'));
  const file = new DatabaseSync(path.join(dir.path, 'other.db'));
  file.exec('CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)');
  file.close();
  const people = legacyTable({
    source: { file: 'other.db', table: 'people', key: 'id' },
    target: postgresTable('people'),
    columns: { id: integer, name: nullable(text) },
  });
  await client.query('CREATE TABLE people (id bigserial PRIMARY KEY, name text)');
  const both = { ...options(), tables: [orders, people], known: [orders, people] };
  for (const restart of [false, true]) {
    await expect(runMigration('migrate', { ...both, restart })).rejects.toMatchObject({
      code: 'MIGRATION_SOURCE_GONE',
    });
  }
  expect((await client.query('SELECT id FROM orders')).rows).toEqual([{ id: '7' }]);
});

it('copies nothing into a schema of another release', async () => {
  await client.query('DROP TABLE migration_audit_head');
  await expect(migrated(7n)).rejects.toMatchObject({ code: 'MIGRATION_ENGINE_SCHEMA' });
  expect((await client.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 0 }]);
});

describe('the stamps of the pages that were copied', () => {
  const stamps = async (): Promise<unknown> => (await client.query('SELECT stamps FROM migration_tables')).rows[0];

  it('are kept by the next run where one ended before them, unless the file has changed since', async () => {
    await migrated(7n);
    const first = await stamps();
    expect(first).toEqual({ stamps: expect.any(Buffer) as Buffer });
    await client.query('UPDATE migration_tables SET stamps = NULL');
    expect((await runMigration('verify', options())).exitCode).toBe(0);
    expect(await stamps()).toEqual({ stamps: null });
    expect((await runMigration('migrate', options())).tables[0]).toMatchObject({ outcome: 'unchanged' });
    expect(await stamps()).toEqual(first);
    await client.query('UPDATE migration_tables SET stamps = NULL');
    const file = new DatabaseSync(path.join(dir.path, 'app.db'));
    file.exec(`UPDATE orders SET name = 'another'`);
    file.close();
    expect((await runMigration('migrate', options())).exitCode).toBe(5);
    expect(await stamps()).toEqual({ stamps: null });
  });

  it('are not kept where the target is not what they are of, though the file seems to be the same', async () => {
    await migrated(7n);
    await client.query(`UPDATE migration_tables SET stamps = NULL; UPDATE orders SET name = 'another'`);
    expect((await runMigration('migrate', options())).exitCode).toBe(5);
    expect(await stamps()).toEqual({ stamps: null });
  });

  it('are not waited for where the run is stopped, and kept by the next one', async () => {
    const stop = new AbortController();
    const onEvent: MigrationOptions['onEvent'] = (event) => {
      if (event.type === 'table' && event.phase === 'verify') stop.abort();
    };
    const file = new DatabaseSync(path.join(dir.path, 'app.db'));
    file.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO orders VALUES (1, 'first')`);
    file.close();
    const stopped = runMigration('migrate', { ...options(), signal: stop.signal, onEvent });
    await expect(stopped).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    expect(await stamps()).toEqual({ stamps: null });
    expect((await runMigration('migrate', options())).exitCode).toBe(0);
    expect(await stamps()).toEqual({ stamps: expect.any(Buffer) as Buffer });
  });

  it('are not kept of a file that changed while they were made', async () => {
    const file = new DatabaseSync(path.join(dir.path, 'app.db'));
    file.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO orders VALUES (1, 'first')`);
    const onEvent: MigrationOptions['onEvent'] = (event) => {
      if (event.type === 'table' && event.phase === 'verify') appendFileSync(path.join(dir.path, 'app.db'), 'x');
    };
    await expect(runMigration('migrate', { ...options(), onEvent })).rejects.toMatchObject({ code: 'LEGACY_CHANGED' });
    file.close();
    expect(await stamps()).toEqual({ stamps: null });
  });
});
