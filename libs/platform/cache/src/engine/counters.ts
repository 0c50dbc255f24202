import type { RedisFailureClass } from '@sluice/redis';

export type FailureLabel = RedisFailureClass | 'open';

/** What happened in one namespace since the process began. Every name is a fixed label: nothing grows with the keys. */
export class Counters {
  tier1Hits = 0;
  tier2Hits = 0;
  misses = 0;
  staleServed = 0;
  loads = 0;
  loadErrors = 0;
  loadMs = 0;
  overtaken = 0;
  corrupt = 0;
  /** Values stored, by callers or after a load. */
  writes = 0;
  /** Entries that were there and were removed, or made stale, from here. */
  removed = 0;
  queued = 0;
  /** Values taken that their source is given later. */
  queuedWrites = 0;
  invalidations = 0;
  gaps = 0;
  bypassed = 0;
  readonly failures: Partial<Record<FailureLabel, number>> = {};

  failed(failure: FailureLabel): void {
    this.failures[failure] = (this.failures[failure] ?? 0) + 1;
  }
}
