import { connectedClient, freshDatabase } from '@sluice/testing';
import type { Client } from 'pg';
import { deferIndexes, restoreIndexes } from './deferred-indexes';

const tableSql = `CREATE TABLE rows (id bigint PRIMARY KEY, code text, parent bigint, at timestamptz, UNIQUE (at));
  CREATE INDEX by_parent ON rows (parent); CREATE INDEX by_code ON rows (code)`;

let client: Client;
beforeEach(async () => {
  client = await connectedClient((await freshDatabase()).url);
  await client.query(tableSql);
});
afterEach(() => client.end());

async function indexes(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexname AS name FROM pg_indexes WHERE tablename = 'rows' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

const all = ['by_code', 'by_parent', 'rows_at_key', 'rows_pkey'];

it.each([
  ['narrow rows go without their primary key and come back to it', 90, ['by_code', 'rows_at_key']],
  ['wide rows keep their primary key', 1400, ['by_code', 'rows_at_key', 'rows_pkey']],
])('%s', async (_name, rowBytes, kept) => {
  const create = await deferIndexes(client, 'rows', rowBytes);
  expect(await indexes()).toEqual(kept);
  await restoreIndexes(client, create);
  expect(await indexes()).toEqual(all);
});

it('keeps a primary key that a foreign key leans on', async () => {
  await client.query('CREATE TABLE children (parent bigint REFERENCES rows)');
  await deferIndexes(client, 'rows', 90);
  expect(await indexes()).toContain('rows_pkey');
});
