import { LRUCache } from 'lru-cache';
import { assertCount, CacheOptionError } from '../declare/cache-options';
import { FrequencySketch } from './frequency-sketch';
import { SampledEntries } from './sampled-entries';
import type { Tier1Entry } from './tier1';

/**
 * Which entry goes first where there is no more room. `lru`: the least recently used. `lfu`: the least often used, where
 * uses of long ago count less; for a few hot keys among many that are asked for once. `ttl`: the one that ends soonest.
 */
export type EvictionOrder = 'lru' | 'lfu' | 'ttl';

export interface Tier1Options {
  /** At most; 1 to 10,000,000. */
  readonly maxEntries: number;
  /** At most, as `sizeBytes` of the entries has it; 1 KiB to 1 TiB. */
  readonly maxBytes: number;
  /** `lru` unless told. */
  readonly order?: EvictionOrder;
}

/** Entries by key within both bounds. An entry that is put over the bounds by itself is not kept. */
export interface HeldEntries {
  readonly size: number;
  /** In bytes. */
  readonly calculatedSize: number;
  /** Counts as a use of it. */
  get(id: string): Tier1Entry | undefined;
  set(id: string, entry: Tier1Entry): unknown;
  delete(id: string): boolean;
  clear(): void;
}

const MAX_ENTRIES = 10_000_000;
const MIN_BYTES = 1024;
const MAX_BYTES = 2 ** 40;

/** `letGo` is told of every entry that is no longer held. Throws `CacheOptionError` for bounds or an order that are none. */
export function heldEntries(
  { maxEntries, maxBytes, order = 'lru' }: Tier1Options,
  letGo: (entry: Tier1Entry) => void,
  random: () => number = Math.random,
): HeldEntries {
  assertCount('tier1.maxEntries', maxEntries, 1, MAX_ENTRIES);
  assertCount('tier1.maxBytes', maxBytes, MIN_BYTES, MAX_BYTES);
  const bounds = { maxEntries, maxBytes };
  switch (order) {
    case 'lru':
      return new LRUCache<string, Tier1Entry>({
        max: maxEntries,
        maxSize: maxBytes,
        sizeCalculation: ({ sizeBytes }) => sizeBytes,
        dispose: letGo,
      });
    case 'lfu':
      return new SampledEntries(bounds, new FrequencySketch(maxEntries), letGo, random);
    case 'ttl':
      return new SampledEntries(
        bounds,
        { used: () => undefined, worth: ({ entry }) => entry.staleEndsMs },
        letGo,
        random,
      );
    default:
      throw new CacheOptionError(`tier1.order must be lru, lfu or ttl, not ${JSON.stringify(order)}.`);
  }
}
