import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase } from '@sluice/legacy';
import { tempDir, type TempDir } from '@sluice/testing';
import { integer, text } from '../mapping/conversion';
import { legacyTable, postgresTable } from '../mapping/legacy-table';
import { findSources } from './find-sources';

const orders = legacyTable({
  source: { file: 'cache/app.db', table: 'orders', key: 'id' },
  target: postgresTable('orders'),
  columns: { id: integer, name: text },
});

let dir: TempDir;
let file: string;
beforeEach(async () => {
  dir = await tempDir();
  chmodSync(dir.path, 0o755);
  mkdirSync(path.join(dir.path, 'cache'));
  file = path.join(dir.path, 'cache/app.db');
  const database = new DatabaseSync(file);
  database.exec(
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO orders VALUES (1, 'Ada')",
  );
  database.close();
});
afterEach(async () => {
  for (const place of ['', 'cache', 'lost+found']) {
    if (existsSync(path.join(dir.path, place))) chmodSync(path.join(dir.path, place), 0o755);
  }
  await dir.remove();
});

const NOBODY = 65_534;

/** What a user without rights would get; root's own would see nothing closed. Only for work that ends before it returns. */
function asNobody<Result>(work: () => Result): Result {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

const find = (): ReturnType<typeof findSources> => asNobody(() => findSources({ root: dir.path, tables: [orders] }));

it.each([
  ['the root', '', 0o700],
  ['the folder of a legacy file', 'cache', 0o700],
  ['a folder that may be listed and not entered', 'cache', 0o744],
])('names %s that is closed to this user', (_what, place, mode) => {
  const closed = path.join(dir.path, place);
  chmodSync(closed, process.geteuid?.() === 0 ? mode : mode & 0o477);
  expect(find).toThrow(
    expect.objectContaining({ code: 'LEGACY_UNREADABLE', message: expect.stringContaining(closed) as string }),
  );
});

it('passes over a closed folder in which no legacy file has to be', () => {
  const closed = path.join(dir.path, 'lost+found');
  mkdirSync(closed);
  chmodSync(closed, 0);
  const { files, notes } = find();
  expect(files.map((found) => found.file)).toEqual([file]);
  expect(notes).toEqual(['lost+found may not be read by this user, so nothing is searched for below it.']);
});

it('names a log that is closed to this user where the database is not', () => {
  const writer = new DatabaseSync(file);
  writer.exec("PRAGMA journal_mode = WAL; INSERT INTO orders VALUES (2, 'Ada')");
  chmodSync(`${file}-wal`, 0);
  rmSync(`${file}-shm`); // Whoever cannot join the log copies it.
  try {
    expect(() => asNobody(() => LegacyDatabase.open(file))).toThrow(
      expect.objectContaining({ code: 'LEGACY_UNREADABLE', message: expect.stringContaining(`${file}-wal`) as string }),
    );
  } finally {
    writer.close();
  }
});

it('names a folder for private copies that this user may not write to', () => {
  expect(() => asNobody(() => LegacyDatabase.open(file, { workDir: path.dirname(file) }))).toThrow(
    expect.objectContaining({ code: 'LEGACY_NO_ROOM', message: expect.stringContaining(path.dirname(file)) as string }),
  );
});
