import { CacheAdministration, CacheEngine, RedisTier2, type RemoveResult, type WriteResult } from '@sluice/cache';
import { TradingCaches } from '@sluice/trading-caching';
import { openRedis } from './cache';
import { CacheChangeLostError, UsageError } from './cli.errors';
import type { Context } from './context';

/**
 * Runs with the administration of all declared caches on the Redis of REDIS_URL, and closes it, whatever happens. What a
 * process keeps in its own memory is in nobody else's reach, so a missing address is a mistake. Changes go to the log.
 */
export async function withCaches<T>(
  context: Context,
  work: (admin: CacheAdministration, caches: TradingCaches) => Promise<T>,
): Promise<T> {
  const { redisUrl } = context.settings;
  if (!redisUrl) throw new UsageError('No Redis is given.', { remedy: 'Add --redis-url URL, or set REDIS_URL.' });
  const engine = new CacheEngine({ tier2: new RedisTier2(await openRedis(redisUrl)) });
  try {
    const caches = new TradingCaches(engine);
    const admin = new CacheAdministration(engine, (entry) => context.log(`audit ${JSON.stringify(entry)}`));
    return await work(admin, caches);
  } finally {
    await engine.close();
  }
}

/** How many entries were there; throws `CACHE_CHANGE_NOT_TAKEN` where Redis has not taken the change. */
export function takenOf(result: RemoveResult): number {
  assertTaken(result);
  return result.removed ?? 0; // Known wherever Redis has taken the change.
}

/** Throws `CACHE_CHANGE_NOT_TAKEN` where Redis has not taken the change. */
export function assertTaken({ tier2, reason }: WriteResult): void {
  if (tier2 !== 'written') throw new CacheChangeLostError(reason ?? 'no reason is known.');
}

/** Which of the keys there is an entry for. Throws `CACHE_KEY_FOREIGN` for keys of another cache. */
export async function presentKeys(
  admin: CacheAdministration,
  name: string,
  keys: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => admin.inspect(name, key)));
  return keys.filter((_key, i) => found[i] !== null);
}
