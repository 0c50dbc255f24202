import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyFiles } from './legacy-files';

const FILE = 'cache/llm_costs.db';
const SOURCE = { file: FILE, table: 't' } as const;

describe('LegacyFiles', () => {
  let dir: TempDir;
  let path: string;
  let files: LegacyFiles;
  beforeEach(async () => {
    dir = await tempDir();
    await mkdir(join(dir.path, 'cache'));
    path = join(dir.path, FILE);
    write(path, 'CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    files = new LegacyFiles(dir.path);
  });
  afterEach(async () => {
    await files.close();
    await dir.remove();
  });

  const write = (file: string, sql: string): void => {
    const database = new DatabaseSync(file, { timeout: 0 });
    database.exec(sql);
    database.close();
  };
  const sum = (): Promise<unknown> => files.read(SOURCE, (query) => query('SELECT sum(a) FROM t')[0]?.[0]);

  it('sees each commit, and holds no lock between two reads', async () => {
    expect(await sum()).toBe(1n);
    write(path, 'INSERT INTO t VALUES (2)');
    expect(await sum()).toBe(3n);
  });

  it('opens a file anew that was put into the place of the one before', async () => {
    expect(await sum()).toBe(1n);
    write(`${path}.new`, 'CREATE TABLE t (a); INSERT INTO t VALUES (70)');
    await rename(`${path}.new`, path);
    expect(await sum()).toBe(70n);
  });

  it('waits for a writer for its time and no longer, and goes on when the writer is done', async () => {
    await files.close();
    files = new LegacyFiles(dir.path, 700);
    expect(await sum()).toBe(1n);
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN EXCLUSIVE');
    await expect(sum()).rejects.toMatchObject({ code: 'LEGACY_SIDE_AWAY', kind: 'unavailable', message: expect.stringContaining('is locked by its writer') }); // prettier-ignore
    writer.exec('COMMIT');
    writer.close();
    expect(await sum()).toBe(1n);
  });

  it('says which file is away, and why nothing is read without a folder', async () => {
    await rename(path, `${path}.away`);
    await expect(sum()).rejects.toThrow(`and ${FILE} is not there.`);
    await writeFile(path, 'no database');
    await expect(sum()).rejects.toThrow(`and ${FILE} cannot be read (`);
    await rename(`${path}.away`, path);
    expect(await sum()).toBe(1n);
    const nowhere = new LegacyFiles(null);
    await expect(nowhere.read(SOURCE, () => 1)).rejects.toThrow(`${FILE} is nowhere: LEGACY_DIR is not set`);
  });

  it('tells each of many who wait for a writer the same, also before the file was ever read', async () => {
    await files.close();
    files = new LegacyFiles(dir.path, 300);
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN EXCLUSIVE');
    const first = sum();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const reads = await Promise.allSettled([first, ...Array.from({ length: 20 }, sum)]);
    writer.exec('COMMIT');
    writer.close();
    expect(
      new Set(reads.map((read) => (read.status === 'rejected' ? (read.reason as Error).message : 'read'))),
    ).toEqual(new Set([`The legacy side is read in this mode, and ${FILE} is locked by its writer.`]));
    expect(await sum()).toBe(1n);
  });

  it('closes no file under a reader that waits for its writer, when another was put into its place', async () => {
    await files.close();
    files = new LegacyFiles(dir.path, 120_000);
    expect(await sum()).toBe(1n);
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN EXCLUSIVE');
    const waiting = sum();
    await new Promise((resolve) => setTimeout(resolve, 20));
    write(`${path}.new`, 'CREATE TABLE t (a); INSERT INTO t VALUES (70)');
    await rename(`${path}.new`, path);
    const next = sum();
    await new Promise((resolve) => setTimeout(resolve, 20));
    writer.exec('COMMIT');
    writer.close();
    expect(await Promise.all([waiting, next])).toEqual([1n, 70n]);
  });

  it('is away where the file has no such table or column, or is empty', async () => {
    await expect(files.read(SOURCE, (query) => query('SELECT b FROM t'))).rejects.toThrow(
      `and ${FILE} has another schema (no such column: b).`,
    );
    await writeFile(`${path}.new`, '');
    await rename(`${path}.new`, path);
    await expect(sum()).rejects.toMatchObject({ code: 'LEGACY_SIDE_AWAY', message: expect.stringContaining('no such table: t') }); // prettier-ignore
  });

  it('reads a table where its rows are: at the second place, beside an empty twin, and not at two', async () => {
    const second = join(dir.path, 'backend', FILE);
    await mkdir(join(dir.path, 'backend/cache'), { recursive: true });
    await rename(path, second);
    expect(await sum()).toBe(1n);
    await files.close();
    files = new LegacyFiles(dir.path);
    write(path, 'CREATE TABLE t (a); CREATE TABLE u (a); INSERT INTO u VALUES (5)');
    expect(await sum()).toBe(1n);
    expect(await files.read({ file: FILE, table: 'u' }, (query) => query('SELECT sum(a) FROM u')[0]?.[0])).toBe(5n);
    await files.close();
    files = new LegacyFiles(dir.path);
    write(path, 'INSERT INTO t VALUES (2)');
    await expect(sum()).rejects.toThrow(`and ${FILE} lies at two places, and both have rows of t.`);
  });

  it('leaves no log beside a file of another user, which that user could not write', async () => {
    write(path, 'PRAGMA journal_mode = wal');
    const user = jest.spyOn(process, 'geteuid' as never).mockReturnValue(((await stat(path)).uid + 1) as never);
    await expect(sum()).rejects.toThrow('is in WAL mode and of another user.');
    expect(await readdir(join(dir.path, 'cache'))).toEqual(['llm_costs.db']);
    user.mockRestore();
    expect(await sum()).toBe(1n);
  });

  it('throws what is wrong with a statement as it is', async () => {
    await expect(files.read(SOURCE, (query) => query('SELECT a FRM t'))).rejects.toThrow('syntax error');
  });
});
