import { freshDatabase, tcpProxy, type FreshDatabase } from '@sluice/testing';
import { Client } from 'pg';
import { MigrationLock } from './lock';

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const session = (connectionString: string) => ({ connectionString, applicationName: 'a test of the lock' });

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const sessions = `FROM pg_stat_activity WHERE application_name = 'a test of the lock' AND datname = current_database()`;

it('is taken again by one session, however many parts of the process ask for it', async () => {
  const lock = await MigrationLock.acquire(session(database.url));
  await query(`SELECT pg_terminate_backend(pid, 5000) ${sessions}`);
  await Promise.all([lock.ensure(), lock.ensure(), lock.ensure(), lock.ensure()]);
  expect(await query(`SELECT count(*)::int AS n ${sessions}`)).toEqual([{ n: 1 }]);
  await lock.release();
});

it('is taken again though the server has not noticed that the connection is gone', async () => {
  const proxy = await tcpProxy(database.url);
  const lock = await MigrationLock.acquire(session(proxy.url));
  proxy.halfClose();
  await lock.ensure();
  expect(await query(`SELECT count(*)::int AS n ${sessions}`)).toEqual([{ n: 1 }]);
  await expect(MigrationLock.acquire(session(database.url))).rejects.toMatchObject({ code: 'MIGRATION_LOCK_HELD' });
  await lock.release();
  await proxy.close();
});
