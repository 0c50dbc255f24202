import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir } from '@sluice/testing';
import { legacyShapes } from './legacy-shapes.fixture';
import { makeSampleTree, sampleNowMs, type SampleOptions } from './sample-tree';

let root: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ path: root, remove } = await tempDir()));
afterAll(() => remove());

let trees = 0;
const sample = (options: Partial<SampleOptions> = {}) =>
  makeSampleTree({ dir: join(root, String((trees += 1))), seed: 7, rows: 3000, hazards: false, ...options });

function digests(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const entries = files.map((file) => {
    const path = join(file.parentPath, file.name);
    return [path.slice(dir.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')] as const;
  });
  return Object.fromEntries(entries.sort());
}

function query(dir: string, file: string, sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(dir, file), { readOnly: true });
  try {
    return database.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}

it('writes the same bytes for the same seed and size, and others for another seed', () => {
  const first = digests(sample({ hazards: true }).dir);
  expect(digests(sample({ hazards: true }).dir)).toEqual(first);
  expect(digests(sample({ hazards: true, seed: 8 }).dir)['cache/llm_costs.db']).not.toBe(first['cache/llm_costs.db']);
});

it('gives every table the columns and indexes of the real files', () => {
  const { dir } = sample();
  const files = ['llm_costs', 'ai_recommendations', 'top_picks_runs', 'context'].map((name) => `cache/${name}.db`);
  const shapes = files.flatMap((file) =>
    query(dir, file, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`).map(
      ({ name }) => [
        name,
        { columns: columnsOf(dir, file, String(name)), indexes: indexesOf(dir, file, String(name)) },
      ],
    ),
  );
  expect(Object.fromEntries(shapes)).toEqual(legacyShapes);
  for (const file of files) {
    expect(query(dir, file, 'PRAGMA page_size')).toEqual([{ page_size: 4096 }]);
    expect(query(dir, file, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    expect(query(dir, file, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }
});

function columnsOf(dir: string, file: string, table: string): string[] {
  return query(dir, file, `PRAGMA table_info(${table})`).map(
    ({ name, type, notnull, pk, dflt_value: preset }) =>
      `${String(name)} ${String(type)}${notnull ? '!' : ''}${pk ? ` #${String(pk)}` : ''}${preset === null ? '' : ` = ${String(preset)}`}`,
  );
}

function indexesOf(dir: string, file: string, table: string): string[] {
  const indexes = query(dir, file, `PRAGMA index_list(${table})`).map(({ name, unique }) => {
    const keys = query(dir, file, `PRAGMA index_xinfo(${String(name)})`).filter(({ key }) => key);
    const columns = keys.map(({ name: column, desc }) => `${String(column)}${desc ? ' desc' : ''}`);
    const label = String(name).startsWith('sqlite_') ? '' : `${String(name)} `;
    return `${label}(${columns.join(', ')})${unique ? ' unique' : ''}`;
  });
  return indexes.sort();
}

it('gives exactly the rows that are asked for, and counts them', () => {
  const summary = sample({ tables: { llm_requests: 777, ai_recommendations: 123 } });
  expect(summary.tables).toMatchObject({ llm_requests: 777, ai_recommendations: 123, top_picks_runs: 90 });
  expect(query(summary.dir, 'cache/llm_costs.db', 'SELECT count(*) AS n FROM llm_requests')).toEqual([{ n: 777 }]);
  expect(query(summary.dir, 'cache/ai_recommendations.db', 'SELECT count(*) AS n FROM ai_recommendations')).toEqual([
    { n: 123 },
  ]);
});

it('joins each recommendation with the pick of its run in rank, symbol, score and time', () => {
  const { dir } = sample();
  const runs = new Map(
    query(dir, 'cache/top_picks_runs.db', 'SELECT * FROM top_picks_runs').map((run) => [run['run_id'], run]),
  );
  const recommendations = query(
    dir,
    'cache/ai_recommendations.db',
    'SELECT * FROM ai_recommendations WHERE run_id IS NOT NULL',
  );
  let shifted = 0;
  for (const row of recommendations) {
    const run = runs.get(row['run_id']);
    const payload = JSON.parse(String(run?.['payload'])) as {
      generated_at: string;
      picks: { symbol: string; rank: number; score_blend: number }[];
    };
    const pick = payload.picks.find(({ rank }) => rank === row['rank_in_run']);
    expect(pick).toMatchObject({ symbol: row['symbol'], score_blend: row['score_blend'] });
    shifted += Number(row['generated_at_utc'] === `${payload.generated_at}Z`);
  }
  expect(recommendations.length).toBeGreaterThan(400);
  expect(shifted).toBeGreaterThan(recommendations.length * 0.9);
});

it('keeps picks, contributions and outcomes together', () => {
  const { dir } = sample();
  const orphans = `SELECT count(*) AS n FROM pick_outcomes WHERE pick_uuid NOT IN (SELECT pick_uuid FROM pick_events)`;
  expect(query(dir, 'cache/ai_recommendations.db', orphans)).toEqual([{ n: 0 }]);
  expect(
    query(dir, 'cache/ai_recommendations.db', orphans.replace('pick_outcomes', 'pick_agent_contributions')),
  ).toEqual([{ n: 0 }]);
});

it('gives the cache entries of context memory a life relative to now', () => {
  const { dir } = sample({ nowMs: Date.UTC(2031, 4, 5) });
  const alive = `SELECT sum(expires_at > '2031-05-05') AS alive, sum(expires_at <= '2031-05-05') AS expired FROM context_memory`;
  expect(query(dir, 'cache/context.db', alive)).toEqual([{ alive: 20, expired: 19 }]);
});

it('keeps ids past the rows that the legacy retention deleted', () => {
  const { dir } = sample({ tables: { top_picks_runs: 10, ai_recommendations: 500 }, files: false });
  expect(query(dir, 'cache/top_picks_runs.db', 'SELECT min(id) AS low, max(id) AS high FROM top_picks_runs')).toEqual([
    { low: 91, high: 100 },
  ]);
  expect(
    query(dir, 'cache/top_picks_runs.db', `SELECT seq FROM sqlite_sequence WHERE name = 'top_picks_runs'`),
  ).toEqual([{ seq: 100 }]);
});

it('tells each planted hazard by table, key and column', () => {
  const { dir, hazards } = sample({ hazards: true, rows: 20_000 });
  expect(new Set(hazards.map(({ expected }) => expected))).toEqual(new Set(['stored', 'normalised', 'quarantined']));
  const planted = (column: string, code: string) =>
    hazards.find((hazard) => hazard.column === column && hazard.code === code)?.key;
  const [soon] = query(
    dir,
    'cache/ai_recommendations.db',
    `SELECT id FROM ai_recommendations WHERE exit_time_utc = 'soon'`,
  );
  expect(String(soon?.['id'])).toBe(planted('exit_time_utc', 'B23'));
  const [orphan] = query(
    dir,
    'cache/ai_recommendations.db',
    `SELECT id FROM pick_outcomes WHERE pick_uuid NOT IN (SELECT pick_uuid FROM pick_events)`,
  );
  expect(String(orphan?.['id'])).toBe(planted('pick_uuid', 'B34'));
  const [nul] = query(dir, 'cache/context.db', 'SELECT id FROM agent_analyses WHERE instr(reasoning, char(0))');
  expect(String(nul?.['id'])).toBe(planted('reasoning', 'B05'));
  const [copies] = query(
    dir,
    'cache/top_picks_runs.db',
    'SELECT max(n) AS n FROM (SELECT count(*) AS n FROM top_picks_runs GROUP BY run_id)',
  );
  expect(copies).toEqual({ n: 2 });
});

it('puts the recommendations, and only them, at the second place when asked', () => {
  const { dir, files } = sample({ secondPlace: true });
  const names = `SELECT group_concat(name) AS names FROM (SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%')`;
  expect(files).toContain('backend/cache/ai_recommendations.db');
  expect(query(dir, 'backend/cache/ai_recommendations.db', names)).toEqual([{ names: 'ai_recommendations' }]);
  expect(query(dir, 'cache/ai_recommendations.db', names)).toEqual([
    { names: 'pick_events,pick_agent_contributions,pick_outcomes,rl_policies' },
  ]);
});

it('writes the JSON files of every other system', () => {
  const { dir, files } = sample();
  const kinds = files.map((file) => file.replace(/[^/]*$/, ''));
  expect(new Set(kinds)).toEqual(
    new Set([
      'cache/',
      'data/top_picks/',
      'data/top_picks_intraday/',
      'data/scalping_exits/',
      '.cache/historical/',
      'data/global_scores/',
      'cache/memory/',
    ]),
  );
  const metadata = JSON.parse(readFileSync(join(dir, '.cache/historical/metadata.json'), 'utf8')) as Record<
    string,
    { row_count: number }
  >;
  for (const [key, { row_count: rows }] of Object.entries(metadata)) {
    const content = JSON.parse(readFileSync(join(dir, `.cache/historical/${key}.json`), 'utf8')) as { data: unknown[] };
    expect(content.data).toHaveLength(rows);
  }
});

it('refuses a folder that holds something, and replaces only its own with force', () => {
  const { dir } = sample({ rows: 100 });
  writeFileSync(join(dir, 'mine.txt'), 'kept');
  expect(() => sample({ dir, rows: 100 })).toThrow(expect.objectContaining({ code: 'SAMPLE_DIR_NOT_EMPTY' }));
  expect(sample({ dir, rows: 200, force: true }).tables.llm_requests).toBe(84);
  expect(readFileSync(join(dir, 'mine.txt'), 'utf8')).toBe('kept');
});

it('anchors everything at a fixed instant unless told otherwise', () => {
  expect(new Date(sampleNowMs).toISOString()).toBe('2026-01-14T10:00:00.000Z');
});
