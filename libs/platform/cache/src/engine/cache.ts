import type { CacheDeclaration, PolicyOptions } from '../declare/policy';
import { assertPolicy, resolvePolicy } from '../declare/policy';
import { cacheKey, CacheKeyError, keyParts } from '../declare/cache-key';
import { assertDurationMs, CacheOptionError } from '../declare/cache-options';
import { KeyMemo } from '../declare/key-memo';
import type { KeyPage } from '../tier2/tier2';
import type { Answer, BulkLoader, Loader } from './answer';
import { BackOff } from './back-off';
import { inBatches } from './batches';
import type { CacheEngine } from './cache-engine';
import { Entries } from './entries';
import type { Inspection } from './inspection';
import { Leases } from './leases';
import { Hits } from './hits';
import { LoadGate } from './load-gate';
import { LoaderRuns } from './loader-runs';
import { Loads } from './loads';
import { SharedReads, type Wanted } from './shared-reads';
import type { Space } from './space';
import { StoredEntries } from './stored-entries';
import { WriteBack } from './write-back';
import { Writes, type RemoveResult, type ToSet, type WriteResult } from './writes';
import { type Tier1Entry, Tier1Slot } from '../tier1/tier1';

const FROM_TIER_2 = { state: 'hit', tier: 2, isStored: true } as const;
const NOTHING_FOUND = { value: undefined, tier: null, freshForMs: 0, isStored: false } as const;
const NO_OPTIONS: SetOptions = {};
const NOTHING_REMOVED: RemoveResult = { tier1: 'skipped', tier2: 'skipped', removed: 0 };

export interface SetOptions {
  /** Another fresh life than the declaration's, in milliseconds. */
  readonly freshMs?: number;
}

/**
 * One declared cache. Absence of the shared tier is never an error here: reads fall back to the loader, writes say what
 * became of them. What throws is wrong use, and what the loader throws.
 */
export class Cache<K, V> {
  readonly name: string;
  readonly space: Space;
  private readonly live: { now: PolicyOptions };
  /** What every key begins with, before its first part. */
  readonly prefix: string;
  private readonly hits: Hits<K>;
  private readonly entries: Entries<K, V>;
  private readonly reads: SharedReads<K, V>;
  private readonly loads: Loads<K, V>;
  private readonly writes: Writes<K, V>;
  private readonly stored: StoredEntries<K, V>;
  private readonly writeBackQueue: WriteBack<K, V> | null;

  constructor(
    private readonly engine: CacheEngine,
    readonly declaration: CacheDeclaration<K, V>,
  ) {
    this.name = declaration.name;
    const live = (this.live = { now: resolvePolicy(declaration) });
    this.prefix = declaration.version === 1 ? this.name : `${this.name}:v${declaration.version}`;
    this.space = engine.register(this);
    const policy = () => live.now;
    const { scheduler, link, tier1, random } = engine;
    const isAlone = link.driver === 'memory';
    const ceilingMs = () => (isAlone ? Infinity : live.now.staleCeilingMs);
    this.entries = new Entries(declaration, policy, this.space, tier1, scheduler, random, ceilingMs);
    const { entries } = this;
    const memo = new KeyMemo((parts) => new Tier1Slot(this.ownId(parts)));
    this.hits = new Hits(this.space, entries, memo, declaration.key);
    this.reads = new SharedReads(entries, this.space, link);
    const gate = new LoadGate(() => this.live.now.maxLoads);
    const runs = new LoaderRuns(entries, scheduler, policy, new BackOff(scheduler), gate);
    const leases = new Leases(link, this.space, scheduler, policy);
    this.loads = new Loads({ entries, link, leases, runs, scheduler, policy });
    const forget = (id: string) => this.forget(id);
    const drop = () => this.drop();
    const { nodeId } = engine;
    this.writes = new Writes({ declaration, entries, leases, link, nodeId, policy, forget, drop });
    this.stored = new StoredEntries(declaration, this.space, policy, engine);
    const isWrittenBack = this.live.now.maxQueuedWrites > 0 && engine.writeBack !== null;
    const bound = () => this.live.now.maxQueuedWrites;
    this.writeBackQueue = isWrittenBack ? new WriteBack(declaration, engine.writeBack!, bound) : null;
  }

  get policy(): PolicyOptions {
    return this.live.now;
  }

  /** Changes the policy of this process; throws `CacheOptionError` and changes nothing where an option is out of bounds. */
  setPolicy(changes: Partial<Omit<PolicyOptions, 'graceMs'>>): PolicyOptions {
    const policy = { ...this.live.now, ...changes, graceMs: this.live.now.graceMs };
    assertPolicy(this.name, policy, this.declaration.fresh);
    this.live.now = policy;
    if (!policy.tier1) this.drop();
    return policy;
  }

  /** The fresh value, from either tier; undefined where there is none. A cached `null` is a value. */
  async get(key: K): Promise<V | undefined> {
    const slot = this.hits.slotOf(key);
    const hit = this.hits.find(slot);
    return hit === undefined ? (await this.reads.batch([{ key, id: slot.id }]))[0]?.value : (hit.value as V);
  }

  /** In the order of the keys; undefined where there is none. One round trip for each 500. */
  getMany(keys: readonly K[]): Promise<(V | undefined)[]> {
    return this.hitsOr(keys, valueOf<V>, async (missing) =>
      (await this.reads.many(missing)).map((found) => found?.value),
    );
  }

  /** As `getMany`, each with how it was come by: a `miss` without a value where there is none. */
  getAnswers(keys: readonly K[]): Promise<Answer<V | undefined>[]> {
    const none: Answer<undefined> = { ...NOTHING_FOUND, state: this.space.isPaused ? 'bypass' : 'miss' };
    const held = (hit: Tier1Entry): Answer<V | undefined> => this.held(hit);
    return this.hitsOr(keys, held, async (missing) =>
      (await this.reads.many(missing)).map((found) => (found ? { ...found, ...FROM_TIER_2 } : none)),
    );
  }

  /**
   * The value, loaded where there is none. However many ask, in however many processes, the loader runs once. Throws what
   * the loader throws where there is nothing stale to serve.
   */
  getOrLoad(key: K, loader: Loader<V>, options: SetOptions = NO_OPTIONS): Promise<V> {
    const { hits } = this;
    const slot = hits.slotOf(key);
    const hit = hits.find(slot);
    if (hit === undefined) return this.load(key, slot.id, loader, options);
    if (hit.refreshFromMs < hit.freshEndsMs) this.refreshIfDue(key, slot.id, hit, loader, options);
    return hit.settled as Promise<V>;
  }

  /** As `getOrLoad`, with where it came from and how long it stays fresh. */
  async getOrLoadAnswer(key: K, loader: Loader<V>, options: SetOptions = NO_OPTIONS): Promise<Answer<V>> {
    const slot = this.hits.slotOf(key);
    const hit = this.hits.find(slot);
    if (!hit) return this.answer(key, slot.id, loader, options);
    if (hit.refreshFromMs < hit.freshEndsMs) this.refreshIfDue(key, slot.id, hit, loader, options);
    return this.held(hit);
  }

  /**
   * Reads the fresh value that this process holds, without a promise. Undefined where there is none and where it is due to be
   * loaded again: then ask with a loader; nothing was counted. To be kept by whoever reads one key again and again: to make
   * a key takes longer than to find its value.
   */
  heldReader(key: K): () => Answer<V> | undefined {
    const slot = this.hits.slotOf(key);
    return () => {
      if (this.isDue(this.entries.fresh(slot))) return undefined;
      const hit = this.hits.find(slot);
      return hit && this.held(hit);
    };
  }

  /** One round trip for each 500 keys that are not in memory, and one bulk load for those of them that are nowhere. */
  async getOrLoadMany(keys: readonly K[], loader: BulkLoader<K, V>): Promise<V[]> {
    if (this.space.isPaused)
      return Promise.all(keys.map((key) => this.load(key, this.idOf(key), one(key, loader), {})));
    const behind = this.writeBackQueue?.overMany((key) => this.idOf(key), loader) ?? loader;
    const find = async (batch: readonly Wanted<K>[]) =>
      (await this.loads.joinMany(batch, behind)).map(({ value }) => value);
    return this.hitsOr(keys, valueOf<V>, (missing) => inBatches(missing, find));
  }

  async set(key: K, value: V, options: SetOptions = {}): Promise<WriteResult> {
    return (await this.setMany([{ key, value, ...options }]))[0]!;
  }

  /** Overtakes every load that is running for these keys. Throws for values that cannot be stored before any is. */
  async setMany(items: readonly ({ readonly key: K; readonly value: V } & SetOptions)[]): Promise<WriteResult[]> {
    if (items.length === 0) return [];
    const ids = items.map(({ key }) => this.idOf(key));
    const entries = this.entries.prepareAll(items);
    const toSet = items.map(({ key }, i) => ({ key, id: ids[i]!, entry: entries[i]! }));
    return inBatches(
      toSet,
      (batch) => this.writes.put(batch),
      ({ entry }) => entry.sizeBytes,
    );
  }

  /**
   * Writes to what is behind the cache, and removes the entry: whoever asks next loads it. Throws what `persist` throws; the
   * entry is removed then too, for nobody knows how much was written.
   */
  async writeAround(key: K, persist: () => Promise<unknown>): Promise<RemoveResult> {
    const id = this.idOf(key);
    await this.writes.persisted(id, persist);
    return { ...(await this.writes.remove([id])), source: 'written' };
  }

  /**
   * Writes to what is behind the cache, and then to the cache. Where another write or a load of the key came between, the
   * entry is removed instead: two writers never leave the older of their values. Throws as `writeAround`, and before
   * anything is written for a value that cannot be stored. A process that dies between the two writes leaves the old
   * entry; where that matters, `persist` adds an invalidation to the outbox in its own transaction.
   */
  async writeThrough(
    key: K,
    value: V,
    persist: (value: V) => Promise<unknown>,
    options: SetOptions = {},
  ): Promise<WriteResult> {
    const item = this.toSet(key, value, options.freshMs);
    return { ...(await this.writes.putAfter(item, () => persist(item.entry.value))), source: 'written' };
  }

  /**
   * Takes a value that reaches what is behind the cache later, and of several for one key only the last: for what is
   * expensive to write and is written often. Once this resolves the value is durable and every reader's. Throws
   * `WriteBackFullError` where `maxQueuedWrites` wait, what the queue throws where it does not answer, and
   * `CacheOptionError` for a cache without a queue.
   */
  async writeBack(key: K, value: V, options: SetOptions = {}): Promise<WriteResult> {
    const queue = this.writeBackQueue;
    if (!queue) throw new CacheOptionError(`${this.name} is not written back: it has no maxQueuedWrites, or no queue.`);
    const item = this.toSet(key, value, options.freshMs);
    const result = await this.writes.putAfter(item, () => queue.add(key, item.id, item.entry.payload));
    this.space.counters.queuedWrites++;
    return { ...result, source: 'queued' };
  }

  async delete(key: K): Promise<RemoveResult> {
    return this.deleteMany([key]);
  }

  async deleteMany(keys: readonly K[]): Promise<RemoveResult> {
    return this.end(
      keys.map((key) => this.idOf(key)),
      (ids) => this.writes.remove(ids),
    );
  }

  /** Makes the entries stale: they are loaded again, and served only while that fails. */
  async expire(keys: readonly K[]): Promise<RemoveResult> {
    return this.expireIds(keys.map((key) => this.idOf(key)));
  }

  /** As `expire`, by the key as it is in the shared tier, for administration; keys of other caches are left alone. */
  async expireIds(ids: readonly string[]): Promise<RemoveResult> {
    const { graceMs } = this.live.now;
    const own = ids.filter((id) => this.space.owns(id));
    return this.end(own, (some) => (graceMs === 0 ? this.writes.remove(some) : this.writes.expire(some, graceMs)));
  }

  /** Removes by the key as it is in the shared tier, for administration; keys of other caches are left alone. */
  async deleteIds(ids: readonly string[]): Promise<RemoveResult> {
    return this.end(
      ids.filter((id) => this.space.owns(id)),
      (own) => this.writes.remove(own),
    );
  }

  /** Removes every entry of this cache, and lets no load that runs now store its value. */
  async clear(onPage?: (removed: number) => void): Promise<RemoveResult> {
    const { link, nodeId } = this.engine;
    let removed: number | null = null;
    const result = await this.writes.changeAll(async () => {
      await link.call(this.space, (tier2) => tier2.renewEpoch(this.space, nodeId));
      removed = await link.removeAll(this.space, onPage);
      this.space.counters.removed += removed;
    });
    return { ...result, removed };
  }

  /** Invalidates every entry that was loaded or written under one of the tags, whatever its key; 500 tags in one step. */
  async invalidateTags(tags: readonly string[]): Promise<WriteResult> {
    if (!this.declaration.tags) throw new TypeError(`The cache ${this.name} has no tags.`);
    const { link, nodeId } = this.engine;
    const invalidate = async (some: readonly string[]) => [
      await link.call(this.space, (tier2) => tier2.invalidateTags(this.space, some, nodeId)),
    ];
    return this.writes.changeAll(() => inBatches(tags, invalidate));
  }

  /** One page of the keys in the shared tier; the cursor `0` begins and ends. Throws `Tier2Error`. */
  keys(cursor?: string, count?: number): Promise<KeyPage> {
    return this.stored.page(cursor, count);
  }

  /** All keys in the shared tier, page by page; a key may come twice. Throws `Tier2Error`. */
  pages(): AsyncGenerator<string[]> {
    return this.stored.pages();
  }

  /** Everything about one entry, without touching it; null where there is none. Throws `Tier2Error`. */
  inspect(id: string): Promise<Inspection | null> {
    return this.stored.inspect(id);
  }

  /** The parts that the key was made of; null for a key of another version or origin. */
  partsOf(id: string, count: number): string[] | null {
    return keyParts(this.prefix, id, count);
  }

  idOf(key: K): string {
    return this.hits.slotOf(key).id;
  }

  /** Everything that this process holds of the cache, or is loading, is no longer used. */
  drop(): void {
    this.space.drop();
    this.loads.detach();
  }

  /** The key was invalidated elsewhere. */
  forget(id: string): ReturnType<Space['stamp']> {
    this.loads.detach(id);
    return this.entries.forget(id);
  }

  get runningLoads(): number {
    return this.loads.running;
  }

  /** In the order of the keys: what is in this process's memory, and for the rest what `find` gives in their order. */
  private async hitsOr<T>(
    keys: readonly K[],
    held: (hit: Tier1Entry) => T,
    find: (missing: Wanted<K>[]) => Promise<readonly T[]>,
  ): Promise<T[]> {
    const missing: Wanted<K>[] = [];
    const hits = keys.map((key) => {
      const slot = this.hits.slotOf(key);
      const hit = this.hits.find(slot);
      if (hit === undefined) missing.push({ key, id: slot.id });
      return hit;
    });
    const found = missing.length === 0 ? [] : await find(missing);
    let next = 0;
    return hits.map((hit) => (hit === undefined ? found[next++]! : held(hit)));
  }

  private held({ value, freshEndsMs }: Tier1Entry): Answer<V> {
    const freshForMs = Math.max(freshEndsMs - this.engine.scheduler.nowMs(), 0); // A hit is seen up to 10 ms late.
    return { value: value as V, state: 'hit', tier: 1, freshForMs, isStored: true };
  }

  /** Near the end of its life a value that is read is loaded again behind the caller's back. */
  private refreshIfDue(key: K, id: string, hit: Tier1Entry, loader: Loader<V>, { freshMs }: SetOptions): void {
    if (this.isDue(hit)) this.loads.refresh(key, id, this.behind(id, loader), null, freshMs);
  }

  private isDue(hit: Tier1Entry | undefined): boolean {
    if (!hit || hit.refreshFromMs >= hit.freshEndsMs) return false;
    return this.engine.scheduler.nowMs() >= hit.refreshFromMs;
  }

  private async load(key: K, id: string, loader: Loader<V>, options: SetOptions): Promise<V> {
    return (await this.answer(key, id, loader, options)).value;
  }

  private answer(key: K, id: string, loader: Loader<V>, { freshMs }: SetOptions): Promise<Answer<V>> {
    if (this.space.isPaused) return this.bypassed(this.behind(id, loader));
    if (freshMs !== undefined) assertDurationMs(`${this.name}: freshMs`, freshMs);
    return this.loads.join(key, id, this.behind(id, loader), freshMs);
  }

  /** What is behind the cache: the writes that wait, and then the source. */
  private behind(id: string, loader: Loader<V>): Loader<V> {
    return this.writeBackQueue ? this.writeBackQueue.over(id, loader) : loader;
  }

  private async bypassed(loader: Loader<V>): Promise<Answer<V>> {
    this.space.counters.bypassed++;
    const value = await loader({ signal: new AbortController().signal, keepFor: () => undefined });
    return { value, state: 'bypass', tier: null, freshForMs: 0, isStored: false };
  }

  /** What became of the batch that fared worst stands for all of them. */
  private async end(
    ids: readonly string[],
    work: (ids: readonly string[]) => Promise<RemoveResult>,
  ): Promise<RemoveResult> {
    const results = await inBatches(ids, async (batch) => [await work(batch)]);
    const worst = results.find(({ tier2 }) => tier2 !== 'written') ?? results[0] ?? NOTHING_REMOVED;
    const isKnown = results.every(({ removed }) => removed !== null);
    return { ...worst, removed: isKnown ? results.reduce((sum, { removed }) => sum + (removed ?? 0), 0) : null };
  }

  /** Another cache may have a longer name that begins with this one: its keys are none of this cache. */
  private ownId(parts: readonly string[]): string {
    const id = cacheKey(this.prefix, ...parts);
    if (!this.space.owns(id)) throw new CacheKeyError(`A key of ${this.name} is a key of a cache with a longer name.`);
    return id;
  }

  private toSet(key: K, value: V, freshMs: number | undefined): ToSet<K, V> {
    return { key, id: this.idOf(key), entry: this.entries.prepare(key, value, freshMs) };
  }
}

function one<K, V>(key: K, loader: BulkLoader<K, V>): Loader<V> {
  return async (context) => (await loader([key], context))[0] as V;
}

const valueOf = <V>({ value }: Tier1Entry): V => value as V;
