import { isUtf8 } from 'node:buffer';
import type { Payload, ScoredMember } from '../codec/payload';

/** What a decoder of UTF-8 puts in the place of bytes that are none. A text may also hold it rightly. */
const REPLACEMENT = '\ufffd';

/** Whether it may have been made of bytes that are no text; quick, as text of Latin letters is not even searched. */
export function mayBeBroken(payload: Payload | null): boolean {
  if (typeof payload === 'string') return payload.includes(REPLACEMENT);
  if (payload === null || Buffer.isBuffer(payload)) return false;
  const texts = isMembers(payload) ? payload.map(({ member }) => member) : [...payload].flat();
  return texts.some((text) => text.includes(REPLACEMENT));
}

const isMembers = (
  payload: ReadonlyMap<string, string> | readonly ScoredMember[],
): payload is readonly ScoredMember[] => Array.isArray(payload);

/** The bytes of a reply that is no text; null where all of it is. */
export function brokenBytes(reply: unknown): Buffer | null {
  const parts = (Array.isArray(reply) ? reply : [reply]).filter((part) => Buffer.isBuffer(part));
  return parts.every((part) => isUtf8(part)) ? null : Buffer.concat(parts);
}
