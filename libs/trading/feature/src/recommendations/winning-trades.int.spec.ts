import { CacheOutbox, IdempotentWrites, Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { RunResultsRepository, TopPicksRunWriter } from '@sluice/trading-persistence';

let database: FreshDatabase;
let postgres: Postgres;
let results: RunResultsRepository;

beforeAll(async () => {
  database = await freshDatabase();
  postgres = new Postgres({ url: database.url });
  results = new RunResultsRepository(postgres);
  await storeRun('2026-01-08T00:00:00Z', ['OLD']);
  const first = await storeRun('2026-01-09T10:00:00Z', ['TCS', 'INFY', 'SBIN']);
  await storeRun('2026-01-09T11:00:00Z', []);
  await storeRun('2026-01-09T12:00:00Z', ['WIPRO'], 'banknifty');
  const last = await storeRun('2026-01-09T13:00:00Z', ['TCS']);
  await storeRow('TCS', first, 2.5);
  await storeRow('TCS', first, -9); // Logged once more.
  await storeRow('INFY', first, 0);
  await storeRow('SBIN', first, null);
  await storeRow('TCS', last, null, false);
  await storeRow('WIPRO', 'elsewhere', 7);
});
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

async function storeRun(at: string, symbols: readonly string[], universe = 'nifty50'): Promise<string> {
  const outbox = new CacheOutbox(postgres);
  const writer = new TopPicksRunWriter(outbox, () => ({ namespace: 'n', keys: ['k'] }));
  const picks = symbols.map((symbol) => ({ symbol: symbol.toLowerCase() }));
  const run = { universe, mode: 'Swing', picks };
  return (await new IdempotentWrites(outbox).run(null, (tx) => writer.storeRun(tx, run, 'hourly', at))).answer;
}

const storeRow = (symbol: string, runId: string, pnl: number | null, evaluated = true) =>
  postgres.rows(Prisma.sql`
    INSERT INTO ai_recommendations (symbol, mode, universe, source, recommendation, direction, generated_at_utc, run_id,
                                    evaluated, pnl_pct, exit_time_utc)
    VALUES (${symbol}, 'Swing', 'NIFTY50', 'hourly', 'Buy', 'LONG', '2026-01-09T10:00:00Z', ${runId}, ${evaluated},
            ${pnl}::float8, ${evaluated ? '2026-01-09T10:20:00Z' : null}::timestamptz)
    RETURNING id`);

const window = { universe: 'nifty50', since: '2026-01-09T00:00:00Z' };

it('gives the picks of the runs beside their results, the last run first', async () => {
  const found = await results.list(window, 10);
  const shown = found.map(({ pick, evaluated, pnl_pct }) => [(pick as { symbol: string }).symbol, evaluated, pnl_pct]);
  expect(shown).toEqual([
    ['tcs', false, null],
    ['tcs', true, 2.5],
    ['infy', true, 0],
    ['sbin', true, null],
  ]);
  expect(found[1]).toMatchObject({ generated_at_utc: '2026-01-09T10:00:00Z', exit_time_utc: '2026-01-09T10:20:00Z' });
  expect((await results.list(window, 2)).map(({ pnl_pct }) => pnl_pct)).toEqual([null, 2.5]);
});

it('adds up what was logged of these runs, and of no other', async () => {
  expect(await results.totals(window)).toEqual({ recommendations: 5, trades: 3, wins: 1, pnlSum: -6.5 });
  expect(await results.totals({ ...window, universe: 'finnifty' })).toEqual({
    ...{ recommendations: 0, trades: 0, wins: 0, pnlSum: 0 },
  });
});
