import { connectedClient, freshDatabase } from '@sluice/testing';
import { thisDatabase } from './this-database';

it('is another one for each database of the same server, and any role may ask', async () => {
  const database = await freshDatabase();
  const client = await connectedClient(database.url);
  const name = (await client.query<{ name: string }>('SELECT current_database() AS name')).rows[0]!.name;
  const before = await thisDatabase(client);
  expect(before).toEqual({
    name: expect.stringMatching(/^\d+ \d+$/),
    timeline: expect.stringMatching(/^[0-9A-F]{8}$/),
  });
  expect(await thisDatabase(client)).toEqual(before);
  await client.query(`CREATE ROLE ${name}_reader; SET ROLE ${name}_reader`);
  expect(await thisDatabase(client)).toEqual(before);
  await client.query('RESET ROLE; REVOKE EXECUTE ON FUNCTION pg_current_wal_lsn() FROM public');
  await client.query(`BEGIN; SET ROLE ${name}_reader`);
  expect(await thisDatabase(client)).toEqual({ ...before, timeline: null });
  await client.query('ROLLBACK');
  await client.query(`DROP ROLE ${name}_reader`);
  await client.end();
  const other = await freshDatabase();
  const elsewhere = await connectedClient(other.url);
  expect((await thisDatabase(elsewhere)).name).not.toBe(before.name);
  await elsewhere.end();
  await Promise.all([database.drop(), other.drop()]);
});
