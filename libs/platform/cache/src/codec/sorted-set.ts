import { CachePayloadError, CacheValueError, CacheValueTooLargeError } from './codec.errors';
import type { ScoredMember } from './payload';
import { byteLimit, payloadBytes, type SortedSetStore } from './store';

/**
 * Members with scores, in the order of Redis: by score, and by bytes where scores are equal. Scores keep every bit and may
 * be infinite; -0 becomes 0, because a small set in Redis does the same. An empty set is refused: Redis has none, so it
 * could not be told from an absent one.
 */
export function sortedSet({ maxBytes: limit }: { readonly maxBytes?: number } = {}): SortedSetStore<
  readonly ScoredMember[]
> {
  const maxBytes = byteLimit('maxBytes', limit);
  return {
    kind: 'sortedSet',
    says: 'sorted set',
    maxBytes,
    encode: (members) => {
      members.forEach(assertMember);
      if (members.length === 0) throw new CacheValueError('A sorted set in a cache cannot be empty.');
      if (new Set(members.map(({ member }) => member)).size < members.length)
        throw new CacheValueError('A sorted set in a cache holds a member twice.');
      if (payloadBytes(members) > maxBytes) throw new CacheValueTooLargeError(maxBytes);
      return members.map(({ member, score }) => ({ member, score: score + 0 })).sort(inOrder);
    },
    decode: (members) => {
      if (members.length === 0 || members.some(({ score }) => Number.isNaN(score)))
        throw new CachePayloadError('is no sorted set with scores');
      return members;
    },
  };
}

/** A score as Redis reads it: the shortest decimal that is the same double, or `inf`. */
export function scoreText(score: number): string {
  if (Number.isFinite(score)) return String(score);
  return score > 0 ? 'inf' : '-inf';
}

/** A score that Redis told. Throws `CachePayloadError` for what is none. */
export function scoreOf(text: string): number {
  if (/^[+-]?inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const score = Number(text);
  if (text.trim() === '' || Number.isNaN(score)) throw new CachePayloadError('holds a score that is no number');
  return score;
}

function assertMember({ member, score }: ScoredMember, index: number): void {
  if (typeof member !== 'string' || !member.isWellFormed())
    throw new CacheValueError(`Member ${index} of a sorted set in a cache is no Unicode text.`);
  if (typeof score !== 'number' || Number.isNaN(score))
    throw new CacheValueError(`The score of member ${index} of a sorted set in a cache is no number.`);
}

function inOrder(one: ScoredMember, other: ScoredMember): number {
  if (one.score !== other.score) return one.score < other.score ? -1 : 1;
  return Buffer.compare(Buffer.from(one.member), Buffer.from(other.member));
}
