import { CacheOptionError } from '../declare/cache-options';
import { CachePayloadError, CacheValueTooLargeError } from './codec.errors';
import type { Payload, PayloadKind, ScoredMember } from './payload';

/**
 * How the values of a cache become what Redis holds, and values again. `encode` throws `CacheValueError` for what it could
 * not give back as it was and `CacheValueTooLargeError` over `maxBytes`; `decode` throws `CachePayloadError`. Payloads of
 * every release stay readable: `golden-payloads.spec.ts` holds them.
 */
export type Store<V> = TextStore<V> | BytesStore<V> | HashStore<V> | SortedSetStore<V>;

export type TextStore<V> = StoreOf<'text', V, string>;
export type BytesStore<V> = StoreOf<'bytes', V, Buffer>;
export type HashStore<V> = StoreOf<'hash', V, ReadonlyMap<string, string>>;
export type SortedSetStore<V> = StoreOf<'sortedSet', V, readonly ScoredMember[]>;

interface StoreOf<Kind extends PayloadKind, V, P extends Payload> {
  readonly kind: Kind;
  /** For people: `JSON`, `hash of symbol, score`. */
  readonly says: string;
  /** Of an encoded value, before compression. */
  readonly maxBytes: number;
  encode(value: V): P;
  decode(payload: P): V;
}

export const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
/** What Redis takes as one string. */
const MAX_MAX_BYTES = 512 * 1024 * 1024;

/**
 * Decodes what a tier found, which need not be of the declared kind: another program may have written it. Bytes for any
 * other kind are a text that is no UTF-8.
 */
export function decodePayload<V>(store: Store<V>, payload: Payload): V {
  if (store.kind === 'text' && typeof payload === 'string') return store.decode(payload);
  if (store.kind === 'bytes' && Buffer.isBuffer(payload)) return store.decode(payload);
  if (store.kind === 'hash' && payload instanceof Map) return store.decode(payload);
  if (store.kind === 'sortedSet' && Array.isArray(payload)) return store.decode(payload);
  if (store.kind !== 'bytes' && Buffer.isBuffer(payload)) throw new CachePayloadError('is no UTF-8');
  throw new CachePayloadError(`is of another kind than the declared ${store.kind}`);
}

/** How many bytes a payload has, without what Redis needs around it. */
export function payloadBytes(payload: Payload): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return payload.length;
  let bytes = 0;
  if (Array.isArray(payload))
    for (const { member } of payload as ScoredMember[]) bytes += Buffer.byteLength(member) + 8;
  else for (const [name, text] of payload as Map<string, string>) bytes += Buffer.byteLength(name + text);
  return bytes;
}

/** The text itself; throws `CacheValueTooLargeError`. Counts bytes only where the characters do not settle it. */
export function withinBytes(text: string, maxBytes: number): string {
  if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) throw new CacheValueTooLargeError(maxBytes);
  return text;
}

/** Throws `CachePayloadError` for more characters than a payload may have bytes: it is not even looked at. */
export function assertReadable(text: string, maxBytes: number): void {
  if (text.length > maxBytes) throw new CachePayloadError(`is over the limit of ${maxBytes} bytes`);
}

/** Throws `CacheOptionError` for a limit that none can be. */
export function byteLimit(option: string, value: number | undefined): number {
  if (value === undefined) return DEFAULT_MAX_BYTES;
  if (Number.isInteger(value) && value >= 1 && value <= MAX_MAX_BYTES) return value;
  throw new CacheOptionError(`${option} must be 1 to ${MAX_MAX_BYTES} whole bytes, not ${String(value)}.`);
}
