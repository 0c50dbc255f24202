import type { RedisFailureClass } from '@sluice/redis';
import type { Payload, PayloadKind } from '../codec/payload';

/** A declared cache as the second tier sees it. */
export interface SpaceRef {
  readonly name: string;
  readonly kind: PayloadKind;
}

export interface ReadRequest {
  readonly space: SpaceRef;
  readonly keys: readonly string[];
  /** Tags per key, in the order of the keys; absent where the cache has none. */
  readonly tags?: readonly (readonly string[])[] | undefined;
  /** Asks for the right to load what is absent, or has no more than `belowMs` of its life left. */
  readonly lease?: LeaseRequest | undefined;
}

export interface LeaseRequest {
  readonly lifeMs: number;
  readonly belowMs: number;
}

/**
 * `granted`: the caller loads. `taken`: another process loads. `failed`: a load failed and its back-off runs. `refused`: the
 * tier takes no writes, so that only the process itself can keep loads single. `none`: not asked for, or not needed.
 */
export type LeaseState = 'none' | 'granted' | 'taken' | 'failed' | 'refused';

export interface ReadEntry {
  /** Null where there is none, or an invalidated tag makes it none; bytes where it is to be text and is no UTF-8. */
  readonly payload: Payload | null;
  /** Remaining life in milliseconds as the tier's own clock has it; Infinity without end, 0 without entry. */
  readonly lifeMs: number;
  /** Another program left something of another kind under the key; a store replaces it. */
  readonly isWrongType?: boolean;
  readonly lease: LeaseState;
  /** Why a lease is `refused`. */
  readonly refusal?: RedisFailureClass;
  /** What the value may be stored under after a load that begins now; null where no lease was granted. */
  readonly ticket: Ticket | null;
}

/**
 * The state before a load. The lease is the key's generation: every write of the key takes it away, so a value that was
 * loaded before is never stored after. An emptied or evicted tier takes it away as well, and the epoch stands for a
 * namespace that was cleared.
 */
export interface Ticket {
  readonly token: string;
  readonly epoch: string;
  /** Epoch and generations of the entry's tags, joined; empty without tags. */
  readonly tagStamp: string;
}

export interface StoreRequest {
  readonly space: SpaceRef;
  readonly key: string;
  readonly payload: Payload;
  readonly lifeMs: number;
  readonly ticket: Ticket;
}

/** `overtaken`: the key or its namespace was invalidated since the load began, or the lease was lost. */
export type StoreOutcome = 'written' | 'overtaken';

export type Change =
  /** With a `lease` only while that one stands; else the entry is removed: somebody else wrote or removed it since. */
  | { readonly op: 'set'; readonly key: string; readonly payload: Payload; readonly lifeMs: number; readonly tags: readonly string[]; readonly lease?: string }
  | { readonly op: 'remove'; readonly key: string }
  /** Leaves at most `graceMs` of life: stale from now on, still there for when nothing better can be had. */
  | { readonly op: 'expire'; readonly key: string; readonly graceMs: number }; // prettier-ignore

/** Where a namespace stands. Another epoch means that it was cleared or that the tier came back empty. */
export interface SpaceState {
  readonly epoch: string;
  /** Number of the last invalidation. */
  readonly seq: number;
}

export interface ChangeOutcome extends SpaceState {
  /** Which entries were there before, in the order of the changes. */
  readonly existed: readonly boolean[];
  /** Which values were not set, since their lease was lost. */
  readonly overtaken: readonly boolean[];
}

/** What a node tells the others. `keys` is `*` for the whole namespace. */
export interface Invalidation extends SpaceState {
  readonly space: string;
  readonly keys: readonly string[] | '*';
  readonly from: string;
}

export interface KeyPage {
  readonly cursor: string;
  readonly keys: string[];
}

/** What an entry takes and has left, without its value. */
export interface EntryWeight {
  /** As `ReadEntry.lifeMs`. */
  readonly lifeMs: number;
  /** Of its text or bytes; for a hash or a sorted set what the tier needs for it. */
  readonly sizeBytes: number;
}

export interface Subscriber {
  onInvalidation(message: Invalidation): void;
  /** The connection stands again, or is gone: while it is gone nothing is heard. */
  onState(state: 'up' | 'down'): void;
}

/**
 * The shared tier. Redis is one driver, this process's memory the other, and the simulation a third with faults in it; all
 * pass `describeTier2`. Every method may throw a `Tier2Error`; no step waits longer than the hard limit.
 */
export interface Tier2 {
  readonly driver: 'redis' | 'memory';
  read(request: ReadRequest): Promise<ReadEntry[]>;
  /** Takes the result of a load, unless it was overtaken, and gives the lease back. */
  store(requests: readonly StoreRequest[]): Promise<StoreOutcome[]>;
  /**
   * Writes of a caller: they overtake every running load of their keys and are told to all nodes. A value whose caller was
   * told of a timeout is removed again, should it be set after all: by then another writer may have set a newer one.
   */
  change(space: SpaceRef, changes: readonly Change[], from: string): Promise<ChangeOutcome>;
  invalidateTags(space: SpaceRef, tags: readonly string[], from: string): Promise<SpaceState>;
  /** Begins a new epoch: no load that runs now is stored, and every node drops what it holds of the namespace. */
  renewEpoch(space: SpaceRef, from: string): Promise<SpaceState>;
  /** As `renewEpoch`, if that epoch still stands; false where another node has ended it. */
  endEpoch(space: SpaceRef, epoch: string, from: string): Promise<boolean>;
  states(spaces: readonly SpaceRef[]): Promise<SpaceState[]>;
  renewLease(key: string, token: string, lifeMs: number): Promise<boolean>;
  /** With `failedForMs` the others do not try before it is over. */
  releaseLease(key: string, token: string, failedForMs: number): Promise<void>;
  /**
   * Takes a lock that nobody holds, for so long; null where somebody does. Answers its fence, which is larger than that of every
   * holder before, also where the tier came back empty.
   */
  takeLock(key: string, token: string, lifeMs: number): Promise<number | null>;
  /** So long from now; false where this token does not hold the lock. */
  renewLock(key: string, token: string, lifeMs: number): Promise<boolean>;
  /** Leaves the lock of another token alone. */
  releaseLock(key: string, token: string): Promise<void>;
  /** Moves what is under the key out of the way, for an operator to look at within a day. */
  setAside(key: string): Promise<void>;
  /** One page of the keys with the prefix. The cursor `0` begins and ends; a key may come twice. */
  scan(prefix: string, cursor: string, count: number): Promise<KeyPage>;
  /** In the order of the keys; null where there is none. */
  weigh(keys: readonly string[]): Promise<(EntryWeight | null)[]>;
  /** Adds to the whole numbers of a hash that all nodes share and that has no end; answers all of them. */
  count(key: string, by: Readonly<Record<string, number>>): Promise<Record<string, number>>;
  subscribe(subscriber: Subscriber): Promise<() => Promise<void>>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
