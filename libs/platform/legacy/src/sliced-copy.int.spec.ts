import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { startTransfers, tempDir, type TempDir, type Transfers } from '@sluice/testing';
import { LegacyDatabase, type OpenOptions } from './index';
import { RawFile } from './raw-files';
import { copyInSlices } from './sliced-copy';
import { atOnce } from './steps';

const rows = 4_000;
const amount = 1_000;
const total = BigInt(rows * amount);
/** A legacy program's patience, shortened: a lock that is held for as long as a copy takes then fails the test. */
const busyMs = 300;

let directory: TempDir;
let file: string;
let writer: Transfers | null = null;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
  mkdirSync(path.join(directory.path, 'work'));
  const db = new DatabaseSync(file);
  // One row per page, so that a copy of two moments would lose or find units.
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, amount INTEGER, filler BLOB);
    WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows})
    INSERT INTO t SELECT n, ${amount}, zeroblob(3500) FROM s`);
  db.close();
});
afterEach(async () => {
  await writer?.stop();
  writer = null;
  await directory.remove();
});

const open = (options: OpenOptions = {}): LegacyDatabase =>
  LegacyDatabase.open(file, { workDir: path.join(directory.path, 'work'), ...options });
/** A descriptor may be gone by the time that it is asked for. */
const readlinkOf = (link: string): string => (lstatSync(link, { throwIfNoEntry: false }) ? readlinkSync(link) : '');
const sum = (db: LegacyDatabase): unknown => db.rows('SELECT sum(amount) FROM t')[0]?.[0];

describe('a copy of a file in rollback mode', () => {
  it('is one moment of it and keeps no writer waiting, however long it is read', async () => {
    writer = startTransfers(file, { table: 't', column: 'amount' }, busyMs);
    await writer.more(1);
    for (let round = 0; round < 10; round++) {
      const db = open();
      await writer.more(20);
      expect([sum(db), db.integrity()]).toEqual([total, []]);
      db.assertSame();
      db.close();
    }
    expect(await writer.stop()).toEqual([]);
  });

  it('lets the writer fail where the file is read in place, which is why it is not', async () => {
    writer = startTransfers(file, { table: 't', column: 'amount' }, busyMs);
    await writer.more(1);
    const db = open({ snapshot: 'in-place' });
    await expect(writer.more(20)).rejects.toThrow('locked');
    db.close();
  });

  it('goes on under one short lock after the other while nobody writes', () => {
    const db = open({ lockMs: 0 });
    expect([sum(db), db.sizeBytes]).toEqual([total, statSync(file).size]);
    db.close();
  });

  it('is given up, not mixed, where the file is another between all of its short locks', () => {
    const source = RawFile.open(file);
    const real = source.stat();
    let changes = 0n;
    jest.spyOn(source, 'stat').mockImplementation(() => ({ ...real, modifiedNs: changes++ }));
    const copied = () =>
      atOnce(copyInSlices(source, file, path.join(directory.path, 'copy.db'), { busyMs, lockMs: 0 }));
    expect(copied).toThrow(expect.objectContaining({ code: 'LEGACY_NOT_SETTLED' }));
    source.close();
  });

  it('takes over what was written while the file was copied without a lock', () => {
    const source = RawFile.open(file);
    const read = source.read.bind(source);
    jest.spyOn(source, 'read').mockImplementationOnce((into, position) => {
      const bytes = read(into, position);
      const db = new DatabaseSync(file);
      db.exec('UPDATE t SET amount = amount + CASE id WHEN 1 THEN -1 ELSE 1 END WHERE id IN (1, 4000)');
      db.close();
      return bytes;
    });
    atOnce(copyInSlices(source, file, path.join(directory.path, 'copy.db'), { busyMs, lockMs: 0 }));
    source.close();
    expect(readFileSync(path.join(directory.path, 'copy.db')).equals(readFileSync(file))).toBe(true);
  });

  it('is given up between two of its locks when it is told to, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const opening = LegacyDatabase.openInTurns(file, {
      workDir: path.join(directory.path, 'work'),
      lockMs: 0,
      signal: stop.signal,
    });
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(opening).rejects.toBe(reason);
    expect(readdirSync(path.join(directory.path, 'work'))).toEqual([]);
    const links = readdirSync('/proc/self/fd').map((fd) => readlinkOf(`/proc/self/fd/${fd}`));
    expect(links.filter((link) => link.startsWith(directory.path))).toEqual([]);
    expect(() => new DatabaseSync(file).exec('UPDATE t SET amount = amount')).not.toThrow();
  });

  it('made in turns is one moment, too, while a writer never stops, and keeps it no longer waiting', async () => {
    writer = startTransfers(file, { table: 't', column: 'amount' }, busyMs);
    await writer.more(1);
    for (let round = 0; round < 5; round++) {
      const db = await LegacyDatabase.openInTurns(file, { workDir: path.join(directory.path, 'work') });
      expect([sum(db), db.integrity()]).toEqual([total, []]);
      db.close();
      await writer.more(20);
    }
    expect(await writer.stop()).toEqual([]);
  });

  it('is the same when it is made in turns', async () => {
    const db = await LegacyDatabase.openInTurns(file, { workDir: path.join(directory.path, 'work'), lockMs: 0 });
    expect([sum(db), db.sizeBytes]).toEqual([total, statSync(file).size]);
    db.close();
  });

  it('has no name while it is read, so that a killed process leaves none behind', () => {
    const db = open();
    expect(readdirSync(path.join(directory.path, 'work'))).toEqual([]);
    expect(sum(db)).toBe(total);
    db.close();
  });
});
