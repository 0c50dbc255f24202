import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { openCacheStore, type CacheStore } from '@sluice/cache';
import { installLog } from '@sluice/legacy';
import { follow, migrationDefaults, openWatch, runMigration, type FollowOptions } from '@sluice/migration';
import {
  freshDatabase,
  freshRedis,
  tempDir,
  until,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import { contextMemory } from './context.legacy';
import { supportResistanceLevels } from './support-resistance.legacy';

/** One file of each, with the legacy program's own schema of these two tables. */
const SCHEMA = {
  'cache/top_picks_runs.db': `CREATE TABLE support_resistance_levels (symbol TEXT NOT NULL, timeframe_scope TEXT NOT NULL,
    p REAL, r1 REAL, r2 REAL, r3 REAL, s1 REAL, s2 REAL, s3 REAL, computed_at_ist TEXT NOT NULL, PRIMARY KEY (symbol, timeframe_scope))`,
  'cache/context.db': `CREATE TABLE context_memory (id INTEGER PRIMARY KEY AUTOINCREMENT, context_type TEXT NOT NULL, key TEXT NOT NULL,
    value TEXT, ttl INTEGER, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, expires_at TIMESTAMP)`,
};
type File = keyof typeof SCHEMA;
const tables = [supportResistanceLevels, contextMemory];

let dir: TempDir;
let database: FreshDatabase;
let redis: FreshRedis;
let store: CacheStore;

const fileOf = (file: File): string => path.join(dir.path, file);
const inFile = (file: File, sql: string): void => {
  const legacy = new DatabaseSync(fileOf(file));
  legacy.exec(sql);
  legacy.close();
};
const levels = (sql: string): void => inFile('cache/top_picks_runs.db', sql);
const memory = (sql: string): void => inFile('cache/context.db', sql);

const common = () => ({
  ...migrationDefaults,
  ...{ root: dir.path, tables, known: tables, connectionString: database.url },
  ...{ holder: 'test', version: '0', cache: store, signal: new AbortController().signal },
});
const followOnce = (over: Partial<FollowOptions> = {}) =>
  follow({ ...common(), history: { keep: 'retention' }, once: true, recheck: false, ...over });

const watching = () => ({ openSource: openWatch(path.join(dir.path, 'stamps')) });

const istOf = (ms: number): string => new Date(ms + 5.5 * 3_600_000).toISOString().replace('Z', '000+05:30');
const HOUR = 3_600_000;
const startMs = Date.now();
const level = (symbol: string, p: number, agoHours: number): string =>
  `('${symbol}', 'D', ${p}, 2, 3, 4, 5, 6, 7, '${istOf(startMs - agoHours * HOUR)}')`;
/** As the API writes one, in the legacy payload. */
const levelOfApi = (symbol: string, p: number, agoHours: number) => ({
  key: `sr:${symbol}:D`,
  value: JSON.stringify({ symbol, timeframe_scope: 'D', p, r1: 2, r2: 3, r3: 4, s1: 5, s2: 6, s3: 7, computed_at_ist: istOf(startMs - agoHours * HOUR) }), // prettier-ignore
  ttlMs: 24 * HOUR,
});
const context = (key: string, value: string, hours = 5): string =>
  `('agent', '${key}', '"${value}"', 1, '${new Date(startMs + hours * HOUR).toISOString().slice(0, 19).replace('T', ' ')}')`;
const contextOfApi = (key: string, value: string) => ({
  ...{ key: `context:memory:agent:${key}`, value: JSON.stringify(value), ttlMs: HOUR },
});
const INTO_LEVELS = 'INSERT OR REPLACE INTO support_resistance_levels VALUES';
const INTO_MEMORY = 'INSERT INTO context_memory (context_type, key, value, ttl, expires_at) VALUES';
const held = async (symbol: string): Promise<number | null> => {
  const [value] = await store.getMany([`sr:${symbol}:D`]);
  return typeof value !== 'string' ? null : (JSON.parse(value) as { p: number }).p;
};
const remembered = async (key: string): Promise<unknown> => {
  const [value] = await store.getMany([`context:memory:agent:${key}`]);
  return typeof value !== 'string' ? null : JSON.parse(value);
};

beforeEach(async () => {
  [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
  store = await openCacheStore(redis.url);
  mkdirSync(path.join(dir.path, 'cache'));
  for (const [file, schema] of Object.entries(SCHEMA)) inFile(file as File, schema);
  levels(`${INTO_LEVELS} ${level('TCS', 1, 9)}, ${level('INFY', 1, 9)}, ${level('SBIN', 1, 9)}`);
  memory(`${INTO_MEMORY} ${context('a', 'file')}, ${context('b', 'file')}, ${context('c', 'file')}`);
  await runMigration('migrate', common());
});
afterEach(async () => {
  await Promise.all([store.close(), redis.flush()]);
  await Promise.all([database.drop(), dir.remove()]);
});

/** After the copy: nothing vouches for the time until now. */
const installLate = async (): Promise<void> => {
  for (const { source } of tables) await installLog(fileOf(source.file as File), [{ table: source.table, key: source.key }]); // prettier-ignore
};

const starts: [string, () => Promise<unknown>, { recheck?: boolean; isWatch?: boolean }][] = [
  ['the first start', installLate, {}],
  ['a start with --recheck', async () => installLate().then(() => followOnce()), { recheck: true }],
  ['a start with --watch --recheck', () => Promise.resolve(), { recheck: true, isWatch: true }],
];

describe.each(starts)(
  'at %s, when tables are compared as a whole,',
  (_when, prepare, { recheck = false, isWatch = false }) => {
    const options = () => ({ recheck, ...(isWatch ? watching() : {}) });

    it('the newer of two levels stays, whoever made it', async () => {
      await prepare();
      await store.setMany([levelOfApi('TCS', 50, 1), levelOfApi('INFY', 50, 6), levelOfApi('SBIN', 50, 1)]);
      levels(`${INTO_LEVELS} ${level('INFY', 7, 3)}, ${level('SBIN', 7, 3)}`);
      await followOnce(options());
      expect([await held('TCS'), await held('INFY'), await held('SBIN')]).toEqual([50, 7, 50]);
    });

    it('an entry without a time that the API has written stays, and one that it has not is what the file says', async () => {
      await prepare();
      await store.setMany([contextOfApi('a', 'api'), contextOfApi('new', 'api')]);
      memory(`UPDATE context_memory SET value = '"later"' WHERE key = 'b'; DELETE FROM context_memory WHERE key = 'c'`);
      memory(`${INTO_MEMORY} ${context('d', 'file')}`);
      await followOnce(options());
      const keys = ['a', 'b', 'c', 'd', 'new'];
      expect(await Promise.all(keys.map(remembered))).toEqual(['api', 'later', null, 'file', 'api']);
    });

    it('an entry of the API stays where the row of its key has expired or is gone', async () => {
      await prepare();
      memory(
        `UPDATE context_memory SET expires_at = '2020-01-01' WHERE key = 'a'; DELETE FROM context_memory WHERE key = 'b'`,
      );
      await store.setMany([contextOfApi('a', 'api'), contextOfApi('b', 'api')]);
      await followOnce(options());
      expect([await remembered('a'), await remembered('b')]).toEqual(['api', 'api']);
    });
  },
);

it('what has no time and was written on both sides meanwhile stays as the API has it', async () => {
  await installLate();
  await store.setMany([contextOfApi('a', 'api')]);
  memory(`UPDATE context_memory SET value = '"later"' WHERE key = 'a'`);
  await followOnce();
  expect(await remembered('a')).toBe('api');
  memory(`UPDATE context_memory SET value = '"last"' WHERE key = 'a'`);
  await followOnce();
  expect(await remembered('a')).toBe('last');
});

it('a watch leaves alone what the API has written beside a row that changed', async () => {
  await followOnce(watching());
  await store.setMany([contextOfApi('a', 'api'), levelOfApi('TCS', 50, 20)]);
  memory(`UPDATE context_memory SET value = '"later"' WHERE key = 'b'`);
  levels(`${INTO_LEVELS} ${level('INFY', 7, 3)}`);
  await followOnce(watching());
  expect([await remembered('a'), await remembered('b')]).toEqual(['api', 'later']);
  expect([await held('TCS'), await held('INFY')]).toEqual([50, 7]);
});

describe('a Redis that was emptied', () => {
  const emptied = async (): Promise<void> => {
    await redis.flush();
    await store.setMany([contextOfApi('a', 'api'), levelOfApi('TCS', 50, 20)]);
  };
  const isFull = async (): Promise<boolean> =>
    (await remembered('b')) === 'file' && (await held('INFY')) === 1 && (await held('SBIN')) === 1;
  const asOfApi = async () => [await remembered('a'), await held('TCS')];

  it('is filled again by whoever follows, who says so, beside what the API has written since', async () => {
    await installLate();
    await followOnce();
    const stop = new AbortController();
    const notes: string[] = [];
    const ended = followOnce({ once: false, signal: stop.signal, onEvent: (event) => event.type === 'note' && notes.push(event.text) }); // prettier-ignore
    ended.catch(() => undefined); // Awaited below.
    for (let round = 0; round < 2; round++) {
      await emptied();
      await until(isFull, { known: () => notes });
      expect(await asOfApi()).toEqual(['api', 50]);
    }
    stop.abort();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    expect([...new Set(notes)].sort()).toEqual([
      'cache/context.db: the cache has lost context_memory, which is filled again',
      'cache/top_picks_runs.db: the cache has lost support_resistance_levels, which is filled again',
    ]);
  });

  it.each([
    ['the change log', () => ({})],
    ['a watch', watching],
  ])('is filled again by the next start by %s, and a cache that is whole by none', async (_way, way) => {
    if (_way === 'the change log') await installLate();
    await followOnce(way());
    await emptied();
    await followOnce(way());
    expect([await isFull(), await asOfApi()]).toEqual([true, ['api', 50]]);
    await store.deleteMany(['context:memory:agent:b']);
    await followOnce(way());
    expect(await remembered('b')).toBeNull();
  });
});
