import { DomainError } from '@sluice/core';

const MAX_PART_BYTES = 512;

/** A part of a cache key that cannot be one. The message does not repeat it. */
export class CacheKeyError extends DomainError {
  readonly code = 'TRADING_CACHE_KEY_INVALID';
  readonly kind = 'invalid';
}

/**
 * Joins the parts of a key with `:`, so that different parts never make the same key and no key is a pattern to Redis.
 * Encoded as in an address (`%2A`): control characters, the characters of patterns and slots (`* ? [ ] \ { }`), in all but
 * the last part also `:` and `%`, and in the last a `%` that would read as encoded. Throws `CacheKeyError` for a part
 * that is empty, longer than 512 bytes, or no Unicode text.
 */
export function cacheKey(prefix: string, ...parts: readonly string[]): string {
  const encoded = parts.map((part, index) => encodePart(part, index === parts.length - 1));
  return [prefix, ...encoded].join(':');
}

function encodePart(part: string, last: boolean): string {
  if (part === '') throw new CacheKeyError('A part of a cache key is empty.');
  const bytes = Buffer.byteLength(part);
  if (bytes > MAX_PART_BYTES)
    throw new CacheKeyError(`A part of a cache key has ${bytes} bytes; ${MAX_PART_BYTES} are the limit.`);
  if (/\p{Surrogate}/u.test(part)) throw new CacheKeyError('A part of a cache key holds half of a surrogate pair.');
  const reserved = last ? /[\p{Cc}*?[\]\\{}]|%(?=[0-9A-F]{2})/giu : /[\p{Cc}*?[\]\\{}:%]/gu;
  return part.replace(reserved, percentEncoded);
}

/** Unlike `encodeURIComponent` it leaves no character out (`*` is one of those). */
function percentEncoded(character: string): string {
  return Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
