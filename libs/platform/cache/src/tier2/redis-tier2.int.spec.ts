import { setTimeout as delay } from 'node:timers/promises';
import { RedisConnection } from '@sluice/redis';
import { freshRedis, startRedisCluster, type OwnRedisCluster } from '@sluice/testing';
import Redis from 'ioredis';
import { RedisTier2 } from './redis-tier2';
import { describeTier2 } from './tier2.conformance';

describe('the shared tier in Redis', () => {
  describeTier2(async () => {
    const { url } = await freshRedis();
    return { tier2: new RedisTier2(await RedisConnection.open(url)), pass: (ms) => delay(ms) };
  });
});

describe('the shared tier in Redis, with its quick way open', () => {
  describeTier2(async () => {
    const { url } = await freshRedis();
    const tier2 = new RedisTier2(await RedisConnection.open(url));
    await tier2.read({ space: { name: 'conf', kind: 'text' }, keys: ['conf:none'] });
    await delay(50); // A socket of this machine stands by then; if not, reads go the other way and all holds as well.
    return { tier2, pass: (ms) => delay(ms) };
  });
});

describe('the shared tier in a cluster', () => {
  let cluster: OwnRedisCluster;
  beforeAll(async () => void (cluster = await startRedisCluster()));
  afterAll(() => cluster.stop());

  describeTier2(async () => {
    for (const { url } of cluster.nodes) {
      const node = new Redis(url);
      await node.flushall();
      node.disconnect();
    }
    return { tier2: new RedisTier2(await RedisConnection.open(cluster.url)), pass: (ms) => delay(ms) };
  });
});
