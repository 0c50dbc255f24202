import { systemClock, type Clock } from '@sluice/core';
import { assertStorable, type CacheStore, type CacheStoreEntry } from './cache-store';

export interface MemoryBounds {
  readonly maxEntries?: number;
  /** Of keys and values as UTF-16, which is what they take. */
  readonly maxBytes?: number;
}

interface Held {
  readonly value: string;
  readonly expiresMs: number;
  readonly isHash: boolean;
}

/**
 * Entries in this process, for one process without Redis. Over a bound the least recently used go first; an expired entry
 * goes when it is met. The Map's order is the order of use.
 */
export class MemoryCacheStore implements CacheStore {
  readonly driver = 'memory';
  private readonly held = new Map<string, Held>();
  private readonly maxEntries: number;
  private readonly maxBytes: number;
  private bytes = 0;

  constructor(
    private readonly clock: Clock = systemClock,
    bounds: MemoryBounds = {},
  ) {
    this.maxEntries = bounds.maxEntries ?? 200_000;
    this.maxBytes = bounds.maxBytes ?? 128 * 1024 * 1024;
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.use(key, false));
  }

  /** Tags are of the shared tier alone: nobody invalidates here. */
  async readMany(entries: readonly Pick<CacheStoreEntry, 'key' | 'type'>[]): Promise<(string | null)[]> {
    return entries.map(({ key, type }) => this.use(key, type === 'hash'));
  }

  async ttlMsMany(keys: readonly string[]): Promise<(number | null)[]> {
    return keys.map((key) => {
      const entry = this.live(key);
      return entry ? entry.expiresMs - this.clock.nowMs() : null;
    });
  }

  async setMany(entries: readonly CacheStoreEntry[]): Promise<void> {
    assertStorable(entries);
    entries.forEach((entry) => this.put(entry));
    this.dropOverBounds();
  }

  async addMany(entries: readonly CacheStoreEntry[]): Promise<boolean[]> {
    assertStorable(entries);
    const added = entries.map((entry) => {
      if (this.live(entry.key)) return false;
      this.put(entry);
      return true;
    });
    this.dropOverBounds();
    return added;
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    return keys.filter((key) => this.live(key) && this.remove(key)).length;
  }

  async ping(): Promise<void> {
    // There is no server that could be away.
  }

  async close(): Promise<void> {
    this.held.clear();
    this.bytes = 0;
  }

  private use(key: string, isHash: boolean): string | null {
    const entry = this.live(key);
    if (entry?.isHash !== isHash) return null;
    this.held.delete(key);
    this.held.set(key, entry);
    return entry.value;
  }

  private put({ key, value, ttlMs, type }: CacheStoreEntry): void {
    this.remove(key);
    this.held.set(key, { value, expiresMs: this.clock.nowMs() + ttlMs, isHash: type === 'hash' });
    this.bytes += sizeBytes(key, value);
  }

  private dropOverBounds(): void {
    for (const key of this.held.keys()) {
      if (this.held.size <= this.maxEntries && this.bytes <= this.maxBytes) break;
      this.remove(key);
    }
  }

  private live(key: string): Held | undefined {
    const entry = this.held.get(key);
    if (!entry || entry.expiresMs > this.clock.nowMs()) return entry;
    this.remove(key);
    return undefined;
  }

  private remove(key: string): boolean {
    const entry = this.held.get(key);
    if (entry) this.bytes -= sizeBytes(key, entry.value);
    return this.held.delete(key);
  }
}

const sizeBytes = (key: string, value: string) => 2 * (key.length + value.length);
