import { DomainError } from '@sluice/core';

/** Any part of 10,000 characters fits, even one that is encoded throughout. Redis itself would take 512 MB. */
export const MAX_CACHE_KEY_BYTES = 65_536;

/** Parts or a key that cannot be one. The message does not repeat them. */
export class CacheKeyError extends DomainError {
  readonly code = 'CACHE_KEY_INVALID';
  readonly kind = 'invalid';
}

/** Printable ASCII that needs no encoding, as the last part and as any other. Most parts are made of nothing else. */
const plainLast = /^[ -$&-)+->@-Z^-z|~]+$/;
const plain = /^[ -$&-)+-9;->@-Z^-z|~]+$/;

/** Also where a last part goes on with `:`, which is not encoded there. */
const VERSION = /^v\d+(?=:|$)/;

/**
 * Joins the parts of a key with `:`, so that different parts never make the same key of one length and no key is a pattern
 * to Redis. Encoded as in an address (`%2A`): control characters, the characters of patterns and slots (`* ? [ ] \ { }`),
 * in all but the last part also `:` and `%`, in the last a `%` that would read as encoded, and in a first part that reads
 * as a version (`v2`) its `v`, since later versions of a cache begin their keys with one. `keyParts` is the way back.
 * Throws `CacheKeyError` for a part that is empty or no Unicode text, and for a key over `MAX_CACHE_KEY_BYTES`.
 */
export function cacheKey(prefix: string, ...parts: readonly string[]): string {
  let key = prefix;
  let ascii = true;
  const last = parts.length - 1;
  for (let i = 0; i <= last; i++) {
    const part = parts[i] as string;
    if (i === 0 && VERSION.test(part)) key += `:%76${encodePart(part.slice(1), i === last)}`;
    else if (isPlain(part, i === last)) key += `:${part}`;
    else {
      key += `:${encodePart(part, i === last)}`;
      ascii = false;
    }
  }
  const bytes = ascii ? key.length : Buffer.byteLength(key);
  if (bytes > MAX_CACHE_KEY_BYTES) throw tooLong(bytes);
  return key;
}

const isPlain = (part: string, last: boolean): boolean =>
  typeof part === 'string' && part.length <= MAX_CACHE_KEY_BYTES && (last ? plainLast : plain).test(part);

/**
 * The parts that `cacheKey` made a key of; null for a key of another origin. `count` is how many parts the namespace's
 * keys have: the last one may hold a `:`, so the key alone does not tell.
 */
export function keyParts(prefix: string, key: string, count: number): string[] | null {
  if (count === 0) return key === prefix ? [] : null;
  if (!key.startsWith(`${prefix}:`) || key.length > MAX_CACHE_KEY_BYTES) return null;
  const pieces = key.slice(prefix.length + 1).split(':');
  const encoded = [...pieces.slice(0, count - 1), pieces.slice(count - 1).join(':')];
  const parts = encoded.map((part) => part.replace(/(?:%[0-9A-F]{2})+/g, percentDecoded));
  if (pieces.length < count || parts.some((part) => part === '' || !part.isWellFormed())) return null;
  return cacheKeyOf(prefix, parts) === key ? parts : null;
}

/** Whether a key below the name of a cache is of this version of it: those of later versions begin with name and version. */
export function isOfVersion(name: string, version: number, key: string): boolean {
  const [found] = VERSION.exec(key.slice(name.length + 1)) ?? [];
  return found === (version === 1 ? undefined : `v${version}`);
}

/** The `MATCH` pattern of all keys below a prefix, and of no others. */
export function globOf(prefix: string): string {
  return `${escapeGlob(prefix)}:*`;
}

/** Text that a `MATCH` pattern takes as it is. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\]\\]/g, '\\$&');
}

/** Null where decoded parts would make a key over the limit: a foreign key, which may do what it likes. */
function cacheKeyOf(prefix: string, parts: readonly string[]): string | null {
  try {
    return cacheKey(prefix, ...parts);
  } catch (error) {
    if (error instanceof CacheKeyError) return null;
    throw error;
  }
}

function encodePart(part: string, last: boolean): string {
  if (typeof part !== 'string') throw new CacheKeyError(`A part of a cache key is not text but ${typeof part}.`);
  if (part === '') throw new CacheKeyError('A part of a cache key is empty.');
  if (part.length > MAX_CACHE_KEY_BYTES) throw tooLong(Buffer.byteLength(part));
  if (!part.isWellFormed()) throw new CacheKeyError('A part of a cache key holds half of a surrogate pair.');
  const reserved = last ? /[\p{Cc}*?[\]\\{}]|%(?=[0-9A-F]{2})/giu : /[\p{Cc}*?[\]\\{}:%]/gu;
  return part.replace(reserved, percentEncoded);
}

/** Of UTF-8, like an address. Reserved characters are ASCII or control characters below U+00A0, whose first byte is C2. */
function percentEncoded(character: string): string {
  const code = character.charCodeAt(0);
  return `${code < 0x80 ? '%' : '%C2%'}${code.toString(16).toUpperCase().padStart(2, '0')}`;
}

const percentDecoded = (run: string): string => Buffer.from(run.replaceAll('%', ''), 'hex').toString();

function tooLong(bytes: number): CacheKeyError {
  return new CacheKeyError(`A cache key has ${bytes} bytes; ${MAX_CACHE_KEY_BYTES} are the limit.`);
}
