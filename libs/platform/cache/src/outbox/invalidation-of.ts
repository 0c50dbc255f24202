import type { Cache } from '../engine/cache';

/** What an outbox is given so that these entries of a cache are removed: the keys as the cache's declaration spells them. */
export function invalidationOf<K>(
  cache: Pick<Cache<K, unknown>, 'name' | 'idOf'>,
  keys: readonly K[],
): { namespace: string; keys: string[] } {
  return { namespace: cache.name, keys: keys.map((key) => cache.idOf(key)) };
}
