import { CacheEngine, MemoryTier2, RedisTier2, systemScheduler } from '@sluice/cache';
import { cacheDriverOf, requireRedisUrl, type Settings } from '@sluice/config';
import { noTracing, type Tracing } from '@sluice/observability';
import { RedisConnection } from '@sluice/redis';
import { tracedTier2 } from './traced-tier2';

/** A cache may not make an answer slower than its source would: beyond this it goes on without Redis. */
const COMMAND_MS = 250;

/**
 * The engine of the settings' driver. Redis is connected to in the background, now or later: nobody waits for it. Throws
 * `CONFIG_MISSING` and the Redis URL's errors.
 */
export function openCacheEngine(
  settings: Settings,
  memory = new MemoryTier2(systemScheduler),
  tracing: Tracing = noTracing,
): CacheEngine {
  if (cacheDriverOf(settings) === 'memory') return new CacheEngine({ tier2: memory });
  const connection = RedisConnection.opened(requireRedisUrl(settings).reveal(), { commandMs: COMMAND_MS });
  const tier2 = new RedisTier2(connection);
  return new CacheEngine({ tier2: tracing === noTracing ? tier2 : tracedTier2(tier2, tracing) });
}
