import Redis from 'ioredis';
import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { freshRedis, startRedis, startRedisCluster, type OwnRedisCluster } from '@sluice/testing';
import { describeCacheStore } from './cache-store.conformance';
import { openCacheStore } from './open-cache-store';

describe('the Redis driver', () => {
  describeCacheStore(async () => ({
    store: await openCacheStore((await freshRedis()).url),
    pass: (ms: number) => delay(ms),
  }));
});

describe('the Redis driver in a cluster', () => {
  let cluster: OwnRedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  afterAll(() => cluster.stop());

  describeCacheStore(async () => {
    for (const { url } of cluster.nodes) {
      const client = new Redis(url);
      await client.flushall();
      client.disconnect();
    }
    return { store: await openCacheStore(cluster.url), pass: (ms: number) => delay(ms) };
  });
});

it('says that Redis refuses a write when its memory is full, without the value', async () => {
  const redis = await startRedis({ settings: { maxmemory: '1', 'maxmemory-policy': 'noeviction' } });
  const store = await openCacheStore(redis.url);
  const error = await store.setMany([{ key: 'key', value: 'private', ttlMs: 1_000 }]).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'REDIS_REFUSED', message: expect.stringContaining('OOM') });
  expect(inspect(error, { depth: 9 })).not.toContain('private');
  await store.close();
  await redis.stop();
});

it('says that Redis is away instead of answering with misses', async () => {
  const redis = await startRedis();
  const store = await openCacheStore(redis.url);
  await redis.kill();
  await expect(store.getMany(['key'])).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', kind: 'unavailable' });
  await store.close();
  await redis.stop();
});

it('tells an entry that never ends from one that is absent', async () => {
  const { url } = await freshRedis();
  const client = new Redis(url);
  await client.set('endless', 'value');
  client.disconnect();
  const store = await openCacheStore(url);
  expect(await store.ttlMsMany(['endless', 'absent'])).toEqual([Infinity, null]);
  await store.close();
});

it('takes a value of another Redis type for no entry, tells its life, and adds nothing over it', async () => {
  const { url } = await freshRedis();
  const client = new Redis(url);
  await client.hset('hash', 'field', 'value');
  await client.pexpire('hash', 60_000);
  const store = await openCacheStore(url);
  await store.setMany([{ key: 'text', value: 'v', ttlMs: 60_000 }]);
  expect(await store.getMany(['hash', 'text'])).toEqual([null, 'v']);
  expect(await store.ttlMsMany(['hash'])).toEqual([expect.any(Number)]);
  expect(await store.addMany([{ key: 'hash', value: 'v', ttlMs: 60_000 }])).toEqual([false]);
  expect(await client.hgetall('hash')).toEqual({ field: 'value' });
  client.disconnect();
  await store.close();
});

it('uses memory where there is no address', async () => {
  expect((await openCacheStore(undefined)).driver).toBe('memory');
});
