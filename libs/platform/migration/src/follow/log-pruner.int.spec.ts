import { chmodSync, copyFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { installLog, LiveDatabase, LOG } from '@sluice/legacy';
import { tempDir, type TempDir } from '@sluice/testing';
import { LogPruner } from './log-pruner';

const ENTRIES = 1_200;
const NOBODY = 65_534;

let dir: TempDir;
let file: string;
let legacy: DatabaseSyncInstance;
let live: LiveDatabase;
let pruner: LogPruner;
const notes: string[] = [];

beforeEach(async () => {
  dir = await tempDir();
  file = path.join(dir.path, 'legacy.db');
  legacy = new DatabaseSync(file);
  legacy.exec('CREATE TABLE runs (id INTEGER PRIMARY KEY, name TEXT)');
  await installLog(file, [{ table: 'runs', key: 'id' }]);
  legacy.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ENTRIES}) INSERT INTO runs SELECT i, 'x' FROM n`); // prettier-ignore
  live = await LiveDatabase.open(file);
  notes.length = 0;
  pruner = new LogPruner({
    live,
    applied: () => Promise.resolve(BigInt(ENTRIES)),
    onNote: (text) => void notes.push(text),
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.seteuid?.(process.getuid!());
  for (const place of [dir.path, file]) chmodSync(place, 0o755);
  pruner.close();
  live.close();
  legacy.close();
  await dir.remove();
});

const prune = (): Promise<void> => pruner.afterBatch(BigInt(ENTRIES), { isWal: false });
const entriesOf = (database: DatabaseSyncInstance): unknown =>
  Object.values(database.prepare(`SELECT count(*) FROM ${LOG}`).get() as object)[0];

it('says once that a file cannot be written to, ends nobody for it, and forgets what is applied when it can again', async () => {
  chmodSync(dir.path, 0o555);
  chmodSync(file, 0o444);
  if (process.geteuid?.() === 0) process.seteuid?.(NOBODY);
  await prune();
  const later = performance.now() + 60_000;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => later);
  await prune();
  process.seteuid?.(process.getuid!());
  expect([notes.length, notes[0]]).toEqual([
    1,
    expect.stringContaining('Its change log grows, because the file cannot be written to'),
  ]);
  expect(entriesOf(legacy)).toBe(ENTRIES);
  for (const place of [dir.path, file]) chmodSync(place, 0o755);
  clock.mockImplementation(() => later + 60_000);
  await prune();
  clock.mockRestore();
  expect(entriesOf(legacy)).toBe(ENTRIES - 1_000);
  expect(notes.slice(1)).toEqual(['What is applied is taken out of its change log again.']);
});

it('takes nothing out of a file that has taken the place of the one that is followed', async () => {
  copyFileSync(file, `${file}.other`);
  renameSync(`${file}.other`, file);
  await expect(prune()).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
  const other = new DatabaseSync(file);
  expect(entriesOf(other)).toBe(ENTRIES);
  other.close();
});
