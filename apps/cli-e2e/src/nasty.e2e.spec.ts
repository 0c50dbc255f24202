import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { freshDatabase, freshRedis, tempDir, type FreshDatabase, type FreshRedis, type TempDir } from '@sluice/testing';
import { makeNastyFiles, makeNastyTree, type NastyRow } from '@sluice/trading-legacy';
import { sluice, sluiceJson, type Quarantine, type Report } from './sluice';
import { query } from './target';

const cacheTables = [
  'support_resistance_levels',
  'context_memory',
  'ohlc_files',
  'global_scores',
  'general_cache_files',
];

describe.each(['auto', 'sql', 'exact'])('every hazard in every column, through the %s lane', (lane) => {
  let dir: TempDir;
  let database: FreshDatabase;
  let redis: FreshRedis;
  let legacy: string;
  let expected: NastyRow[];
  let migrated: { code: number | null; document: Report; stderr: string };
  let waiting: Quarantine;
  const servers = () => ({ database: database.url, redis: redis.url, legacy });
  const nameOf = ({ table, key }: { table: string; key: string }): string => `${table} ${key}`;

  beforeAll(async () => {
    [dir, database, redis] = await Promise.all([tempDir(), freshDatabase(), freshRedis()]);
    legacy = path.join(dir.path, 'legacy');
    const files = makeNastyFiles({ dir: legacy }).flatMap(({ table, key, expected: fate, about }) =>
      fate === 'quarantined' ? [{ table, key, column: '', code: about, expected: fate } as const] : [],
    );
    expected = [...makeNastyTree({ dir: legacy }), ...files];
    migrated = await sluiceJson<Report>(['migrate', '--lane', lane], { ...servers(), deadlineMs: 240_000 });
    waiting = (await sluiceJson<Quarantine>(['quarantine', 'list'], servers())).document;
  }, 300_000);
  afterAll(() => Promise.all([dir.remove(), database.drop()]));

  it('ends with 4, every table equal to its file', () => {
    expect({ code: migrated.code, error: migrated.document.error }).toEqual({ code: 4, error: undefined });
    const different = migrated.document.tables.filter(({ verification }) => !verification?.clean);
    expect(different.map(({ table, verification }) => ({ table, found: verification?.found.slice(0, 5) }))).toEqual([]);
  });

  it('quarantines exactly the rows that the rules name', () => {
    const planted = new Set(expected.filter((row) => row.expected === 'quarantined').map(nameOf));
    const found = new Set(waiting.map(nameOf));
    expect(planted.size).toBeGreaterThan(1_000);
    expect([...planted].filter((row) => !found.has(row))).toEqual([]);
    expect([...found].filter((row) => !planted.has(row))).toEqual([]);
  });

  it('gives each its hazard as the reason', () => {
    const reasons = new Map(waiting.map((row) => [nameOf(row), row.code]));
    const wrong = expected
      .filter((row) => row.expected === 'quarantined' && !cacheTables.includes(row.table))
      .filter((row) => reasons.get(nameOf(row)) !== row.code)
      .map((row) => `${nameOf(row)} ${row.column}: ${row.code} expected, ${reasons.get(nameOf(row))} found`);
    expect(wrong).toEqual([]);
  });

  it('normalises what a rule names and keeps the rest of the row', async () => {
    const ruled = expected.filter((row) => row.expected === 'normalised' && !cacheTables.includes(row.table));
    expect(ruled.length).toBeGreaterThan(50);
    const counted = new Map(migrated.document.tables.map(({ table, normalised }) => [table, normalised]));
    const uncounted = ruled.filter(
      ({ table, column, rule }) => !((counted.get(table)?.[`${column}: ${rule}`] ?? 0) > 0),
    );
    expect(uncounted.map(({ table, column, rule }) => `${table}.${column}: ${rule}`)).toEqual([]);
  });

  it('lets every other row arrive', async () => {
    for (const { table, rowsSource, quarantined } of migrated.document.tables) {
      if (cacheTables.includes(table)) continue;
      const [row] = await query<{ n: string }>(database.url, `SELECT count(*) AS n FROM ${table}`);
      expect({ table, rows: Number(row?.n) }).toEqual({ table, rows: rowsSource - quarantined });
    }
  });

  it('brings a row in when its legacy value was mended', async () => {
    const bad = waiting.find(({ table, column }) => table === 'llm_requests' && column === 'tokens_input');
    const db = new DatabaseSync(path.join(legacy, 'cache/llm_costs.db'));
    db.prepare('UPDATE llm_requests SET tokens_input = 77 WHERE id = ?').run(BigInt(bad?.key ?? 0));
    db.close();
    const { code, stdout } = await sluice(['quarantine', 'replay', '--only', 'llm_requests', '--json'], servers());
    expect(code).toBe(4);
    const results = JSON.parse(stdout) as { key: string; outcome: string }[];
    expect(results.filter(({ outcome }) => outcome === 'loaded')).toMatchObject([{ key: bad?.key }]);
    const rows = await query(database.url, 'SELECT tokens_input FROM llm_requests WHERE id = $1', [bad?.key]);
    expect(rows).toEqual([{ tokens_input: '77' }]);
    const verified = await sluiceJson<Report>(['verify', '--only', 'llm_requests'], servers());
    expect(verified.document.tables[0]?.verification?.clean).toBe(true);
  });
});
