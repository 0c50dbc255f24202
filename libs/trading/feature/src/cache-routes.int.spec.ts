import { CacheAdministration, CacheEngine, RedisTier2 } from '@sluice/cache';
import { redisDriver } from '@sluice/cache/testing';
import { RedisConnection } from '@sluice/redis';
import { freshRedis } from '@sluice/testing';
import { TradingCaches } from '@sluice/trading-caching';
import { Redis } from 'ioredis';
import { describeCacheRoutes } from './cache-routes.conformance';
import { OhlcCacheService } from './ohlc-cache.service';

describeCacheRoutes(redisDriver(freshRedis));

it('says where another program wrote under the key of the counters, and which cursors Redis does not take', async () => {
  const { url, flush } = await freshRedis();
  const redis = new Redis(url);
  const engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(url)) });
  const service = new OhlcCacheService(new TradingCaches(engine));
  const admin = new CacheAdministration(engine, () => undefined);
  try {
    await redis.set('hist:meta', 'x');
    await expect(service.readStats()).rejects.toMatchObject({
      ...{ code: 'TRADING_CACHE_AWAY', message: expect.stringContaining('hist:meta is no hash') },
    });
    await redis.del('hist:meta');
    await redis.hset('hist:meta', 'hits', 'abc');
    await expect(service.readStats()).rejects.toMatchObject({ message: expect.stringContaining('whole numbers') });
    for (const cursor of ['99999999999999999999', '1-5'])
      await expect(admin.keys('hist', cursor)).rejects.toMatchObject({ code: 'CACHE_OPTION_INVALID', kind: 'usage' });
  } finally {
    await engine.close();
    redis.disconnect();
    await flush();
  }
});
