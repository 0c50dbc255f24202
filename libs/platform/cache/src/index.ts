export {
  CacheAdministration,
  CacheForeignKeyError,
  CacheUnknownError,
  CacheWithoutTagsError,
  type AuditEntry,
  type CacheSummary,
} from './admin/cache-administration';
export { ForeignCountersError, SharedCounters, type SharedCounts } from './admin/shared-counters';
export { verifyCache, type CacheCensus, type CacheFinding } from './admin/verify-cache';
export {
  assertStorable,
  CacheEntryError,
  hashText,
  MAX_KEY_BYTES,
  MAX_TTL_MS,
  MAX_VALUE_BYTES,
  type CacheStore,
  type CacheStoreEntry,
} from './cache-store';
export { compressed } from './codec/compressed';
export { CachePayloadError, CacheValueError, CacheValueTooLargeError } from './codec/codec.errors';
export { faithful } from './codec/faithful';
export { hash } from './codec/hash';
export { field } from './codec/hash-field';
export { json } from './codec/json';
export { jsonTextOf } from './codec/kept-text';
export type { Payload, PayloadKind, ScoredMember } from './codec/payload';
export { raw } from './codec/raw';
export { sortedSet } from './codec/sorted-set';
export type { Store } from './codec/store';
export { CacheKeyError, cacheKey, globOf, keyParts, MAX_CACHE_KEY_BYTES } from './declare/cache-key';
export { cacheOf } from './declare/cache-of';
export * from './declare/cache-options';
export { defaultGraceMs, type CacheDeclaration, type PolicyOptions } from './declare/policy';
export type { Answer, AnswerState, BulkLoader, LoadContext, Loader } from './engine/answer';
export {
  LoadBackOffError,
  LoadTimeoutError,
  LockLostError,
  NoValueError,
  WriteBackFullError,
} from './engine/cache.errors';
export { Cache, type SetOptions } from './engine/cache';
export type { RemoveResult, WriteResult } from './engine/writes';
export { CacheEngine, type AnyCache, type CacheEngineOptions } from './engine/cache-engine';
export type { Inspection } from './engine/inspection';
export { SharedLocks, type HeldLock } from './engine/shared-locks';
export { systemScheduler, type Scheduler } from './engine/scheduler';
export * from './freshness';
export { invalidationOf } from './outbox/invalidation-of';
export {
  OutboxRelay,
  type ClaimedInvalidation,
  type InvalidationOutbox,
  type OutboxCounters,
  type OutboxRelayOptions,
} from './outbox/outbox-relay';
export type { QueuedSpace, QueuedWrite, WriteBackQueue } from './outbox/write-back-queue';
export {
  WriteBackRelay,
  type SourceWriter,
  type WriteBackCounters,
  type WriteBackRelayOptions,
} from './outbox/write-back-relay';
export { openCacheStore } from './open-cache-store';
export { RedisCacheStore } from './redis-cache-store';
export type { EvictionOrder, Tier1Options } from './tier1/held-entries';
export { MemoryTier2 } from './tier2/memory-tier2';
export { RedisTier2 } from './tier2/redis-tier2';
export { filledKey } from './tier2/tier2-keys';
export { Tier2Error } from './tier2/tier2.errors';
