import { CachePayloadError, CacheValueError, CacheValueTooLargeError } from './codec.errors';
import type { HashField } from './hash-field';
import { byteLimit, payloadBytes, type HashStore } from './store';

export interface HashOptions<V> {
  /** Every member of the value, by name. */
  readonly fields: { readonly [K in keyof V]-?: HashField<V[K]> };
  readonly maxBytes?: number;
}

/**
 * An object as a Redis hash: a field per member, typed back by its declaration. A member that is not declared is refused,
 * a field that is not declared is another program's and passed over, a declared field that is missing makes the entry
 * corrupt. A value all of whose members are absent is refused: Redis has no empty hash.
 */
export function hash<V extends object>({ fields, maxBytes: limit }: HashOptions<V>): HashStore<V> {
  const maxBytes = byteLimit('maxBytes', limit);
  const declared = Object.entries(fields) as [string, HashField<unknown>][];
  return {
    kind: 'hash',
    says: `hash of ${declared.map(([name, { says }]) => `${name} (${says})`).join(', ')}`,
    maxBytes,
    encode: (value) => {
      const undeclared = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
      if (undeclared !== undefined)
        throw new CacheValueError(
          `A cache value has a member without a field: ${JSON.stringify(undeclared.slice(0, 60))}.`,
        );
      const texts = new Map<string, string>();
      for (const [name, field] of declared) {
        const text = field.encode(Object.hasOwn(value, name) ? value[name as keyof V] : undefined, name);
        if (text !== null) texts.set(name, text);
      }
      if (texts.size === 0) throw new CacheValueError('A hash in a cache cannot be empty.');
      if (payloadBytes(texts) > maxBytes) throw new CacheValueTooLargeError(maxBytes);
      return texts;
    },
    decode: (texts) => {
      if (texts.size === 0) throw new CachePayloadError('is an empty hash');
      const members = declared.map(([name, field]) => [name, field.decode(texts.get(name), name)] as const);
      return Object.fromEntries(members.filter(([, member]) => member !== undefined)) as V;
    },
  };
}
