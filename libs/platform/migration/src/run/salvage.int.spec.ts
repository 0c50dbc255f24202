import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase, leafPages } from '@sluice/legacy';
import { connectedClient, freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import type { Client } from 'pg';
import { findLastReport } from '../evidence/last-report';
import { reportHtml } from '../evidence/report-html';
import { reportMarkdown } from '../evidence/report-markdown';
import { integer, nullable, text } from '../mapping/conversion';
import { legacyTable, postgresTable } from '../mapping/legacy-table';
import { findQuarantined, listQuarantine } from '../state/quarantine';
import { migrationDefaults, type MigrationOptions } from './migration-options';
import type { MigrationReport, TableReport } from './migration-report';
import { replayQuarantine } from './replay';
import { runMigration } from './run-migration';

const PAGE = 1024;
const ROWS = 2_000;
const LONG = 1_000n;

const orders = legacyTable({
  source: { file: 'app.db', table: 'orders', key: 'id' },
  target: postgresTable('orders'),
  columns: { id: integer, name: text, note: nullable(text) },
});
const people = legacyTable({
  source: { file: 'app.db', table: 'people', key: 'id' },
  target: postgresTable('people'),
  columns: { id: integer, name: text },
});
const tables = [orders, people];

let dir: TempDir;
let database: FreshDatabase;
let client: Client;
let file: string;
let whole: string;
beforeEach(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  [file, whole] = [path.join(dir.path, 'app.db'), path.join(dir.path, 'whole.bak')];
  client = await connectedClient(database.url);
  await client.query('CREATE TABLE orders (id bigserial PRIMARY KEY, name text NOT NULL, note text)');
  await client.query('CREATE TABLE people (id bigserial PRIMARY KEY, name text NOT NULL)');
  const legacy = new DatabaseSync(file);
  legacy.exec(`PRAGMA page_size = ${PAGE};
    CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, note TEXT);
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT);
    WITH RECURSIVE s (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM s WHERE v < ${ROWS})
      INSERT INTO orders SELECT v, 'name ' || v, CASE v WHEN ${LONG} THEN hex(zeroblob(9000)) ELSE 'note ' || v END FROM s;
    INSERT INTO people VALUES (1, 'Ann'), (3, 'Bo'), (2, CAST(x'ff' AS TEXT))`);
  legacy.close();
  copyFileSync(file, whole);
});
afterEach(async () => {
  await client.end();
  await Promise.all([database.drop(), dir.remove()]);
});

function pagesOf(table: string): { root: number; leaves: { page: number; maxKey: number }[] } {
  const db = LegacyDatabase.open(whole);
  try {
    const root = db.tables().find(({ name }) => name === table)?.rootPage ?? 0;
    return { root, leaves: leafPages(db.rawPages, root).map(({ page, maxKey }) => ({ page, maxKey: Number(maxKey) })) };
  } finally {
    db.close();
  }
}

function damage(page: number, fill = 0): void {
  const bytes = readFileSync(file);
  bytes.fill(fill, (page - 1) * PAGE, page * PAGE);
  writeFileSync(file, bytes);
}

/** The sixth leaf of `orders`: its page, and the rows that go with it. */
function lostLeaf(): { page: number; from: number; to: number; rows: number } {
  const { leaves } = pagesOf('orders');
  const [before, leaf] = [leaves[5]?.maxKey ?? 0, leaves[6] ?? { page: 0, maxKey: 0 }];
  return { page: leaf.page, from: before + 1, to: leaf.maxKey, rows: leaf.maxKey - before };
}

const common = () => ({
  ...migrationDefaults,
  ...{ root: dir.path, tables, known: tables, connectionString: database.url },
  ...{ holder: 'test', version: '0', signal: new AbortController().signal },
});
const run = (command: 'migrate' | 'verify', over: Partial<MigrationOptions> = {}): Promise<MigrationReport> =>
  runMigration(command, { ...common(), ...over });
const salvage = (over: Partial<MigrationOptions> = {}): Promise<MigrationReport> =>
  run('migrate', { salvage: true, ...over });
const of = (report: MigrationReport, name: string): TableReport =>
  report.tables.find(({ table }) => table === name) as TableReport;
const keysOf = async (table: string): Promise<number[]> =>
  (await client.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`)).rows.map(({ id }) => Number(id));
const entries = async () => (await listQuarantine(client)).map(({ table, key, code }) => [table, key, code]);

it('is never done unasked: the damaged file is refused before anything is written', async () => {
  damage(lostLeaf().page);
  await expect(run('migrate')).rejects.toMatchObject({ code: 'LEGACY_CORRUPT' });
  expect(await keysOf('orders')).toEqual([]);
});

it('takes a whole file as it is', async () => {
  const report = await salvage();
  expect(of(report, 'orders')).not.toHaveProperty('salvage');
  expect((await keysOf('orders')).length).toBe(ROWS);
});

describe.each(['pages', 'sql', 'exact'] as const)('through the %s lane', (lane) => {
  it('brings every row that can be read, and names what cannot', async () => {
    const lost = lostLeaf();
    damage(lost.page);
    const report = await salvage({ lane });
    expect(report.exitCode).toBe(4);
    expect(of(report, 'orders')).toMatchObject({
      lane,
      rowsSource: ROWS - lost.rows,
      rowsTarget: ROWS - lost.rows,
      quarantined: 0,
      verification: { clean: true },
      nextId: { value: String(ROWS + 1), unused: true },
      salvage: { damagedPages: 1, lostRows: 0, lostKeys: [`${lost.from} ${lost.to}`], reclaimedPages: 0 },
    });
    expect(of(report, 'orders').remarks?.join('\n')).toContain(
      `orders: page ${lost.page} (leaf of orders) is all zeros: rows with keys ${lost.from} to ${lost.to} are lost.`,
    );
    expect((await keysOf('orders')).filter((key) => key >= lost.from && key <= lost.to)).toEqual([]);
    expect(await entries()).toEqual([
      ['orders', `page ${lost.page}`, 'PAGE'],
      ['people', '2', expect.any(String)],
    ]);
  });
});

it('keeps a damaged page and the beginning of a lost row byte for byte', async () => {
  const db = LegacyDatabase.open(whole);
  const pages = Array.from({ length: db.rawPages.pageCount }, (_, i) => db.rawPages.read(i + 1));
  db.close();
  const overflow = pages.findIndex((page) => page.subarray(4).every((byte) => byte === 0x30)) + 1;
  const lost = lostLeaf();
  damage(lost.page, 0xab);
  damage(overflow, 0xff);
  const report = await salvage();
  expect(of(report, 'orders').salvage).toMatchObject({ lostRows: 1 });
  expect(await keysOf('orders')).not.toContain(Number(LONG));
  const listed = await listQuarantine(client, { tables: ['orders'] });
  const rest = `pages ${overflow + 1}-`; // Of the lost row: nothing points to it any more.
  expect(listed.map(({ key, code }) => `${key.startsWith(rest) ? rest : key} ${code}`).sort()).toEqual(
    [`${LONG} LOST`, `page ${overflow} PAGE`, `page ${lost.page} PAGE`, `${rest} PAGE`].sort(),
  );
  const stored = (id = '') => findQuarantined(client, id);
  const page = await stored(listed.find(({ key }) => key === `page ${lost.page}`)?.id);
  expect(page?.raw['bytes']).toMatchObject({ class: 'blob', bytes: PAGE, hex: 'ab'.repeat(PAGE) });
  const row = await stored(listed.find(({ code }) => code === 'LOST')?.id);
  expect(row?.reason).toContain(`its overflow page ${overflow} points to page 4294967295`);
  expect(JSON.stringify(row?.raw)).toContain(Buffer.from(`name ${LONG}`).toString('hex'));
});

it('loses no row with an interior page or an index, and still does not end with 0', async () => {
  const { root } = pagesOf('orders');
  damage(root);
  const report = await salvage();
  expect(report.exitCode).toBe(4);
  expect(of(report, 'orders').salvage).toMatchObject({ damagedPages: 1, lostKeys: [] });
  expect((await keysOf('orders')).length).toBe(ROWS);
  expect(of(report, 'people').salvage).toMatchObject({ damagedPages: 0 });
});

it('takes what is left of a truncated file', async () => {
  truncateSync(file, PAGE * 40);
  await expect(run('migrate')).rejects.toMatchObject({ code: 'LEGACY_TRUNCATED' });
  const report = await salvage();
  expect(report.exitCode).toBe(4);
  const { rowsTarget, verification, salvage: told } = of(report, 'orders');
  expect(verification?.clean).toBe(true);
  expect(rowsTarget).toBeGreaterThan(100);
  expect(told?.lostKeys.length).toBeGreaterThan(0);
});

describe('a salvaged table', () => {
  it('is compared with what can be read of the same file, and is not called complete', async () => {
    damage(lostLeaf().page);
    await salvage();
    const report = await run('verify');
    expect(report.exitCode).toBe(4);
    expect(of(report, 'orders')).toMatchObject({ verification: { clean: true }, salvage: { damagedPages: 1 } });
    const evidence = await findLastReport(client);
    if (!evidence) throw new Error('no report');
    for (const text of [reportMarkdown(evidence), reportHtml(evidence)]) {
      expect(text).toContain('Salvaged from a damaged file: equal as far as it can be read');
      expect(text).toContain('is all zeros: rows with keys');
    }
    await client.query("UPDATE orders SET name = 'other' WHERE id = 1");
    expect((await run('verify')).exitCode).toBe(5);
  });

  it('is not replayed from the damaged file, and the way on is no second salvage', async () => {
    damage(lostLeaf().page);
    await salvage();
    const before = await entries();
    const refused = replayQuarantine(common()).catch((error: unknown) => error);
    expect(await refused).toMatchObject({
      code: 'LEGACY_CORRUPT',
      remedy: expect.stringMatching(/^Restore the file .*`sluice migrate --restart --only TABLE`/) as string,
    });
    expect(await refused).not.toMatchObject({ remedy: expect.stringContaining('--salvage') as string });
    expect(await entries()).toEqual(before);
  });

  it('is the same when it is salvaged again', async () => {
    damage(lostLeaf().page);
    await salvage();
    const before = await entries();
    const report = await salvage();
    expect(of(report, 'orders')).toMatchObject({ outcome: 'unchanged', loadedNow: 0, verification: { clean: true } });
    expect(await entries()).toEqual(before);
  });

  it('is not called copied before what it lacks is in quarantine', async () => {
    damage(lostLeaf().page);
    await client.query(`CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no page'; END $$;
      CREATE TRIGGER no BEFORE INSERT ON migration_quarantine FOR EACH ROW WHEN (NEW.reason_code = 'PAGE') EXECUTE FUNCTION no()`);
    await expect(salvage()).rejects.toThrow('no page');
    expect((await client.query(`SELECT name FROM migration_tables WHERE status = 'copied'`)).rows).toEqual([]);
    await client.query('DROP TRIGGER no ON migration_quarantine');
    expect((await salvage()).exitCode).toBe(4);
  });

  it('leaves nothing in quarantine where its copy was not begun, so that a restored file is whole', async () => {
    damage(lostLeaf().page);
    await client.query(`CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no plan'; END $$;
      CREATE TRIGGER no BEFORE INSERT ON migration_tables FOR EACH ROW EXECUTE FUNCTION no()`);
    await expect(salvage()).rejects.toThrow('no plan');
    await client.query('DROP TRIGGER no ON migration_tables');
    copyFileSync(whole, file);
    const report = await run('migrate');
    expect(of(report, 'orders')).toMatchObject({ rowsTarget: ROWS, verification: { clean: true } });
    expect(await entries()).toEqual([['people', '2', expect.any(String)]]);
  });

  it('goes on where a salvage was interrupted', async () => {
    const lost = lostLeaf();
    damage(lost.page);
    const stop = new AbortController();
    const onEvent: MigrationOptions['onEvent'] = ({ type }) => type === 'progress' && stop.abort();
    const stopped = salvage({ rangeBytes: 2 * PAGE, signal: stop.signal, onEvent });
    await expect(stopped).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    await expect(run('migrate')).rejects.toMatchObject({ code: 'LEGACY_CORRUPT' });
    const { loadedNow, rowsTarget, verification } = of(await salvage(), 'orders');
    expect([rowsTarget, verification?.clean]).toEqual([ROWS - lost.rows, true]);
    expect(loadedNow).toBeLessThan(rowsTarget);
    expect(await entries()).toContainEqual(['orders', `page ${lost.page}`, 'PAGE']);
  });

  it('is not mixed with the repaired file, nor with one that is damaged elsewhere', async () => {
    damage(lostLeaf().page);
    await salvage();
    damage(pagesOf('orders').leaves[9]?.page ?? 0);
    await expect(salvage()).rejects.toMatchObject({ code: 'MIGRATION_RESUME_REFUSED' });
    await expect(run('verify')).rejects.toMatchObject({ code: 'LEGACY_CORRUPT' });
    copyFileSync(whole, file);
    await expect(run('migrate')).rejects.toMatchObject({ code: 'MIGRATION_RESUME_REFUSED' });
    expect((await run('verify')).exitCode).toBe(5);
    const replayed = await replayQuarantine(common());
    expect(replayed.map(({ outcome }) => outcome)).toEqual(['still-bad', 'still-bad']);
    const report = await run('migrate', { restart: true });
    expect([report.exitCode, of(report, 'orders').rowsTarget]).toEqual([4, ROWS]);
    expect(await entries()).toEqual([['people', '2', expect.any(String)]]);
  });
});

it('does not take a damaged file for the one that was migrated while it was whole', async () => {
  await run('migrate');
  damage(lostLeaf().page);
  await expect(salvage()).rejects.toMatchObject({ code: 'MIGRATION_RESUME_REFUSED' });
  await expect(run('verify')).rejects.toMatchObject({ code: 'LEGACY_CORRUPT' });
  expect((await keysOf('orders')).length).toBe(ROWS);
});

it('is refused where the schema cannot be read', async () => {
  damage(1, 0);
  await expect(salvage()).rejects.toMatchObject({ code: 'LEGACY_NOT_SQLITE' });
});
