import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CacheEngine, openCacheStore, type CacheStore } from '@sluice/cache';
import { redisDriver } from '@sluice/cache/testing';
import {
  migrationDefaults,
  findQuarantined,
  inspectTree,
  listQuarantine,
  replayQuarantine,
  runMigration,
  type MigrationReport,
  type TableReport,
} from '@sluice/migration';
import {
  connectedClient,
  freshDatabase,
  freshRedis,
  tempDir,
  type FreshDatabase,
  type FreshRedis,
  type TempDir,
} from '@sluice/testing';
import { TradingCaches } from '@sluice/trading-caching';
import Redis from 'ioredis';
import type { Client } from 'pg';
import { makeNastyFiles, makeSampleTree, type NastyFileRow } from './sample';
import { tradingTables } from './trading.legacy';

const families = tradingTables.filter(({ source }) => source.family);
const cacheTables = ['ohlc_files', 'global_scores', 'general_cache_files'];

let dir: TempDir;
let database: FreshDatabase;
let redis: FreshRedis;
let store: CacheStore;
let client: Client;

beforeEach(async () => {
  [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
  [store, client] = [await openCacheStore(redis.url), await connectedClient(database.url)];
});
afterEach(async () => {
  await Promise.all([store.close(), client.end(), redis.flush()]);
  await Promise.all([database.drop(), dir.remove()]);
});

const common = () => ({
  ...migrationDefaults,
  ...{ root: dir.path, tables: families, known: tradingTables, connectionString: database.url },
  ...{ holder: 'test', version: '0', cache: store, signal: new AbortController().signal },
});
const run = (
  command: 'migrate' | 'verify',
  over: { only?: string; restart?: boolean } = {},
): Promise<MigrationReport> =>
  runMigration(command, {
    ...common(),
    tables: families.filter(({ name }) => over.only === undefined || name === over.only),
    restart: over.restart ?? false,
  });
const rows = async (sql: string): Promise<Record<string, unknown>[]> => (await client.query(sql)).rows;
const outcomes = ({ tables }: MigrationReport): Record<string, string> =>
  Object.fromEntries(tables.map(({ table, outcome }) => [table, outcome]));
const reportOf = ({ tables }: MigrationReport, name: string): TableReport =>
  tables.find(({ table }) => table === name)!;
const place = (...names: string[]): string => path.join(dir.path, ...names);
const nasty = (): NastyFileRow[] => makeNastyFiles({ dir: dir.path });
const nameOf = ({ table, key }: { table: string; key: string }): string => `${table} ${key}`;

describe('everything that can be wrong with a file', () => {
  it('is in quarantine with its bytes, and everything else arrives and is equal', async () => {
    const planted = nasty();
    const report = await run('migrate');
    expect(report.tables.flatMap(({ verification }) => verification?.found ?? [])).toEqual([]);
    expect(report.exitCode).toBe(4);
    const waiting = await listQuarantine(client);
    expect(waiting.map((row) => `${nameOf(row)} ${row.code}`).sort()).toEqual(
      planted.flatMap((row) => (row.expected === 'quarantined' ? [`${nameOf(row)} ${row.about}`] : [])).sort(),
    );
    for (const { table, rowsTarget } of report.tables) {
      const kept = planted.filter((row) => row.table === table && ['stored', 'normalised'].includes(row.expected));
      expect({ table, rowsTarget }).toEqual({ table, rowsTarget: kept.length });
      const skipped = planted.filter((row) => row.table === table && row.expected === 'skipped');
      expect(reportOf(report, table).skipped).toEqual(countsOf(skipped));
      const ruled = planted.filter((row) => row.table === table && row.expected === 'normalised');
      expect(reportOf(report, table).normalised).toEqual(countsOf(ruled));
    }
    const cuts = waiting.filter(({ table, code }) => table === 'ohlc_files' && code === 'FILE');
    const stored = [];
    for (const { id } of cuts) stored.push(await findQuarantined(client, id));
    const cut = stored.find((row) => textOf(row!.raw, 'source_file').startsWith('HALF'));
    expect(textOf(cut!.raw, 'raw')).toBe('{"data": [{"time": "2026-01-09T09:15:00+');
    expect(cut?.reason).toBe('ends before its JSON does');
  });

  it('is foretold by an inspection', async () => {
    const planted = nasty().filter(({ expected, about }) => expected === 'quarantined' && about !== 'CACHE');
    const inspection = await inspectTree({ root: dir.path, tables: families, known: tradingTables });
    const foretold = inspection.files.flatMap(({ tables }) =>
      tables.map(({ table, columns }) => {
        const hazards = columns.flatMap(({ hazards: found }) =>
          found.filter(({ outcome }) => outcome === 'quarantined'),
        );
        return [table, hazards.reduce((sum, { count }) => sum + count, 0)];
      }),
    );
    expect(Object.fromEntries(foretold)).toEqual({
      ...{ global_scores: 0, general_cache_files: 0 },
      ...tally(planted),
    });
    expect(inspection.notes.join('\n')).toMatch(/analyses_TCS\.jsonl, line 16, ends before its JSON does/);
    expect(inspection.notes.join('\n')).toMatch(/not in metadata\.json.*: STRANGE_5m_/);
    expect(inspection.notes.join('\n')).toMatch(/no such file: GONE_5m_/);
    expect(inspection.notes.join('\n')).toMatch(/analyses_TCS\.jsonl has 3 records of another symbol/);
    expect(inspection.notes.join('\n')).toMatch(/ohlcv_M_M_1d_30\.json, .* may be ohlcv:M:M_1d:30 or ohlcv:M_M:1d:30/);
    expect(inspection.files.every(({ estimate }) => estimate.copyBytes === 0)).toBe(true);
  });
});

const countsOf = (fates: readonly NastyFileRow[]): Record<string, number> => tallyBy(fates, ({ about }) => about);
const tally = (fates: readonly NastyFileRow[]): Record<string, number> => tallyBy(fates, ({ table }) => table);
function tallyBy(fates: readonly NastyFileRow[], by: (row: NastyFileRow) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of fates) counts[by(row)] = (counts[by(row)] ?? 0) + 1;
  return counts;
}
const textOf = (raw: Record<string, unknown>, column: string): string =>
  Buffer.from(String((raw[column] as { hex?: string } | undefined)?.hex ?? ''), 'hex').toString();

describe('what arrived', () => {
  it('is what the files say, with what a rule changed kept in its original', async () => {
    nasty();
    await run('migrate');
    expect(await rows(`SELECT result::text, timestamp FROM memory_analyses WHERE id BETWEEN 300000001 AND 300000004 ORDER BY id`)).toEqual([
      { result: '{"score": 62.5}', timestamp: new Date('2026-01-09T10:00:00.500Z') },
      { result: '{"v": null, "w": null}', timestamp: expect.any(Date) },
      { result: '12345678901234567890', timestamp: expect.any(Date) },
      { result: 'null', timestamp: expect.any(Date) },
    ]); // prettier-ignore
    const originals = `SELECT convert_from(original, 'UTF8') AS text FROM migration_originals WHERE table_name = 'memory_analyses'`;
    expect(await rows(originals)).toEqual([{ text: '{"v": NaN, "w": -Infinity}' }]);
    expect(await rows(`SELECT user_id, pref_key, pref_value FROM memory_preferences ORDER BY id`)).toEqual([
      { user_id: 'a:b é', pref_key: '10', pref_value: null },
      { user_id: 'a:b é', pref_key: '9', pref_value: null },
      { user_id: 'a:b é', pref_key: 'mode', pref_value: 'Swing' },
    ]);
    expect(await rows(`SELECT id FROM memory_analyses WHERE symbol = 'M&M 100%'`)).toEqual([{ id: '200000001' }]);
    await client.query(
      `INSERT INTO memory_analyses (symbol, agent_type, result, timestamp) VALUES ('NEW', 'a', '1', now())`,
    );
    expect(await rows(`SELECT id FROM memory_analyses WHERE symbol = 'NEW'`)).toEqual([{ id: '700000002' }]);
  });

  it('is found by the caches themselves, with the life that is left', async () => {
    nasty();
    await run('migrate');
    const shared = await redisDriver(async () => redis).open();
    const engine = new CacheEngine({ tier2: shared.connect() });
    try {
      const { ohlc, scores, scoresTimestamp } = new TradingCaches(engine);
      const entry = JSON.parse(readFileSync(place('.cache/historical/metadata.json'), 'utf8')) as Record<
        string,
        Request
      >;
      const request = (symbol: string): Request => Object.values(entry).find((one) => one.symbol === symbol)!;
      for (const symbol of ['TCS', 'DAY', 'BRK:B é']) {
        const { from_date: from, to_date: to, interval, source } = request(symbol);
        const candles = await ohlc.get({ symbol, from, to, interval, source });
        expect(candles).toEqual({
          source: 'zerodha',
          rows: [{ time: '2026-01-09T09:15:00+05:30', close: 1.5, volume: 38_182_528 }],
        });
      }
      expect(await scores.get('A&B')).toMatchObject({
        blend_score: 62.5,
        is_actionable: true,
        recommendation_note: null,
      });
      expect((await scores.inspect('scores:global:A&B'))?.tier2?.freshForMs).toBeGreaterThan(5.7 * 3_600_000);
      expect((await scores.inspect('scores:global:A&B'))?.tier2?.freshForMs).toBeLessThan(5.84 * 3_600_000);
      expect(Date.parse((await scoresTimestamp.get('cache_timestamp')) ?? '')).toBeGreaterThan(Date.now() - 600_000);
      expect(await ohlc.invalidate({ symbol: 'TCS' })).toBe(1);
    } finally {
      await engine.close();
    }
  });
});

interface Request {
  readonly symbol: string;
  readonly from_date: string;
  readonly to_date: string;
  readonly interval: string;
  readonly source: string;
}

describe('a second run', () => {
  const sample = (): void => void makeSampleTree({ dir: dir.path, seed: 3, rows: 0, hazards: true, nowMs: Date.now() });

  it('says of an untouched tree that nothing changed', async () => {
    sample();
    expect(Object.values(outcomes(await run('migrate')))).toEqual(families.map(() => 'loaded'));
    const again = await run('migrate');
    expect(Object.values(outcomes(again))).toEqual(families.map(() => 'unchanged'));
    expect(again.tables.every(({ verification }) => verification?.clean)).toBe(true);
  });

  it('fills a cache again that lost its entries', async () => {
    nasty();
    await run('migrate');
    await redis.flush();
    const again = await run('migrate');
    expect(outcomes(again)).toMatchObject({
      ohlc_files: 'refilled',
      global_scores: 'refilled',
      memory_analyses: 'unchanged',
    });
    expect(again.exitCode).toBe(4);
  });

  it('sees what was changed in the files, and what a cache or Postgres has otherwise than they', async () => {
    sample();
    const before = await run('migrate', { only: 'memory_analyses' });
    appendFileSync(place('cache/memory/analyses_RELIANCE.jsonl'), readLine('RELIANCE'));
    const after = await run('verify', { only: 'memory_analyses' });
    expect(after.exitCode).toBe(5);
    expect(reportOf(after, 'memory_analyses').rowsSource).toBe(reportOf(before, 'memory_analyses').rowsSource + 1);
    expect((await run('migrate', { only: 'memory_analyses', restart: true })).exitCode).toBe(4);
    expect((await run('verify', { only: 'memory_analyses' })).exitCode).toBe(4);
    await client.query(`UPDATE memory_analyses SET agent_type = 'other' WHERE id = 100000001`);
    const changed = await run('verify', { only: 'memory_analyses' });
    expect(changed.exitCode).toBe(5);
    expect(reportOf(changed, 'memory_analyses').verification?.found).toMatchObject([
      { rowKey: '100000001', column: 'agent_type' },
    ]);
  });

  const readLine = (symbol: string): string =>
    `${readFileSync(place(`cache/memory/analyses_${symbol}.jsonl`), 'utf8').split('\n')[0]}\n`;

  it('sees another value, another type and another life in Redis', async () => {
    nasty();
    await run('migrate');
    const [tcs] = await keysLike('hist:TCS:%');
    await store.setMany([
      { key: tcs!, value: '{"source":"zerodha","rows":[]}', ttlMs: 3_000_000 },
      { key: 'scores:global:TCS', value: 'text', ttlMs: 100_000_000 },
      { key: 'scores:global:A&B', value: '{"blend_score":"1"}', ttlMs: 5_000_000, type: 'hash' },
    ]);
    const verified = await run('verify');
    expect(verified.exitCode).toBe(5);
    const found = verified.tables.flatMap(({ verification }) => verification?.found ?? []);
    expect(found.map(({ entry, column }) => `${entry} ${column}`).sort()).toEqual(
      [
        `${tcs} value`,
        'scores:global:A&B ttl',
        'scores:global:A&B value',
        'scores:global:TCS type',
        'scores:global:TCS ttl',
      ].sort(),
    );
  });

  const keysLike = async (pattern: string): Promise<string[]> => {
    const redisClient = new Redis(redis.url);
    const keys = await redisClient.keys(pattern.replace('%', '*'));
    redisClient.disconnect();
    return keys;
  };
});

describe('a replay', () => {
  it('takes a line in that was mended in its place, and forgets one that was emptied', async () => {
    nasty();
    await run('migrate');
    const file = place('cache/memory/analyses_TCS.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[15] = lines[0]!;
    lines[16] = '';
    writeFileSync(file, lines.join('\n'));
    const results = await replayQuarantine({
      ...common(),
      tables: families.filter(({ name }) => name === 'memory_analyses'),
    });
    const said = Object.fromEntries(results.map(({ key, outcome }) => [key, outcome]));
    expect(said).toMatchObject({ '300000016': 'loaded', '300000017': 'gone', '300000018': 'still-bad' });
    const verified = await run('verify', { only: 'memory_analyses' });
    expect(verified.tables.map(({ verification }) => verification?.clean)).toEqual([true]);
  });

  it('takes a cache file in that was mended', async () => {
    nasty();
    await run('migrate');
    const name = readdirSync(place('.cache/historical')).find((file) => file.startsWith('HALF'))!;
    const whole = readdirSync(place('.cache/historical')).find((file) => file.startsWith('TCS'))!;
    writeFileSync(place('.cache/historical', name), readFileSync(place('.cache/historical', whole)));
    const results = await replayQuarantine({
      ...common(),
      tables: families.filter(({ name: table }) => table === 'ohlc_files'),
    });
    expect(results.filter(({ outcome }) => outcome === 'loaded')).toHaveLength(1);
    expect((await run('verify', { only: 'ohlc_files' })).exitCode).toBe(4);
  });
});

it('takes scores over only where they are real', async () => {
  makeSampleTree({ dir: dir.path, seed: 3, rows: 0, hazards: false, nowMs: Date.now() });
  const report = await run('migrate');
  expect(report.exitCode).toBe(0);
  const { skipped, rowsSource, remarks } = reportOf(report, 'global_scores');
  expect(skipped).toEqual({ 'no real score: every one in the file is 0': rowsSource });
  expect(remarks?.join('\n')).toContain('all 30 scores are 0');
  expect(await store.readMany([{ key: 'scores:global:TCS', type: 'hash' }])).toEqual([null]);
});

it('defers what goes to a cache while there is none', async () => {
  nasty();
  const report = await runMigration('migrate', { ...common(), cache: null });
  for (const name of cacheTables) expect(outcomes(report)).toMatchObject({ [name]: 'deferred' });
});

it('refuses families in two places, and takes the one that is named', async () => {
  nasty();
  makeNastyFiles({ dir: place('backend') });
  await expect(run('migrate')).rejects.toMatchObject({ code: 'LEGACY_SOURCE_AMBIGUOUS' });
  const files = Object.fromEntries(families.map(({ name, source }) => [name, place('backend', source.family!.folder)]));
  const inspection = await inspectTree({ root: dir.path, tables: families, known: tradingTables, files });
  expect(inspection.files.map(({ file }) => file).every((file) => file.startsWith('backend/'))).toBe(true);
});
