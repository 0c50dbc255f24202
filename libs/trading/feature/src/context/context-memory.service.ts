import { seconds } from '@sluice/cache';
import type { ContextKey, ContextMemoryCache } from '@sluice/trading-caching';
import { askShared, SharedCacheAwayError } from '../shared-cache';
import { ContextEntryAbsentError } from './context.errors';

/**
 * What agents remember for a while. Nothing is behind this cache: where Redis does not take a value it is refused, and
 * where Redis cannot be asked nobody is told that there is none.
 */
export class ContextMemoryService {
  constructor(private readonly memory: ContextMemoryCache) {}

  /** JSON `null` is a value. Throws `CONTEXT_ENTRY_UNKNOWN`, and `TRADING_CACHE_AWAY`. */
  async get(key: ContextKey): Promise<unknown> {
    const value = await this.memory.get(key);
    if (value !== undefined) return value;
    await askShared(() => this.memory.inspect(this.memory.idOf(key))); // Throws where the cache could not look.
    throw new ContextEntryAbsentError();
  }

  /** In place of what was there. Throws `TRADING_CACHE_AWAY`; then neither the new nor the old value may be there. */
  async set(key: ContextKey, value: unknown, ttlSeconds: number): Promise<void> {
    const { tier2 } = await this.memory.set(key, value, { freshMs: seconds(ttlSeconds) });
    if (tier2 === 'written') return;
    await this.memory.delete(key); // This process has kept it, and no other would know.
    throw new SharedCacheAwayError('Redis has not taken the value; nothing was stored.');
  }

  /** How many there were: 0 or 1. Throws `TRADING_CACHE_AWAY`; the value is removed when Redis is back. */
  async remove(key: ContextKey): Promise<number> {
    const { removed } = await this.memory.delete(key);
    if (removed === null)
      throw new SharedCacheAwayError('Redis is not available; the value is removed when it is back.');
    return removed;
  }
}
