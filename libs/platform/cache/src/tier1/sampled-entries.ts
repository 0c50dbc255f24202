import type { HeldEntries } from './held-entries';
import type { Tier1Entry } from './tier1';

/** An entry in its place. */
export interface Held {
  readonly id: string;
  readonly entry: Tier1Entry;
  /** In the list that is sampled. */
  at: number;
}

/** What an order knows of entries. */
export interface Order {
  /** It was put, or found. */
  used(id: string): void;
  /** The one of least worth goes first. */
  worth(held: Held): number;
}

/** As many as Redis would look at and more; of fewer entries all are looked at, so that then the order is exact. */
const SAMPLE = 16;

/**
 * Evicts the entry of least worth among some that are picked at random, as Redis does: nothing has to be kept in order, and
 * what is evicted is nearly always among the least. The one that was put just now goes only where it is worth less than all
 * the others that were looked at.
 */
export class SampledEntries implements HeldEntries {
  calculatedSize = 0;
  private readonly byId = new Map<string, Held>();
  private readonly list: Held[] = [];

  constructor(
    private readonly bounds: { readonly maxEntries: number; readonly maxBytes: number },
    private readonly order: Order,
    private readonly letGo: (entry: Tier1Entry) => void,
    private readonly random: () => number,
  ) {}

  get size(): number {
    return this.list.length;
  }

  get(id: string): Tier1Entry | undefined {
    const held = this.byId.get(id);
    if (held === undefined) return undefined;
    this.order.used(id);
    return held.entry;
  }

  set(id: string, entry: Tier1Entry): void {
    this.delete(id);
    if (entry.sizeBytes > this.bounds.maxBytes) return this.letGo(entry);
    const held = { id, entry, at: this.list.length };
    this.byId.set(id, held);
    this.list.push(held);
    this.calculatedSize += entry.sizeBytes;
    this.order.used(id);
    while (this.size > this.bounds.maxEntries || this.calculatedSize > this.bounds.maxBytes)
      this.delete(this.leastBeside(held).id);
  }

  delete(id: string): boolean {
    const held = this.byId.get(id);
    if (held === undefined) return false;
    const last = this.list.pop()!;
    if (last !== held) {
      this.list[held.at] = last;
      last.at = held.at;
    }
    this.byId.delete(id);
    this.calculatedSize -= held.entry.sizeBytes;
    this.letGo(held.entry);
    return true;
  }

  clear(): void {
    for (const { entry } of this.list) this.letGo(entry);
    this.byId.clear();
    this.list.length = 0;
    this.calculatedSize = 0;
  }

  private leastBeside(newest: Held): Held {
    const all = this.list.length <= SAMPLE;
    let [least, leastWorth] = [newest, Infinity];
    for (let i = 0; i < (all ? this.list.length : SAMPLE); i++) {
      const held = this.list[all ? i : Math.floor(this.random() * this.list.length)]!;
      const worth = this.order.worth(held);
      if (held !== newest && worth < leastWorth) [least, leastWorth] = [held, worth];
    }
    return this.byId.has(newest.id) && this.order.worth(newest) < leastWorth ? newest : least;
  }
}
