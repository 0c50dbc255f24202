import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import Redis from 'ioredis';
import {
  freshDatabase,
  freshRedis,
  startRedis,
  tempDir,
  until,
  type FreshDatabase,
  type TempDir,
} from '@sluice/testing';
import { makeSampleTree } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Report } from './sluice';
import { imprint, query } from './target';

const only = ['--only', 'context_memory'];

let dir: TempDir;
let legacy: string;
let file: string;
let database: FreshDatabase;

beforeAll(async () => {
  dir = await tempDir();
  legacy = path.join(dir.path, 'legacy');
  file = path.join(legacy, 'cache/context.db');
  makeSampleTree({ dir: legacy, seed: 3, rows: 0, hazards: false, files: false });
  mkdirSync(path.join(dir.path, 'kept'));
});
afterAll(() => dir.remove());
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** Runs statements on the legacy file, which must not have a journal beside it when it is copied. */
function onFile(...statements: string[]): void {
  const source = new DatabaseSync(file);
  for (const statement of statements) source.exec(statement);
  source.close();
}
const rowsFrom = (first: number, count: number, value: string): string =>
  `WITH RECURSIVE ids(id) AS (SELECT ${first} UNION ALL SELECT id + 1 FROM ids WHERE id < ${first + count - 1})
   INSERT INTO context_memory (id, context_type, key, value, ttl, created_at, expires_at)
   SELECT id, 'session', 'key ' || id, ${value}, 3600, '2026-01-09 10:00:00', '2999-01-01 00:00:00' FROM ids`;

async function entriesOf(url: string): Promise<string[]> {
  const client = new Redis(url);
  const keys = (await client.keys('context:memory:*')).sort();
  const values = keys.length > 0 ? await client.mget(keys) : [];
  client.disconnect();
  return keys.map((key, i) => `${key} = ${values[i]}`);
}

describe('kill -9 at any step', () => {
  const before = (): string => path.join(dir.path, 'kept/before.db');
  const after = (): string => path.join(dir.path, 'kept/after.db');
  let uninterrupted: { imprint: Record<string, string>; entries: string[] };

  /** What an earlier run took over, and what the legacy backend made of it since. */
  async function migratedBefore(redis: string): Promise<void> {
    copyFileSync(before(), file);
    const { code, stderr } = await sluice(['migrate', ...only], { database: database.url, redis, legacy });
    expect({ code, stderr }).toMatchObject({ code: 4 });
    copyFileSync(after(), file);
  }

  async function finished(redis: string): Promise<typeof uninterrupted> {
    const servers = { database: database.url, redis, legacy };
    const { code, document } = await sluiceJson<Report>(['migrate', ...only], servers);
    expect({ code, clean: document.tables?.[0]?.verification?.clean }).toEqual({ code: 4, clean: true });
    return { imprint: await imprint(database.url), entries: await entriesOf(redis) };
  }

  beforeAll(async () => {
    onFile(
      'PRAGMA journal_mode = DELETE',
      'DELETE FROM context_memory',
      rowsFrom(1, 1_500, `'{"n":' || id || '}'`),
      `UPDATE context_memory SET value = '{' WHERE id IN (7, 8, 9)`,
      `UPDATE context_memory SET value = '[NaN]' WHERE id IN (11, 12)`,
    );
    copyFileSync(file, before());
    onFile(
      `UPDATE context_memory SET value = '7' WHERE id = 7`,
      'DELETE FROM context_memory WHERE id = 8',
      rowsFrom(1_501, 10, `'[Infinity]'`),
      `UPDATE context_memory SET value = '}' WHERE id = 1503`,
    );
    copyFileSync(file, after());
    const [fresh, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    database = fresh;
    await migratedBefore(redis.url);
    uninterrupted = await finished(redis.url);
    await Promise.all([fresh.drop(), redis.flush()]);
    expect(uninterrupted.entries.length).toBe(1_507);
  });

  it.each([
    ['the old state goes', 'BEFORE DELETE ON migration_tables'],
    ['the old originals go', 'BEFORE DELETE ON migration_originals'],
    ['the new state comes', 'BEFORE INSERT ON migration_tables'],
    ['a row is set aside', 'BEFORE INSERT ON migration_quarantine'],
    ['an original is kept', 'BEFORE INSERT ON migration_originals'],
    ['a mended row leaves quarantine', 'BEFORE DELETE ON migration_quarantine'],
    ['the table is complete', 'BEFORE UPDATE ON migration_tables'],
    ['all of it is committed', 'AFTER UPDATE ON migration_tables DEFERRABLE INITIALLY DEFERRED'],
  ])('as %s leaves the earlier state, and the next run completes', async (_step, event) => {
    const redis = await freshRedis();
    await migratedBefore(redis.url);
    const earlier = await imprint(database.url);
    await query(
      database.url,
      `CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END'`,
    );
    const kind = event.startsWith('AFTER') ? 'CONSTRAINT TRIGGER' : 'TRIGGER';
    await query(database.url, `CREATE ${kind} pause ${event} FOR EACH ROW EXECUTE FUNCTION pause()`);
    let pid = 0;
    const run = sluice(['migrate', ...only], {
      database: database.url,
      redis: redis.url,
      legacy,
      onStart: (started) => (pid = started),
    });
    const backend = await sleepingBackend();
    process.kill(pid, 'SIGKILL');
    expect((await run).signal).toBe('SIGKILL');
    await query(database.url, 'SELECT pg_terminate_backend($1, 5000)', [backend]);
    await query(database.url, 'DROP FUNCTION pause CASCADE');
    expect(await imprint(database.url)).toEqual(earlier);
    expect(await finished(redis.url)).toEqual(uninterrupted);
    await redis.flush();
  });

  const sleepingBackend = (): Promise<number> =>
    until(async () => {
      const [row] = await query<{ pid: number }>(
        database.url,
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      );
      return row?.pid;
    });
});

it('ends with 6 where Redis is killed in the middle of the load, and the next run completes', async () => {
  onFile('DELETE FROM context_memory', rowsFrom(1, 30_000, `'{"n":' || id || '}'`));
  const redis = await startRedis();
  const servers = { database: database.url, redis: redis.url, legacy };
  let killed: Promise<void> | null = null;
  const { code, stderr } = await sluice(['migrate', ...only, '--progress', 'json'], {
    ...servers,
    onOutput: (_stdout, output) => {
      if (output.split('"type":"progress","phase":"copy"').length > 3) killed ??= redis.kill();
    },
  });
  await killed;
  expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('REDIS_UNAVAILABLE') });
  expect(await query(database.url, 'SELECT name FROM migration_tables')).toEqual([]);
  await redis.restart();
  const next = await sluiceJson<Report>(['migrate', ...only], servers);
  expect(next.code).toBe(0);
  expect(next.document.tables[0]).toMatchObject({ rowsTarget: 30_000, verification: { clean: true } });
  await redis.kill();
  const away = await sluice(['verify', ...only], servers);
  expect(away.code).toBe(6);
  await redis.stop();
});
