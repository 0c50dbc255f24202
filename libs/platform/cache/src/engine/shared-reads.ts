import { CachePayloadError } from '../codec/codec.errors';
import type { ReadEntry } from '../tier2/tier2';
import { inBatches } from './batches';
import type { Asked, Entries } from './entries';
import type { Space } from './space';
import type { Tier2Link } from './tier2-link';

export interface Wanted<K> {
  readonly key: K;
  readonly id: string;
}

/** What the shared tier gave. */
export interface Found<V> {
  readonly value: V;
  readonly freshForMs: number;
}

/**
 * Fresh values that the shared tier has, for callers without a loader; they are kept in this process's memory. In the order of
 * the keys, undefined where there is none, and for all of them where the shared tier does not answer.
 */
export class SharedReads<K, V> {
  constructor(
    private readonly entries: Entries<K, V>,
    private readonly space: Space,
    private readonly link: Tier2Link,
  ) {}

  /** One round trip for each 500. */
  many(wanted: readonly Wanted<K>[]): Promise<(Found<V> | undefined)[]> {
    return inBatches(wanted, (batch) => this.batch(batch));
  }

  /** One round trip. */
  async batch(wanted: readonly Wanted<K>[]): Promise<(Found<V> | undefined)[]> {
    const { link, space } = this;
    if (space.isPaused) return wanted.map(() => undefined);
    const asked = this.entries.asked();
    const isAsked = wanted.map(({ id }) => !link.isPending(space, id));
    const request = this.entries.request(wanted.filter((_want, i) => isAsked[i]));
    const found = await link.ask(space, (tier2) => tier2.read(request));
    if (found === null) return wanted.map(() => undefined);
    let next = 0;
    return wanted.map(({ key, id }, i) => this.found(key, id, isAsked[i] ? found[next++] : undefined, asked));
  }

  private found(key: K, id: string, entry: ReadEntry | undefined, asked: Asked): Found<V> | undefined {
    const { counters } = this.space;
    try {
      const found = entry ? this.entries.found(entry, key) : null;
      if (!found || found.freshForMs <= 0) {
        counters.misses++;
        return undefined;
      }
      counters.tier2Hits++;
      this.entries.keep(id, found.value, found, asked);
      return { value: found.value, freshForMs: found.freshForMs };
    } catch (error) {
      if (!(error instanceof CachePayloadError)) throw error; // A codec that breaks otherwise is a mistake to see.
      counters.corrupt++; // A load will set it aside.
      return undefined;
    }
  }
}
