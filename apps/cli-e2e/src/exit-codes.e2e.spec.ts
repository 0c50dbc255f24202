import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

let dir: TempDir;
let database: FreshDatabase;
let clean: string;

beforeAll(async () => {
  [dir, database] = await Promise.all([tempDir(), freshDatabase()]);
  clean = path.join(dir.path, 'clean');
  makeSampleTree({ dir: clean, seed: 3, rows: 1_000, hazards: false, files: false });
});
afterAll(() => Promise.all([dir.remove(), database.drop()]));

/** A legacy tree with one file, changed by SQL. */
function changed(name: string, file: string, sql: string): string {
  const tree = path.join(dir.path, name);
  mkdirSync(path.join(tree, 'cache'), { recursive: true });
  copyFileSync(path.join(clean, file), path.join(tree, file));
  const db = new DatabaseSync(path.join(tree, file));
  db.exec(sql);
  db.close();
  return tree;
}

describe('2: usage', () => {
  it.each([
    [['migrate', '--nonsense']],
    [['migrate', '--only', 'no_such_table', '--legacy', '.']],
    [['migrate', '--choose', 'llm_requests.model=proven', '--legacy', '.']],
    [['quarantine', 'show', 'seven']],
    [['nonsense']],
  ])('%j', async (args) => {
    const { code, stderr } = await sluice(args, { database: database.url });
    expect(code).toBe(2);
    expect(stderr).not.toBe('');
  });

  it('names the setting that is missing', async () => {
    const { code, document } = await sluiceJson<Report>(['migrate', '--legacy', clean]);
    expect(code).toBe(2);
    expect(document.error?.message).toContain('DATABASE_URL');
  });
});

describe('2: a cache table is all that is asked for, and there is no Redis', () => {
  it.each([['migrate'], ['verify'], ['quarantine', 'replay']])('%s %s', async (...command) => {
    const before = await imprint(database.url);
    const { code, stderr } = await sluice([...command, '--only', 'context_memory'], {
      database: database.url,
      legacy: clean,
    });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('context_memory') });
    expect(stderr).toContain('REDIS_URL');
    expect(await imprint(database.url)).toEqual(before);
  });
});

describe('3: refused before anything is written', () => {
  const untouched = async (legacy: string, expected: RegExp, args: string[] = []): Promise<void> => {
    const before = await imprint(database.url);
    const { code, document } = await sluiceJson<Report>(['migrate', ...args], { database: database.url, legacy });
    expect(code).toBe(3);
    expect(document.error?.message).toMatch(expected);
    expect(await imprint(database.url)).toEqual(before);
  };

  it('an unknown column', () =>
    untouched(
      changed('column', 'cache/llm_costs.db', 'ALTER TABLE llm_requests ADD COLUMN region TEXT'),
      /llm_requests\.region/,
    ));
  it('an unknown table', () => untouched(changed('table', 'cache/llm_costs.db', 'CREATE TABLE extra (a)'), /extra/));
  it('a file whose only table was renamed', async () => {
    const tree = changed('renamed', 'cache/llm_costs.db', 'ALTER TABLE llm_requests RENAME TO llm_requests_v2');
    await untouched(tree, /unknown table llm_requests_v2/);
    const { code, stdout } = await sluice(['inspect'], { legacy: tree });
    expect(code).toBe(3);
    expect(stdout).toContain('llm_requests: cache/llm_costs.db is there, but has no table llm_requests');
    expect(stdout).toContain('cache/llm_costs.db: DRIFT: unknown table llm_requests_v2');
  });
  it('a link that leads nowhere in the place of a file', async () => {
    const tree = path.join(dir.path, 'dangling');
    mkdirSync(path.join(tree, 'cache'), { recursive: true });
    symlinkSync('/nowhere/llm_costs.db', path.join(tree, 'cache/llm_costs.db'));
    await untouched(tree, /cache\/llm_costs\.db -> \/nowhere\/llm_costs\.db/);
  });
  it('a column that is gone', () =>
    untouched(
      changed('gone', 'cache/context.db', 'ALTER TABLE agent_learnings DROP COLUMN accuracy'),
      /agent_learnings\.accuracy/,
    ));
  it('a trigger', () =>
    untouched(
      changed('trigger', 'cache/llm_costs.db', 'CREATE TRIGGER t AFTER DELETE ON llm_requests BEGIN SELECT 1; END'),
      /trigger t/,
    ));

  it('a file that is no database, an empty one, and one that is cut off', async () => {
    for (const [name, content] of [
      ['text', 'hello'],
      ['empty', ''],
    ] as const) {
      const tree = path.join(dir.path, name);
      mkdirSync(path.join(tree, 'cache'), { recursive: true });
      writeFileSync(path.join(tree, 'cache/llm_costs.db'), content);
      await untouched(tree, /llm_costs\.db/);
    }
  });

  it('a missing file that is required', () =>
    untouched(changed('one', 'cache/llm_costs.db', 'SELECT 1'), /ai_recommendations/, ['--required']));

  it('a legacy folder that does not exist', () => untouched(path.join(dir.path, 'nowhere'), /nowhere/));

  it('a folder without any legacy file, which is a mistyped one', async () => {
    const tree = path.join(dir.path, 'no-files');
    mkdirSync(tree);
    await untouched(tree, /no legacy file/);
    const inspected = await sluiceJson<Report>(['inspect'], { legacy: tree });
    expect(inspected).toMatchObject({ code: 3, document: { error: { code: 'LEGACY_TREE_EMPTY' } } });
  });

  it('a verification before there is a migration, without advice to start over', async () => {
    const { code, stderr } = await sluice(['verify'], { database: database.url, legacy: clean });
    expect(code).toBe(3);
    expect(stderr).toContain('MIGRATION_NOT_DONE');
    expect(stderr).not.toContain('--restart');
  });

  it("a database without the engine's tables, in every command that reads them", async () => {
    const bare = await freshDatabase({ migrated: false });
    for (const args of [['report'], ['quarantine', 'list'], ['quarantine', 'show', '1'], ['quarantine', 'replay']]) {
      const { code, document, stderr } = await sluiceJson<Report>(args, { database: bare.url, legacy: clean });
      expect({ args, code, error: document.error?.code }).toEqual({ args, code: 3, error: 'MIGRATION_ENGINE_SCHEMA' });
      expect(stderr).toContain('sluice db migrate');
    }
    await bare.drop();
  });

  it('a target that holds rows which no migration loaded', async () => {
    const other = await freshDatabase();
    await query(other.url, `INSERT INTO llm_requests (model) VALUES ('mine')`);
    const { code, document } = await sluiceJson<Report>(['migrate'], { database: other.url, legacy: clean });
    expect(code).toBe(3);
    expect(document.error?.code).toBe('MIGRATION_TARGET_NOT_EMPTY');
    expect(document.error?.remedy).toContain('`sluice migrate --restart --only llm_requests`');
    expect(await query(other.url, 'SELECT model FROM llm_requests')).toEqual([{ model: 'mine' }]);
    await other.drop();
  });

  it('a target without the schema', async () => {
    const bare = await freshDatabase({ migrated: false });
    const { code, document } = await sluiceJson<Report>(['migrate'], { database: bare.url, legacy: clean });
    expect(code).toBe(3);
    expect(document.error?.code).toBe('MIGRATION_TARGET_SHAPE');
    await bare.drop();
  });

  it('a read-only database', async () => {
    const other = await freshDatabase();
    const name = new URL(other.url).pathname.slice(1);
    await query(other.url, `ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    const { code, document } = await sluiceJson<Report>(['migrate'], { database: other.url, legacy: clean });
    expect(code).toBe(3);
    expect(document.error?.code).toBe('MIGRATION_TARGET_READ_ONLY');
    await other.drop();
  });
});

describe('6: a dependency is away', () => {
  it('PostgreSQL', async () => {
    const { code, document } = await sluiceJson<Report>(['migrate'], {
      database: 'postgresql://postgres:secret@127.0.0.1:1/nothing',
      legacy: clean,
    });
    expect(code).toBe(6);
    expect(JSON.stringify(document)).not.toContain('secret');
  });

  it('Redis', async () => {
    const { code } = await sluiceJson<Report>(['migrate'], {
      database: database.url,
      redis: 'redis://127.0.0.1:1',
      legacy: clean,
    });
    expect(code).toBe(6);
  });
});

it('says in the report, too, which caches were left because there is no Redis', async () => {
  const other = await freshDatabase();
  const migrated = await sluice(['migrate'], { database: other.url, legacy: clean });
  expect(migrated).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Not looked at, because no Redis is given/),
  });
  const { stdout } = await sluice(['report'], { database: other.url });
  expect(stdout).toContain('Not looked at, because no Redis was given: support_resistance_levels, context_memory.');
  await other.drop();
});

it('migrates a table whose name differs in case alone, and names what it left behind beside it', async () => {
  const tree = changed(
    'capitals',
    'cache/llm_costs.db',
    'ALTER TABLE llm_requests RENAME TO other; ALTER TABLE other RENAME TO "LLM_Requests"',
  );
  const unknown = new DatabaseSync(path.join(tree, 'cache/unknown.db'));
  unknown.exec('CREATE TABLE a (b)');
  unknown.close();
  const other = await freshDatabase();
  const { code, document } = await sluiceJson<Report>(['migrate'], { database: other.url, legacy: tree });
  expect(code).toBe(0);
  const { rowsSource = 0, rowsTarget } = document.tables.find(({ table }) => table === 'llm_requests') ?? {};
  expect(rowsSource).toBeGreaterThan(0);
  expect(rowsTarget).toBe(rowsSource);
  expect(await query(other.url, 'SELECT count(*)::int AS rows FROM llm_requests')).toEqual([{ rows: rowsSource }]);
  expect(document.notes).toContain('not in the mapping: cache/unknown.db, 1 table');
  await other.drop();
});

describe('the second place of a file', () => {
  it('is found, and rows of one table in two files are refused', async () => {
    const tree = path.join(dir.path, 'second');
    makeSampleTree({ dir: tree, seed: 4, rows: 800, hazards: false, files: false, secondPlace: true });
    const other = await freshDatabase();
    const { code, document } = await sluiceJson<Report>(['migrate'], { database: other.url, legacy: tree });
    const of = (name: string) => document.tables.find(({ table }) => table === name);
    expect(code).toBe(0);
    expect(of('ai_recommendations')?.source).toBe('backend/cache/ai_recommendations.db');
    expect(of('pick_events')?.source).toBe('cache/ai_recommendations.db');
    mkdirSync(path.join(tree, 'other/cache'), { recursive: true });
    copyFileSync(
      path.join(tree, 'backend/cache/ai_recommendations.db'),
      path.join(tree, 'other/cache/ai_recommendations.db'),
    );
    const twice = await sluiceJson<Report>(['verify'], { database: other.url, legacy: tree });
    expect(twice.code).toBe(3);
    expect(twice.document.error?.message).toMatch(/ai_recommendations/);
    await other.drop();
  });
});
