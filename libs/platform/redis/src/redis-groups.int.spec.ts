import { startRedis, startRedisCluster, startRedisSentinel, tcpProxy, until } from '@sluice/testing';
import { Cluster } from 'ioredis';
import { redisFailureClass } from './failure-class';
import { RedisConnection } from './redis-connection';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const closed = <T>(thing: T, close: () => unknown): T => {
  closing.push(async () => close());
  return thing;
};
async function connected(url: string): Promise<RedisConnection> {
  const connection = await RedisConnection.open(url, { connectMs: 5_000, commandMs: 2_000 });
  return closed(connection, () => connection.close());
}
const untilWritten = (connection: RedisConnection) =>
  until(() => connection.client.set('key', 'value'), { what: 'it takes a write', failureIsNo: true });

/** Writes down what a subscriber tells, in order. */
function listenedBy(connection: RedisConnection) {
  const told: string[] = [];
  const subscriber = connection.subscriber(['news', 'other'], {
    message: (channel, text) => told.push(`${channel}: ${text}`),
    up: () => told.push('up'),
    down: () => told.push('down'),
  });
  closed(subscriber, () => subscriber.close());
  return { told, subscriber };
}

it('follows the primary through a failover and through its death', async () => {
  const group = await startRedisSentinel();
  closed(group, () => group.stop());
  const connection = await connected(group.url);
  expect(connection.isCluster).toBe(false);
  expect(connection.server).toMatch(/^127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\/main\/0$/);
  const { told } = listenedBy(connection);
  await until(() => told.includes('up'));
  await connection.client.set('key', 'before');
  await group.failover();
  await untilWritten(connection);
  await group.replica.kill(); // It is the primary now.
  await group.waitForPrimary(group.primary);
  await untilWritten(connection);
  expect(await connection.client.role()).toEqual(['master', expect.any(Number), expect.any(Array)]);
  await until(() => told.at(-1) === 'up' && told.length >= 3);
  await connection.client.publish('news', 'hello');
  await until(() => told.at(-1) === 'news: hello');
});

it('says quickly that no sentinel answers, and heals when they do', async () => {
  const group = await startRedisSentinel();
  closed(group, () => group.stop());
  await Promise.all(group.sentinels.map((sentinel) => sentinel.kill()));
  const connection = RedisConnection.opened(group.url);
  closed(connection, () => connection.close());
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', failureClass: 'network' });
  await Promise.all(group.sentinels.map((sentinel) => sentinel.restart()));
  await untilWritten(connection);
});

it('spreads keys over a cluster, tells a lost part of it by its class, and heals', async () => {
  const cluster = await startRedisCluster();
  closed(cluster, () => cluster.stop());
  const connection = await connected(cluster.url);
  expect(connection.isCluster).toBe(true);
  expect(connection.client).toBeInstanceOf(Cluster);
  const keys = Array.from({ length: 30 }, (_, index) => `key:${index}`);
  await Promise.all(keys.map((key) => connection.client.set(key, key)));
  expect(await Promise.all(keys.map((key) => connection.client.get(key)))).toEqual(keys);
  const crossed = await connection.client.mget('a', 'b').catch((error: unknown) => error);
  expect(redisFailureClass(crossed)).toBe('cluster');

  await cluster.nodes[1]!.kill();
  await cluster.waitForState('fail');
  await expect(connection.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  const outcome = () => connection.client.get('foo{2}').then(String, redisFailureClass);
  await until(async () => (await outcome()) === 'cluster');
  await cluster.nodes[1]!.restart();
  await cluster.waitForState('ok');
  await untilWritten(connection);
  await until(() => connection.ping().then(() => true), { what: 'it answers a ping', failureIsNo: true });
});

it('sends many commands at once to every node of a cluster as soon as it is ready', async () => {
  const cluster = await startRedisCluster();
  closing.push(() => cluster.stop());
  const connection = RedisConnection.opened(cluster.url);
  closing.push(() => connection.close());
  await connection.ready();
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => connection.client.set(`key${i}`, i)));
  expect(new Set(answers)).toEqual(new Set(['OK']));
});

it('hears in a cluster what is sent by any node, and again after its own node is gone', async () => {
  const cluster = await startRedisCluster();
  closed(cluster, () => cluster.stop());
  const connection = await connected(cluster.url);
  const { told, subscriber } = listenedBy(connection);
  await until(() => subscriber.isUp);
  const hears = (text: string) => async () => {
    await connection.client.publish('news', text).catch(() => 0);
    return told.includes(`news: ${text}`);
  };
  await until(hears('first'));
  for (const node of cluster.nodes) {
    await node.restart();
    await cluster.waitForState('ok');
  }
  await until(() => told.includes('down'));
  await until(hears('second'));
});

it('tells when it hears nothing: connection lost, and one that has gone silent', async () => {
  const redis = await startRedis();
  closed(redis, () => redis.stop());
  const proxy = await tcpProxy(redis.url);
  closed(proxy, () => proxy.close());
  const connection = await connected(redis.url);
  const { told, subscriber } = listenedBy(closed(RedisConnection.opened(proxy.url), () => undefined));
  await until(() => told.length === 1);
  await connection.client.publish('other', 'one');
  await until(() => told.at(-1) === 'other: one');
  proxy.drop();
  await until(() => told.at(-1) === 'down');
  await connection.client.publish('news', 'missed');
  proxy.heal();
  await until(() => told.at(-1) === 'up');
  proxy.hang();
  await until(() => told.at(-1) === 'down');
  proxy.heal();
  await until(() => subscriber.isUp);
  subscriber.close();
  proxy.drop();
  expect(told).toEqual(['up', 'other: one', 'down', 'up', 'down', 'up']);
});

it('replaces a half-open connection that nobody asks about', async () => {
  const redis = await startRedis();
  closed(redis, () => redis.stop());
  const proxy = await tcpProxy(redis.url);
  closed(proxy, () => proxy.close());
  const connection = await connected(proxy.url);
  const opened = new Promise((resolve) => connection.client.once('close', resolve));
  proxy.hang();
  await opened;
  proxy.heal();
  await untilWritten(connection);
});

it('gives another connection to the same address', async () => {
  const redis = await startRedis();
  closed(redis, () => redis.stop());
  const connection = await connected(`${redis.url}/3`);
  const other = connection.duplicate();
  closed(other, () => other.close());
  await other.ready();
  await other.client.set('key', 'value');
  expect(await connection.client.get('key')).toBe('value');
  expect(await other.client.client('ID')).not.toBe(await connection.client.client('ID'));
});
