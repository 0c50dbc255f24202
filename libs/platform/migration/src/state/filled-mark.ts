import { filledKey, MAX_TTL_MS, type CacheStore } from '@sluice/cache';

export const FILLED = 'filled';

/** Says beside the entries that the cache has what the table asks for, or who is about to see to it. */
export const markFilled = (cache: CacheStore, table: string, mark = FILLED): Promise<void> =>
  cache.setMany([{ key: filledKey(table), value: mark, ttlMs: MAX_TTL_MS }]);

/** What is said of each table; null of one of which nothing is. */
export const filledMarks = (cache: CacheStore, tables: readonly string[]): Promise<(string | null)[]> =>
  cache.getMany(tables.map(filledKey));
