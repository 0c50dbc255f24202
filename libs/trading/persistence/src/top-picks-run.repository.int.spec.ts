import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { TopPicksRunRepository } from './top-picks-run.repository';
import { UniverseRepository } from './universe.repository';

describe('TopPicksRunRepository', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let repository: TopPicksRunRepository;

  beforeAll(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url, poolSize: 1 });
    repository = new TopPicksRunRepository(postgres);
  });
  beforeEach(() => postgres.rows(Prisma.sql`TRUNCATE top_picks_runs RESTART IDENTITY`));
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });

  const given = (run: { id: string; at: string; mode?: string; picks?: number; payload?: string }) =>
    postgres.rows(Prisma.sql`
      INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, picks_count, elapsed_sec, payload)
      VALUES (${run.id}, 'nifty50', ${run.mode ?? 'Intraday'}, ${run.at}::timestamptz, 'hourly', ${run.picks ?? 0}, 1.5,
              ${run.payload ?? '{}'}::jsonb)`);
  const everything = { limit: 100, withPayload: true };
  const idsOf = async (filter: Partial<Parameters<typeof repository.list>[0]>) =>
    (await repository.list({ ...everything, ...filter })).map(({ run }) => run.run_id);

  it('writes times as the legacy rows hold them: UTC, microseconds, no zone mark', async () => {
    await given({ id: 'a', at: '2026-01-09T14:28:23.933306Z' });
    expect((await repository.list(everything))[0]?.run.generated_at_utc).toBe('2026-01-09T14:28:23.933306');
  });

  it('includes both bounds to the microsecond and understands offsets', async () => {
    await given({ id: 'a', at: '2026-01-09T14:50:00.000001Z' });
    await given({ id: 'b', at: '2026-01-09T14:50:00.000002Z' });
    expect(await idsOf({ from: '2026-01-09T14:50:00.000002Z' })).toEqual(['b']);
    expect(await idsOf({ to: '2026-01-09T20:20:00.000001+05:30' })).toEqual(['a']);
  });

  it('orders newest first and equal times by descending id', async () => {
    await given({ id: 'a', at: '2026-01-09T14:50:00Z' });
    await given({ id: 'b', at: '2026-01-09T14:50:00Z' });
    await given({ id: 'c', at: '2026-01-08T14:50:00Z' });
    expect(await idsOf({})).toEqual(['b', 'a', 'c']);
    const [newest] = await repository.list({ ...everything, limit: 1 });
    expect(newest?.run.run_id).toBe('b');
    expect(await idsOf({ after: newest })).toEqual(['a', 'c']);
  });

  it('keeps integers beyond 2^53 in a payload, and leaves it out when nobody asked', async () => {
    await given({ id: 'a', at: '2026-01-09T14:50:00Z', payload: '{"volume": 9007199254740993}' });
    expect((await repository.list(everything))[0]?.payload).toBe('{"volume": 9007199254740993}');
    expect((await repository.list({ ...everything, withPayload: false }))[0]?.payload).toBeNull();
  });

  it('passes over runs without picks and takes the newest of the rest', async () => {
    const payload = (n: number, at: string) => JSON.stringify({ generated_at: at, picks: Array(n).fill({}) });
    await given({ id: 'old', at: '2026-01-09T14:00:00Z', picks: 1, payload: payload(1, 'old') });
    await given({ id: 'good', at: '2026-01-09T14:10:00Z', picks: 5, payload: payload(5, '2026-01-09T19:40:00') });
    await given({ id: 'empty', at: '2026-01-09T14:20:00Z' });
    await given({ id: 'odd', at: '2026-01-09T14:20:00Z', mode: 'Swing', picks: 3, payload: '{"picks": "none"}' });
    const scopes = ['Intraday', 'Swing', 'Options'].map((mode) => ({ universe: 'nifty50', mode }));
    expect(await repository.listLatestWithPicks(scopes)).toEqual([
      { universe: 'nifty50', mode: 'Intraday', items: 5, asOf: '2026-01-09T19:40:00', elapsedSec: 1.5 },
      { universe: 'nifty50', mode: 'Swing', items: 0, asOf: null, elapsedSec: 1.5 },
    ]);
  });

  it('finds the newest run with picks of one scope, and every scope that has one', async () => {
    await given({ id: 'old', at: '2026-01-09T14:00:00Z', picks: 1 });
    await given({ id: 'new', at: '2026-01-09T14:10:00.5Z', picks: 2, payload: '{"picks": [1, 2]}' });
    await given({ id: 'empty', at: '2026-01-09T14:20:00Z' });
    await given({ id: 'none', at: '2026-01-09T14:20:00Z', mode: 'Options' });
    await given({ id: 'swing', at: '2026-01-09T14:20:00Z', mode: 'Swing', picks: 1 });
    expect(await repository.findLatestWithPicks({ universe: 'nifty50', mode: 'Intraday' })).toEqual({
      ...{ runId: 'new', generatedAtUtc: '2026-01-09T14:10:00.500000', elapsedSec: 1.5 },
      payload: '{"picks": [1, 2]}',
    });
    expect(await repository.findLatestWithPicks({ universe: 'nifty50', mode: 'Options' })).toBeNull();
    expect(await repository.listScopesWithPicks()).toEqual(
      ['Intraday', 'Swing'].map((mode) => ({ universe: 'nifty50', mode })),
    );
  });

  it('knows of a universe whom it recommended and how many stocks the newest run analysed', async () => {
    await postgres.rows(Prisma.sql`TRUNCATE ai_recommendations RESTART IDENTITY`);
    await given({ id: 'a', at: '2026-01-09T14:00:00Z' });
    await postgres.rows(Prisma.sql`UPDATE top_picks_runs SET total_analyzed = 50`);
    await given({ id: 'b', at: '2026-01-09T14:30:00Z' });
    for (const symbol of ['TCS', 'INFY', 'TCS'])
      await postgres.rows(Prisma.sql`
        INSERT INTO ai_recommendations (symbol, mode, universe, source, recommendation, direction, generated_at_utc)
        VALUES (${symbol}, 'Swing', 'NIFTY50', 'hourly', 'Buy', 'LONG', '2026-01-09T14:00:00Z')`);
    const universes = new UniverseRepository(postgres);
    expect(await universes.find('nifty50')).toEqual({ symbols: ['INFY', 'TCS'], stocks: 50 });
    expect(await universes.find('nosuch')).toEqual({ symbols: [], stocks: null });
  });
});
