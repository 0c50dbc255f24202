import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import type { Client } from 'pg';
import { countQuarantine, findQuarantined, listQuarantine, putAside } from './quarantine';

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

const keys = Array.from({ length: 12 }, (_, i) => BigInt(i + 1));
const evidence = { day: { class: 'text', hex: '00', bytes: 1 } };
beforeAll(async () => {
  const rejected = keys.map((key) => ({ key, column: null, code: 'B23', reason: 'no such day', evidence }));
  await putAside(client, 'orders', rejected);
  await putAside(client, 'people', rejected.slice(0, 1));
});
const tables = ['orders'];

it('lists rows in the order in which they were set aside, also from the tenth on', async () => {
  expect((await listQuarantine(client, { tables })).map(({ key }) => key)).toEqual(keys.map(String));
});

it('counts and lists a page of one table, each row once, and without the bytes, which one row alone is shown with', async () => {
  expect([await countQuarantine(client), await countQuarantine(client, tables)]).toEqual([13, 12]);
  const first = await listQuarantine(client, { tables, limit: 7 });
  const rest = await listQuarantine(client, { tables, limit: 7, after: first.at(-1)?.id });
  expect([...first, ...rest].map(({ key }) => key)).toEqual(keys.map(String));
  expect(first[0]).not.toHaveProperty('raw');
  expect((await findQuarantined(client, first[0]!.id))?.raw).toEqual(evidence);
});
