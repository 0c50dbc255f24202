import { createClient } from '@sluice/client';
import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { ApiProcess } from './api-process';

describe('a long history', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url, poolSize: 1 });
    // Every second run shares its time with another, across the borders of the pages too.
    await postgres.rows(Prisma.sql`
      INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, picks_count, payload)
      SELECT 'run ' || n, 'nifty50', 'Swing', '2026-01-09'::timestamptz + n / 2 * interval '1 us', 'hourly', 1,
             jsonb_build_object('n', n, 'text', repeat(md5(n::text), 400))
      FROM generate_series(1, 1100) AS n`);
    api = await ApiProcess.start({ DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await api.stop();
    await postgres.close();
    await database.drop();
  });

  it('arrives whole and in order, though it is read page by page', async () => {
    const { data, response } = await createClient({ url: api.url }).GET('/v1/analytics/top-picks-history', {
      params: { query: { limit: 1050 } },
    });
    expect([response.status, response.headers.get('content-type'), data?.count]).toEqual([
      ...[200, 'application/json; charset=utf-8', 1050],
    ]);
    const numbers = data?.runs.map(({ payload }) => payload?.['n']);
    expect(numbers).toEqual(Array.from({ length: 1050 }, (_, index) => 1100 - index));
  });

  it('does not begin an answer that it cannot give', async () => {
    await postgres.rows(Prisma.sql`ALTER TABLE top_picks_runs RENAME TO gone`);
    const { error, response } = await createClient({ url: api.url }).GET('/v1/analytics/top-picks-history');
    expect([response.status, error]).toEqual([500, { detail: 'Internal Server Error' }]);
  });
});
