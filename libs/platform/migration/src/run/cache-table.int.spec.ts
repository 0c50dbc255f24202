import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { openCacheStore, type CacheStore } from '@sluice/cache';
import {
  connectedClient,
  freshDatabase,
  freshRedis,
  LegacyCalls,
  tempDir,
  until,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import type { Client } from 'pg';
import { integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { legacyTable } from '../mapping/legacy-table';
import { listQuarantine } from '../state/quarantine';
import { migrationDefaults } from './migration-options';
import type { MigrationReport, TableReport } from './migration-report';
import { replayQuarantine, type ReplayResult } from './replay';
import { runMigration } from './run-migration';

const memory = legacyTable({
  source: { file: 'memory.db', table: 'memory', key: 'id' },
  target: {
    kind: 'cache',
    cache: 'm',
    entry: (row, nowMs) => {
      if (row['name'] === 'bad') return { reject: 'a bad name' };
      const ttlMs = Number(row['expires_at']) - nowMs;
      return ttlMs < 1 ? { skip: 'expired' } : { key: `m:${String(row['name'])}`, value: String(row['value']), ttlMs };
    },
  },
  columns: { id: integer, name: text, value: nullable(json()), expires_at: timestamp({ zone: 'UTC' }) },
});

let dir: TempDir;
let database: FreshDatabase;
let redis: FreshRedis;
let store: CacheStore;
let client: Client;
let legacy: LegacyCalls;
let aborted: AbortController;

beforeEach(async () => {
  [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
  [store, client] = [await openCacheStore(redis.url), await connectedClient(database.url)];
  legacy = await LegacyCalls.open(path.join(dir.path, 'memory.db'), 'delete');
  legacy.exec('CREATE TABLE memory (id INTEGER PRIMARY KEY, name TEXT, value TEXT, expires_at TIMESTAMP)');
  aborted = new AbortController();
});
afterEach(async () => {
  await Promise.all([store.close(), client.end(), redis.flush()]);
  await Promise.all([database.drop(), dir.remove()]);
});

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString().replace('T', ' ').slice(0, 19);
const put = (id: number, name: string, value: string, expiresAt = inAnHour()): void => {
  legacy.run('INSERT OR REPLACE INTO memory VALUES (?, ?, ?, ?)', id, name, value, expiresAt);
};

const common = () => ({
  ...migrationDefaults,
  ...{ root: dir.path, tables: [memory], known: [memory], connectionString: database.url },
  ...{ holder: 'test', cache: store, signal: aborted.signal },
});
const run = (command: 'migrate' | 'verify', onEvent: (type: string) => void = () => undefined, maxRate?: number) =>
  runMigration(command, {
    ...common(),
    ...{ version: '0', snapshot: 'in-place', maxRate },
    onEvent: ({ type }) => onEvent(type),
  });
const only = ({ tables }: MigrationReport): TableReport => tables[0]!;
const replay = (): Promise<ReplayResult[]> => replayQuarantine(common());
const quarantined = async (): Promise<string[]> => (await listQuarantine(client)).map(({ key }) => key);
const stateOf = async (): Promise<Record<string, string>> => {
  const { rows } = await client.query<Record<string, string>>(
    'SELECT status, rows_copied, rows_quarantined, rows_skipped FROM migration_tables',
  );
  return rows[0] ?? {};
};

describe('quarantine', () => {
  it('holds what the newest run found, and nothing of earlier ones', async () => {
    put(1, 'bad', '1');
    put(2, 'mended', '{');
    put(3, 'deleted', '{');
    expect(only(await run('migrate')).quarantined).toBe(3);
    const stays = (await listQuarantine(client)).find(({ key }) => key === '1');
    put(2, 'mended', '2');
    legacy.exec('DELETE FROM memory WHERE id = 3');
    const report = await run('migrate');
    expect(report.exitCode).toBe(4);
    expect(await quarantined()).toEqual(['1']);
    expect((await listQuarantine(client))[0]?.id).toBe(stays?.id); // What an operator has noted down still names it.
    expect(await store.getMany(['m:mended'])).toEqual(['2']);
    expect(await stateOf()).toMatchObject({ status: 'copied', rows_copied: '1', rows_quarantined: '1' });
  });

  it('takes a value that the cache could not keep', async () => {
    put(1, 'big', JSON.stringify(Array.from({ length: 17 }, () => 'x'.repeat(1024 * 1024))));
    put(2, 'small', '2');
    expect(only(await run('migrate'))).toMatchObject({ quarantined: 1, verification: { clean: true } });
    expect(await quarantined()).toEqual(['1']);
  });
});

describe('a replay', () => {
  const mended = async (value = '2'): Promise<void> => {
    put(1, 'a', '{');
    await run('migrate');
    put(1, 'a', value);
  };

  it('loads a mended row', async () => {
    await mended();
    expect(await replay()).toMatchObject([{ key: '1', outcome: 'loaded' }]);
    expect(await store.getMany(['m:a'])).toEqual(['2']);
    expect(await stateOf()).toMatchObject({ rows_copied: '1', rows_quarantined: '0' });
  });

  it('keeps a newer entry and says so', async () => {
    await mended();
    await store.setMany([{ key: 'm:a', value: '"newer"', ttlMs: 60_000 }]);
    const [result] = await replay();
    expect(result).toMatchObject({ outcome: 'kept', reason: expect.stringContaining('m:a') });
    expect(await store.getMany(['m:a'])).toEqual(['"newer"']);
    expect(await quarantined()).toEqual([]);
  });

  it('tells an equal entry that was there from one that it wrote', async () => {
    await mended();
    await store.setMany([{ key: 'm:a', value: '2', ttlMs: 60_000 }]);
    expect(await replay()).toMatchObject([{ outcome: 'present' }]);
    expect(await stateOf()).toMatchObject({ rows_copied: '1', rows_quarantined: '0' });
  });

  it('skips a row that has expired since', async () => {
    put(1, 'a', '{');
    await run('migrate');
    put(1, 'a', '2', '2020-01-01 00:00:00');
    expect(await replay()).toMatchObject([{ outcome: 'skipped', reason: 'expired' }]);
    expect(await stateOf()).toMatchObject({ rows_copied: '0', rows_quarantined: '0', rows_skipped: '1' });
  });

  it('never puts a row in the place of a later one whose entry the cache has lost', async () => {
    put(1, 'a', '{');
    put(2, 'a', '"later"');
    await run('migrate');
    await redis.flush();
    put(1, 'a', '"earlier"');
    expect(await replay()).toMatchObject([{ key: '1', outcome: 'skipped', reason: 'superseded' }]);
    expect(await store.getMany(['m:a'])).toEqual([null]);
    expect(only(await run('migrate'))).toMatchObject({ loadedNow: 1, verification: { clean: true } });
  });

  it('refuses a file at another place, because nothing in PostgreSQL proves that it is the same', async () => {
    await mended();
    const elsewhere = await tempDir();
    copyFileSync(path.join(dir.path, 'memory.db'), path.join(elsewhere.path, 'memory.db'));
    const replayed = replayQuarantine({ ...common(), root: elsewhere.path });
    await expect(replayed).rejects.toMatchObject({ code: 'QUARANTINE_SOURCE_FOREIGN', kind: 'refused' });
    expect(await store.getMany(['m:a'])).toEqual([null]);
    expect(await quarantined()).toEqual(['1']);
    await elsewhere.remove();
  });

  it('keeps the original of a value that a rule changed', async () => {
    await mended('NaN');
    await replay();
    const { rows } = await client.query(`SELECT row_key, original FROM migration_originals`);
    expect(rows).toEqual([{ row_key: '1', original: Buffer.from('NaN') }]);
  });
});

it('keeps the originals of entries alone, and those of the newest run alone', async () => {
  put(1, 'a', '{"x":NaN}');
  put(2, 'b', '[Infinity]');
  put(3, 'c', '[NaN]', '2020-01-01 00:00:00');
  put(4, 'b', '[-Infinity]');
  await run('migrate');
  const originals = async (): Promise<string[]> => {
    const { rows } = await client.query<{ line: string }>(
      `SELECT row_key || ' ' || column_name || ' ' || convert_from(original, 'UTF8') AS line FROM migration_originals ORDER BY 1`,
    );
    return rows.map(({ line }) => line);
  };
  expect(await originals()).toEqual(['1 value {"x":NaN}', '4 value [-Infinity]']);
  put(1, 'a', '{"x":0}');
  await run('migrate');
  expect(await originals()).toEqual(['4 value [-Infinity]']);
});

describe('a rebuilt cache', () => {
  beforeEach(async () => {
    put(1, 'a', '1');
    put(2, 'b', '2');
    expect(only(await run('migrate'))).toMatchObject({ outcome: 'loaded', loadedNow: 2 });
    expect(only(await run('migrate'))).toMatchObject({ outcome: 'unchanged', loadedNow: 0 });
    await redis.flush();
  });

  it('is no success of a verification, which says what is missing and what to do', async () => {
    const report = await run('verify');
    expect(report.exitCode).toBe(5);
    expect(only(report).remarks).toEqual([expect.stringMatching(/2 of 2 entries .*`sluice migrate --only memory`/)]);
    expect(only(report).verification?.found.map(({ entry, kind }) => [entry, kind])).toEqual([
      ['m:b', 'missing'],
      ['m:a', 'missing'],
    ]);
  });

  it('is refilled from the legacy file, and the report says so', async () => {
    const report = only(await run('migrate'));
    expect(report).toMatchObject({ outcome: 'refilled', loadedNow: 2, verification: { clean: true } });
    expect(report.remarks?.join()).toMatch(/memory: .* 2 were refilled/);
  });

  it('is told apart from rows that the legacy backend has added', async () => {
    await run('migrate');
    put(3, 'c', '3');
    expect(only(await run('migrate'))).toMatchObject({ outcome: 'loaded', loadedNow: 1 });
  });
});

it('stops between two batches on request, and the next run completes', async () => {
  legacy.exec('BEGIN');
  for (let id = 1; id <= 2_500; id++) put(id, `n${id}`, String(id));
  legacy.exec('COMMIT');
  const stopped = run('migrate', (type) => type === 'progress' && aborted.abort());
  await expect(stopped).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
  expect(await stateOf()).toEqual({});
  aborted = new AbortController();
  const report = only(await run('migrate'));
  expect(report).toMatchObject({ rowsTarget: 2_500, loadedNow: 2_000, verification: { clean: true } });
});

it('writes no faster than it may, and stops at once while it waits', async () => {
  legacy.exec('BEGIN');
  for (let id = 1; id <= 1_000; id++) put(id, `n${id}`, String(id));
  legacy.exec('COMMIT');
  const added = jest.spyOn(store, 'addMany');
  const timers = jest.spyOn(globalThis, 'setTimeout');
  const stopped = run('migrate', () => undefined, 1);
  const outcome = expect(stopped).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
  const isWaiting = (): boolean => timers.mock.calls.some(([, ms = 0]) => ms > 400_000);
  await until(isWaiting);
  aborted.abort();
  await outcome;
  expect(added).toHaveBeenCalledTimes(1);
  timers.mockRestore();
});

it('writes batches that are bounded by rows and by bytes, the last row first', async () => {
  legacy.exec('BEGIN');
  for (let id = 1; id <= 1_200; id++) put(id, `n${id}`, String(id));
  for (let id = 1_201; id <= 1_206; id++) put(id, `n${id}`, `[${id}, "${'x'.repeat(1_500_000)}"]`);
  legacy.exec('COMMIT');
  const added = jest.spyOn(store, 'addMany');
  expect(only(await run('migrate'))).toMatchObject({ loadedNow: 1_206, verification: { clean: true } });
  const batches = added.mock.calls.map(([entries]) => entries);
  expect(batches.map((entries) => entries.length)).toEqual([2, 2, 500, 500, 202]);
  expect(batches[0]?.map(({ key }) => key)).toEqual(['m:n1206', 'm:n1205']);
});
