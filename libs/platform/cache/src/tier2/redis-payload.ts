import type { Payload, PayloadKind, ScoredMember } from '../codec/payload';

/** As the scripts take it: one part for text and bytes, field and value, or score and member. */
export function toParts(payload: Payload): (string | Buffer)[] {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return [payload];
  if (isFields(payload)) return [...payload].flat();
  return payload.flatMap(({ member, score }) => [scoreText(score), member]);
}

/** What a script answered for an entry; null where there is none. */
export function fromReply(kind: PayloadKind, reply: unknown): Payload | null {
  if (reply === null || reply === undefined) return null;
  if (typeof reply === 'string' || Buffer.isBuffer(reply)) return reply;
  if (!Array.isArray(reply)) throw new TypeError('Redis answered an entry in a form that no script gives.');
  const parts = reply.map(String);
  const pairs = Array.from({ length: parts.length / 2 }, (_, i): [string, string] => [
    parts[2 * i]!,
    parts[2 * i + 1]!,
  ]);
  if (kind === 'hash') return new Map(pairs);
  return pairs.map(([member, score]): ScoredMember => ({ member, score: Number(score.replace('inf', 'Infinity')) }));
}

function isFields(
  payload: ReadonlyMap<string, string> | readonly ScoredMember[],
): payload is ReadonlyMap<string, string> {
  return payload instanceof Map;
}

const scoreText = (score: number) => String(score).replace('Infinity', 'inf');
