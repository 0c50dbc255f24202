import { openCacheStore, type CacheStore, type MemoryTier2 } from '@sluice/cache';
import type { SecretUrl } from '@sluice/config';
import { RedisConnection, RedisRefusedError } from '@sluice/redis';
import { RedisLoginError } from './cli.errors';

/** What Redis says of a password or a database number that it does not take; other refusals pass with time. */
const WRONG_ADDRESS = /WRONGPASS|NOAUTH|NOPERM|invalid password|without any password|DB index/;

/**
 * The caches in Redis, or in `memory`, this process's, where no address is given. Throws what `openCacheStore` throws, and
 * `REDIS_LOGIN_REFUSED` where the address is what Redis does not take: waiting mends nothing then.
 */
export async function openStore(url: SecretUrl | undefined, memory?: MemoryTier2): Promise<CacheStore> {
  return refusing(openCacheStore(url?.reveal(), memory));
}

/** A connection that stands; throws as `openStore` does. */
export function openRedis(url: SecretUrl): Promise<RedisConnection> {
  return refusing(RedisConnection.open(url.reveal()));
}

async function refusing<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw error instanceof RedisRefusedError && WRONG_ADDRESS.test(error.message) ? new RedisLoginError(error) : error;
  }
}
