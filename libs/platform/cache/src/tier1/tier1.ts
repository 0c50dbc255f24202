import type { Space } from '../engine/space';
import { heldEntries, type HeldEntries, type Tier1Options } from './held-entries';

/** What there is to know of a value when it is put into memory. */
export interface Tier1Value {
  readonly value: unknown;
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

/**
 * A value in this process's memory, shared by all who read it, which is why it is frozen. A class with one order of fields:
 * entries of several shapes would make each hit several times slower.
 */
export class Tier1Entry implements Tier1Value {
  readonly value: unknown;
  readonly space: Space;
  readonly drops: number;
  readonly askedMs: number;
  readonly freshEndsMs: number;
  readonly staleEndsMs: number;
  readonly refreshFromMs: number;
  readonly sizeBytes: number;
  /** Made once, so that a hit makes no promise. */
  readonly settled: Promise<unknown>;
  /** False from the moment on at which the memory no longer has it. */
  isHeld = true;
  /** When it was last found, and so moved to the front. */
  foundMs = -Infinity;
  slot: Tier1Slot | null = null;

  constructor(from: Tier1Value, sizeBytes: number) {
    this.value = from.value;
    this.space = from.space;
    this.drops = from.drops;
    this.askedMs = from.askedMs;
    this.freshEndsMs = from.freshEndsMs;
    this.staleEndsMs = from.staleEndsMs;
    this.refreshFromMs = from.refreshFromMs;
    this.sizeBytes = sizeBytes;
    this.settled = Promise.resolve(from.value);
  }
}

/**
 * A key that is asked for often, with the entry that it found last: a hit then needs no second look-up. What a slot points
 * to is valid while `isHeld`; the memory lets go of it when the entry goes.
 */
export class Tier1Slot {
  entry: Tier1Entry | null = null;

  constructor(readonly id: string) {}
}

/** An entry that is found over and over is moved to the front that often at most. */
const FOUND_AGAIN_MS = 100;

export const TIER1_DEFAULTS: Tier1Options = { maxEntries: 100_000, maxBytes: 50 * 1024 * 1024 };

/** Beside value and key: the entry, its promise, its slot and its place in the list; measured, not exact. */
const ENTRY_BYTES = 400;

/**
 * The memory of this process, one for all caches, bounded by entries and by bytes; what goes first says its order. A
 * namespace is dropped in one step by counting `space.drops` up: its entries are then no longer found.
 */
export class Tier1 {
  private readonly entries: HeldEntries;
  private readonly maxBytes: number;
  /** Entries that went because there was no more room. */
  evicted = 0;

  /** Throws `CacheOptionError` for bounds or an order that are none. */
  constructor(options: Tier1Options = TIER1_DEFAULTS) {
    this.entries = heldEntries(options, letGo);
    this.maxBytes = options.maxBytes;
  }

  /** As `find`, by way of the slot. */
  findIn(slot: Tier1Slot, nowMs: number): Tier1Entry | undefined {
    const last = slot.entry;
    if (last !== null && last.isHeld && nowMs - last.foundMs < FOUND_AGAIN_MS)
      return last.drops === last.space.drops ? last : undefined;
    const entry = this.find(slot.id);
    if (entry === undefined) return undefined;
    entry.foundMs = nowMs;
    entry.slot = slot;
    return (slot.entry = entry);
  }

  /** Whatever its age; undefined where there is none, or the namespace was dropped since. */
  find(id: string): Tier1Entry | undefined {
    const entry = this.entries.get(id);
    return entry !== undefined && entry.drops === entry.space.drops ? entry : undefined;
  }

  /** False where it is not kept: it is over the bounds by itself, or the order lets it go before all others. */
  put(id: string, value: Tier1Value): boolean {
    const entry = new Tier1Entry(value, value.sizeBytes + 2 * id.length + ENTRY_BYTES);
    if (entry.sizeBytes > this.maxBytes) {
      this.entries.delete(id);
      return false;
    }
    this.entries.delete(id);
    const { size } = this.entries;
    value.space.heldBytes += entry.sizeBytes;
    this.entries.set(id, entry);
    this.evicted += size + 1 - this.entries.size;
    return entry.isHeld;
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

function letGo(entry: Tier1Entry): void {
  entry.isHeld = false;
  entry.space.heldBytes -= entry.sizeBytes;
  if (entry.slot?.entry === entry) entry.slot.entry = null;
}
