import type { Invalidation } from './tier2';

/**
 * Reads `{"n": namespace, "f": node, "k": keys or "*", "e": epoch, "s": number}`; null where another program wrote something
 * else to the channel.
 */
export function readInvalidation(text: string): Invalidation | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof message !== 'object' || message === null) return null;
  const { n: space, f: from, k: keys, e: epoch, s: seq } = message as Record<string, unknown>;
  const isKnown = typeof space === 'string' && typeof from === 'string' && typeof epoch === 'string';
  if (!isKnown || typeof seq !== 'number') return null;
  if (keys === '*') return { space, from, epoch, seq, keys };
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) return null;
  return { space, from, epoch, seq, keys };
}
