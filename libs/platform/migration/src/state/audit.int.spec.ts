import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import type { Client } from 'pg';
import { appendAudit, brokenAudit } from './audit';

let database: FreshDatabase;
let client: Client;
beforeEach(async () => {
  database = await freshDatabase();
  client = await connectedClient(database.url);
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

const append = async (entries: number): Promise<void> => {
  for (let n = 0; n < entries; n += 1)
    await appendAudit(client, { actor: 'Anna', action: 'domain.mode', subject: 'runs', detail: { n } });
};

it('is whole from the first entry on, also for others who add to it at the same time', async () => {
  expect(await brokenAudit(client)).toEqual([]);
  const other = await connectedClient(database.url);
  const second = appendAudit(other, { actor: 'Ravi', action: 'domain.mode', subject: 'runs', detail: {} });
  await Promise.all([append(5), second]);
  await other.end();
  expect(await brokenAudit(client)).toEqual([]);
});

it('misses the last entries where somebody has cut them off, and goes on missing them when others follow', async () => {
  await append(5);
  await client.query('DELETE FROM migration_audit WHERE seq = 5');
  expect(await brokenAudit(client)).toEqual(['5']);
  await client.query('DELETE FROM migration_audit WHERE seq > 2');
  expect(await brokenAudit(client)).toEqual(['3 to 5']);
  await append(2);
  expect(await brokenAudit(client)).toEqual(['6']);
  await client.query('DELETE FROM migration_audit');
  expect(await brokenAudit(client)).toEqual(['1 to 7']);
});

it('names the entry that was changed, and the one behind a gap, and no other', async () => {
  await append(6);
  await client.query(`UPDATE migration_audit SET actor = 'somebody else' WHERE seq = 2`);
  await client.query('DELETE FROM migration_audit WHERE seq = 4');
  expect(await brokenAudit(client)).toEqual(['2', '5']);
});

it('does not go without its head, nor with that of another log', async () => {
  await append(2);
  await client.query(`UPDATE migration_audit_head SET hash = repeat('f', 64)`);
  expect(await brokenAudit(client)).toEqual(['head']);
  await client.query('DELETE FROM migration_audit_head');
  expect(await brokenAudit(client)).toEqual(['head']);
  await append(1);
  expect(await brokenAudit(client)).toEqual(['head']);
});
