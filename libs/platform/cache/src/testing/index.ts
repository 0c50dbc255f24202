/** `@sluice/cache/testing`, for tests only: the suites speak to jest. */
export { CONFORMANCE_NOW_MS, describeCache, type CacheUnderTest } from './cache-conformance';
export { memoryDriver, redisDriver, type CacheDriver, type SharedTier } from './cache-drivers';
export { ManualScheduler } from './manual-scheduler';
