import { CacheValueError } from './codec.errors';
import { assertReadable, byteLimit, withinBytes, type TextStore } from './store';

/** Text as it is, such as an answer that is serialised already. */
export function raw({ maxBytes: limit }: { readonly maxBytes?: number } = {}): TextStore<string> {
  const maxBytes = byteLimit('maxBytes', limit);
  return {
    kind: 'text',
    says: 'text',
    maxBytes,
    encode: (text) => {
      if (typeof text !== 'string') throw new CacheValueError(`A cache value is not text but ${typeof text}.`);
      if (!text.isWellFormed()) throw new CacheValueError('A cache value holds half of a surrogate pair.');
      return withinBytes(text, maxBytes);
    },
    decode: (text) => {
      assertReadable(text, maxBytes);
      return text;
    },
  };
}
