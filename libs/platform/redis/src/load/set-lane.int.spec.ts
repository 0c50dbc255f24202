import { startRedisCluster, startRedisSentinel, tcpProxy, until } from '@sluice/testing';
import { RedisConnection } from '../redis-connection';
import { closeLater, started } from '../redis-servers.fixture';
import type { SetEntry } from './set-batch';
import { SetLane } from './set-lane';

async function laneOf(url: string, commandMs = 2_000) {
  const connection = await RedisConnection.open(url, { commandMs });
  const lane = new SetLane(connection);
  closeLater(
    () => connection.close(),
    () => lane.close(),
  );
  return { connection, lane };
}
const entriesOf = (count: number, value = 'v'): SetEntry[] =>
  Array.from({ length: count }, (_, i) => ({ key: `é:${i}`, value: `${value}${i}`, ttlMs: 3_600_000 }));
const connectionsOf = async ({ client }: RedisConnection): Promise<number> =>
  Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]);

it('sets every value with its life, over password and database, and opens one socket for all calls', async () => {
  const redis = await started({ requirepass: 'secret' });
  const { connection, lane } = await laneOf(`${redis.url.replace('//', '//:secret@')}/3`);
  const before = await connectionsOf(connection);
  expect(await lane.set(entriesOf(1_203, '€'), '')).toEqual(Array(1_203).fill(true));
  expect(await Promise.all([lane.set(entriesOf(2), ''), lane.set([], ''), lane.set(entriesOf(3), '')])).toEqual([
    [true, true],
    [],
    [true, true, true],
  ]);
  expect(await connectionsOf(connection)).toBe(before + 1);
  expect(await connection.client.dbsize()).toBe(1_203);
  expect(await connection.client.mget('é:0', 'é:1202')).toEqual(['v0', '€1202']);
  expect(await connection.client.pttl('é:1202')).toBeGreaterThan(3_000_000);
});

it('sets what is absent only, and says what that was', async () => {
  const { connection, lane } = await laneOf((await started()).url);
  await connection.client.hset('é:700', 'field', 'value');
  const outcomes = await lane.set([...entriesOf(1_100), { key: 'é:5', value: 'late', ttlMs: 1_000 }], 'NX');
  expect(outcomes?.flatMap((isSet, at) => (isSet ? [] : [at]))).toEqual([700, 1_100]);
  expect(await connection.client.get('é:5')).toBe('v5');
});

it('tells the first refusal, and goes on with the next call', async () => {
  const redis = await started({ maxmemory: '3mb', 'maxmemory-policy': 'noeviction' });
  const { connection, lane } = await laneOf(redis.url);
  const refused = { code: 'REDIS_REFUSED', failureClass: 'oom', message: expect.stringMatching(/ refused: OOM /) };
  await expect(lane.set(entriesOf(6_000, 'x'.repeat(2_000)), '')).rejects.toMatchObject(refused);
  expect(await connection.client.get('é:0')).toMatch(/^x/);
  expect(await connection.client.exists('é:5999')).toBe(0);
  await connection.client.flushall();
  expect(await lane.set(entriesOf(1), '')).toEqual([true]);
});

it('asks anew for the primary after a refusal of a replica', async () => {
  const { connection, lane } = await laneOf((await started()).url);
  await lane.set(entriesOf(1), '');
  await connection.client.replicaof('127.0.0.1', 1);
  await expect(lane.set(entriesOf(1), '')).rejects.toMatchObject({ failureClass: 'readonly' });
  await connection.client.replicaof('NO', 'ONE');
  const before = await connectionsOf(connection);
  expect(await lane.set(entriesOf(1), '')).toEqual([true]);
  expect(await connectionsOf(connection)).toBe(before + 1);
});

it('says that a call was broken off, and opens again with the next', async () => {
  const redis = await started();
  const proxy = await tcpProxy(redis.url);
  closeLater(() => proxy.close());
  const { lane } = await laneOf(proxy.url);
  await lane.set(entriesOf(1), '');
  const broken = lane.set(entriesOf(50_000), '');
  proxy.drop();
  await expect(broken).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', failureClass: 'network' });
  proxy.heal();
  expect(await until(() => lane.set(entriesOf(2), 'NX'))).toHaveLength(2); // ioredis is away for a moment, too.
});

it('says why there is no connection at first', async () => {
  const redis = await started({ requirepass: 'secret' });
  const connection = RedisConnection.opened(redis.url.replace('//', '//:wrong@'));
  closeLater(() => connection.close());
  const refused = { code: 'REDIS_REFUSED', failureClass: 'auth' };
  await expect(new SetLane(connection).set(entriesOf(1), '')).rejects.toMatchObject(refused);
});

it('fails all who wait when no answer comes in time', async () => {
  const redis = await started();
  const { lane } = await laneOf(redis.url, 200);
  await lane.set(entriesOf(1), '');
  redis.freeze();
  for (const outcome of await Promise.allSettled([lane.set(entriesOf(1), ''), lane.set(entriesOf(600), '')]))
    expect(outcome).toMatchObject({ reason: { code: 'REDIS_UNAVAILABLE', failureClass: 'timeout' } });
  redis.thaw();
});

it('does not stand where the server takes no further connection, nor once it is closed', async () => {
  const { connection, lane } = await laneOf((await started()).url);
  await connection.client.config('SET', 'maxclients', 1);
  expect(await lane.set(entriesOf(1), '')).toBeNull();
  expect(await connection.client.exists('é:0')).toBe(0);
  const closed = new SetLane(connection);
  closed.close();
  await connection.client.config('SET', 'maxclients', 100);
  expect(await closed.set(entriesOf(1), '')).toBeNull();
});

it('goes to the primary that the sentinels name', async () => {
  const group = await startRedisSentinel();
  closeLater(() => group.stop());
  const { connection, lane } = await laneOf(group.url);
  expect(await lane.set(entriesOf(700), 'NX')).toEqual(Array(700).fill(true));
  expect(await connection.client.dbsize()).toBe(700);
});

it('does not stand in a cluster, where every key has its own server', async () => {
  const cluster = await startRedisCluster();
  closeLater(() => cluster.stop());
  const { lane } = await laneOf(cluster.url);
  expect(await lane.set(entriesOf(1), '')).toBeNull();
});
