import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import type { Client } from 'pg';
import { listQuarantine, putAside } from './quarantine';

let database: FreshDatabase;
let client: Client;
beforeAll(async () => {
  database = await freshDatabase();
  client = await connectedClient(database.url);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('lists rows in the order in which they were set aside, also from the tenth on', async () => {
  const keys = Array.from({ length: 12 }, (_, i) => BigInt(i + 1));
  const rejected = keys.map((key) => ({ key, column: null, code: 'B23', reason: 'no such day', evidence: {} }));
  await putAside(client, 'orders', rejected);
  expect((await listQuarantine(client)).map(({ key }) => key)).toEqual(keys.map(String));
});
