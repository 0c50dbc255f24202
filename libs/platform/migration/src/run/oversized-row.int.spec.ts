import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { connectedClient, freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import type { Client } from 'pg';
import { inspectTree } from '../inspect';
import { integer, json, MAX_ROW_BYTES, nullable, text } from '../mapping/conversion';
import { legacyTable, postgresTable } from '../mapping/legacy-table';
import { migrationDefaults, type MigrationOptions } from './migration-options';
import { runMigration } from './run-migration';

const orders = legacyTable({
  source: { file: 'app.db', table: 'orders', key: 'id' },
  target: postgresTable('orders'),
  columns: { id: integer, name: nullable(text), note: nullable(json()) },
});

let dir: TempDir;
let database: FreshDatabase;
let client: Client;
beforeEach(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  client = await connectedClient(database.url);
  await client.query('CREATE TABLE orders (id bigserial PRIMARY KEY, name text, note jsonb)');
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

it('sets a row aside that is too long as a whole, says so beforehand, and brings the others in', async () => {
  const legacy = new DatabaseSync(path.join(dir.path, 'app.db'));
  const textOf = (bytes: number): string => `replace(hex(zeroblob(${bytes / 2})), '0', 'x')`;
  legacy.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, note TEXT);
    INSERT INTO orders VALUES (1, 'first', '{}'),
      (2, ${textOf(MAX_ROW_BYTES / 2)}, '"' || ${textOf(MAX_ROW_BYTES / 2)} || '"'), (3, 'last', NULL)`);
  legacy.close();

  const inspected = await inspectTree(options());
  const hazards = inspected.files[0]?.tables[0]?.columns.flatMap((column) => column.hazards);
  expect(hazards).toContainEqual(expect.objectContaining({ code: 'B29', outcome: 'quarantined', keys: ['2'] }));

  const report = await runMigration('migrate', options());
  expect(report).toMatchObject({
    exitCode: 4,
    tables: [{ rowsTarget: 2, quarantined: 1, verification: { clean: true } }],
  });
  const { rows } = await client.query('SELECT row_key, reason_code FROM migration_quarantine ORDER BY row_key');
  expect(rows).toEqual([{ row_key: '2', reason_code: 'B29' }]);
});
