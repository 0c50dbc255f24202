import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { freshDatabase, run, tempDir, type FreshDatabase, type RunResult, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { program } from './sluice';

let dir: TempDir;
let legacy: string;
let work: string;
let database: FreshDatabase;

beforeAll(async () => {
  dir = await tempDir();
  [legacy, work] = [path.join(dir.path, 'legacy'), path.join(dir.path, 'work')];
  mkdirSync(work);
  makeSampleTree({ dir: legacy, seed: 5, rows: 0, tables: { llm_requests: 500 }, hazards: false, files: false });
  database = await freshDatabase();
});
afterAll(async () => {
  await database.drop();
  await dir.remove();
});

function migrate(onStart: (pid: number) => void = () => undefined): Promise<RunResult> {
  const env = { DATABASE_URL: database.url, REDIS_URL: undefined, LEGACY_DIR: legacy, TMPDIR: work };
  return run(process.execPath, [program, 'migrate', '--only', 'llm_requests'], { env, onStart });
}

const copies = (): string[] =>
  readdirSync(work)
    .filter((name) => name.startsWith('sluice-legacy-'))
    .filter((name) => existsSync(path.join(work, name, 'copy.db')));

/** Free pages are copied too: a file of this size takes long enough to be met half copied. */
function grow(file: string, sizeBytes: number): void {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA synchronous = OFF; CREATE TABLE filler (bytes BLOB);
    INSERT INTO filler VALUES (zeroblob(${sizeBytes})); DROP TABLE filler`);
  db.close();
}

it('migrate removes the copy of a run that was killed while it made it', async () => {
  grow(path.join(legacy, 'cache/llm_costs.db'), 250_000_000);
  let pid = 0;
  const first = migrate((started) => (pid = started));
  let hasEnded = false;
  void first.finally(() => (hasEnded = true));
  while (copies().length === 0 && !hasEnded) await wait(1);
  process.kill(pid, 'SIGKILL');
  expect((await first).signal).toBe('SIGKILL');
  const left = copies();
  expect(left).toHaveLength(1);
  // Nobody waits for the minute in which a directory is left alone.
  const twoMinutesAgo = Date.now() / 1000 - 120;
  for (const name of left) utimesSync(path.join(work, name), twoMinutesAgo, twoMinutesAgo);
  const { code, stderr } = await migrate();
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(work)).toEqual([]);
});
