import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import { MigrationLock, TO_MIGRATE, withRight } from './lock';

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

const session = (connectionString: string) => ({ connectionString, applicationName: 'a test of the lock' });

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = await connectedClient(database.url);
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

/** The way to the server, which it leaves open when the near end is cut. */
async function lossyWay(): Promise<{ readonly url: string; cut(): void; close(): Promise<void> }> {
  const target = new URL(database.url);
  const [near, far] = [new Set<Socket>(), new Set<Socket>()];
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    near.add(client.on('error', () => client.destroy()));
    far.add(upstream.on('error', () => upstream.destroy()));
    client.pipe(upstream, { end: false });
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database.url);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    cut: () => near.forEach((socket) => socket.resetAndDestroy()),
    close: () => {
      for (const socket of [...near, ...far]) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

it('is taken again though the server has not noticed that the connection is gone', async () => {
  const way = await lossyWay();
  const lock = await MigrationLock.acquire(session(way.url));
  way.cut();
  await lock.ensure();
  expect(await query(`SELECT count(*)::int AS n ${sessions}`)).toEqual([{ n: 1 }]);
  await expect(MigrationLock.acquire(session(database.url))).rejects.toMatchObject({ code: 'MIGRATION_LOCK_HELD' });
  await lock.release();
  await way.close();
});

it('is given back where the work can have no connection of its own', async () => {
  const role = `one_${new URL(database.url).pathname.slice(1)}`;
  await query(`CREATE ROLE ${role} LOGIN PASSWORD 'one' CONNECTION LIMIT 1`);
  try {
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'one'];
    const work = withRight(TO_MIGRATE, session(url.href), () => Promise.resolve('done'));
    await expect(work).rejects.toMatchObject({ kind: 'unavailable' });
    const right = await MigrationLock.acquire(session(database.url));
    await right.release();
  } finally {
    await query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});
