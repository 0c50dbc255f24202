import { copyFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { compareLooks, LegacyDatabase, lookAt, whyReplaced, type FileLook, type FileMark } from '../index';

let directory: TempDir;
let file: string;
let db: DatabaseSyncInstance;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
  db = new DatabaseSync(file);
});
afterEach(async () => {
  if (db.isOpen) db.close();
  await directory.remove();
});

/** As if it had been taken long after the last change. */
function settledLook(): FileLook {
  const look = lookAt(file);
  if (!look) throw new Error('no file');
  return { ...look, isSettled: true };
}

const make = (mode: string): void =>
  db.exec(`PRAGMA journal_mode = ${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1)`);

describe('a cheap look', () => {
  it.each(['DELETE', 'TRUNCATE', 'PERSIST', 'WAL'])('tells a commit from none with the journal mode %s', (mode) => {
    make(mode);
    const before = settledLook();
    db.exec('SELECT * FROM t; BEGIN; ROLLBACK');
    expect(compareLooks(before, lookAt(file))).toBe('same');
    db.exec('UPDATE t SET a = a + 1');
    expect(compareLooks(before, lookAt(file))).toBe('changed');
  });

  it('sees a commit that left the times as they were', () => {
    make('DELETE');
    const before = settledLook();
    db.exec('UPDATE t SET a = 2');
    const now = settledLook();
    expect(compareLooks(before, { ...now, file: before.file })).toBe('changed');
  });

  it('sees frames that were written over after a checkpoint, although the log is no longer than it was', () => {
    make('WAL');
    db.exec('PRAGMA wal_autocheckpoint = 0; UPDATE t SET a = 2; PRAGMA wal_checkpoint(RESTART)');
    const before = settledLook();
    db.exec('UPDATE t SET a = 3');
    const now = settledLook();
    expect(now.log?.sizeBytes).toBe(before.log?.sizeBytes);
    expect(compareLooks({ ...before, log: now.log }, now)).toBe('changed');
  });

  it('does not trust times that a change of the next moment may share', async () => {
    make('DELETE');
    const young = lookAt(file);
    if (!young) throw new Error('no file');
    expect([young.isSettled, compareLooks(young, lookAt(file))]).toEqual([false, 'changed']);
    while (!lookAt(file)?.isSettled) await pause(5);
    expect(compareLooks(settledLook(), lookAt(file))).toBe('same');
  });

  it('tells a file that another took the place of, or none', () => {
    make('DELETE');
    const before = settledLook();
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
    expect(compareLooks(before, lookAt(file))).toBe('replaced');
    rmSync(file);
    expect([lookAt(file), compareLooks(before, lookAt(file))]).toEqual([null, 'replaced']);
  });

  it('calls a file that was only touched changed', () => {
    make('DELETE');
    const before = settledLook();
    utimesSync(file, 1, 1);
    expect(compareLooks(before, lookAt(file))).toBe('changed');
  });
});

describe('the mark of a file', () => {
  function mark(): FileMark {
    const legacy = LegacyDatabase.open(file, { snapshot: 'in-place' });
    try {
      return legacy.mark;
    } finally {
      legacy.close();
    }
  }

  it('stays the same file through commits, VACUUM and other journal modes', () => {
    make('DELETE');
    const before = mark();
    db.exec('UPDATE t SET a = 2; VACUUM');
    expect(whyReplaced(before, mark())).toBeNull();
    db.exec('PRAGMA journal_mode = WAL; UPDATE t SET a = 3');
    expect(whyReplaced(before, mark())).toBeNull();
    db.exec('PRAGMA journal_mode = DELETE; UPDATE t SET a = 4');
    expect(whyReplaced(before, mark())).toBeNull();
  });

  it('is not taken for an older state while a transaction that spilled into the file is undone', () => {
    make('DELETE');
    const before = mark();
    db.exec('PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE');
    db.exec(
      'INSERT INTO t WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 20000) SELECT n FROM s',
    );
    db.exec('ROLLBACK');
    expect(whyReplaced(before, mark())).toBeNull();
  });

  it('tells an older state that was copied over the file', () => {
    make('DELETE');
    copyFileSync(file, `${file}.old`);
    db.exec('UPDATE t SET a = 2');
    const before = mark();
    db.close();
    copyFileSync(`${file}.old`, file);
    expect(whyReplaced(before, mark())).toMatch(/^it counts \d+ changes and counted \d+ before$/);
  });

  it('tells a newer file that was given the inode of the one that was followed', () => {
    make('DELETE');
    const before = mark();
    db.exec('UPDATE t SET a = 2');
    expect(mark().bornNs).toBe(before.bornNs);
    copyFileSync(file, `${file}.newer`);
    db.close();
    renameSync(`${file}.newer`, file);
    const { inode } = before;
    expect(whyReplaced(before, { ...mark(), inode })).toBe(
      before.bornNs === null ? null : 'a newer file has its name and its inode',
    );
    expect(whyReplaced({ ...before, bornNs: null }, { ...mark(), inode })).toBeNull();
  });

  it.each([
    ['another file', 'another.db', (): void => renameSync(`${file}.other`, file), /^another file lies/],
    [
      'another page size',
      'PRAGMA page_size = 8192',
      (): void => copyFileSync(`${file}.other`, file),
      /pages have 8192 bytes/,
    ],
    ['another encoding', "PRAGMA encoding = 'UTF-16'", (): void => copyFileSync(`${file}.other`, file), /are UTF-16/],
  ])('tells %s', (_what, pragma, replace, reason) => {
    make('DELETE');
    const before = mark();
    db.close();
    const other = new DatabaseSync(`${file}.other`);
    other.exec(`${pragma.startsWith('PRAGMA') ? pragma : 'SELECT 1'}; CREATE TABLE t (a)`);
    other.close();
    replace();
    expect(whyReplaced(before, mark())).toMatch(reason);
  });
});
