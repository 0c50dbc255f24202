import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyFiles } from './legacy-files';

const FILE = 'cache/llm_costs.db';

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
  const sum = (): Promise<unknown> => files.read(FILE, (query) => query('SELECT sum(a) FROM t')[0]?.[0]);

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
    await expect(nowhere.read(FILE, () => 1)).rejects.toThrow(`${FILE} is nowhere: LEGACY_DIR is not set`);
  });

  it('throws what is wrong with a statement as it is', async () => {
    await expect(files.read(FILE, (query) => query('SELECT b FROM t'))).rejects.toThrow('no such column');
  });
});
