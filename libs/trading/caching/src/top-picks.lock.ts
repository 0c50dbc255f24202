import { cacheKey, seconds, SharedLocks, type CacheEngine, type HeldLock } from '@sluice/cache';
import type { PicksScope } from './latest-picks.cache';

/** A scheduler that dies blocks the next run for so long; one that lives keeps the lock up, however long its run takes. */
const LIFE_MS = seconds(60);

/**
 * One run of the top-picks engine per universe and mode at a time, in all schedulers: `lock:top_picks:{universe}:{mode}`, in
 * small letters as the legacy schedulers spelled it. A run that is over should be stored after `confirm`, so that a scheduler
 * that hung, and whose lock another one has by now, stores nothing.
 */
export class TopPicksLock {
  private readonly locks: SharedLocks;

  constructor(engine: CacheEngine) {
    this.locks = new SharedLocks(engine, LIFE_MS);
  }

  /** Null, with nothing done, where the run of this scope is under way. Throws what the work throws, and `CacheKeyError`. */
  run<T>(scope: PicksScope, work: (lock: HeldLock) => Promise<T>): Promise<{ readonly value: T } | null> {
    return this.locks.run(topPicksLockKey(scope), work);
  }
}

/** Throws `CacheKeyError` for an empty universe or mode. */
export const topPicksLockKey = ({ universe, mode }: PicksScope): string =>
  cacheKey('lock:top_picks', universe.toLowerCase(), mode.toLowerCase());
