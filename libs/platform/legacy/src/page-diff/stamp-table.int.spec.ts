import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { DatabaseSync } from '@photostructure/sqlite';
import { startLegacyWriter, startTransfers, type TempDir, tempDir, type Transfers } from '@sluice/testing';
import { changedIntervals, LegacyDatabase, leafPages, stampTable, type StampedTable, type TableStamps } from '../index';

let directory: TempDir;
let file: string;
let writer: Transfers | null = null;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
});
afterEach(async () => {
  await writer?.stop();
  writer = null;
  await directory.remove();
});

function write(sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

const series = (rows: number): string =>
  `(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows}) SELECT n FROM s)`;

/** What changed by a statement, as texts of intervals. */
async function changedBy(stamped: StampedTable, sql: string): Promise<string[]> {
  const before = await stampTable(file, stamped);
  write(sql);
  return told(before, await stampTable(file, stamped));
}

const told = (before: TableStamps, after: TableStamps): string[] =>
  changedIntervals(before, after).map(({ after: from, to }) => `${from ?? ''}-${to ?? ''}`);

/** The page of the table t on which a row begins. */
function leafOf(key: bigint): Buffer {
  const db = LegacyDatabase.open(file);
  try {
    const leaf = leafPages(db.rawPages, db.table('t')?.rootPage ?? 0).find(({ maxKey }) => maxKey >= key);
    return db.rawPages.read(leaf?.page ?? 0);
  } finally {
    db.close();
  }
}

/** A descriptor may be gone by the time that it is asked for. */
const linkOf = (link: string): string => (lstatSync(link, { throwIfNoEntry: false }) ? readlinkSync(link) : '');

/** A legacy program that keeps no connection: the log comes and goes with each of its calls. Prints what SQLite refuses. */
const callByCall = `
  const { DatabaseSync } = require('@photostructure/sqlite');
  for (let i = 1; i <= 300; i++) {
    const db = new DatabaseSync(process.argv[1], { timeout: 5000 });
    try { db.exec('UPDATE t SET a = -1 WHERE id = ' + i * 16); } catch (error) { process.stdout.write(error.message); }
    db.close();
  }`;

const t = { table: 't', key: 'id' };

describe('stampTable', () => {
  it('gives one stamp for each leaf, and one without bounds for an empty table', async () => {
    write('CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB)');
    expect((await stampTable(file, t)).stamps.count).toBe(1);
    write(`INSERT INTO t SELECT n, randomblob(3000) FROM ${series(50)}`);
    expect((await stampTable(file, t)).stamps.count).toBe(50);
  });

  it.each([
    ['the rowid by its own name', 'CREATE TABLE t (id TEXT UNIQUE)', 'INSERT INTO t', 'rowid'],
    ['WITHOUT ROWID', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) WITHOUT ROWID', 'INSERT INTO t (id)', 'id'],
    ['a key that is not the rowid', 'CREATE TABLE t (a TEXT, id INT UNIQUE)', 'INSERT INTO t (id)', 'id'],
    ['a virtual table', 'CREATE VIRTUAL TABLE t USING fts5 (a)', 'INSERT INTO t (a)', 'rowid'],
    [
      'UTF-16',
      "PRAGMA encoding = 'UTF-16'; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
      'INSERT INTO t (id)',
      'id',
    ],
  ])('finds what changed in a table with %s', async (_what, create, insert, key) => {
    write(`PRAGMA page_size = 512; ${create}; ${insert} SELECT n FROM ${series(5000)}`);
    const stamped = { table: 't', key };
    expect(await changedBy(stamped, 'DELETE FROM t WHERE FALSE')).toEqual([]);
    const changed = await changedBy(stamped, `DELETE FROM t WHERE ${key} = 2000`);
    expect(changed).toHaveLength(1);
    const [from = 0, to = 0] = (changed[0] ?? '').split('-').map(Number);
    expect([from < 2000, to >= 2000, to - from < 600]).toEqual([true, true, true]);
  });

  it('finds any change of any value where rows are stamped', async () => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY, a) WITHOUT ROWID; INSERT INTO t VALUES (1, NULL)`);
    const values = ["'1'", '1', '1.0', "x'31'", "'1' || char(0)", "'1' || char(0, 0)", "''", "x''", '0.1', '0.1 + 1e-17', '0.30000000000000004', '0.3', '-0.0', 'NULL', "'null'"]; // prettier-ignore
    for (const value of values) {
      expect({ value, changed: await changedBy(t, `UPDATE t SET a = ${value}`) }).toEqual({ value, changed: ['-255'] });
    }
  });

  it.each([512, 4096])(
    'finds a change in an overflow page, which leaves its leaf as it was (pages of %i bytes)',
    async (pageSize) => {
      write(`PRAGMA page_size = ${pageSize}; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
      INSERT INTO t SELECT n, hex(zeroblob(10000)) FROM ${series(60)}`);
      const leaf = leafOf(30n);
      for (const place of [5_000, 12_000, 20_000]) {
        const change = `UPDATE t SET a = substr(a, 1, ${place - 1}) || 'x' || substr(a, ${place + 1}) WHERE id = 30`;
        const [interval = ''] = await changedBy(t, change);
        const [from = 0, to = 0] = interval.split('-').map(Number);
        expect([from < 30, to >= 30, leafOf(30n).equals(leaf)]).toEqual([true, true, true]);
      }
    },
  );

  it('takes everything for changed when a column was added: no leaf tells of its default', async () => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t SELECT n FROM ${series(2000)}`);
    expect(await changedBy(t, 'ALTER TABLE t ADD COLUMN a DEFAULT 5')).toEqual(['-']);
  });

  it('refuses a table that is gone', async () => {
    write('CREATE TABLE other (a)');
    await expect(stampTable(file, t)).rejects.toMatchObject({ code: 'LEGACY_CHANGED' });
  });

  it('leaves nothing beside a WAL database that nobody has open, and sees it whole', async () => {
    write(
      `PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t SELECT n, n FROM ${series(5000)}`,
    );
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(await changedBy(t, 'UPDATE t SET a = 0 WHERE id = 5000')).toHaveLength(1);
    expect(readdirSync(directory.path)).toEqual(['a.db']);
  });

  it('keeps no connection to a WAL database, which would share its idea of the log with the next', async () => {
    write(
      `PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t SELECT n, n FROM ${series(5000)}`,
    );
    const legacy = startLegacyWriter(file);
    await legacy.exec('UPDATE t SET a = 0 WHERE id = 1');
    for (let look = 0; look < 3; look++) await stampTable(file, t);
    const links = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`));
    await legacy.kill();
    expect(links.filter((link) => link.startsWith(directory.path))).toEqual([]);
  });

  it('keeps nothing of the copies of a WAL database that nobody has open', async () => {
    write(
      `PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t SELECT n, n FROM ${series(50)}`,
    );
    await stampTable(file, t);
    const before = readdirSync('/proc/self/fd').length;
    for (let look = 0; look < 30; look++) await stampTable(file, t);
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 20);
  });

  it('sees a WAL database whose program opens it for each of its calls', async () => {
    write(
      `PRAGMA journal_mode = WAL; CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t SELECT n, n FROM ${series(5000)}`,
    );
    const calls = spawn(process.execPath, ['-e', callByCall, file], {
      cwd: __dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const refused = text(calls.stdout);
    let before = await stampTable(file, t);
    while (calls.exitCode === null) before = await stampTable(file, t, { patienceMs: Infinity });
    expect(await refused).toBe('');
    expect(told(before, await stampTable(file, t)).length).toBeLessThanOrEqual(2);
    expect(await changedBy(t, 'UPDATE t SET a = 0 WHERE id = 5000')).toHaveLength(1);
  });

  it('never lets a writer wait for long, however many leaves there are', async () => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY, amount INTEGER, filler BLOB);
      INSERT INTO t SELECT n, 5, zeroblob(3500) FROM ${series(20_000)}`);
    writer = startTransfers(file, { table: 't', column: 'amount' }, 300);
    await writer.more(1);
    for (let look = 0; look < 5; look++) {
      await Promise.all([stampTable(file, t), writer.more(20)]);
    }
    expect(await writer.stop()).toEqual([]);
  });

  it('ends when it is told to', async () => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t SELECT n, n FROM ${series(5000)}`);
    const stop = new AbortController();
    const stamping = stampTable(file, t, { lockMs: 0, signal: stop.signal });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(stamping).rejects.toBe(reason);
    expect(() => write('DELETE FROM t')).not.toThrow();
  });
});
