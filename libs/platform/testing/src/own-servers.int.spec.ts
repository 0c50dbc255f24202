import { connectedClient } from './connected-client';
import Redis from 'ioredis';
import { startPostgres, startRedis, type OwnServer } from './own-servers';

const open: OwnServer[] = [];
const kept = <T extends OwnServer>(server: T): T => {
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.stop()));
});

async function select(url: string, sql: string): Promise<unknown> {
  const client = await connectedClient(url);
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

it('keeps rows through a crash of PostgreSQL', async () => {
  const postgres = kept(await startPostgres({ migrated: false, settings: { fsync: 'on', synchronous_commit: 'on' } }));
  await select(postgres.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  await postgres.kill();
  expect(postgres.pid).toBeNull();
  await expect(select(postgres.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await postgres.restart();
  expect(await select(postgres.url, 'SELECT n FROM kept')).toBe(7);
});

it('freezes open sessions of PostgreSQL and thaws them', async () => {
  const postgres = kept(await startPostgres({ migrated: false }));
  const session = await connectedClient(postgres.url);
  postgres.freeze();
  const answer = session.query('SELECT 5 AS n');
  const quick = new Promise((resolve) => setTimeout(resolve, 300, 'nothing yet'));
  expect(await Promise.race([answer, quick])).toBe('nothing yet');
  postgres.thaw();
  expect((await answer).rows).toEqual([{ n: 5 }]);
  await session.end();
});

it('stops a frozen PostgreSQL', async () => {
  const postgres = await startPostgres({ migrated: false });
  const pid = postgres.pid!;
  postgres.freeze();
  await postgres.stop();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('restarts Redis empty on the same address', async () => {
  const redis = kept(await startRedis());
  const { url } = redis;
  const client = new Redis(url);
  await client.set('key', 'value');
  await client.quit();
  await redis.kill();
  await redis.restart();
  expect(redis.url).toBe(url);
  const again = new Redis(url);
  expect(await again.get('key')).toBeNull();
  await again.quit();
});
