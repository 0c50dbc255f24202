import { DomainError } from '@sluice/core';
import { CacheOptionError } from '../declare/cache-options';
import { POLICY_DEFAULTS, type PolicyOptions } from '../declare/policy';
import type { RemoveResult, WriteResult } from '../engine/writes';
import type { AnyCache, CacheEngine } from '../engine/cache-engine';
import type { Counters } from '../engine/counters';
import type { Inspection } from '../engine/inspection';
import type { KeyPage } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import { verifyCache, type CacheCensus } from './verify-cache';

/** No cache of this process has the name. */
export class CacheUnknownError extends DomainError {
  readonly code = 'CACHE_UNKNOWN';
  readonly kind = 'not-found';

  constructor(name: string, known: readonly string[]) {
    super(`No cache is named ${JSON.stringify(name.slice(0, 100))}.`, { remedy: `There are: ${known.join(', ')}.` });
  }
}

/** A key that administration was given belongs to another cache, or to none. Nothing was changed. */
export class CacheForeignKeyError extends DomainError {
  readonly code = 'CACHE_KEY_FOREIGN';
  readonly kind = 'invalid';

  constructor(name: string) {
    super(`A key is none of the cache ${name}: its keys begin with "${name}:".`);
  }
}

/** The entries of the cache carry no tags, so that none can be named by one. */
export class CacheWithoutTagsError extends DomainError {
  readonly code = 'CACHE_WITHOUT_TAGS';
  readonly kind = 'invalid';

  constructor(name: string) {
    super(`The entries of the cache ${name} have no tags.`, {
      remedy: 'Delete them by their keys, or clear the cache.',
    });
  }
}

/** Who changed what. Holds no keys and no values: both may be of users. */
export interface AuditEntry {
  readonly who: string;
  readonly what: 'delete' | 'expire' | 'invalidate-tag' | 'clear' | 'warm' | 'pause' | 'resume' | 'policy';
  readonly cache: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** How many keys were named, or which options changed. */
  readonly detail: string;
}

export interface CacheSummary {
  readonly name: string;
  readonly about: string;
  /** Of its keys in Redis. */
  readonly keys: string;
  readonly version: number;
  /** How its values are held, for people. */
  readonly store: string;
  /** How long they are fresh, for people. */
  readonly fresh: string;
  /** Whether its entries carry tags, by which they can be invalidated together. */
  readonly hasTags: boolean;
  readonly policy: PolicyOptions;
  readonly state: 'running' | 'paused';
  /** Of this process, since it began. */
  readonly counters: Counters;
  readonly runningLoads: number;
}

type PolicyChanges = Parameters<AnyCache['setPolicy']>[0];

/**
 * What an operator may see and change of the caches of a process. Every change is told to `audit`: one that Redis has a
 * part in before it is made, so that one which fails half-way is on record too. Methods throw `CacheUnknownError` for a name that is none, and
 * `Tier2Error` where the shared tier must be asked and does not answer.
 */
export class CacheAdministration {
  constructor(
    private readonly engine: CacheEngine,
    private readonly audit: (entry: AuditEntry) => void,
  ) {}

  list(): CacheSummary[] {
    return this.engine.list().map(summaryOf);
  }

  get(name: string): CacheSummary {
    return summaryOf(this.cache(name));
  }

  /**
   * One page; the cursor `0` begins and ends, and a page may be empty before the end. Throws `CacheOptionError` for a
   * cursor that the shared tier does not take.
   */
  async keys(name: string, cursor = '0', count = 200): Promise<KeyPage> {
    try {
      return await this.cache(name).keys(cursor, count);
    } catch (error) {
      const isRefused = cursor !== '0' && error instanceof Tier2Error && error.failure === 'other-reply';
      throw isRefused ? new CacheOptionError('The cursor is none that a page gave.') : error;
    }
  }

  /** Null where there is no such entry. Throws `CacheForeignKeyError`. */
  async inspect(name: string, key: string): Promise<Inspection | null> {
    return this.owning(name, [key]).inspect(key);
  }

  /** Throws `CacheForeignKeyError` for the first key of another cache, before any is deleted. */
  async deleteKeys(who: string, name: string, keys: readonly string[]): Promise<RemoveResult> {
    const cache = this.owning(name, keys);
    this.tell(who, 'delete', name, `${keys.length} keys`);
    return cache.deleteIds(keys);
  }

  /** Makes entries stale, or deletes them where the cache keeps no stale ones. Throws as `deleteKeys`. */
  async expireKeys(who: string, name: string, keys: readonly string[]): Promise<RemoveResult> {
    const cache = this.owning(name, keys);
    this.tell(who, 'expire', name, `${keys.length} keys`);
    return cache.expireIds(keys);
  }

  /**
   * Makes every entry with one of the tags absent in one step, whatever its key; what is left of it in the shared tier
   * ends by itself. How many there were nobody knows. Throws `CacheWithoutTagsError`.
   */
  async invalidateTags(who: string, name: string, tags: readonly string[]): Promise<WriteResult> {
    const cache = this.tagged(name);
    this.tell(who, 'invalidate-tag', name, `${tags.length} tags`);
    return cache.invalidateTags(tags);
  }

  /** Throws `CacheWithoutTagsError` where entries cannot be named by a tag. */
  assertTagged(name: string): void {
    this.tagged(name);
  }

  /** Removes every entry of the cache and of no other; `onPage` learns how many so far. */
  async clear(who: string, name: string, onPage?: (removed: number) => void): Promise<RemoveResult> {
    const cache = this.cache(name);
    this.tell(who, 'clear', name, 'all keys');
    return cache.clear(onPage);
  }

  /** Says that somebody fills the cache ahead of its callers: from where, the engine does not know. */
  noteWarm(who: string, name: string): void {
    this.tell(who, 'warm', this.cache(name).name, 'what is absent');
  }

  /** How many entries a clear would remove now. */
  async countKeys(name: string, onPage: (keys: number) => void = () => undefined): Promise<number> {
    let count = 0;
    for await (const keys of this.cache(name).pages()) onPage((count += keys.length));
    return count;
  }

  /** From now on this process asks the loaders, and neither reads nor keeps anything of the cache. */
  pause(who: string, name: string): CacheSummary {
    return this.setPaused(who, name, true);
  }

  resume(who: string, name: string): CacheSummary {
    return this.setPaused(who, name, false);
  }

  /**
   * Changes the policy of this process until it ends. Throws `CacheOptionError` and changes nothing without an option, for one that
   * there is not, that is part of what is stored, or that is out of bounds.
   */
  setPolicy(who: string, name: string, changes: Readonly<Record<string, unknown>>): CacheSummary {
    const cache = this.cache(name);
    assertChanges(name, changes);
    const before = cache.policy;
    cache.setPolicy(changes);
    const changed = Object.keys(changes) as (keyof PolicyOptions)[];
    const detail = changed.map((option) => `${option} ${before[option]} to ${cache.policy[option]}`);
    this.tell(who, 'policy', name, detail.join(', '));
    return summaryOf(cache);
  }

  async verify(name: string, onPage?: (entries: number) => void): Promise<CacheCensus> {
    return verifyCache(this.engine, this.cache(name), onPage);
  }

  private setPaused(who: string, name: string, isPaused: boolean): CacheSummary {
    const cache = this.cache(name);
    this.tell(who, isPaused ? 'pause' : 'resume', name, '');
    cache.space.isPaused = isPaused;
    cache.drop(); // What others wrote meanwhile was heard, and what was loading is not to be kept.
    return summaryOf(cache);
  }

  private owning(name: string, keys: readonly string[]): AnyCache {
    const cache = this.cache(name);
    if (keys.some((key) => !cache.space.owns(key))) throw new CacheForeignKeyError(name);
    return cache;
  }

  private tagged(name: string): AnyCache {
    const cache = this.cache(name);
    if (!cache.declaration.tags) throw new CacheWithoutTagsError(name);
    return cache;
  }

  private cache(name: string): AnyCache {
    const cache = this.engine.find(name);
    if (!cache) throw new CacheUnknownError(name, this.engine.list().map((known) => known.name)); // prettier-ignore
    return cache;
  }

  private tell(who: string, what: AuditEntry['what'], cache: string, detail: string): void {
    this.audit({ who, what, cache, at: new Date(this.engine.scheduler.wallMs()).toISOString(), detail });
  }
}

function summaryOf({ name, prefix, declaration, policy, space, runningLoads }: AnyCache): CacheSummary {
  const { about, version, store, fresh, tags } = declaration;
  const keys = `${prefix}:*`;
  const state = space.isPaused ? 'paused' : 'running';
  const { counters } = space;
  return {
    name,
    about,
    keys,
    version,
    store: store.says,
    fresh: fresh.says,
    hasTags: tags !== undefined,
    policy,
    state,
    counters,
    runningLoads,
  };
}

function assertChanges(name: string, changes: Readonly<Record<string, unknown>>): asserts changes is PolicyChanges {
  if (Object.keys(changes).length === 0) throw new CacheOptionError(`No option of the policy of ${name} is given.`);
  for (const [option, value] of Object.entries(changes)) {
    if (option === 'graceMs')
      throw new CacheOptionError(`${name}.graceMs is part of what is stored: it needs a version.`);
    if (!Object.hasOwn(POLICY_DEFAULTS, option))
      throw new CacheOptionError(`${name} has no such option of its policy.`);
    const kind = typeof POLICY_DEFAULTS[option as keyof PolicyOptions];
    if (typeof value !== kind) throw new CacheOptionError(`${name}.${option} must be a ${kind}, not ${typeof value}.`);
  }
}
