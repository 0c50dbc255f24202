import { CacheKeyError } from '../declare/cache-key';
import type { KeyMemo } from '../declare/key-memo';
import type { Tier1Entry, Tier1Slot } from '../tier1/tier1';
import type { Entries } from './entries';
import type { Space } from './space';

/**
 * The way to a hit in memory. Every declared cache is a class of its own, so what is looked up in a cache itself is slow to
 * find; all that a hit needs is therefore in an object of one shape.
 */
export class Hits<K> {
  constructor(
    private readonly space: Space,
    private readonly entries: Pick<Entries<K, unknown>, 'fresh'>,
    private readonly memo: KeyMemo<Tier1Slot>,
    private readonly partsOf: (key: K) => readonly string[] | string,
  ) {}

  /** Throws `CacheKeyError` for what cannot be a key. */
  slotOf(key: K): Tier1Slot {
    const parts = this.partsOf(key);
    if (typeof parts !== 'string' && !Array.isArray(parts))
      throw new CacheKeyError(`A key of ${this.space.name} is neither text nor parts but ${typeof parts}.`);
    return this.memo.of(parts);
  }

  /** Fresh, and counted; undefined where there is none or the namespace is paused. */
  find(slot: Tier1Slot): Tier1Entry | undefined {
    const { space } = this;
    if (space.isPaused) return undefined;
    const hit = this.entries.fresh(slot);
    if (hit !== undefined) space.counters.tier1Hits++;
    return hit;
  }
}
