import { renameSync } from 'node:fs';
import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

let dir: TempDir;
let database: FreshDatabase;
let legacy: string;
let file: string;
const only = ['--only', 'llm_requests'];
const servers = () => ({ database: database.url, legacy });

beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  legacy = path.join(dir.path, 'legacy');
  file = path.join(legacy, 'cache/llm_costs.db');
  makeSampleTree({ dir: legacy, seed: 7, rows: 3_000, hazards: true, files: false });
  const { code } = await sluice(['migrate', ...only], servers());
  expect(code).toBe(4);
});
afterAll(() => Promise.all([dir.remove(), database.drop()]));

/** A replay that must say no and change nothing. */
async function refused(): Promise<{ code: string; message: string; remedy?: string }> {
  const before = await imprint(database.url);
  const { code, document } = await sluiceJson<Report>(['quarantine', 'replay'], servers());
  expect({ code, document }).toMatchObject({ code: 3, document: { error: { exitCode: 3 } } });
  expect(await imprint(database.url)).toEqual(before);
  return document.error!;
}

it('refuses where the legacy file of a waiting row is gone, and says what it looked for', async () => {
  renameSync(file, `${file}.away`);
  const error = await refused();
  expect(error.code).toBe('QUARANTINE_SOURCE_MISSING');
  expect(error.message).toContain('llm_requests: no cache/llm_costs.db');
  expect(error.message).toContain(legacy);
  renameSync(`${file}.away`, file);
});

it('refuses a table whose copy is not finished, and says what to run first', async () => {
  await query(database.url, `UPDATE migration_tables SET status = 'copying' WHERE name = 'llm_requests'`);
  const error = await refused();
  expect(error.code).toBe('MIGRATION_NOT_DONE');
  expect(error.message).toContain('llm_requests cannot be replayed');
  expect(error.remedy).toContain('sluice migrate');
  await query(database.url, `UPDATE migration_tables SET status = 'copied' WHERE name = 'llm_requests'`);
});

it('replays the finished table, though the files of tables without waiting rows are missing', async () => {
  renameSync(path.join(legacy, 'cache/context.db'), path.join(dir.path, 'context.db'));
  const { code, document } = await sluiceJson<{ table: string; outcome: string }[]>(
    ['quarantine', 'replay'],
    servers(),
  );
  expect(code).toBe(4);
  expect(document.length).toBeGreaterThan(0);
  expect(document.every(({ table, outcome }) => table === 'llm_requests' && outcome === 'still-bad')).toBe(true);
});
