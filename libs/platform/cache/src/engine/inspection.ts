import { CachePayloadError } from '../codec/codec.errors';
import { decodePayload, payloadBytes, type Store } from '../codec/store';
import type { ReadEntry } from '../tier2/tier2';

/** One entry as each tier has it, for administration. */
export interface Inspection {
  /** Its key in Redis. */
  readonly id: string;
  readonly tier1: { readonly freshForMs: number; readonly ageMs: number; readonly sizeBytes: number } | null;
  readonly tier2: Tier2Inspection | null;
}

export interface Tier2Inspection {
  /**
   * `invalidated`: a tag of it was, so that to every reader it is a miss; what is left of it ends by itself. Known where the
   * cache declares `tagsOfId`. `otherVersion`: processes of another release read it; its value is not looked at here.
   */
  readonly state: 'fresh' | 'stale' | 'corrupt' | 'invalidated' | 'otherVersion' | 'absent';
  /** Until Redis removes it; null without end. */
  readonly lifeMs: number | null;
  /** Not above 0 where it is stale. */
  readonly freshForMs: number | null;
  readonly sizeBytes: number;
  readonly value: unknown;
}

export function inspectEntry<V>(store: Store<V>, entry: ReadEntry, graceMs: number): Tier2Inspection {
  const isEndless = entry.lifeMs === Infinity;
  const life = { lifeMs: isEndless ? null : entry.lifeMs, freshForMs: isEndless ? null : entry.lifeMs - graceMs };
  if (entry.isWrongType) return { state: 'corrupt', lifeMs: null, freshForMs: null, sizeBytes: 0, value: null };
  if (entry.payload === null) return { state: 'absent', lifeMs: 0, freshForMs: 0, sizeBytes: 0, value: null };
  const sizeBytes = payloadBytes(entry.payload);
  try {
    const value = decodePayload(store, entry.payload);
    return { ...life, state: isEndless || entry.lifeMs > graceMs ? 'fresh' : 'stale', sizeBytes, value };
  } catch (error) {
    if (!(error instanceof CachePayloadError)) throw error;
    return { ...life, state: 'corrupt', sizeBytes, value: null };
  }
}

/** What there is to say of an entry whose form only another release knows. */
export function ofOtherVersion({ payload, lifeMs }: ReadEntry): Tier2Inspection {
  const sizeBytes = payload === null ? 0 : payloadBytes(payload);
  return {
    state: 'otherVersion',
    lifeMs: lifeMs === Infinity ? null : lifeMs,
    freshForMs: null,
    sizeBytes,
    value: null,
  };
}
