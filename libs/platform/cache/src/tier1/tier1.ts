import { LRUCache } from 'lru-cache';
import type { Space } from '../engine/space';

/** A value in this process's memory. Shared by all who read it, which is why it is frozen. */
export interface Tier1Entry {
  readonly value: unknown;
  /** Made once, so that a hit makes no promise. */
  readonly settled: Promise<unknown>;
  readonly space: Space;
  /** Of `space.drops`, when the value was asked for. */
  readonly drops: number;
  /** When the value was asked for: it cannot be newer than this. */
  readonly askedMs: number;
  readonly freshEndsMs: number;
  readonly staleEndsMs: number;
  readonly refreshFromMs: number;
  readonly sizeBytes: number;
}

export interface Tier1Options {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export const TIER1_DEFAULTS: Tier1Options = { maxEntries: 100_000, maxBytes: 50 * 1024 * 1024 };

/** Beside value and key: the entry, its promise and its place in the list; measured, not exact. */
const ENTRY_BYTES = 320;

/**
 * The memory of this process, one for all caches, bounded by entries and by bytes; the least recently used goes first. A
 * namespace is dropped in one step by counting `space.drops` up: its entries are then no longer found.
 */
export class Tier1 {
  private readonly entries: LRUCache<string, Tier1Entry>;

  constructor({ maxEntries, maxBytes }: Tier1Options = TIER1_DEFAULTS) {
    this.entries = new LRUCache({ max: maxEntries, maxSize: maxBytes, sizeCalculation: ({ sizeBytes }) => sizeBytes });
  }

  /** Whatever its age; undefined where there is none, or the namespace was dropped since. */
  find(id: string): Tier1Entry | undefined {
    const entry = this.entries.get(id);
    return entry !== undefined && entry.drops === entry.space.drops ? entry : undefined;
  }

  put(id: string, entry: Omit<Tier1Entry, 'settled'>): void {
    const sizeBytes = entry.sizeBytes + 2 * id.length + ENTRY_BYTES;
    this.entries.set(id, { ...entry, sizeBytes, settled: Promise.resolve(entry.value) });
  }

  remove(id: string): boolean {
    return this.entries.delete(id);
  }

  get sizeBytes(): number {
    return this.entries.calculatedSize;
  }

  get size(): number {
    return this.entries.size;
  }

  clear(): void {
    this.entries.clear();
  }
}
