import { CachePayloadError } from '../codec/codec.errors';
import type { Payload } from '../codec/payload';
import { decodePayload, payloadBytes } from '../codec/store';
import type { CacheDeclaration, PolicyOptions } from '../declare/policy';
import { CacheOptionError, assertDurationMs } from '../declare/cache-options';
import { jittered } from '../freshness/freshness';
import { freezeAll } from '../tier1/freeze';
import type { Tier1, Tier1Entry, Tier1Slot } from '../tier1/tier1';
import type { LeaseRequest, ReadEntry, ReadRequest } from '../tier2/tier2';
import { NoValueError } from './cache.errors';
import type { Scheduler } from './scheduler';
import type { Space, Stamp } from './space';

/** What the shared tier held, in the caller's terms. */
export interface Found<V> {
  readonly value: V;
  /** Of the fresh life; not above 0 where it is stale. */
  readonly freshForMs: number;
  readonly sizeBytes: number;
  /** Whether this process may keep it in memory: nobody can change it. */
  readonly isShareable: boolean;
}

/** A value ready to be stored. */
export interface Prepared<V> {
  readonly value: V;
  readonly payload: Payload;
  readonly freshForMs: number;
  readonly lifeMs: number;
  readonly sizeBytes: number;
  readonly isShareable: boolean;
}

type Checked<V> = Omit<Prepared<V>, 'isShareable'>;

/** Values of one cache on their way in and out: encoding, life, freshness, and their place in tier 1. */
export class Entries<K, V> {
  private readonly glanceMs: () => number;

  constructor(
    private readonly declaration: CacheDeclaration<K, V>,
    private readonly policy: () => PolicyOptions,
    readonly space: Space,
    private readonly tier1: Tier1,
    private readonly scheduler: Scheduler,
    private readonly random: () => number,
    private readonly ceilingMs: () => number,
  ) {
    this.glanceMs = scheduler.glanceMs ?? (() => scheduler.nowMs());
  }

  /** Freezes the value. Throws as `check`. */
  prepare(key: K, value: V, freshMs?: number): Prepared<V> {
    return frozen(this.check(key, value, freshMs));
  }

  /** As `prepare` for each, with nothing frozen where one of them cannot be stored. */
  prepareAll(items: readonly { key: K; value: V; freshMs?: number }[]): Prepared<V>[] {
    return items.map(({ key, value, freshMs }) => this.check(key, value, freshMs)).map(frozen);
  }

  /** Throws the codec's error for what cannot be stored faithfully, and `CacheOptionError` for a life that is none. */
  private check(key: K, value: V, freshMs?: number): Checked<V> {
    if (value === undefined) throw new NoValueError(this.declaration.name);
    const { graceMs, jitter, negativeMs } = this.policy();
    const payload = this.declaration.store.encode(value);
    const declaredMs = freshMs === undefined ? this.freshMs(key, value, negativeMs) : freshMs;
    assertDurationMs(`${this.declaration.name}: the life of an entry`, declaredMs);
    const lifeMs = jittered(declaredMs, freshMs === undefined ? jitter : 0, this.random);
    assertDurationMs(`${this.declaration.name}: the life of an entry with its grace`, lifeMs + graceMs);
    return { value, payload, freshForMs: lifeMs, lifeMs: lifeMs + graceMs, sizeBytes: memoryBytes(payload) };
  }

  /** Null where there is nothing; throws the codec's error where it is corrupt. */
  found({ payload, isWrongType, lifeMs }: ReadEntry, key: K): Found<V> | null {
    if (isWrongType) throw new CachePayloadError('is of another kind than the declared one');
    if (payload === null) return null;
    const value = decodePayload(this.declaration.store, payload);
    const freshForMs = this.freshForMs(lifeMs, key);
    return { value, freshForMs, sizeBytes: memoryBytes(payload), isShareable: freezeAll(value) };
  }

  /** A read of these keys, with the right to load if `lease` asks for it. */
  request(wanted: readonly { key: K; id: string }[], lease?: LeaseRequest): ReadRequest {
    const { tags } = this.declaration;
    const keys = wanted.map(({ id }) => id);
    return { space: this.space, keys, tags: tags && wanted.map(({ key }) => tags(key)), lease };
  }

  /** A hash or a sorted set has no way to say "there is none". */
  get canHoldNull(): boolean {
    return this.space.kind === 'text' || this.space.kind === 'bytes';
  }

  /** The life left at which the shared tier gives out the right to load. */
  loadBelowMs(key: K): number {
    const { graceMs, refreshAheadMs } = this.policy();
    return this.isHeldFresh(key, 0) ? this.expiredLifeMs : graceMs + refreshAheadMs;
  }

  /** The life left with which no rule holds an entry as fresh any more; 0 where that is its whole grace. */
  get expiredLifeMs(): number {
    return Math.max(0, this.policy().graceMs - (this.declaration.fresh.heldMs ?? 0));
  }

  fresh(slot: Tier1Slot): Tier1Entry | undefined {
    const now = this.glanceMs();
    const entry = this.tier1.findIn(slot, now);
    if (entry === undefined) return undefined;
    if (now >= entry.freshEndsMs) return undefined;
    const knownMs = entry.askedMs > this.space.confirmedMs ? entry.askedMs : this.space.confirmedMs;
    return now - knownMs <= this.ceilingMs() ? entry : undefined;
  }

  /**
   * Of this process's memory, for when nothing better can be had; fresh or not. The grace begins where the fresh life ends,
   * and that is at the ceiling at the latest.
   */
  stale(id: string): Tier1Entry | undefined {
    const entry = this.tier1.find(id);
    if (!entry || this.scheduler.nowMs() >= entry.staleEndsMs) return undefined;
    return this.isWithinCeiling(entry.askedMs, this.policy().graceMs) ? entry : undefined;
  }

  /** Whether what was asked for at that moment may still be served: it is not old, or all invalidations since were heard. */
  isWithinCeiling(askedMs: number, graceMs = 0): boolean {
    return this.scheduler.nowMs() - Math.max(askedMs, this.space.confirmedMs) <= this.ceilingMs() + graceMs;
  }

  /**
   * Keeps a value in this process's memory, unless it can be changed, has no room there, or its key was invalidated since it
   * was asked for; answers whether it is kept.
   */
  keep(id: string, value: V, life: Omit<Found<V>, 'value'>, asked: Asked): boolean {
    const { tier1, graceMs, refreshAheadMs } = this.policy();
    if (!tier1 || !life.isShareable || life.freshForMs <= 0 || !this.space.admits(id, asked.stamp)) return false;
    const freshEndsMs = asked.atMs + life.freshForMs;
    return this.tier1.put(id, {
      value, space: this.space, drops: asked.stamp.drops, askedMs: asked.atMs, freshEndsMs,
      staleEndsMs: freshEndsMs + graceMs, refreshFromMs: freshEndsMs - refreshAheadMs, sizeBytes: life.sizeBytes,
    }); // prettier-ignore
  }

  /** Takes the key out of this process's memory; what was asked for before will not come back. */
  forget(id: string): Stamp {
    this.tier1.remove(id);
    return this.space.mark(id);
  }

  asked(): Asked {
    return { atMs: this.scheduler.nowMs(), stamp: this.space.stamp() };
  }

  private freshMs(key: K, value: V, negativeMs: number): number {
    if (value === null && negativeMs > 0) return negativeMs;
    const ms = this.declaration.fresh.freshForMs({ key, value, nowMs: this.scheduler.wallMs() });
    if (!Number.isFinite(ms)) throw new CacheOptionError(`${this.declaration.name}: its rule gives no life.`);
    return Math.max(1, Math.round(ms));
  }

  private freshForMs(lifeMs: number, key: K): number {
    const leftMs = lifeMs - this.policy().graceMs;
    return leftMs > 0 || !this.isHeldFresh(key, -leftMs) ? leftMs : Math.max(1, Math.min(lifeMs, HELD_FRESH_MS));
  }

  private isHeldFresh(key: K, staleForMs: number): boolean {
    const { stillFresh } = this.declaration.fresh;
    return stillFresh?.({ key, nowMs: this.scheduler.wallMs(), staleForMs }) ?? false;
  }
}

const frozen = <V>(checked: Checked<V>): Prepared<V> => ({ ...checked, isShareable: freezeAll(checked.value) });

/** How long this process believes that a value past its life is still fresh, before it asks again. */
const HELD_FRESH_MS = 1_000;

/** When something was asked for, and what had been invalidated by then. */
export interface Asked {
  readonly atMs: number;
  readonly stamp: Stamp;
}

/** What a decoded value takes in memory, as near as its payload tells: text is held as UTF-16. */
const memoryBytes = (payload: Payload) =>
  typeof payload === 'string' ? 2 * payload.length : 2 * payloadBytes(payload);
