import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs, {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DatabaseSync } from '@photostructure/sqlite';
import { type LegacyWriter, startLegacyWriter, type TempDir, tempDir } from '@sluice/testing';
import { LegacyDatabase, leafPages, type LegacyFileError } from './index';

/** A table of the numbers from 1. */
const series = (rows: number): string =>
  `(WITH RECURSIVE s (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < ${rows}) SELECT value FROM s)`;

let directory: TempDir;
let writers: LegacyWriter[] = [];
let opened: LegacyDatabase[] = [];
beforeEach(async () => {
  directory = await tempDir();
});
afterEach(async () => {
  for (const db of opened) db.close();
  for (const writer of writers) await writer.kill();
  [opened, writers] = [[], []];
  await directory.remove();
});

const at = (name: string): string => path.join(directory.path, name);
const threeRows = `CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO t (a) VALUES ('x'), ('y'), ('z')`;
function aDatabase(sql = threeRows, name = 'a.db'): string {
  const db = new DatabaseSync(at(name));
  db.exec(sql);
  db.close();
  return at(name);
}
function aWriter(file: string, busyMs?: number): LegacyWriter {
  const writer = startLegacyWriter(file, busyMs);
  writers.push(writer);
  return writer;
}
function open(file: string, options: Parameters<typeof LegacyDatabase.open>[1] = {}): LegacyDatabase {
  const db = LegacyDatabase.open(file, { busyMs: 50, ...options });
  opened.push(db);
  return db;
}
function refusal(file: string): string {
  try {
    open(file);
  } catch (error) {
    expect((error as LegacyFileError).message).toContain(file);
    expect((error as LegacyFileError).remedy).toBeDefined();
    return (error as LegacyFileError).code;
  }
  return 'opened';
}
const count = (db: LegacyDatabase): unknown => db.rows('SELECT count(*) FROM t')[0]?.[0];
function countInPages(db: LegacyDatabase): bigint {
  const pages = db.pages();
  const root = db.tables().find(({ name }) => name === 't')?.rootPage;
  if (!pages || !root) throw new Error('no pages');
  return leafPages(pages, root).reduce((sum, { page }) => sum + BigInt(pages.read(page).readUInt16BE(3)), 0n);
}
const hashes = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory.path)
      .filter((name) => !name.endsWith('-shm')) // Shared memory: its locks and counters are no content.
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(at(name)))
          .digest('hex'),
      ]),
  );

describe('what is not a readable database', () => {
  it.each([
    ['LEGACY_NOT_FOUND', () => at('missing.db')],
    ['LEGACY_NOT_A_FILE', () => directory.path],
    ['LEGACY_NOT_A_FILE', () => (execFileSync('mkfifo', [at('fifo')]), at('fifo'))],
    ['LEGACY_EMPTY', () => (writeFileSync(at('empty.db'), ''), at('empty.db'))],
    ['LEGACY_NOT_SQLITE', () => (writeFileSync(at('n.db'), 'nothing '.repeat(1000)), at('n.db'))],
    ['LEGACY_NOT_SQLITE', () => (writeFileSync(at('z.db'), gzipSync(readFileSync(aDatabase()))), at('z.db'))],
    ['LEGACY_TRUNCATED', () => (truncateSync(aDatabase(), 4096), at('a.db'))],
  ])('is refused as %s with a remedy, and nothing is created', (code, make) => {
    const file = make();
    const before = readdirSync(directory.path);
    expect(refusal(file)).toBe(code);
    expect(readdirSync(directory.path)).toEqual(before);
  });

  it('says that a gzip file must be unpacked', () => {
    writeFileSync(at('z.db'), gzipSync(readFileSync(aDatabase())));
    expect(() => open(at('z.db'))).toThrow(expect.objectContaining({ remedy: expect.stringContaining('gzip') }));
  });

  it('is refused while another program holds an exclusive lock', async () => {
    const writer = aWriter(aDatabase());
    await writer.exec('BEGIN EXCLUSIVE');
    expect(refusal(at('a.db'))).toBe('LEGACY_LOCKED');
    await writer.exec('ROLLBACK');
    expect(count(open(at('a.db')))).toBe(3n);
  });

  it('is refused where a killed writer left a half-written transaction', async () => {
    const file = aDatabase(`CREATE TABLE t (a TEXT); INSERT INTO t SELECT hex(randomblob(500)) FROM ${series(500)}`);
    const writer = aWriter(file);
    await writer.exec(`PRAGMA cache_size = 2; BEGIN; UPDATE t SET a = 'lost'`);
    await writer.kill();
    const before = hashes();
    expect(Object.keys(before)).toContain('a.db-journal');
    expect(refusal(file)).toBe('LEGACY_HOT_JOURNAL');
    expect(hashes()).toEqual(before);
  });
});

describe('a snapshot in rollback mode', () => {
  it('read in place makes a commit wait until it is closed', async () => {
    const writer = aWriter(aDatabase(), 100);
    const db = open(at('a.db'), { snapshot: 'in-place' });
    await expect(writer.exec(`INSERT INTO t (a) VALUES ('new')`)).rejects.toThrow('locked');
    expect(count(db)).toBe(3n);
    db.assertSame();
    db.close();
    await writer.exec(`INSERT INTO t (a) VALUES ('new')`);
    expect(count(open(at('a.db')))).toBe(4n);
  });

  it('keeps its lock when a second reader of the same file in this process is opened and closed', async () => {
    const writer = aWriter(aDatabase(), 100);
    const db = open(at('a.db'), { snapshot: 'in-place' });
    open(at('a.db'), { snapshot: 'in-place' }).close();
    open(at('a.db'), { snapshot: 'private-copy' }).close();
    await expect(writer.exec(`INSERT INTO t (a) VALUES ('new')`)).rejects.toThrow('locked');
    db.close();
    await writer.exec(`INSERT INTO t (a) VALUES ('new')`);
  });

  it('read from a private copy lets a writer commit, does not see it, and leaves no copy behind', async () => {
    const writer = aWriter(aDatabase());
    mkdirSync(at('work'));
    const db = open(at('a.db'), { snapshot: 'private-copy', workDir: at('work') });
    await writer.exec(`INSERT INTO t (a) VALUES ('new')`);
    expect([count(db), countInPages(db)]).toEqual([3n, 3n]);
    db.assertSame();
    db.close();
    expect(readdirSync(at('work'))).toEqual([]);
  });

  it('that has no room names the variable that moves the copy elsewhere', () => {
    const file = aDatabase();
    const write = jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    try {
      expect(() => open(file)).toThrow(
        expect.objectContaining({ code: 'LEGACY_NO_ROOM', remedy: expect.stringContaining('TMPDIR') as string }),
      );
    } finally {
      write.mockRestore();
    }
  });

  it('leaves the file as it was and nothing beside it', () => {
    const file = aDatabase();
    const before = hashes();
    const db = open(file);
    expect(() => db.all('DELETE FROM t')).toThrow('readonly');
    db.close();
    expect(hashes()).toEqual(before);
  });
});

describe('a snapshot in WAL mode', () => {
  const wal = `PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;`;

  it.each(['in-place', 'private-copy'] as const)(
    '%s has the rows of the log, and none that are committed later',
    async (snapshot) => {
      const writer = aWriter(aDatabase(`PRAGMA page_size = 1024; ${wal} ${threeRows}`));
      await writer.exec(`${wal} INSERT INTO t (a) SELECT hex(randomblob(300)) FROM ${series(200)}`);
      const db = open(at('a.db'), { snapshot });
      expect(db.journalMode).toBe('wal');
      expect([count(db), countInPages(db)]).toEqual([203n, 203n]);
      await writer.exec(`UPDATE t SET a = hex(randomblob(400)); INSERT INTO t (a) VALUES ('new')`);
      await writer.exec(`PRAGMA wal_checkpoint(PASSIVE)`);
      expect([count(db), countInPages(db)]).toEqual([203n, 203n]);
      expect(db.integrity()).toEqual([]);
      db.assertSame();
      db.close();
      expect(countInPages(open(at('a.db')))).toBe(204n);
    },
  );

  it('has the same rows in pages and by SQL, again and again, while a writer commits and folds the log in', async () => {
    const writer = aWriter(aDatabase(`PRAGMA journal_mode = WAL; ${threeRows}`));
    await writer.exec('PRAGMA wal_autocheckpoint = 5');
    let writing = true;
    const commits = (async () => {
      while (writing)
        await writer.exec('INSERT INTO t (a) SELECT hex(randomblob(400)); DELETE FROM t WHERE id % 13 = 7');
    })();
    for (let round = 0; round < 150; round++) {
      await new Promise(setImmediate); // Lets the writer go on.
      const db = LegacyDatabase.open(at('a.db'));
      expect(countInPages(db)).toBe(count(db));
      db.close();
    }
    writing = false;
    await commits;
  });

  it('does not use a log that was folded in and may be started afresh', async () => {
    const writer = aWriter(aDatabase(`${wal} ${threeRows}`));
    await writer.exec(`${wal} INSERT INTO t (a) VALUES ('w')`);
    await writer.exec(`PRAGMA wal_checkpoint(PASSIVE)`);
    const db = open(at('a.db'), { snapshot: 'in-place' });
    await writer.exec(`UPDATE t SET a = 'other'; INSERT INTO t (a) VALUES ('v')`);
    expect([count(db), countInPages(db)]).toEqual([4n, 4n]);
  });

  it('of files that nobody has open includes the log, and leaves them as they were', async () => {
    const writer = aWriter(aDatabase(`${wal} ${threeRows}`));
    await writer.exec(`${wal} INSERT INTO t (a) VALUES ('w')`);
    copyFileSync(at('a.db'), at('b.db'));
    copyFileSync(at('a.db-wal'), at('b.db-wal'));
    const before = hashes();
    const db = open(at('b.db'));
    expect([count(db), countInPages(db)]).toEqual([4n, 4n]);
    db.close();
    expect(hashes()).toEqual(before);
    expect(readdirSync(directory.path)).not.toContain('b.db-shm');
  });

  it('waits for a moment in which nobody writes, where a program opens the file for each call', async () => {
    const file = aDatabase(`${wal} ${threeRows}`);
    const busyMs = 1_500; // Longer than ten looks take, and nobody has the log open that could be locked.
    const program = `const { utimesSync } = require('node:fs'); const endMs = Date.now() + ${busyMs};
      const writing = setInterval(() => {
        utimesSync(process.argv[1], new Date(), new Date());
        process.stdout.write('.');
        if (Date.now() > endMs) clearInterval(writing);
      }, 5)`;
    const writer = spawn(process.execPath, ['-e', program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    expect(count(open(file))).toBe(3n);
    await once(writer, 'close');
  });

  it('of a cleanly closed file leaves nothing beside it', () => {
    const file = aDatabase(`${wal} ${threeRows}`);
    const db = open(file);
    expect(countInPages(db)).toBe(3n);
    db.close();
    expect(readdirSync(directory.path)).toEqual(['a.db']);
  });
});

describe('the file behind a snapshot', () => {
  it('is noticed to be replaced', () => {
    const file = aDatabase();
    const db = open(file);
    renameSync(aDatabase(threeRows, 'b.db'), file);
    expect(() => db.assertSame()).toThrow(expect.objectContaining({ code: 'LEGACY_CHANGED' }));
  });

  it.each(['in-place', 'private-copy'] as const)('is noticed to be truncated (%s)', (snapshot) => {
    const db = open(aDatabase(), { snapshot });
    truncateSync(at('a.db'), 4096);
    expect(() => db.assertSame()).toThrow(expect.objectContaining({ code: 'LEGACY_CHANGED' }));
  });

  it('is noticed when somebody writes in spite of the lock', () => {
    const db = open(aDatabase(), { snapshot: 'in-place' });
    appendFileSync(at('a.db'), Buffer.alloc(4096));
    expect(() => db.assertSame()).toThrow(expect.objectContaining({ code: 'LEGACY_CHANGED' }));
  });
});

describe('the fingerprint', () => {
  it('is equal for a copy at another place, and through JSON', () => {
    copyFileSync(aDatabase(), at('b.db'));
    const { fingerprint } = open(at('b.db'));
    expect(JSON.parse(JSON.stringify(open(at('a.db')).fingerprint))).toEqual(fingerprint);
  });

  it('stays when the log is folded in, and changes with a commit', async () => {
    const writer = aWriter(aDatabase(`PRAGMA journal_mode = WAL; ${threeRows}`));
    await writer.exec(`INSERT INTO t (a) VALUES ('w')`);
    const { fingerprint } = open(at('a.db'));
    await writer.exec(`PRAGMA wal_checkpoint(PASSIVE)`);
    expect(open(at('a.db')).fingerprint).toEqual(fingerprint);
    await writer.exec(`UPDATE t SET a = 'changed' WHERE id = 1`);
    expect(open(at('a.db')).fingerprint).not.toEqual(fingerprint);
  });
});

describe('reading', () => {
  it('keeps the storage class of every value', () => {
    const db = open(
      aDatabase(`CREATE TABLE t (v); INSERT INTO t VALUES (9223372036854775807), (1.0), ('1'), (x'01'), (NULL)`),
    );
    expect(db.rows('SELECT v FROM t')).toEqual([[2n ** 63n - 1n], [1], ['1'], [Uint8Array.of(1)], [null]]);
    expect(db.all('SELECT v FROM t WHERE v = ?', 1)).toEqual([{ v: 1 }]);
  });

  it('reads a UTF-16 file by SQL but gives no pages of it', () => {
    const db = open(aDatabase(`PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('ü')`));
    expect([db.encoding, db.pages(), db.rows('SELECT a FROM t')]).toEqual(['UTF-16le', null, [['ü']]]);
  });

  it('describes tables, views and virtual tables', () => {
    const db = open(
      aDatabase(`CREATE TABLE "two words" (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', g AS (a || a));
        CREATE TABLE w (k TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TABLE s (n INT) STRICT;
        CREATE VIEW v AS SELECT k FROM w; CREATE VIRTUAL TABLE f USING fts5(body)`),
    );
    const tables = db.tables();
    expect(tables.map(({ name, type }) => `${name}:${type}`).slice(0, 5)).toEqual([
      'two words:table',
      'w:table',
      's:table',
      'v:view',
      'f:virtual',
    ]);
    expect(tables[0]?.columns).toEqual([
      { name: 'id', declaredType: 'INTEGER', notNull: false, defaultSql: null, primaryKey: 1, generated: false },
      { name: 'a', declaredType: 'TEXT', notNull: true, defaultSql: `'x'`, primaryKey: 0, generated: false },
      { name: 'g', declaredType: '', notNull: false, defaultSql: null, primaryKey: 0, generated: true },
    ]);
    expect([tables[1]?.withoutRowid, tables[2]?.strict, tables[3]?.rootPage]).toEqual([true, true, 0]);
  });

  it('finds a table by its name as SQLite compares names', () => {
    const db = open(aDatabase('CREATE TABLE LLM_Requests (id INTEGER); CREATE TABLE "\u00c4" (id INTEGER)'));
    expect(db.table('llm_requests')?.name).toBe('LLM_Requests');
    expect(db.table('\u00e4')).toBeUndefined();
    expect(db.table('llm')).toBeUndefined();
  });

  it('knows the greatest key ever given out, though its row is gone', () => {
    const db = open(aDatabase(`${threeRows}; DELETE FROM t WHERE id = 3; CREATE TABLE u (id INTEGER PRIMARY KEY)`));
    expect([db.highWater('t'), db.highWater('u')]).toEqual([3n, null]);
  });

  it('calls functions with integers as bigint', () => {
    const db = open(aDatabase());
    db.define('kinds', { varargs: true }, (...values) => values.map((value) => typeof value).join());
    expect(db.rows(`SELECT kinds(1, 1.5, 'a', NULL)`)).toEqual([['bigint,number,string,object']]);
  });

  it('names what is broken in a corrupt file', () => {
    const file = aDatabase(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t (a) SELECT hex(randomblob(300)) FROM ${series(200)}`,
    );
    const bytes = readFileSync(file);
    bytes.fill(0xee, 5 * 4096, 6 * 4096);
    writeFileSync(file, bytes);
    expect(open(file).integrity()[0]).toMatch(/^Tree 2 page 6: /);
    expect(open(aDatabase(threeRows, 'b.db')).integrity()).toEqual([]);
  });

  it('takes no value that a constraint forbids for damage', () => {
    const file = aDatabase(`CREATE TABLE t (id INTEGER PRIMARY KEY, a INT CHECK (a < 5));
      PRAGMA ignore_check_constraints = ON; INSERT INTO t VALUES (1, 7)`);
    const raw = new DatabaseSync(file);
    expect(raw.prepare('PRAGMA quick_check').all()).toEqual([{ quick_check: 'CHECK constraint failed in t' }]);
    raw.close();
    expect(open(file).integrity()).toEqual([]);
  });

  it('refuses to go on after it was closed', () => {
    const db = open(aDatabase());
    db.close();
    db.close();
    expect(() => count(db)).toThrow(expect.objectContaining({ code: 'LEGACY_CLOSED' }));
  });
});

describe('a value that is larger than SQLite can hold', () => {
  it('is refused with the name of the file', () => {
    const file = aDatabase();
    expect(() => open(file).rows('SELECT zeroblob(2000000000)')).toThrow(
      expect.objectContaining({ code: 'LEGACY_TOO_LARGE', message: expect.stringContaining(file) as string }),
    );
  });

  it('gives nothing where less was asked for, and is there again without that bound', () => {
    const db = open(aDatabase(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES (hex(zeroblob(50000))), ('x'), ('y')`));
    const whole = `SELECT CAST(group_concat(a, '') AS BLOB) FROM t`;
    expect(db.rowsWithin(99_000, whole)).toBeNull();
    expect(db.rowsWithin(99_000, 'SELECT a FROM t WHERE rowid = ?', 2n)).toEqual([['x']]);
    expect(db.rowsWithin(200_000, whole)?.[0]?.[0]).toHaveLength(100_002);
    expect(db.rows(whole)[0]?.[0]).toHaveLength(100_002);
  });
});
