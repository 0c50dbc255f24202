import { DomainError } from '@sluice/core';

/**
 * Where cache entries live: Redis, or this process's memory where there is no Redis. Losing all of it loses nothing that
 * cannot be computed again. Both drivers pass `describeCacheStore`.
 */
export interface CacheStore {
  readonly driver: 'redis' | 'memory';
  /** In the order of the keys; null where there is no entry: nothing, or a Redis value of another type, which has a life. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  /**
   * Entries of any kind, in the form of `CacheStoreEntry.value`; null where there is no entry, one of another type, or one
   * that its cache does not take any more because a tag of it was invalidated.
   */
  readMany(entries: readonly Pick<CacheStoreEntry, 'key' | 'type' | 'tags'>[]): Promise<(string | null)[]>;
  /** Remaining life in milliseconds, in the order of the keys; null without entry, Infinity where it has no end. */
  ttlMsMany(keys: readonly string[]): Promise<(number | null)[]>;
  /** Later entries win over earlier ones of the same key. Throws `CacheEntryError` before anything is written. */
  setMany(entries: readonly CacheStoreEntry[]): Promise<void>;
  /**
   * Sets what is absent, or was invalidated by a tag, and leaves alone what is there, whatever it holds: checked and written
   * in one step per key. True where it was set, in the order of the entries; of equal keys the first is set. Throws like
   * `setMany`.
   */
  addMany(entries: readonly CacheStoreEntry[]): Promise<boolean[]>;
  /** How many entries there were to delete. */
  deleteMany(keys: readonly string[]): Promise<number>;
  /** Throws a DomainError of kind `unavailable`, like every other method, when the store cannot be used. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface CacheStoreEntry {
  readonly key: string;
  readonly value: string;
  /** Whole milliseconds, from 1 to `MAX_TTL_MS`. */
  readonly ttlMs: number;
  /** A Redis hash, whose `value` is its fields as a JSON object (`hashText`); a string if not told. */
  readonly type?: 'hash';
  /** For a cache with tags, by its name: those of the entry, in the order of the cache. Without them it is not found there. */
  readonly tags?: { readonly cache: string; readonly tags: readonly string[] };
}

/** The fields of a hash as one text: a JSON object with the names in the order of JavaScript's `sort`. */
export const hashText = (fields: Iterable<readonly [string, string]>): string =>
  JSON.stringify(Object.fromEntries([...fields].sort(([a], [b]) => (a < b ? -1 : 1))));

/** To the end of the year 9999 and beyond; the memory driver uses no timers, so 2^31 ms is no limit. */
export const MAX_TTL_MS = 9999 * 366 * 24 * 60 * 60 * 1000;
export const MAX_KEY_BYTES = 4_096;
export const MAX_VALUE_BYTES = 16 * 1024 * 1024;

/** An entry that the store cannot keep faithfully. The message holds neither key nor value. */
export class CacheEntryError extends DomainError {
  readonly code = 'CACHE_ENTRY_INVALID';
  readonly kind = 'invalid';
}

/** Throws `CacheEntryError` at the first entry that is out of bounds. */
export function assertStorable(entries: readonly CacheStoreEntry[]): void {
  for (const { key, value, ttlMs, type } of entries) {
    assertText('key', key, MAX_KEY_BYTES);
    if (key === '') throw new CacheEntryError('A cache key is empty.');
    assertText('value', value, MAX_VALUE_BYTES);
    if (type === 'hash') assertHash(value);
    if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_TTL_MS)
      throw new CacheEntryError(
        `A cache entry's life must be 1 to ${MAX_TTL_MS} whole milliseconds, not ${String(ttlMs)}.`,
      );
  }
}

/** A lone surrogate has no UTF-8 form: Redis would silently store another text. */
function assertText(what: 'key' | 'value', text: unknown, maxBytes: number): void {
  if (typeof text !== 'string') throw new CacheEntryError(`A cache ${what} is not text but ${typeof text}.`);
  if (/\p{Surrogate}/u.test(text)) throw new CacheEntryError(`A cache ${what} holds half of a surrogate pair.`);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes)
    throw new CacheEntryError(`A cache ${what} of ${bytes} bytes is over the limit of ${maxBytes}.`);
}

/** Fields as `hashText` writes them, at least one: Redis has no empty hash. */
function assertHash(value: string): void {
  const fields: unknown = value.startsWith('{"') ? parsed(value) : null;
  const isHash = typeof fields === 'object' && fields !== null && Object.values(fields).every(isText);
  if (!isHash || hashText(Object.entries(fields)) !== value)
    throw new CacheEntryError('The value of a hash in a cache is not its fields as a JSON object of texts.');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
