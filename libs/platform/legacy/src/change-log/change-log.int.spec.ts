import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { startLegacyWriter, type TempDir, tempDir } from '@sluice/testing';
import { LegacyDatabase } from '../legacy-database';
import { LiveDatabase } from './live-database';
import { LOG, SENT, twoWayObjects } from './log-objects';
import { findLog } from './log-targets';
import { installLog, openWriter, pruneLog, uninstallLog } from './log-writer';

type Database = InstanceType<typeof DatabaseSync>;

let dir: TempDir;
let file: string;
let legacy: Database;

beforeEach(async () => {
  dir = await tempDir();
  file = path.join(dir.path, 'legacy.db');
  legacy = new DatabaseSync(file);
  legacy.exec(`
    CREATE TABLE picks (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, note TEXT);
    CREATE TABLE levels (symbol TEXT COLLATE NOCASE, scope TEXT, p REAL, PRIMARY KEY (symbol, scope));
    CREATE TABLE plain (id INTEGER PRIMARY KEY, value TEXT);
    CREATE INDEX picks_note ON picks (note);`);
});
afterEach(async () => {
  legacy.close();
  await dir.remove();
});

const tables = [
  { table: 'picks', key: 'id' },
  { table: 'levels', key: 'rowid' },
  { table: 'plain', key: 'id' },
];
const schema = (): unknown => legacy.prepare('SELECT rowid, * FROM sqlite_schema ORDER BY rowid').all();
const entries = (): string[] =>
  legacy.prepare(`SELECT t, k FROM ${LOG} ORDER BY seq`).all().map((row) => Object.values(row as object).join(':')); // prettier-ignore

const throws = (error: Error) => () => {
  throw error;
};
const bound = (writer: Database, name: string | symbol): unknown => {
  const value: unknown = Reflect.get(writer, name, writer);
  return typeof value === 'function' ? (value.bind(writer) as unknown) : value;
};

/** What the log got while `sql` ran. */
function logged(sql: string): string[] {
  const before = entries().length;
  legacy.exec(sql);
  return entries().slice(before);
}

it('tells the key of every row that is inserted, updated and deleted, in order', async () => {
  await installLog(file, tables);
  expect(logged("INSERT INTO plain VALUES (7, 'a'), (9, 'b')")).toEqual(['3:7', '3:9']);
  expect(logged("UPDATE plain SET value = 'c'")).toEqual(['3:7', '3:9']);
  expect(logged('UPDATE plain SET id = 8 WHERE id = 7')).toEqual(['3:7', '3:8']);
  expect(logged('DELETE FROM plain')).toEqual(['3:8', '3:9']);
});

it('tells which rows stood in the way of a REPLACE, of which SQLite says nothing', async () => {
  legacy.exec("INSERT INTO picks (uuid) VALUES ('a'), ('b'), ('c'); INSERT INTO levels VALUES ('TCS', 'D', 1)");
  await installLog(file, tables);
  expect(logged("INSERT OR REPLACE INTO picks (uuid) VALUES ('b')")).toEqual(['1:2', '1:4']);
  expect(logged("REPLACE INTO picks (id, uuid) VALUES (1, 'c')")).toEqual(['1:3', '1:1']);
  expect(logged("UPDATE OR REPLACE picks SET uuid = 'c' WHERE id = 4")).toEqual(['1:1', '1:4']);
  expect(logged("INSERT OR REPLACE INTO levels VALUES ('tcs', 'D', 2)")).toEqual(['2:1', '2:2']);
  expect(legacy.prepare('SELECT id, uuid FROM picks').all()).toEqual([{ id: 4, uuid: 'c' }]);
});

it('tells the key that an UPDATE OR REPLACE of the key itself removes', async () => {
  legacy.exec("INSERT INTO plain VALUES (1, 'a'), (2, 'b')");
  await installLog(file, tables);
  expect(logged('UPDATE OR REPLACE plain SET id = 2 WHERE id = 1')).toEqual(['3:1', '3:2']);
});

it('keeps nothing of a transaction that is rolled back, and NULLs stand in nobody’s way', async () => {
  legacy.exec('CREATE TABLE loose (id INTEGER PRIMARY KEY, a TEXT UNIQUE)');
  await installLog(file, [...tables, { table: 'loose', key: 'id' }]);
  expect(logged("BEGIN; INSERT INTO plain VALUES (1, 'a'); DELETE FROM plain; ROLLBACK")).toEqual([]);
  expect(logged('INSERT INTO loose (a) VALUES (NULL), (NULL); INSERT OR REPLACE INTO loose (a) VALUES (NULL)')).toEqual(
    ['4:1', '4:2', '4:3'],
  );
});

it('is taken out without a trace', async () => {
  legacy.exec("INSERT INTO picks (uuid) VALUES ('a')");
  const before = schema();
  await installLog(file, tables);
  legacy.exec("INSERT INTO picks (uuid) VALUES ('b')");
  expect(schema()).not.toEqual(before);
  expect(await uninstallLog(file)).toBe(true);
  expect(schema()).toEqual(before);
  expect(await uninstallLog(file)).toBe(false);
});

it('leaves the ids and counts that a program asks for after its own insert as they were', async () => {
  await installLog(file, tables);
  const result = legacy.prepare("INSERT OR REPLACE INTO picks (uuid) VALUES ('x')").run();
  expect(result).toEqual({ changes: 1, lastInsertRowid: 1 });
});

it('lets the legacy program make its tables and add a column as it does when it starts', async () => {
  await installLog(file, tables);
  legacy.exec('CREATE TABLE IF NOT EXISTS picks (id INTEGER PRIMARY KEY); ALTER TABLE picks ADD COLUMN policy TEXT');
  expect(logged("INSERT INTO picks (uuid, policy) VALUES ('a', 'p')")).toEqual(['1:1']);
});

it('is installed once: a second time gives the same, other tables are refused', async () => {
  const log = await installLog(file, tables.slice(0, 2));
  expect(await installLog(file, tables.slice(0, 1))).toEqual(log);
  await expect(installLog(file, tables)).rejects.toMatchObject({ code: 'FOLLOW_LOG_REFUSED' });
});

it('is made anew where it does not tell everything, with its entries and what was carried beside it', async () => {
  const log = await installLog(file, tables);
  logged("INSERT INTO plain VALUES (7, 'a')");
  for (const { sql } of twoWayObjects) legacy.exec(sql);
  legacy.exec(
    `INSERT INTO ${SENT} VALUES (1, 'then'); DROP TRIGGER _sluice_3d; CREATE UNIQUE INDEX late ON picks (note)`,
  );
  const anew = await installLog(file, tables);
  expect(anew).toEqual({ ...log, generation: expect.not.stringMatching(log.generation) });
  expect(logged('DELETE FROM plain')).toEqual(['3:7']);
  expect([entries(), legacy.prepare(`SELECT seq FROM ${SENT}`).all()]).toEqual([['3:7', '3:7'], [{ seq: 1 }]]);
  expect(await installLog(file, tables)).toEqual(anew);
  legacy.exec('DROP TRIGGER _sluice_3d');
  await installLog(file, tables.slice(1));
  expect([entries(), logged("INSERT INTO plain VALUES (8, 'b')")]).toEqual([[], ['2:8']]);
});

it.each([
  ['partial', 'CREATE UNIQUE INDEX odd ON plain (value) WHERE value > 1'],
  ['over an expression', 'CREATE UNIQUE INDEX odd ON plain (lower(value))'],
])('refuses a unique index that is %s, and writes nothing', async (what, sql) => {
  legacy.exec(sql);
  const before = schema();
  await expect(installLog(file, tables)).rejects.toThrow(`plain: its unique index odd is ${what}`);
  expect(schema()).toEqual(before);
});

it('refuses a table without a key that is sure to stay one', async () => {
  legacy.exec('CREATE TABLE text_key (id TEXT PRIMARY KEY); CREATE TABLE bare (id INTEGER PRIMARY KEY) WITHOUT ROWID');
  const install = installLog(file, [{ table: 'text_key', key: 'id' }, { table: 'bare', key: 'id' }, { table: 'no', key: 'id' }]); // prettier-ignore
  await expect(install).rejects.toThrow(/text_key\.id is not its INTEGER[^]*bare is WITHOUT[^]*no: there is no such/);
});

it('says what is wrong with a log that somebody has changed', async () => {
  await installLog(file, tables);
  const faults = (): string[] => {
    const find = findLog((sql, ...params) => {
      const statement = legacy.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all(...params) as never;
    });
    return find?.faults ?? [];
  };
  expect(faults()).toEqual([]);
  legacy.exec('DROP TRIGGER _sluice_3d; CREATE TRIGGER _sluice_plain_own AFTER DELETE ON plain BEGIN SELECT 1; END');
  legacy.exec('CREATE UNIQUE INDEX late ON plain (value)');
  expect(faults()).toEqual([
    expect.stringContaining('lacks _sluice_3r'),
    expect.stringContaining('lacks _sluice_3x'),
    expect.stringContaining('lacks _sluice_3d'),
    '_sluice_plain_own is no part of its change log',
  ]);
});

it('waits for a writer that has the lock, and is never in the way of one for long', async () => {
  legacy.exec('BEGIN IMMEDIATE');
  setTimeout(() => legacy.exec('COMMIT'), 50);
  await installLog(file, tables);
  expect(legacy.prepare(`SELECT count(*) AS n FROM ${LOG}`).get()).toEqual({ n: 0 });
});

it('forgets nothing for want of room on the disk, and ends nobody for it', async () => {
  await installLog(file, tables);
  legacy.exec('INSERT INTO plain (value) VALUES (1), (2), (3)');
  const full = Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  const writer = openWriter(file);
  const onFullDisk = new Proxy(writer, {
    get: (_, name) => (name === 'prepare' ? throws(full) : bound(writer, name)),
  });
  try {
    expect(pruneLog(onFullDisk, 99n, 99)).toBeNull();
    expect(writer.isTransaction).toBe(false);
    expect(pruneLog(writer, 99n, 99)).toBe(2);
  } finally {
    writer.close();
  }
});

it('forgets what was applied in small pieces, and never the last entry', async () => {
  await installLog(file, tables);
  legacy.exec('INSERT INTO plain (value) SELECT 1 FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10))');
  const writer = openWriter(file);
  try {
    expect(pruneLog(writer, 4n, 2)).toBe(2);
    expect(pruneLog(writer, 4n, 2)).toBe(1);
    expect(pruneLog(writer, 99n, 99)).toBe(6);
    expect(entries()).toEqual(['3:10']);
    legacy.exec('BEGIN IMMEDIATE');
    expect(pruneLog(writer, 99n, 99)).toBeNull();
    legacy.exec('COMMIT');
    expect(logged('INSERT INTO plain (value) VALUES (0)')).toEqual(['3:11']);
    expect(legacy.prepare(`SELECT max(seq) AS seq FROM ${LOG}`).get()).toEqual({ seq: 11 });
  } finally {
    writer.close();
  }
});

describe('a live database', () => {
  it.each(['delete', 'wal'])('holds no lock between its reads and sees each commit (journal_mode %s)', async (mode) => {
    legacy.exec(`PRAGMA journal_mode = ${mode}; INSERT INTO plain VALUES (1, 'a')`);
    const live = await LiveDatabase.open(file);
    try {
      const count = (): Promise<unknown> => live.read(() => live.rows('SELECT count(*) FROM plain')[0]?.[0]);
      expect(await count()).toBe(1n);
      legacy.exec("PRAGMA busy_timeout = 0; INSERT INTO plain VALUES (2, 'b')");
      expect(await count()).toBe(2n);
    } finally {
      live.close();
    }
  });

  it('waits for a writer in the middle of its commit', async () => {
    const live = await LiveDatabase.open(file);
    try {
      legacy.exec("BEGIN EXCLUSIVE; INSERT INTO plain VALUES (1, 'a')");
      setTimeout(() => legacy.exec('COMMIT'), 30);
      expect(await live.read(() => live.rows('SELECT id FROM plain'))).toEqual([[1n]]);
    } finally {
      live.close();
    }
  });

  it('is locked for other processes in WAL mode, also after this one had the file open and closed it', async () => {
    legacy.exec("PRAGMA journal_mode = wal; INSERT INTO plain VALUES (1, 'a')");
    legacy.close();
    const other = startLegacyWriter(file, 100);
    await other.exec("INSERT INTO plain VALUES (2, 'b')");
    const before = LegacyDatabase.open(file, { snapshot: 'in-place' });
    before.rows('SELECT count(*) FROM plain');
    before.close();
    const live = await LiveDatabase.open(file);
    try {
      await expect(other.exec('PRAGMA journal_mode = delete')).rejects.toThrow('locked');
    } finally {
      live.close();
      await other.kill();
      legacy = new DatabaseSync(file);
    }
  });

  it('says that its file was replaced', async () => {
    const live = await LiveDatabase.open(file);
    try {
      legacy.exec(`VACUUM INTO '${file}.new'`);
      const { renameSync, rmSync } = await import('node:fs');
      renameSync(`${file}.new`, file);
      expect(() => live.assertSame()).toThrow('another file lies at its path');
      rmSync(file);
      expect(() => live.assertSame()).toThrow('nothing lies at its path');
    } finally {
      live.close();
    }
  });
});
