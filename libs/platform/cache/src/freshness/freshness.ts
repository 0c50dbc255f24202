import { assertDurationMs, assertPart, CacheOptionError } from '../declare/cache-options';
import { inWords } from './durations';

/**
 * How long a value is as good as a new one. Asked once, when the value is stored; from then on the store's own countdown
 * decides, so that a clock that is moved can neither freshen nor age what is stored.
 */
export interface Freshness<K, V> {
  /** Milliseconds for which a value stored now stays fresh; at least 1. */
  freshForMs(stored: { readonly key: K; readonly value: V; readonly nowMs: number }): number;
  /** Whether a value past its fresh life counts as fresh all the same at this moment (a closed market). */
  readonly stillFresh?: (read: { readonly key: K; readonly nowMs: number; readonly staleForMs: number }) => boolean;
  /**
   * With `stillFresh`: the time past its fresh life from which it never holds a value, in milliseconds. What is expired by
   * hand has that much less of its grace left, or it would be held as fresh again.
   */
  readonly heldMs?: number;
  /** The fresh life of every value, where it is the same for all. */
  readonly fixedMs?: number;
  /** For people: `300 s`, `until the day turns in Asia/Kolkata`. */
  readonly says: string;
}

/** The same life for every value. Throws `CacheOptionError` for a life that is none. */
export function freshFor(ms: number): Freshness<unknown, unknown> {
  assertDurationMs('freshFor', ms);
  return { freshForMs: () => ms, fixedMs: ms, says: inWords(ms) };
}

/** A life by the key, such as the interval of a chart. It throws `CacheOptionError` where the rule gives no life. */
export function freshByKey<K>(rule: (key: K) => number, says: string): Freshness<K, unknown> {
  return {
    freshForMs({ key }) {
      const ms = rule(key);
      assertDurationMs(`The life "${says}"`, ms);
      return ms;
    },
    says,
  };
}

/**
 * A life that the loader decides and the value carries. A value that was past its life when it arrived (an `expires_at`
 * of a minute ago) is fresh for the least there is, 1 ms; what is no number of milliseconds throws `CacheOptionError`.
 */
export function freshByValue<K, V>(rule: (value: V, key: K, nowMs: number) => number, says: string): Freshness<K, V> {
  return {
    freshForMs({ key, value, nowMs }) {
      const ms = rule(value, key, nowMs);
      if (Number.isInteger(ms) && ms < 1) return 1;
      assertDurationMs(`The life "${says}"`, ms);
      return ms;
    },
    says,
  };
}

/**
 * A life up to `part` shorter, and never longer, so that what was stored together does not all expire together. Whole
 * milliseconds, at least 1. `random` gives 0 to 1.
 */
export function jittered(ms: number, part: number, random: () => number): number {
  assertPart('jitter', part);
  const shorterMs = Math.floor(ms * part * random());
  if (!Number.isFinite(shorterMs)) throw new CacheOptionError('The random part of a jitter must be a number.');
  return Math.max(1, ms - shorterMs);
}
