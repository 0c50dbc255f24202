import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startRedisCluster, until } from '@sluice/testing';
import { RedisConnection } from '../redis-connection';
import { ReadLane, type LiveValues } from './read-lane';
import { closeLater, started } from '../redis-servers.fixture';

async function laneOf(url: string, commandMs = 2_000) {
  const connection = await RedisConnection.open(url, { commandMs });
  const lane = new ReadLane(connection);
  closeLater(
    () => connection.close(),
    () => lane.close(),
  );
  return { connection, lane };
}
const asIs = (live: LiveValues | null): LiveValues | null => live;
/** Asks until the lane stands. */
const answered = (lane: ReadLane, keys: readonly string[], kind: 'text' | 'bytes' = 'text'): Promise<LiveValues> =>
  until(() => lane.read(keys, kind, asIs), { what: 'the lane stands' });

it('reads values with their lives, over password and database', async () => {
  const redis = await started({ requirepass: 'secret' });
  const { connection, lane } = await laneOf(`${redis.url.replace('//', '//:secret@')}/3`);
  await connection.client.set('é:text', '€ 1', 'PX', 3_600_000);
  await connection.client.set('for ever', 'x');
  expect(await answered(lane, ['é:text'])).toMatchObject({ values: ['€ 1'], livesMs: [expect.any(Number)] });
  const many = await answered(lane, ['for ever', 'none', 'é:text']);
  expect(many.values).toEqual(['x', null, '€ 1']);
  expect(many.livesMs.slice(0, 2)).toEqual([-1, -2]);
  expect(many.livesMs[2]).toBeGreaterThan(3_000_000);
  expect((await answered(lane, ['é:text'], 'bytes')).values).toEqual([Buffer.from('€ 1')]);
});

it('answers each of many reads of one turn with its own, whatever their size', async () => {
  const { connection, lane } = await laneOf((await started()).url);
  const large = 'v'.repeat(3_000_000);
  const keys = Array.from({ length: 500 }, (_, i) => `k${i}`);
  await connection.client.mset(keys.flatMap((key) => [key, key === 'k250' ? large : `value of ${key}`]));
  await answered(lane, ['k0']);
  const reads = await Promise.all(keys.map((key) => lane.read([key], 'text', asIs)));
  expect(reads.map((live) => live?.values[0])).toEqual(keys.map((key) => (key === 'k250' ? large : `value of ${key}`)));
});

it('sends some of many reads at once where nothing is on its way, and the rest together', async () => {
  const { lane } = await laneOf((await started()).url);
  await answered(lane, ['k0']);
  const write = jest.spyOn(Socket.prototype, 'write');
  const reads = Array.from({ length: 40 }, (_, i) => lane.read([`k${i}`], 'text', asIs));
  expect(write).toHaveBeenCalledTimes(1);
  await Promise.all(reads);
  expect(write).toHaveBeenCalledTimes(2);
  write.mockRestore();
});

it('leaves to others what Redis refuses, and goes on', async () => {
  const { connection, lane } = await laneOf((await started()).url);
  await connection.client.hset('hash', 'a', '1');
  await connection.client.set('text', 'v');
  await answered(lane, ['text']);
  const reads = await Promise.all([
    lane.read(['text'], 'text', asIs),
    lane.read(['hash'], 'text', asIs),
    lane.read(['text'], 'text', asIs),
  ]);
  expect(reads.map((live) => live && live.values[0])).toEqual(['v', null, 'v']);
  expect(reads[1]).toBeNull();
});

it('says at once that it does not stand, falls with its connection, and opens again', async () => {
  const redis = await started();
  const { connection, lane } = await laneOf(redis.url);
  expect(lane.read(['a'], 'text', asIs)).toBeNull();
  await answered(lane, ['a']);
  await connection.client.client('KILL', 'SKIPME', 'yes', 'TYPE', 'normal'); // All but the connection itself.
  expect(await lane.read(['a'], 'text', asIs)).toBeNull();
  expect(lane.read(['a'], 'text', asIs)).toBeNull();
  await answered(lane, ['a']);
  const down = new Promise((resolve) => connection.client.once('close', resolve));
  connection.client.disconnect(true);
  await down;
  expect(lane.read(['a'], 'text', asIs)).toBeNull();
  expect((await answered(lane, ['a'])).livesMs).toEqual([-2]);
});

it('fails all who wait when no answer comes in time', async () => {
  const redis = await started();
  const { lane } = await laneOf(redis.url, 200);
  await answered(lane, ['a']);
  redis.freeze();
  const failing = Promise.allSettled([lane.read(['a'], 'text', asIs), lane.read(['b'], 'text', asIs)]);
  for (const outcome of await failing)
    expect(outcome).toMatchObject({ reason: { code: 'REDIS_UNAVAILABLE', failureClass: 'timeout' } });
  redis.thaw();
});

it('does not stand in a cluster, where every key has its own server', async () => {
  const cluster = await startRedisCluster();
  closeLater(() => cluster.stop());
  const { lane } = await laneOf(cluster.url);
  expect(lane.read(['a'], 'text', asIs)).toBeNull();
  await delay(100);
  expect(lane.read(['a'], 'text', asIs)).toBeNull();
});
