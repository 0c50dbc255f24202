/**
 * Every key that the engine keeps beside the entries, spelled here only. A key in braces is a hash tag: in a cluster what
 * belongs to an entry lives in the entry's slot. Keys of entries hold no braces themselves (`cacheKey` encodes them).
 */
export const ENGINE_PREFIX = 'sluice:';
export const INVALIDATION_CHANNEL = 'sluice:inv';

/** Hash with `epoch` and `seq` of a namespace, and `t:{tag}` for each tag that was ever invalidated: evicted together. */
export const spaceKey = (space: string) => `${ENGINE_PREFIX}n:${space}`;
export const tagField = (tag: string) => `t:${tag}`;
/** Token of the process that loads the key, or `failed` while a failed load's back-off runs. */
export const leaseKey = (key: string) => `${ENGINE_PREFIX}l:{${key}}`;
/** Epoch and generations of the tags that the entry was loaded under. */
export const stampKey = (key: string) => `${ENGINE_PREFIX}m:{${key}}`;

/** Number of the last holder of a lock. */
export const fenceKey = (key: string) => `${ENGINE_PREFIX}f:{${key}}`;

/** There while the cache has what a legacy table filled it with: who finds it gone knows that the server was emptied. */
export const filledKey = (table: string) => `${ENGINE_PREFIX}filled:${table}`;

/** What was found corrupt. */
export const asideKey = (key: string) => `${ENGINE_PREFIX}x:{${key}}`;

/** Of the last holder's number, which would be larger by then anyway. */
export const FENCE_LIFE_MS = 24 * 60 * 60 * 1000;
export const ASIDE_LIFE_MS = 24 * 60 * 60 * 1000;
export const LEASE_FAILED = 'failed';
/** A namespace with more invalidated tags begins a new epoch instead of remembering them all. */
export const MAX_TAGS = 50_000;
