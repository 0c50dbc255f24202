import { systemClock, type Clock } from '@sluice/core';
import { RedisConnection } from '@sluice/redis';
import type { CacheStore } from './cache-store';
import { MemoryCacheStore } from './memory-cache-store';
import { RedisCacheStore } from './redis-cache-store';

/**
 * The store that the environment asks for: Redis where there is an address, memory where there is none. Throws the errors
 * of `RedisConnection.open`: an address that does not answer is never silently replaced by memory.
 */
export async function openCacheStore(redisUrl: string | undefined, clock: Clock = systemClock): Promise<CacheStore> {
  if (redisUrl === undefined) return new MemoryCacheStore(clock);
  return new RedisCacheStore(await RedisConnection.open(redisUrl));
}
