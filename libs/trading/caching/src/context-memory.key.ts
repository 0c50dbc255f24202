import { cacheKey } from '@sluice/cache';

/** `context:memory:{context_type}:{key}`. Throws `CacheKeyError` for what cannot be a key. */
export function contextMemoryKey(contextType: string, key: string): string {
  return cacheKey('context:memory', contextType, key);
}
