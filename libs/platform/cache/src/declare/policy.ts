import type { Store } from '../codec/store';
import { jittered, type Freshness } from '../freshness/freshness';
import { MAX_TTL_MS } from '../cache-store';
import { assertCount, assertDurationMs, assertPart, CacheOptionError, MAX_TIMER_MS } from './cache-options';

/** A cache, declared once, as data: no caller spells a key or a life. */
export interface CacheDeclaration<K, V> extends Partial<PolicyOptions> {
  /** First part of every key, and the namespace of administration. Two caches never share it. */
  readonly name: string;
  /** Raise it when the shape of the value changes: entries of other versions are then never read. */
  readonly version: number;
  /** The parts of an entry's key, in order; a single one may stand alone. */
  readonly key: (key: K) => readonly string[] | string;
  readonly store: Store<V>;
  readonly fresh: Freshness<K, V>;
  /** Entries that can be invalidated together, whatever their keys. */
  readonly tags?: (key: K) => readonly string[];
  /**
   * The same tags by the entry's key in the shared tier; null for one of another origin. Without it administration cannot
   * tell an entry that a tag made absent from one that is read.
   */
  readonly tagsOfId?: (id: string) => readonly string[] | null;
  /** For the generated reference: what it holds, and who fills it. */
  readonly about: string;
}

/** What an operator may change while the program runs, and what each declaration may set. */
export interface PolicyOptions {
  /**
   * How long after its fresh life a value is kept to be served stale. Part of what is stored: freshness is the remaining
   * life less the grace, so it is no run-time option, and another grace needs another version.
   */
  readonly graceMs: number;
  /** Serves a stale value at once and loads behind it; else the stale value is for when loading fails or takes long. */
  readonly staleWhileRevalidate: boolean;
  /** Loads again behind a hit that has no more than this left of its fresh life, and less than all of it; 0 for never. */
  readonly refreshAheadMs: number;
  /** Up to this part shorter, so that what was loaded together does not expire together. */
  readonly jitter: number;
  /** Fresh life of a loaded `null`: "there is none" is an answer as well. 0 keeps none. */
  readonly negativeMs: number;
  /**
   * After a failed load nobody tries again before this while there is a stale value to serve; doubled with each failure in a
   * row, to five minutes at most. A tenth of it, each time, where there is none.
   */
  readonly backoffMs: number;
  /** Beyond it a stale value is served, where there is one, and the load goes on. */
  readonly loaderSoftMs: number;
  /** Beyond it a load has failed. */
  readonly loaderHardMs: number;
  /** Beyond it a stale value is served, where there is one, instead of waiting for the shared tier. */
  readonly tier2SoftMs: number;
  /** Right of one process to load; renewed at a third while its loader runs. */
  readonly leaseMs: number;
  /** How long this process may serve from its memory without having heard from the others. */
  readonly staleCeilingMs: number;
  /** Whether this process keeps values in memory at all. */
  readonly tier1: boolean;
  /** Loads of this cache at once in this process; more wait. Spares the source when the shared tier came back empty. */
  readonly maxLoads: number;
  /** Writes that may wait for their source at once, of all processes together; 0 for a cache that is not written back. */
  readonly maxQueuedWrites: number;
}

const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;

export const POLICY_DEFAULTS: PolicyOptions = {
  graceMs: 0,
  staleWhileRevalidate: false,
  refreshAheadMs: 0,
  jitter: 0.1,
  negativeMs: 30 * SECOND_MS,
  backoffMs: 10 * SECOND_MS,
  loaderSoftMs: 2 * SECOND_MS,
  loaderHardMs: 30 * SECOND_MS,
  tier2SoftMs: 50,
  leaseMs: 10 * SECOND_MS,
  staleCeilingMs: 3 * SECOND_MS,
  tier1: true,
  maxLoads: 64,
  maxQueuedWrites: 0,
};

/** Ten fresh lives, and a day at the most. */
export const defaultGraceMs = (freshMs: number) => Math.min(10 * freshMs, DAY_MS);

const NAME = /^[a-z][a-z0-9_-]*(:[a-z0-9_-]+)*$/;

/** The declaration with every default filled in; throws `CacheOptionError`, naming option, value and limit. */
export function resolvePolicy<K, V>(declaration: CacheDeclaration<K, V>): PolicyOptions {
  const { name, version, fresh, ...rest } = declaration;
  if (!NAME.test(name)) throw new CacheOptionError(`The cache name ${JSON.stringify(name)} must match ${NAME}.`);
  if (!Number.isInteger(version) || version < 1)
    throw new CacheOptionError(`The version of cache ${name} must be a whole number from 1, not ${String(version)}.`);
  const options = Object.keys(POLICY_DEFAULTS).filter((option) => option in rest);
  const policy = { ...POLICY_DEFAULTS, ...Object.fromEntries(options.map((o) => [o, rest[o as keyof typeof rest]])) };
  assertPolicy(name, policy, fresh);
  return policy;
}

/**
 * Throws `CacheOptionError` for the first option that no cache can work with. An entry that is never further from its end
 * than `refreshAheadMs` would be loaded again behind every hit; that is told here where all entries have one life, less the
 * jitter. Where a rule gives lives one by one, it is not known before.
 */
export function assertPolicy(
  name: string,
  policy: PolicyOptions,
  { fixedMs }: { readonly fixedMs?: number } = {},
): void {
  const limited: readonly (readonly [keyof PolicyOptions, number])[] = [
    ['backoffMs', 1], ['loaderSoftMs', 1], ['loaderHardMs', 1], ['tier2SoftMs', 1], ['leaseMs', 100], ['staleCeilingMs', 1],
  ]; // prettier-ignore
  for (const [option, min] of limited)
    assertDurationMs(`${name}.${option}`, policy[option], { min, max: Math.floor(MAX_TIMER_MS / 16) });
  assertDurationMs(`${name}.graceMs`, policy.graceMs, { min: 0 });
  assertDurationMs(`${name}.negativeMs`, policy.negativeMs, { min: 0 });
  assertPart(`${name}.jitter`, policy.jitter);
  const shortestMs = fixedMs === undefined ? MAX_TTL_MS : jittered(fixedMs, policy.jitter, () => 1);
  assertDurationMs(`${name}.refreshAheadMs`, policy.refreshAheadMs, { min: 0, max: shortestMs - 1 });
  for (const option of ['staleWhileRevalidate', 'tier1'] as const)
    if (typeof policy[option] !== 'boolean')
      throw new CacheOptionError(`${name}.${option} must be true or false, not ${typeof policy[option]}.`);
  assertCount(`${name}.maxLoads`, policy.maxLoads, 1, 10_000);
  assertCount(`${name}.maxQueuedWrites`, policy.maxQueuedWrites, 0, 1_000_000);
}
