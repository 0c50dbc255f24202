import { randomUUID } from 'node:crypto';
import type { Payload } from '../codec/payload';
import { payloadBytes } from '../codec/store';
import type { Scheduler } from '../engine/scheduler';
import { ExpiringMap, type Room } from './expiring-map';
import type {
  Change,
  ChangeOutcome,
  EntryWeight,
  Invalidation,
  LeaseRequest,
  ReadEntry,
  ReadRequest,
  SpaceRef,
  SpaceState,
  StoreOutcome,
  StoreRequest,
  Subscriber,
  Tier2,
} from './tier2';
import { ASIDE_LIFE_MS, asideKey, LEASE_FAILED, MAX_TAGS } from './tier2-keys';

interface Entry {
  readonly payload: Payload;
  readonly stamp: string;
}

interface Space {
  epoch: string;
  seq: number;
  readonly tags: Map<string, string>;
}

const ROOM: Room = { maxEntries: 200_000, maxBytes: 256 * 1024 * 1024 };

/**
 * The shared tier in this process's memory: what Redis does with scripts, done with maps. For one process without Redis,
 * and the server of the simulation. Bounded by entries and bytes; the one written longest ago goes first.
 */
export class MemoryTier2 implements Tier2 {
  readonly driver = 'memory';
  private readonly entries: ExpiringMap<Entry>;
  private readonly leases: ExpiringMap<string>;
  private readonly locks: ExpiringMap<string>;
  private lastFence = 0;
  private readonly spaces = new Map<string, Space>();
  private readonly subscribers = new Set<Subscriber>();
  private readonly counts = new Map<string, Record<string, number>>();

  constructor(
    private readonly scheduler: Scheduler,
    private readonly newToken: () => string = randomUUID,
    room: Partial<Room> = {},
  ) {
    const nowMs = () => scheduler.nowMs();
    this.entries = new ExpiringMap(
      nowMs,
      { ...ROOM, ...room },
      ({ payload, stamp }) => memoryBytes(payload) + stamp.length,
    );
    this.leases = new ExpiringMap(nowMs, ROOM, (token) => token.length);
    this.locks = new ExpiringMap(nowMs, ROOM, (token) => token.length);
  }

  async read({ space, keys, tags, lease }: ReadRequest): Promise<ReadEntry[]> {
    return keys.map((key, index) =>
      this.readOne(space, key, tags ? this.stampOf(space, tags[index] ?? []) : null, lease),
    );
  }

  async store(requests: readonly StoreRequest[]): Promise<StoreOutcome[]> {
    return requests.map(({ space, key, payload, lifeMs, ticket }) => {
      if (this.leases.get(key) !== ticket.token) return 'overtaken';
      this.leases.delete(key);
      if (ticket.epoch !== this.space(space).epoch) return 'overtaken';
      this.entries.set(key, { payload, stamp: ticket.tagStamp }, lifeMs);
      return 'written';
    });
  }

  async change(space: SpaceRef, changes: readonly Change[], from: string): Promise<ChangeOutcome> {
    const overtaken = changes.map((one) => one.op === 'set' && one.lease !== undefined && this.leases.get(one.key) !== one.lease); // prettier-ignore
    const existed = changes.map((one, i) => this.apply(space, overtaken[i] ? { op: 'remove', key: one.key } : one));
    return { ...this.tell(space, changes.map(({ key }) => key), from), existed, overtaken }; // prettier-ignore
  }

  async invalidateTags(space: SpaceRef, tags: readonly string[], from: string): Promise<SpaceState> {
    const known = this.space(space).tags;
    for (const tag of tags) known.set(tag, this.newToken());
    return known.size > MAX_TAGS ? this.renewEpoch(space, from) : this.tell(space, '*', from);
  }

  async renewEpoch(space: SpaceRef, from: string): Promise<SpaceState> {
    this.spaces.set(space.name, { epoch: this.newToken(), seq: 0, tags: new Map() });
    return this.tell(space, '*', from);
  }

  async endEpoch(space: SpaceRef, epoch: string, from: string): Promise<boolean> {
    if (this.space(space).epoch !== epoch) return false;
    await this.renewEpoch(space, from);
    return true;
  }

  async states(spaces: readonly SpaceRef[]): Promise<SpaceState[]> {
    return spaces.map((space) => this.stateOf(space));
  }

  async renewLease(key: string, token: string, lifeMs: number): Promise<boolean> {
    if (this.leases.get(key) !== token) return false;
    this.leases.set(key, token, lifeMs);
    return true;
  }

  async releaseLease(key: string, token: string, failedForMs: number): Promise<void> {
    if (this.leases.get(key) !== token) return;
    if (failedForMs < 1) this.leases.delete(key);
    else this.leases.set(key, LEASE_FAILED, failedForMs);
  }

  async takeLock(key: string, token: string, lifeMs: number): Promise<number | null> {
    if (this.locks.get(key) !== undefined) return null;
    this.locks.set(key, token, lifeMs);
    return (this.lastFence = Math.max(this.scheduler.wallMs() * 1_000, this.lastFence + 1));
  }

  async renewLock(key: string, token: string, lifeMs: number): Promise<boolean> {
    if (this.locks.get(key) !== token) return false;
    this.locks.set(key, token, lifeMs);
    return true;
  }

  async releaseLock(key: string, token: string): Promise<void> {
    if (this.locks.get(key) === token) this.locks.delete(key);
  }

  async setAside(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    if (entry) this.entries.set(asideKey(key), entry, ASIDE_LIFE_MS);
  }

  /** All in one page: the map cannot be paged while it changes. */
  async scan(prefix: string): Promise<{ cursor: string; keys: string[] }> {
    return { cursor: '0', keys: this.entries.keys().filter((key) => key.startsWith(prefix)) };
  }

  async weigh(keys: readonly string[]): Promise<(EntryWeight | null)[]> {
    return keys.map((key) => {
      const found = this.entries.get(key);
      return found ? { lifeMs: this.entries.lifeMs(key), sizeBytes: payloadBytes(found.payload) } : null;
    });
  }

  async count(key: string, by: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    const counts = { ...this.counts.get(key) };
    for (const [name, more] of Object.entries(by)) counts[name] = (counts[name] ?? 0) + more;
    this.counts.set(key, counts);
    return { ...counts };
  }

  async subscribe(subscriber: Subscriber): Promise<() => Promise<void>> {
    this.subscribers.add(subscriber);
    subscriber.onState('up');
    return async () => void this.subscribers.delete(subscriber);
  }

  async ping(): Promise<void> {
    // There is no server that could be away.
  }

  async close(): Promise<void> {
    this.empty();
    this.subscribers.clear();
  }

  /** As a server that was restarted without its data. */
  empty(): void {
    for (const map of [this.entries, this.leases, this.locks, this.spaces, this.counts]) map.clear();
  }

  /** Without tags nothing is compared, as in Redis: administration knows a key only. */
  private readOne(space: SpaceRef, key: string, stamp: string | null, lease: LeaseRequest | undefined): ReadEntry {
    const found = this.entries.get(key);
    const payload = found && (stamp === null || found.stamp === stamp) ? found.payload : null;
    const lifeMs = payload === null ? 0 : this.entries.lifeMs(key);
    if (!lease || (payload !== null && lifeMs > lease.belowMs)) return { payload, lifeMs, lease: 'none', ticket: null };
    const holder = this.leases.get(key);
    if (holder !== undefined)
      return { payload, lifeMs, lease: holder === LEASE_FAILED ? 'failed' : 'taken', ticket: null };
    const token = this.newToken();
    this.leases.set(key, token, lease.lifeMs);
    const ticket = { token, epoch: this.space(space).epoch, tagStamp: stamp ?? '' };
    return { payload, lifeMs, lease: 'granted', ticket };
  }

  private apply(space: SpaceRef, change: Change): boolean {
    const { key } = change;
    const entry = this.entries.get(key);
    this.leases.delete(key);
    if (change.op === 'set')
      this.entries.set(key, { payload: change.payload, stamp: this.stampOf(space, change.tags) }, change.lifeMs);
    else if (change.op === 'remove') this.entries.delete(key);
    else if (entry) this.entries.set(key, entry, Math.min(this.entries.lifeMs(key), change.graceMs));
    return entry !== undefined;
  }

  private space({ name }: SpaceRef): Space {
    const known = this.spaces.get(name);
    if (known) return known;
    const made = { epoch: this.newToken(), seq: 0, tags: new Map<string, string>() };
    this.spaces.set(name, made);
    return made;
  }

  private stampOf(space: SpaceRef, tags: readonly string[]): string {
    if (tags.length === 0) return '';
    const { epoch, tags: known } = this.space(space);
    return [epoch, ...tags.map((tag) => known.get(tag) ?? '')].join(' ');
  }

  private stateOf(space: SpaceRef): SpaceState {
    const { epoch, seq } = this.space(space);
    return { epoch, seq };
  }

  private tell(space: SpaceRef, keys: readonly string[] | '*', from: string): SpaceState {
    this.space(space).seq++;
    const state = this.stateOf(space);
    const message: Invalidation = { ...state, space: space.name, keys, from };
    for (const subscriber of this.subscribers) subscriber.onInvalidation(message);
    return state;
  }
}

/** Text is held as UTF-16 where it is not all of the first 256 characters. */
const memoryBytes = (payload: Payload) =>
  typeof payload === 'string' ? 2 * payload.length : 2 * payloadBytes(payload);
