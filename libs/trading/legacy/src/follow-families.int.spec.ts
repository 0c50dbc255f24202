import { appendFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openCacheStore, type CacheStore } from '@sluice/cache';
import { migrationDefaults, follow, runMigration, type FollowState, type MigrationReport } from '@sluice/migration';
import {
  connectedClient,
  freshDatabase,
  freshRedis,
  tempDir,
  until,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import type { Client } from 'pg';
import { makeSampleTree } from './sample';
import { tradingTables } from './trading.legacy';

const families = tradingTables.filter(({ source }) => source.family);

let dir: TempDir;
let database: FreshDatabase;
let redis: FreshRedis;
let store: CacheStore;
let client: Client;

beforeEach(async () => {
  [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
  [store, client] = [await openCacheStore(redis.url), await connectedClient(database.url)];
  makeSampleTree({ dir: dir.path, seed: 3, rows: 0, hazards: false, nowMs: Date.now() });
  expect(await migrate('migrate')).toEqual([]);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all([store.close(), client.end(), redis.flush()]);
  await Promise.all([database.drop(), dir.remove()]);
});

const common = () => ({
  ...migrationDefaults,
  ...{ root: dir.path, tables: families, known: tradingTables, connectionString: database.url },
  ...{ holder: 'test', version: '0', cache: store, signal: new AbortController().signal },
});

/** The differences that a full comparison finds. */
async function migrate(command: 'migrate' | 'verify'): Promise<string[]> {
  const report: MigrationReport = await runMigration(command, common());
  return report.tables.flatMap(({ table, verification }) =>
    (verification?.found ?? []).map(({ kind, rowKey, column }) => `${table} ${rowKey} ${column ?? '-'} ${kind}`),
  );
}

const following = (signal: AbortSignal, once: boolean): Promise<FollowState[]> =>
  follow({ ...common(), history: { keep: 'retention' }, once, recheck: false, signal });
const followOnce = (): Promise<FollowState[]> => following(new AbortController().signal, true);
const writtenTo = (states: readonly FollowState[]): Record<string, number> =>
  Object.fromEntries(states.map(({ table, written, deleted }) => [table, written + deleted]));

const inMemory = (name: string): string => path.join(dir.path, 'cache/memory', name);
const record = (n: number): string =>
  `${JSON.stringify({ symbol: 'TCS', agent_type: 'technical', result: { n }, timestamp: '2026-11-20T10:00:00' })}\n`;
const preference = (value: unknown): string => JSON.stringify({ mode: { value, updated_at: '2026-11-20T10:00:00' } });
const count = async (sql: string): Promise<number> =>
  Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.n);

it('finds files that grew, were rewritten, came and went, in every family', async () => {
  await followOnce();
  appendFileSync(inMemory('analyses_TCS.jsonl'), record(1) + record(2));
  writeFileSync(inMemory('user_0.json'), preference('Swing')); // Before all others: it moves their numbers.
  const users = await client.query<{ id: string }>(
    'SELECT user_id AS id FROM memory_preferences ORDER BY id DESC LIMIT 1',
  );
  rmSync(inMemory(`user_${users.rows[0]!.id}.json`));
  const scores = path.join(dir.path, 'data/global_scores/score_cache.json');
  writeFileSync(scores, readFileSync(scores, 'utf8').replace(/"blend_score": [\d.]+/, '"blend_score": 12.5'));
  const candles = path.join(dir.path, '.cache/historical');
  const [first] = Object.keys(JSON.parse(readFileSync(path.join(candles, 'metadata.json'), 'utf8')) as object);
  const file = path.join(candles, `${first}.json`);
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"close": [\d.]+/, '"close": 99.25'));

  await followOnce();
  expect(await migrate('verify')).toEqual([]);
  expect(await count(`memory_analyses WHERE result = '{"n": 2}'`)).toBe(1);
  expect(await count(`memory_preferences WHERE user_id = '0' AND pref_value = '"Swing"'`)).toBe(1);
  expect(await count(`memory_preferences WHERE user_id = '${users.rows[0]!.id}'`)).toBe(0);
});

it('compares everything at its first start, and nothing at a later one that finds the same files', async () => {
  const first = writtenTo(await followOnce());
  utimesSync(inMemory('analyses_TCS.jsonl'), new Date(), new Date());
  expect(writtenTo(await followOnce())).toEqual(first);
});

it('fills a Redis again that was emptied', async () => {
  await followOnce();
  await redis.flush();
  await followOnce();
  expect(await migrate('verify')).toEqual([]);
});

it('keeps what a file held before while it is being written, and has it when it is whole', async () => {
  const stop = new AbortController();
  const ended = following(stop.signal, false);
  ended.catch(() => undefined); // Awaited below.
  writeFileSync(inMemory('user_0.json'), preference('old'));
  const held = (value: string): Promise<boolean> =>
    count(`memory_preferences WHERE user_id = '0' AND pref_value = '"${value}"'`).then((n) => n === 1);
  await until(() => held('old'));
  jest.spyOn(Date, 'now').mockReturnValue(Date.now()); // A file that stays half written for ten seconds counts as broken.
  writeFileSync(inMemory('user_0.json'), preference('new').slice(0, 20));
  appendFileSync(inMemory('analyses_TCS.jsonl'), record(7));
  await until(() => count(`memory_analyses WHERE result = '{"n": 7}'`).then((n) => n === 1));
  await delay(2_500); // More than one look.
  expect(await held('old')).toBe(true);
  expect(await count('migration_quarantine WHERE replayed_at IS NULL')).toBe(0);
  writeFileSync(inMemory('user_0.json'), preference('new'));
  await until(() => held('new'));
  stop.abort();
  await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
});

it('takes what is added to a log with a broken line at once, and keeps its lines while it is made anew', async () => {
  const log = inMemory('analyses_TCS.jsonl');
  const stop = new AbortController();
  const ended = following(stop.signal, false);
  ended.catch(() => undefined); // Awaited below.
  appendFileSync(log, `{"symbol": "TC${record(6)}${record(7)}`);
  await until(() => count('migration_quarantine WHERE replayed_at IS NULL').then((n) => n === 1));
  const startedMs = Date.now();
  appendFileSync(log, record(8));
  await until(() => count(`memory_analyses WHERE result = '{"n": 8}'`).then((n) => n === 1));
  expect(Date.now() - startedMs).toBeLessThan(8_000); // The broken line alone would hold it up for ten seconds.
  const [before, whole] = [await count('memory_analyses'), readFileSync(log)];
  writeFileSync(log, '');
  appendFileSync(inMemory('user_0.json'), preference('later'));
  await until(() => count(`memory_preferences WHERE user_id = '0'`).then((n) => n === 1));
  await delay(2_500); // More than one look.
  expect(await count('memory_analyses')).toBe(before);
  writeFileSync(log, Buffer.concat([whole, Buffer.from(record(9))]));
  await until(() => count(`memory_analyses WHERE result = '{"n": 9}'`).then((n) => n === 1));
  expect(await count('memory_analyses')).toBe(before + 1);
  stop.abort();
  await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
});

it('sets aside what stays broken, as a copy does', async () => {
  writeFileSync(inMemory('user_0.json'), '{"mode": ');
  utimesSync(inMemory('user_0.json'), new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
  await followOnce();
  expect(await count('migration_quarantine WHERE replayed_at IS NULL')).toBe(1);
  writeFileSync(inMemory('user_0.json'), preference('whole'));
  await followOnce();
  expect(await count('migration_quarantine WHERE replayed_at IS NULL')).toBe(0);
  expect(await migrate('verify')).toEqual([]);
});

it('ends with a clear state where the folder goes away', async () => {
  const ended = following(new AbortController().signal, false);
  ended.catch(() => undefined); // Awaited below.
  await until(() =>
    count(`migration_follow WHERE table_name = 'global_scores' AND caught_up_at IS NOT NULL`).then((n) => n === 1),
  );
  rmSync(path.join(dir.path, 'data/global_scores'), { recursive: true });
  await expect(ended).rejects.toMatchObject({ code: 'LEGACY_UNREADABLE' });
  const states = await client.query(`SELECT state, reason FROM migration_follow WHERE table_name = 'global_scores'`);
  expect(states.rows).toEqual([{ state: 'failed', reason: 'LEGACY_UNREADABLE' }]);
});
