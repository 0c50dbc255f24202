import { FollowBench } from '../follow/follow.fixture';

let bench: FollowBench;
beforeEach(async () => {
  bench = await FollowBench.open();
  await bench.ready(
    `INSERT INTO runs (name, made_at) VALUES ('a', '2026-11-01 00:00:00'), ('b', '2026-11-02 00:00:00')`,
  );
});
afterEach(() => bench.close());

it('asks the mode of its own schema, wherever the writer looks for tables', async () => {
  const write = (id: number): Promise<unknown> =>
    bench.client.query(`UPDATE public.runs SET name = 'api' WHERE id = ${id}`);
  await bench.client
    .query(`CREATE SCHEMA other; CREATE TABLE other.migration_domains (LIKE migration_domains INCLUDING ALL);
    CREATE TABLE other.migration_outbox (LIKE migration_outbox INCLUDING ALL)`);
  await bench.move('legacy');
  await bench.client.query(`CREATE TEMP TABLE migration_domains (LIKE public.migration_domains)`);
  await expect(write(1)).rejects.toMatchObject({ code: 'SL001' });
  await bench.client.query('DROP TABLE pg_temp.migration_domains');
  await bench.move('dual');
  for (const [at, search] of ['other', "''"].entries()) {
    await bench.client.query(`SET search_path = ${search}`);
    await write(at + 1);
  }
  await bench.client.query('RESET search_path');
  expect(await bench.rows('SELECT table_name, row_key::int FROM migration_outbox ORDER BY seq')).toEqual([['runs', 1], ['runs', 2]]); // prettier-ignore
});
