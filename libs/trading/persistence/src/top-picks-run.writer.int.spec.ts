import { CacheOutbox, Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { TopPicksRunRepository, type PicksScope } from './top-picks-run.repository';
import { TopPicksRunWriter, type TopPicksResult } from './top-picks-run.writer';

describe('TopPicksRunWriter', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let outbox: CacheOutbox;
  let writer: TopPicksRunWriter;
  const invalidation = ({ universe, mode }: PicksScope) => ({ namespace: 'n', keys: [`n:${universe}:${mode}`] });

  beforeAll(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url });
    outbox = new CacheOutbox(postgres);
    writer = new TopPicksRunWriter(outbox, invalidation);
  });
  beforeEach(() =>
    postgres.rows(Prisma.sql`TRUNCATE top_picks_runs, top_picks_runs_archive, cache_outbox RESTART IDENTITY`),
  );
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });

  const storeRun = (result: TopPicksResult, trigger: string, by = writer) =>
    outbox.transaction((tx) => by.storeRun(tx, result, trigger));
  const stored = async () => new TopPicksRunRepository(postgres).list({ limit: 10, withPayload: true });
  const waiting = async () => (await outbox.claim(['n'], 10, 0)).map(({ keys }) => keys);

  it('stores the row of a run and what it makes old', async () => {
    const runId = await storeRun(
      {
        universe: 'NIFTY50',
        mode: 'intraDAY',
        total_analyzed: 50,
        passed_filter: 7,
        picks: [{ symbol: 'A' }, { symbol: 'B' }],
        metadata: { analysis_time_seconds: 1.25 },
        unknown: { kept: true },
      },
      'hourly',
    );
    const [{ run, payload } = { run: null, payload: null }] = await stored();
    expect(run).toEqual({
      run_id: runId,
      universe: 'nifty50',
      mode: 'Intraday',
      generated_at_utc: runId.slice('nifty50:Intraday:'.length),
      trigger: 'hourly',
      total_analyzed: 50,
      filtered_count: 7,
      picks_count: 2,
      elapsed_sec: 1.25,
    });
    expect(runId).toMatch(/^nifty50:Intraday:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/);
    expect(JSON.parse(payload!)).toMatchObject({ universe: 'NIFTY50', mode: 'intraDAY', unknown: { kept: true } });
    expect(await waiting()).toEqual([['n:nifty50:Intraday']]);
  });

  it.each<[string, TopPicksResult, object]>([
    [
      'nothing',
      {},
      { universe: '', mode: '', total_analyzed: 0, filtered_count: 0, picks_count: 0, elapsed_sec: null },
    ],
    ['a count of 0 with picks', { picks_count: 0, picks: [1, 2, 3] }, { picks_count: 3 }],
    ['a count of its own', { picks_count: 9, picks: [1] }, { picks_count: 9 }],
    ['a boolean as time', { metadata: { analysis_time_seconds: true } }, { elapsed_sec: 1 }],
    ['a text as time', { metadata: { analysis_time_seconds: '1.5' } }, { elapsed_sec: null }],
    ['a mode of two words', { mode: 'mean-REVERSION x' }, { mode: 'Mean-Reversion X' }],
  ])('understands %s as the legacy store did', async (_what, result, row) => {
    await storeRun(result, 'manual');
    expect((await stored())[0]?.run).toMatchObject(row);
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    ['NaN', { picks: [{ price: NaN }] }],
    ['an infinity', { picks: [Infinity] }],
    ['a bigint', { picks: [1n] }],
    ['a hole', { picks: [undefined] }],
    ['a function', { picks: [() => 1] }],
    ['a circle', { picks: [circle] }],
    ['a NUL', { picks: ['\0'] }],
    ['half a character', { picks: ['\ud83d'] }],
  ])('refuses %s and stores nothing of the run', async (_what, result) => {
    await expect(storeRun(result, 'manual')).rejects.toMatchObject({ code: 'TRADING_RUN_NOT_JSON' });
    expect(await stored()).toEqual([]);
    expect(await waiting()).toEqual([]);
  });

  it('keeps the text of an escape, which is no NUL', async () => {
    await storeRun({ picks: ['\\u0000'] }, 'manual');
    expect(JSON.parse((await stored())[0]!.payload!)).toEqual({ picks: ['\\u0000'] });
  });

  it('stores no run where its invalidation cannot be named', async () => {
    const failing = new TopPicksRunWriter(outbox, () => {
      throw new Error('no such key');
    });
    await expect(storeRun({}, 'manual', failing)).rejects.toThrow('no such key');
    expect(await stored()).toEqual([]);
  });

  it('stores a run as of a time of before', async () => {
    const at = '2026-01-09T14:28:23.933306Z';
    const runId = await outbox.transaction((tx) => writer.storeRun(tx, { universe: 'nifty50' }, 'file', at));
    expect(runId).toBe('nifty50::2026-01-09T14:28:23.933306');
    expect((await stored())[0]?.run.generated_at_utc).toBe('2026-01-09T14:28:23.933306');
  });

  it('moves the oldest runs before a time into the archive, and makes their scopes old', async () => {
    const storeAt = (at: string) =>
      outbox.transaction((tx) => writer.storeRun(tx, { universe: 'a', mode: 'b' }, 'file', at));
    for (const day of ['03', '01', '02', '04']) await storeAt(`2026-01-${day}T00:00:00Z`);
    await waiting();
    await outbox.claim(['n'], 10, 0).then((claimed) => outbox.delivered(claimed));
    const archive = (limit: number) => outbox.transaction((tx) => writer.archive(tx, '2026-01-04T00:00:00Z', limit));
    expect(await archive(2)).toBe(2);
    expect(await waiting()).toEqual([['n:a:B']]);
    const kept = await postgres.rows(Prisma.sql`
      SELECT id::int, run_id, trigger, payload FROM top_picks_runs_archive ORDER BY generated_at_utc`);
    expect(kept).toEqual([
      { id: 2, run_id: 'a:B:2026-01-01T00:00:00', trigger: 'file', payload: { universe: 'a', mode: 'b' } },
      { id: 3, run_id: 'a:B:2026-01-02T00:00:00', trigger: 'file', payload: { universe: 'a', mode: 'b' } },
    ]);
    expect((await stored()).map(({ id }) => id)).toEqual([4, 1]);
    expect((await Promise.all([archive(10), archive(10)])).sort()).toEqual([0, 1]);
    expect((await stored()).map(({ id }) => id)).toEqual([4]);
  });

  it('deletes no run whose number the archive has already, and does not wait for it', async () => {
    await postgres.rows(Prisma.sql`
      INSERT INTO top_picks_runs_archive (id, run_id, universe, mode, generated_at_utc, trigger, payload)
      VALUES (1, 'another', 'a', 'B', '2020-01-01Z', 'hourly', '{}')`);
    await outbox.transaction((tx) => writer.storeRun(tx, { universe: 'a' }, 'file', '2026-01-01T00:00:00Z'));
    const cutoff = '2026-01-04T00:00:00Z';
    expect(await outbox.transaction((tx) => writer.archive(tx, cutoff, 9))).toBe(0);
    expect(await outbox.transaction((tx) => writer.countDue(tx, cutoff))).toBe(0);
    expect((await stored()).map(({ id }) => id)).toEqual([1]);
  });

  // [run] of the contract: one write left 1 of 43 rows.
  it('adds to the runs of before, however old they are', async () => {
    await postgres.rows(Prisma.sql`
      INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, payload)
      VALUES ('old', 'nifty50', 'Intraday', '2020-01-01Z', 'hourly', '{}')`);
    await storeRun({}, 'manual');
    expect((await stored()).map(({ run }) => run.run_id)).toContain('old');
  });
});
