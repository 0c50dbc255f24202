import { connectedClient } from '@sluice/testing';
import type { Client } from 'pg';
import type { ExactReader } from '../exact/exact-reader';
import { RowApplier } from './apply-rows';
import { FollowBench, outcomes, picks } from './follow.fixture';

let bench: FollowBench;
let api: Client;
beforeEach(async () => {
  bench = await FollowBench.open();
  await bench.client.query(
    `INSERT INTO picks (uuid) VALUES ('u1'); INSERT INTO outcomes (uuid, label) VALUES ('u1', 'known')`,
  );
  api = await connectedClient(bench.database.url);
});
afterEach(async () => {
  await api.end();
  await bench.close();
});

const exact = { columns: ['id', 'uuid', 'note'] } as unknown as ExactReader;

it.each(['quick', 'careful'] as const)('lets nobody add a child to a row that is about to go: %s', async (mode) => {
  await bench.client.query('BEGIN');
  const applier = new RowApplier(bench.client, { table: picks, plan: '', exact }, mode, false);
  applier.add([1n], []);
  const found = await applier.dependents(outcomes);
  const late = api.query(`SET lock_timeout = '100ms'; INSERT INTO outcomes (uuid, label) VALUES ('u1', 'late')`);
  await expect(late).rejects.toMatchObject({ code: '55P03' });
  await bench.client.query('DELETE FROM outcomes WHERE id = ANY($1)', [found.map(String)]);
  await applier.takeOut();
  await bench.client.query('COMMIT');
  expect(await bench.rows('SELECT 1 FROM picks UNION ALL SELECT 1 FROM outcomes')).toEqual([]);
});
