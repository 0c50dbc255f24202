import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { RecommendationRepository } from './recommendation.repository';

describe('RecommendationRepository', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let repository: RecommendationRepository;

  beforeAll(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url, poolSize: 1 });
    repository = new RecommendationRepository(postgres);
  });
  beforeEach(() => postgres.rows(Prisma.sql`TRUNCATE ai_recommendations RESTART IDENTITY`));
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });

  /** Rows in order of id: [symbol, mode, time, pnl or null for one that is not evaluated]. */
  const given = async (...rows: [symbol: string, mode: string, at: string, pnl: string | null][]) => {
    for (const [symbol, mode, at, pnl] of rows) {
      await postgres.rows(Prisma.sql`
        INSERT INTO ai_recommendations
          (symbol, mode, universe, source, recommendation, direction, generated_at_utc, evaluated, pnl_pct, rank_in_run)
        VALUES (${symbol}, ${mode}, 'NIFTY50', 'hourly', 'Buy', 'LONG', ${at}::timestamptz, ${pnl !== null},
                ${pnl}::float8, 1)`);
    }
  };
  const page = { evaluatedOnly: false, limit: 100, offset: 0 };

  it('keeps microseconds, and omits the fraction where it is zero', async () => {
    await given(['A', 'Swing', '2026-01-09T19:56:26.000024Z', null], ['B', 'Swing', '2026-01-09T19:56:26Z', null]);
    expect((await repository.list(page)).map((row) => row.generated_at_utc)).toEqual([
      '2026-01-09T19:56:26.000024Z',
      '2026-01-09T19:56:26Z',
    ]);
  });

  // [run] of the contract: the order of equal times was the query plan's.
  it('orders equal times by descending id, so that pages neither repeat nor miss a row', async () => {
    const at = '2026-01-09T10:00:00Z';
    await given(['A', 'Swing', at, null], ['B', 'Swing', at, null], ['C', 'Swing', at, null]);
    const first = await repository.list({ ...page, limit: 2 });
    const second = await repository.list({ ...page, limit: 2, offset: 2 });
    expect([...first, ...second].map((row) => row.id)).toEqual([3, 2, 1]);
  });

  it('gives integers as numbers, evaluated as 0 or 1 and exactly the 22 legacy columns', async () => {
    await given(['A', 'Swing', '2026-01-09T10:00:00Z', '1.5']);
    const [row] = await repository.list(page);
    expect(row).toMatchObject({ id: 1, rank_in_run: 1, evaluated: 1, pnl_pct: 1.5, exit_time_utc: null });
    expect(Object.keys(row ?? {})).toHaveLength(22);
  });

  it('filters by exact mode, symbol and evaluation', async () => {
    const at = '2026-01-09T10:00:00Z';
    await given(['A', 'Swing', at, '1'], ['A', 'Intraday', at, '1'], ['B', 'Swing', at, '1'], ['A', 'Swing', at, null]);
    const found = await repository.list({ ...page, mode: 'Swing', symbol: 'A', evaluatedOnly: true });
    expect(found.map((row) => row.id)).toEqual([1]);
    expect(await repository.list({ ...page, mode: 'swing' })).toEqual([]);
    expect(await repository.list({ ...page, symbol: 'A\0' })).toEqual([]);
  });

  it('totals the evaluated rows of the window per mode', async () => {
    await given(
      ['A', 'Swing', '2026-01-09T10:00:00Z', '4'],
      ['A', 'Swing', '2026-01-08T10:00:00Z', '-1'],
      ['A', 'Swing', '2026-01-07T10:00:00Z', '0'],
      ['A', 'Swing', '2026-01-06T10:00:00Z', '10'],
      ['A', 'Swing', '2026-01-05T23:59:59Z', '99'],
      ['B', 'Futures', '2026-01-09T10:00:00Z', '2'],
      ['B', 'Futures', '2026-01-09T10:00:00Z', null],
    );
    expect(await repository.totalsByMode('2026-01-06T10:00:00Z')).toEqual([
      { mode: 'Futures', trades: 1, wins: 1, pnlSum: 2, lowerMiddlePnl: 2, upperMiddlePnl: 2 },
      { mode: 'Swing', trades: 4, wins: 2, pnlSum: 13, lowerMiddlePnl: 0, upperMiddlePnl: 4 },
    ]);
  });
});
