import { startRedisCluster, startRedisSentinel, tcpProxy } from '@sluice/testing';
import { RedisConnection } from '../redis-connection';
import type { BatchOutcome } from './lane';
import { RawLoader } from './raw-loader';
import { respCommand, setBatch, type RespBatch } from './resp';
import { closeLater, connected, started } from '../redis-servers.fixture';

const GUARD = 'sluice:n:sr';
const batchOf = (id: number, size = 500, value = 'v'): RespBatch<number> =>
  setBatch(
    id,
    Array.from({ length: size }, (_, index) => ({
      key: `sr:${id}:${index}`,
      value: `${value}${index}`,
      ttlMs: 60_000,
    })),
  );
function* batches(count: number, size?: number, value?: string): Generator<RespBatch<number>> {
  for (let id = 0; id < count; id += 1) yield batchOf(id, size, value);
}
const loaderOf = (connection: RedisConnection, lanes = 2) => new RawLoader(connection, { guard: GUARD, lanes });

it.each([GUARD, null])(
  'writes every value with its life, over password and database, with the guard %s',
  async (guard) => {
    const redis = await started({ requirepass: 'secret' });
    const connection = await connected(`${redis.url.replace('//', '//:secret@')}/3`);
    const seen: BatchOutcome<number>[] = [];
    const totals = await new RawLoader(connection, { guard }).load(batches(7, 300, 'é'), (outcome) =>
      seen.push(outcome),
    );
    expect(totals).toEqual({ written: 2_100, overtaken: [], refused: [] });
    expect(seen.map(({ id }) => id).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await connection.client.dbsize()).toBe(2_100);
    expect(await connection.client.get('sr:6:299')).toBe('é299');
    expect(await connection.client.pttl('sr:6:299')).toBeGreaterThan(50_000);
  },
);

it('writes nothing of a batch whose guard changed after it was asked for, and says which', async () => {
  const connection = await connected((await started()).url);
  async function* overtaken() {
    yield batchOf(0);
    await connection.client.hincrby(GUARD, 'seq', 1); // The values of batch 1 have been read before this.
    yield batchOf(1);
    yield batchOf(2);
  }
  const totals = await loaderOf(connection, 1).load(overtaken());
  expect(totals).toEqual({ written: 1_000, overtaken: [1], refused: [] });
  expect(await connection.client.exists('sr:0:0', 'sr:1:0', 'sr:1:499', 'sr:2:0')).toBe(2);
  expect(await loaderOf(connection).load([batchOf(1)])).toMatchObject({ written: 500, overtaken: [] });
});

it('tells each batch that is refused for want of memory, and goes on', async () => {
  const redis = await started({ maxmemory: '3mb', 'maxmemory-policy': 'noeviction' });
  const connection = await connected(redis.url);
  const seen: BatchOutcome<number>[] = [];
  const totals = await loaderOf(connection).load(batches(12, 500, 'x'.repeat(2_000)), (outcome) => seen.push(outcome));
  expect(totals.refused.length).toBeGreaterThan(5);
  expect(totals.written + 500 * totals.refused.length).toBe(6_000);
  const refused = seen.find(({ state }) => state === 'refused');
  expect(refused).toMatchObject({ error: { code: 'REDIS_REFUSED', failureClass: 'oom' } });
  expect((refused as { failures: number }).failures).toBeGreaterThan(0);
  for (const id of totals.refused) expect(await connection.client.exists(`sr:${id}:0`)).toBe(0);
});

it('tells a replica that takes no writes, and a command that fails by itself', async () => {
  const primary = await started();
  const replica = await started({ replicaof: `127.0.0.1 ${new URL(primary.url).port}` });
  const readOnly = await connected(replica.url);
  const seen: BatchOutcome<number>[] = [];
  const note = (outcome: BatchOutcome<number>) => seen.push(outcome);
  await loaderOf(readOnly).load(batches(1, 10), note);
  const connection = await connected(primary.url);
  await connection.client.lpush('list', 'a');
  const resp = respCommand('SET', 'a', '1') + respCommand('INCR', 'list') + respCommand('HSET', 'h', 'f', 'v');
  await loaderOf(connection).load([{ id: 9, commands: 3, resp: Buffer.from(resp) }], note);
  expect(seen).toMatchObject([
    { id: 0, state: 'refused', failures: 10, error: { failureClass: 'readonly' } },
    { id: 9, state: 'refused', failures: 1, error: { failureClass: 'other-reply' } },
  ]);
  expect(await connection.client.hget('h', 'f')).toBe('v');
});

it('ends with the number of acknowledged batches when the connection breaks in the middle', async () => {
  const redis = await started();
  const proxy = await tcpProxy(redis.url);
  closeLater(() => proxy.close());
  const connection = await connected(proxy.url);
  let outcomes = 0;
  const loading = loaderOf(connection).load(batches(1_000), () => {
    outcomes += 1;
    if (outcomes === 5) proxy.drop();
  });
  const error = await loading.catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'REDIS_LOAD_INTERRUPTED', kind: 'unavailable', failureClass: 'network' });
  const { acknowledged, unknown } = error as { acknowledged: number; unknown: unknown[] };
  expect(acknowledged).toBe(outcomes);
  expect(unknown.length).toBeGreaterThan(0);
  const direct = await connected(redis.url);
  expect(await direct.client.dbsize()).toBeGreaterThanOrEqual(acknowledged * 500);
});

it('ends with what the source or the listener throws, and closes the source', async () => {
  const connection = await connected((await started()).url);
  let isClosed = false;
  function* source() {
    try {
      yield* batches(100);
    } finally {
      isClosed = true;
    }
  }
  const angry = () => {
    throw new Error('enough');
  };
  await expect(loaderOf(connection).load(source(), angry)).rejects.toThrow('enough');
  expect(isClosed).toBe(true);
  await expect(loaderOf(connection).load([batchOf(0, 501)])).rejects.toThrow(RangeError);
  expect(await loaderOf(connection).load([])).toEqual({ written: 0, overtaken: [], refused: [] });
});

it('loads through sentinels', async () => {
  const group = await startRedisSentinel();
  closeLater(() => group.stop());
  const connection = await connected(group.url);
  expect(await loaderOf(connection).load(batches(3))).toMatchObject({ written: 1_500 });
  expect(await connection.client.dbsize()).toBe(1_500);
});

it('loads a cluster by its nodes, and deletes what was overtaken', async () => {
  const cluster = await startRedisCluster();
  closeLater(() => cluster.stop());
  const connection = await connected(cluster.url);
  async function* overtaken() {
    yield batchOf(0);
    await connection.client.hset(GUARD, 'seq', 7);
    yield batchOf(1);
    yield batchOf(2);
  }
  expect(await loaderOf(connection).load(overtaken())).toEqual({ written: 1_000, overtaken: [1], refused: [] });
  const states = ['sr:0:0', 'sr:0:499', 'sr:1:0', 'sr:1:499', 'sr:2:7'].map((key) => connection.client.get(key));
  expect(await Promise.all(states)).toEqual(['v0', 'v499', null, null, 'v7']);
});
