import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
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
async function refused(from = legacy): Promise<{ code: string; message: string; remedy?: string }> {
  const before = await imprint(database.url);
  const { code, document } = await sluiceJson<Report>(['quarantine', 'replay'], { ...servers(), legacy: from });
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

it('refuses the tree of another backend, and says which file was migrated, which was given and what differs', async () => {
  const other = path.join(dir.path, 'other');
  makeSampleTree({ dir: other, seed: 8, rows: 3_000, hazards: false, files: false });
  const error = await refused(other);
  expect(error.code).toBe('QUARANTINE_SOURCE_FOREIGN');
  expect(error.message).toContain(`llm_requests was migrated from ${file}`);
  expect(error.message).toContain(`${path.join(other, 'cache/llm_costs.db')} is another file`);
  expect(error.message).toMatch(/row \d+, column \w+/);
});

it('refuses an older state of the same file, in which rows that were copied are missing', async () => {
  const older = path.join(dir.path, 'older');
  mkdirSync(path.join(older, 'cache'), { recursive: true });
  copyFileSync(file, path.join(older, 'cache/llm_costs.db'));
  const db = new DatabaseSync(path.join(older, 'cache/llm_costs.db'));
  const [last] = await query<{ id: string }>(database.url, 'SELECT max(id) AS id FROM llm_requests');
  db.exec(`DELETE FROM llm_requests WHERE id >= ${last?.id}`);
  db.close();
  expect((await refused(older)).message).toContain(`row ${last?.id} is not in it`);
});

describe('a table of which nothing could be copied', () => {
  const replay = (from: string, url: string) =>
    sluiceJson<Report & { readonly outcome: string }[]>(['quarantine', 'replay'], { database: url, legacy: from });
  const onFile = (tree: string, sql: string): void => {
    const db = new DatabaseSync(path.join(tree, 'cache/llm_costs.db'));
    db.exec(sql);
    db.close();
  };

  it('is replayed from the file that was migrated, which lies where it lay, and from no other', async () => {
    const [here, there] = [path.join(dir.path, 'here'), path.join(dir.path, 'there')];
    const other = await freshDatabase();
    for (const tree of [here, there]) {
      makeSampleTree({ dir: tree, seed: 9, rows: 0, tables: { llm_requests: 3 }, hazards: false, files: false });
    }
    onFile(here, `UPDATE llm_requests SET tokens_input = 'many'`);
    await sluice(['migrate', ...only], { database: other.url, legacy: here });
    onFile(here, 'UPDATE llm_requests SET tokens_input = 7');
    const elsewhere = await replay(there, other.url);
    expect(elsewhere).toMatchObject({ code: 3, document: { error: { code: 'QUARANTINE_SOURCE_FOREIGN' } } });
    expect(elsewhere.document.error?.message).toContain('it lies elsewhere');
    const { code, document } = await replay(here, other.url);
    expect({ code, outcomes: document.map(({ outcome }) => outcome) }).toEqual({
      code: 0,
      outcomes: Array(3).fill('loaded'),
    });
    await other.drop();
  });
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
