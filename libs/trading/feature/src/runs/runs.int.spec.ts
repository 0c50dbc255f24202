import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BatchPool, CacheOutbox, IdempotentWrites, Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { RunResourceRepository, RunTexts, TopPicksRunRepository, TopPicksRunWriter } from '@sluice/trading-persistence';
import { LegacyDirectory } from '../legacy-directory';
import { ReconciliationService } from './reconciliation.service';
import { RunsService } from './runs.service';

let database: FreshDatabase;
let postgres: Postgres;
let batches: BatchPool;
let writes: IdempotentWrites;
let writer: TopPicksRunWriter;
let runs: RunsService;
const now = Date.parse('2026-04-10T00:00:00Z');

beforeAll(async () => {
  database = await freshDatabase();
  postgres = new Postgres({ url: database.url });
  batches = new BatchPool({ url: database.url });
  const outbox = new CacheOutbox(postgres);
  writes = new IdempotentWrites(outbox);
  writer = new TopPicksRunWriter(outbox, ({ universe, mode }) => ({ namespace: 'n', keys: [`${universe}:${mode}`] }));
  runs = new RunsService({
    runs: new TopPicksRunRepository(postgres),
    texts: new RunTexts(batches),
    ...{ writer, retentionDays: 90, clock: { nowMs: () => now } },
  });
});
beforeEach(() =>
  postgres.rows(
    Prisma.sql`TRUNCATE top_picks_runs, top_picks_runs_archive, cache_outbox, idempotency_keys RESTART IDENTITY`,
  ),
);
afterAll(async () => {
  await Promise.all([postgres.close(), batches.close()]);
  await database.drop();
});

const store = async (result: Record<string, unknown>, trigger = 'hourly', key?: string) => {
  const request = key === undefined ? null : { caller: 'a', key, fingerprint: Buffer.from('same') };
  return writes.run(request, (tx) => runs.store(tx, result, trigger));
};
const storeAt = (at: string, result: object = {}) =>
  writes.run(null, (tx) => writer.storeRun(tx, { universe: 'nifty50', mode: 'Swing', ...result }, 'hourly', at));

it('stores a run once for an idempotency key', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => store({ universe: 'A' }, 'manual', 'key')));
  expect(new Set(all.map(({ answer }) => answer)).size).toBe(1);
  expect((await runs.list({ limit: 10 })).items).toHaveLength(1);
});

it.each([
  ['a universe that is no text', { universe: 7 }],
  ['an overlong mode', { mode: 'x'.repeat(101) }],
  ['a count below zero', { total_analyzed: -1 }],
  ['a count with a fraction', { passed_filter: 1.5 }],
  ['a count as text', { picks_count: '5' }],
  ['picks that are no list', { picks: {} }],
])('refuses %s', async (_what, result) => {
  await expect(store(result)).rejects.toMatchObject({ code: 'API_REQUEST_INVALID' });
  expect((await runs.list({ limit: 10 })).items).toEqual([]);
});

it('takes null for what is not known', async () => {
  const result = { universe: null, mode: null, picks: null, metadata: null, total_analyzed: null, picks_count: null };
  expect((await store(result)).answer).toMatch(/^::/);
});

it('gives the first run of an id, its payload as it is stored', async () => {
  const at = '2026-01-09T14:00:00Z';
  await storeAt(at, { picks: [{ volume: 38182528, price: 75.5 }] });
  await storeAt(at, { picks: [] });
  const { version, text } = await runs.get('nifty50:Swing:2026-01-09T14:00:00');
  expect(JSON.parse(text)).toEqual({
    ...{ run_id: 'nifty50:Swing:2026-01-09T14:00:00', universe: 'nifty50', mode: 'Swing', trigger: 'hourly' },
    ...{ generated_at_utc: '2026-01-09T14:00:00Z', total_analyzed: 0, filtered_count: 0, picks_count: 1 },
    elapsed_sec: null,
    payload: { universe: 'nifty50', mode: 'Swing', picks: [{ volume: 38182528, price: 75.5 }] },
  });
  expect(version).toMatch(/^\d+$/);
  for (const absent of ['', 'none', 'a\0b'])
    await expect(runs.get(absent)).rejects.toMatchObject({ code: 'TRADING_RUN_NOT_FOUND' });
});

it('gives an infinite duration as none, and whole numbers as they are', async () => {
  await storeAt('2026-01-09T15:00:00Z');
  await postgres.rows(Prisma.sql`
    UPDATE top_picks_runs SET elapsed_sec = '-Infinity', payload = '{"volume": 9007199254740993}' RETURNING 1`);
  const { text } = await runs.get('nifty50:Swing:2026-01-09T15:00:00');
  expect(JSON.parse(text)).toMatchObject({ elapsed_sec: null });
  expect(text).toContain('{"volume": 9007199254740993}');
});

it('pages through runs of one time, filtered as the legacy query was', async () => {
  for (let i = 0; i < 5; i++) await storeAt('2026-01-09T14:00:00.5Z', { total_analyzed: i });
  await storeAt('2026-01-09T14:00:00.5Z', { mode: 'Intraday' });
  const seen: (number | null)[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await runs.list({ universe: 'NIFTY50', mode: 'sWING', limit: 2, cursor });
    seen.push(...page.items.map((run) => run.total_analyzed));
    cursor = page.next ?? undefined;
    more = page.next !== null;
  }
  expect(seen).toEqual([4, 3, 2, 1, 0]);
  const between = async (start: string, end: string) =>
    (await runs.list({ start_utc: start, end_utc: end, limit: 10 })).items.length;
  expect(await between('2026-01-09T19:30:00.5+05:30', '2026-01-09T14:00:00.5')).toBe(6);
  expect(await between('2026-01-09', '2026-01-09')).toBe(0);
  expect((await runs.list({ trigger: 'Hourly', limit: 10 })).items).toEqual([]);
});

describe('retention', () => {
  const archive = async (days?: number, isDry = false) =>
    (await writes.run(null, (tx) => runs.archive(tx, { days, dry_run: isDry }))).answer;

  it('archives what is older than the days, strictly, and says first what it would do', async () => {
    for (const at of ['2026-01-09T23:59:59.999999Z', '2026-01-10T00:00:00Z', '2026-02-01T00:00:00Z']) await storeAt(at);
    const cutoff = '2026-01-10T00:00:00Z';
    expect(await archive(undefined, true)).toEqual({ days: 90, dry_run: true, cutoff, archived: 0, remaining: 1 });
    expect(await archive(90)).toEqual({ days: 90, dry_run: false, cutoff, archived: 1, remaining: 0 });
    expect((await runs.list({ limit: 10 })).items).toHaveLength(2);
  });

  it('needs no second connection, of which there may be none', async () => {
    const lone = new Postgres({ url: database.url, poolSize: 1, statementTimeoutMs: 3_000 });
    const retained = new IdempotentWrites(new CacheOutbox(lone)).run(null, (tx) =>
      new RunsService({
        ...{ runs: new TopPicksRunRepository(lone), texts: new RunTexts(batches), writer },
        ...{ retentionDays: 90, clock: { nowMs: () => now } },
      }).archive(tx, { dry_run: false }),
    );
    await expect(retained.finally(() => lone.close())).resolves.toMatchObject({
      answer: { archived: 0, remaining: 0 },
    });
  });

  it('does nothing with no days', async () => {
    await storeAt('2020-01-01T00:00:00Z');
    expect(await archive(0)).toMatchObject({ archived: 0, cutoff: null });
    expect((await runs.list({ limit: 10 })).items).toHaveLength(1);
  });
});

describe('reconciliation with the run files', () => {
  let root: TempDir;
  beforeEach(async () => void (root = await tempDir()));
  afterEach(() => root.remove());
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(root.path, name)), { recursive: true });
    await writeFile(join(root.path, name), text);
  };
  const service = () =>
    new ReconciliationService(new RunResourceRepository(postgres), writer, new LegacyDirectory(root.path));
  const reconcile = async () => {
    const comparison = await service().compare();
    return (await writes.run(null, (tx) => service().add(tx, comparison))).answer;
  };
  const intraday = 'data/top_picks_intraday/picks_nifty50_Intraday_20260109_144610.json';
  const scheduler = (over: object = {}) => ({
    ...{
      items: [{ symbol: 'TCS', price: 75 }],
      as_of: '2026-01-09T20:14:34.765817',
      universe: 'nifty50',
      mode: 'Intraday',
    },
    ...{ elapsed_seconds: 90.05039, policy_version: '1.0', ...over },
  });
  const engine = {
    ...{ generated_at: '2026-01-09T20:14:34.765817', universe: 'nifty50', mode: 'Intraday', total_analyzed: 50 },
    ...{ picks: [{ symbol: 'TCS', price: 75 }], metadata: { analysis_time_seconds: 90.05039 }, picks_count: 1 },
  };

  it('finds a stored run and its file alike, whichever of the two files it is', async () => {
    const { answer: runId } = await storeAt('2026-01-09T14:46:10.34083Z', engine);
    await write(intraday, JSON.stringify(scheduler({ run_id: runId })).replace('75', '75.0'));
    await write('data/top_picks/picks_2026-01-09.json', JSON.stringify(engine));
    expect(await reconcile()).toEqual({ dry_run: false, files: 2, agreeing: 2, added: [], differences: [] });
  });

  it('adds a run whose store failed, once, as of the end that its file is named by', async () => {
    await write(intraday, JSON.stringify(scheduler()).replace('"price":75', '"price": NaN'));
    await write(
      'data/top_picks/picks_2026-01-09.json',
      JSON.stringify({ ...engine, picks: [{ symbol: 'TCS', price: null }] }),
    );
    const preview = service().preview(await service().compare());
    expect(preview).toMatchObject({ dry_run: true, files: 2, added: [{ file: intraday, run_id: null }] });
    const runId = 'nifty50:Intraday:2026-01-09T14:46:10';
    const both = await Promise.all([reconcile(), reconcile()]);
    expect(both.flatMap(({ added }) => added)).toEqual([{ file: intraday, run_id: runId }]);
    expect(await reconcile()).toMatchObject({ agreeing: 2, added: [], differences: [] });
    const payload = { generated_at: '2026-01-09T20:14:34.765817', policy_version: '1.0' };
    expect(JSON.parse((await runs.get(runId)).text)).toMatchObject({
      ...{ trigger: 'file', picks_count: 1, elapsed_sec: 90.05039 },
      payload: { ...payload, picks: [{ symbol: 'TCS', price: null }] },
    });
  });

  it('adds the last run of a day from its own file, as of its start and its length', async () => {
    await write('data/top_picks/picks_2026-01-09.json', JSON.stringify(engine));
    expect((await reconcile()).added).toEqual([
      { file: 'data/top_picks/picks_2026-01-09.json', run_id: 'nifty50:Intraday:2026-01-09T14:46:04.815000' },
    ]);
  });

  it('lists what does not agree and leaves it as it is', async () => {
    const { answer: runId } = await storeAt('2026-01-09T14:46:10.34083Z', engine);
    const named = (stamp: string) => intraday.replace('144610', stamp);
    await write(named('000001'), JSON.stringify(scheduler({ run_id: runId, items: [], elapsed_seconds: 1 })));
    await write(named('000002'), JSON.stringify(scheduler({ run_id: 'nobody' })));
    await write(named('000003'), '{"items": [');
    await write(named('000004'), JSON.stringify(scheduler({ as_of: 'soon' })));
    await write(named('000005'), JSON.stringify(scheduler({ note: '\0' })));
    await write('data/top_picks_intraday/notes.txt', 'none of them');
    const { files, agreeing, added, differences } = await reconcile();
    expect([files, agreeing, added]).toEqual([5, 0, []]);
    expect(differences.map(({ file, run_id: id, what }) => [file.slice(-11, -5), id, what])).toEqual([
      ['000001', runId, 'its picks are not those of the stored run'],
      ['000001', runId, 'its elapsed seconds are not those of the stored run'],
      ['000002', 'nobody', 'the run that it names is not stored'],
      ['000003', null, 'it is no JSON'],
      ['000004', null, 'it has no time'],
      ['000005', null, 'note must hold neither NUL nor half a character'],
    ]);
  });

  it('passes over files that no row can hold, and adds the others', async () => {
    const daily = (day: string) => `data/top_picks/picks_2026-01-${day}.json`;
    await write(daily('01'), JSON.stringify({ ...engine, total_analyzed: 'fifty' }));
    await write(daily('02'), JSON.stringify({ ...engine, picks_count: true }));
    await write(daily('03'), JSON.stringify({ ...engine, metadata: { analysis_time_seconds: 8e15 } }));
    await write(intraday.replace('20260109_144610', '20261399_996199'), JSON.stringify(scheduler()));
    await write(daily('09'), JSON.stringify(engine));
    const { added, differences } = await reconcile();
    expect(added.map(({ file }) => file)).toEqual([daily('09')]);
    expect(differences.map(({ file, what }) => [file.slice(-15, -5), what])).toEqual([
      ['399_996199', 'it ends at no time'],
      ['2026-01-01', 'result.total_analyzed must be a whole number from 0 on'],
      ['2026-01-02', 'result.picks_count must be a whole number from 0 on'],
      ['2026-01-03', 'it ends at no time'],
    ]);
  });

  it('finds a run that was archived', async () => {
    const { answer: runId } = await storeAt('2025-01-09T14:46:10.34083Z', engine);
    await writes.run(null, (tx) => runs.archive(tx, { days: 90, dry_run: false }));
    await write(intraday, JSON.stringify(scheduler({ run_id: runId })));
    expect(await reconcile()).toMatchObject({ agreeing: 1, added: [] });
  });

  it('has nothing to compare with where nobody says where the files are', async () => {
    const none = new ReconciliationService(new RunResourceRepository(postgres), writer, new LegacyDirectory(null));
    await expect(none.compare()).rejects.toMatchObject({ code: 'TRADING_NO_LEGACY_DIR' });
  });
});
