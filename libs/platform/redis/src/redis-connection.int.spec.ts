import { inspect } from 'node:util';
import { freshRedis, startRedis, tcpProxy, until, type OwnRedis } from '@sluice/testing';
import { RedisRefusedError } from './errors';
import { RedisConnection } from './redis-connection';

const closing: (() => Promise<void>)[] = [];
const closed = <T>(thing: T, close: () => Promise<void>): T => {
  closing.unshift(close);
  return thing;
};
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function ownRedis(settings: Record<string, string> = {}): Promise<OwnRedis> {
  const redis = await startRedis({ settings });
  return closed(redis, () => redis.stop());
}
/** `commandMs` for those that are to give up on a command soon. */
async function connected(url: string, commandMs = 5_000): Promise<RedisConnection> {
  const connection = await RedisConnection.open(url, { connectMs: 5_000, commandMs });
  return closed(connection, () => connection.close());
}
const pingUntilWell = (connection: RedisConnection) =>
  until(() => connection.ping().then(() => true), { what: 'it answers a ping', failureIsNo: true });

it('refuses a database that the server has not, instead of going on in another', async () => {
  const url = new URL((await freshRedis()).url);
  url.pathname = '/60000';
  await expect(RedisConnection.open(url.href)).rejects.toThrow(RedisRefusedError);
  const later = RedisConnection.opened(url.href);
  await expect(later.ready()).rejects.toThrow(/DB index/);
  await expect(later.client.set('astray', '1')).rejects.toThrow();
  await later.close();
});

it('uses the database of the address', async () => {
  const { url } = await freshRedis();
  const connection = await connected(url);
  await connection.client.set('key', 'value');
  expect(await connection.client.client('INFO')).toContain(` db=${new URL(url).pathname.slice(1)} `);
});

it('says which server is away, quickly and without the password', async () => {
  const error = await RedisConnection.open('redis://:hidden@127.0.0.1:1/2', { connectMs: 300 }).catch(
    (e: unknown) => e,
  );
  expect(error).toMatchObject({ code: 'REDIS_UNAVAILABLE', message: expect.stringContaining('127.0.0.1:1/2') });
  expect(inspect(error, { depth: 9 })).not.toContain('hidden');
});

it('tells a wrong password from a server that is away, without showing it', async () => {
  const redis = await ownRedis({ requirepass: 'right' });
  const wrong = redis.url.replace('//', '//:hidden@');
  const error = await RedisConnection.open(wrong).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'REDIS_REFUSED' });
  expect(inspect(error, { depth: 9 })).not.toContain('hidden');
  await (await connected(redis.url.replace('//', '//:right@'))).ping();
});

it('fails a ping of a frozen server within its limit and heals by itself', async () => {
  const redis = await ownRedis();
  const connection = await connected(redis.url, 200);
  redis.freeze();
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  redis.thaw();
  await pingUntilWell(connection);
});

it('comes back by itself after a restart', async () => {
  const redis = await ownRedis();
  const connection = await connected(redis.url);
  await redis.kill();
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  await redis.restart();
  await pingUntilWell(connection);
});

it('replaces a connection whose peer has gone silent', async () => {
  const { url } = await freshRedis();
  const proxy = await tcpProxy(url);
  closed(proxy, () => proxy.close());
  const connection = await connected(proxy.url, 200);
  proxy.hang();
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  proxy.heal();
  await pingUntilWell(connection);
});

it('keeps a connection that has answered while this process was busy with other things', async () => {
  const connection = await connected((await ownRedis()).url, 200);
  const away = jest.fn();
  connection.client.on('close', away);
  const asked = connection.ping();
  await new Promise(setImmediate); // It is on its way.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
  await asked.catch(() => undefined);
  await connection.ping();
  expect(away).not.toHaveBeenCalled();
});

it('serves all who come while it connects for the first time', async () => {
  const connection = RedisConnection.opened((await freshRedis()).url);
  closed(connection, () => connection.close());
  await Promise.all([connection.ping(), connection.ping(), connection.ping()]);
});

it('heals by itself where the server was away at first', async () => {
  const redis = await ownRedis();
  await redis.kill();
  const connection = RedisConnection.opened(redis.url);
  closed(connection, () => connection.close());
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  await redis.restart();
  await pingUntilWell(connection);
});

it('connects on first use where it was only opened, and closes twice', async () => {
  const { url } = await freshRedis();
  const connection = RedisConnection.opened(url);
  await connection.ping();
  await connection.close();
  await connection.close();
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
});
