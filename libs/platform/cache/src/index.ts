export {
  assertStorable,
  CacheEntryError,
  MAX_KEY_BYTES,
  MAX_TTL_MS,
  MAX_VALUE_BYTES,
  type CacheStore,
  type CacheStoreEntry,
} from './cache-store';
export { MemoryCacheStore, type MemoryBounds } from './memory-cache-store';
export { openCacheStore } from './open-cache-store';
export { RedisCacheStore } from './redis-cache-store';
