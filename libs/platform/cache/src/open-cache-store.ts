import { RedisConnection } from '@sluice/redis';
import type { CacheStore } from './cache-store';
import { systemScheduler } from './engine/scheduler';
import { MemoryCacheStore } from './memory-cache-store';
import { RedisCacheStore } from './redis-cache-store';
import { MemoryTier2 } from './tier2/memory-tier2';

/**
 * The store that the environment asks for: Redis where there is an address, `memory` where there is none. Throws the errors
 * of `RedisConnection.open`: an address that does not answer is never silently replaced by memory.
 */
export async function openCacheStore(
  redisUrl: string | undefined,
  memory: MemoryTier2 = new MemoryTier2(systemScheduler),
): Promise<CacheStore> {
  if (redisUrl === undefined) return new MemoryCacheStore(memory);
  return new RedisCacheStore(await RedisConnection.open(redisUrl));
}
