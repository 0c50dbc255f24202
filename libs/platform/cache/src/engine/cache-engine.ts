import { randomUUID } from 'node:crypto';
import { CacheOptionError } from '../declare/cache-options';
import type { Tier1Options } from '../tier1/held-entries';
import { Tier1 } from '../tier1/tier1';
import type { WriteBackQueue } from '../outbox/write-back-queue';
import type { Invalidation, Tier2 } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import type { Cache } from './cache';
import { pause, systemScheduler, type Scheduler } from './scheduler';
import { Space } from './space';
import { FROM_NOBODY, Tier2Link } from './tier2-link';

export interface CacheEngineOptions {
  readonly tier2: Tier2;
  readonly tier1?: Tier1Options;
  readonly scheduler?: Scheduler;
  readonly random?: () => number;
  readonly nodeId?: string;
  /** Between two looks at whether an invalidation was missed; 1000. */
  readonly gapCheckMs?: number;
  /** Where writes wait for their source, for caches with `maxQueuedWrites`. */
  readonly writeBack?: WriteBackQueue;
}

/** A message on its way may be a moment behind the number that Redis tells. */
const MESSAGE_DELAY_MS = 50;
const NAMESPACES = 200;
/** An orderly end waits no longer for a shared tier that is slow to take what it is still to be told. */
const FAREWELL_MS = 2_000;

/** A cache of any types, as the engine and administration handle it. */
export type AnyCache = Pick<
  Cache<never, unknown>,
  'name' | 'prefix' | 'space' | 'declaration' | 'drop' | 'forget' | 'policy' | 'setPolicy' | 'clear' | 'keys' | 'pages' | 'inspect' | 'deleteIds' | 'expireIds' | 'invalidateTags' | 'runningLoads'
>; // prettier-ignore

/**
 * What the caches of a process share: the memory, the way to the shared tier, and the ear for the invalidations of other
 * processes.
 *
 * Each invalidation has a number within its namespace. Messages may be lost, doubled or late: a number that does not follow
 * drops the namespace, and once a second the numbers heard are compared with the numbers there are. A number below the one
 * heard says that the shared tier came back with old data: all of the namespace goes there too. Until such a comparison succeeds, nothing older than `staleCeilingMs` is served from memory. The same look delivers the invalidations that wait,
 * and finds out that a server came back.
 */
export class CacheEngine {
  readonly tier1: Tier1;
  readonly link: Tier2Link;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly nodeId: string;
  readonly writeBack: WriteBackQueue | null;
  private readonly tier2: Tier2;
  private readonly gapCheckMs: number;
  private readonly caches = new Map<string, AnyCache>();
  private readonly reserved = new Set<string>();
  private readonly chores = new Set<() => Promise<unknown>>();
  private readonly emptiedListeners = new Set<() => void>();
  private unsubscribe: (() => Promise<void>) | null = null;
  private cancelCheck: () => void = () => undefined;
  private isClosed = false;
  private isHearing = false;

  constructor(options: CacheEngineOptions) {
    this.tier2 = options.tier2;
    this.scheduler = options.scheduler ?? systemScheduler;
    this.random = options.random ?? Math.random;
    this.nodeId = options.nodeId ?? randomUUID();
    this.gapCheckMs = options.gapCheckMs ?? 1_000;
    this.writeBack = options.writeBack ?? null;
    this.tier1 = new Tier1(options.tier1);
    this.link = new Tier2Link(options.tier2, this.scheduler);
  }

  get driver(): Tier2['driver'] {
    return this.tier2.driver;
  }

  /** Whether invalidations of other processes are heard at once, and not only at the next look. */
  get hearsOthers(): boolean {
    return this.isHearing;
  }

  /** Listens, and looks once a second. Never waits for a server: without one the caches work alone. */
  async start(): Promise<void> {
    this.unsubscribe ??= await this.tier2.subscribe({
      onInvalidation: (message) => this.hear(message),
      onState: (state) => {
        const isBack = state === 'up' && this.unsubscribe !== null && !this.isHearing;
        this.isHearing = state === 'up';
        if (isBack) this.lookLater(0); // Before more is told there than was lost with old data.
      },
    });
    this.lookLater();
  }

  list(): AnyCache[] {
    return [...this.caches.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  find(name: string): AnyCache | null {
    return this.caches.get(name) ?? null;
  }

  /** For `Cache` only. Throws `CacheOptionError` for a name that is taken. */
  register(cache: AnyCache): Space {
    const { name, declaration } = cache;
    if (this.caches.has(name)) throw new CacheOptionError(`The cache ${name} is declared twice in one process.`);
    if (this.caches.size >= NAMESPACES) throw new CacheOptionError(`A process has at most ${NAMESPACES} caches.`);
    this.caches.set(name, cache);
    return new Space(name, declaration.store.kind, (key) => this.ownerOf(key) === name);
  }

  /** A key below the name of a cache that is none of its entries: no cache lists, reads or removes it. */
  reserve(key: string): void {
    this.reserved.add(key);
  }

  /** Done after each look that reached the shared tier, and once more before the engine closes; throws `Tier2Error` only. */
  addChore(chore: () => Promise<unknown>): void {
    this.chores.add(chore);
  }

  /**
   * Called after a look that found a namespace anew where one had been: the shared tier came back empty or with old data, or
   * has evicted what it knew. Answers how to stop.
   */
  onEmptied(listener: () => void): () => void {
    this.emptiedListeners.add(listener);
    return () => void this.emptiedListeners.delete(listener);
  }

  /** Looks now: delivers what waits, and learns what was missed. Answers whether the shared tier could be asked. */
  async look(): Promise<boolean> {
    const caches = this.list();
    const askedMs = this.scheduler.nowMs();
    try {
      await this.link.drain();
      const spaces = caches.map(({ space }) => space);
      const known = spaces.map((space) => space.known());
      const states = await this.link.call(null, (tier2) => tier2.states(spaces));
      const behind = caches.filter(({ space }, i) => !space.hasHeard(states[i]!));
      let isEmptied = caches.some(({ space }, i) => space.isForgottenBy(states[i]!));
      if (behind.length > 0) await pause(this.scheduler, MESSAGE_DELAY_MS);
      caches.forEach((cache, i) => {
        const state = states[i]!;
        if (!cache.space.settle(state, known[i]!)) {
          cache.space.counters.gaps++;
          this.link.queueRollback(cache.space, state.epoch);
          isEmptied = true;
          cache.drop();
        } else if (!cache.space.hasHeard(state)) {
          if (cache.space.state) cache.space.counters.gaps++; // Before the first look nothing can have been missed.
          cache.space.hear(state);
          cache.drop();
        }
        cache.space.confirmedMs = Math.max(cache.space.confirmedMs, askedMs);
      });
      await this.link.drain();
      if (isEmptied) for (const listener of this.emptiedListeners) listener();
      await this.doChores();
      return true;
    } catch (error) {
      if (error instanceof Tier2Error) return false;
      throw error;
    }
  }

  /**
   * Delivers what waits, within 2 s, stops listening and closes the shared tier's connections; safe to call again. What the
   * shared tier does not take by then is lost with this process.
   */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.cancelCheck();
    await this.unsubscribe?.();
    await Promise.race([this.sayFarewell(), pause(this.scheduler, FAREWELL_MS)]);
    await this.tier2.close();
    this.tier1.clear();
  }

  private async sayFarewell(): Promise<void> {
    try {
      await this.link.drain();
      await this.doChores();
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error; // Without the shared tier there is nobody to do it for.
    }
  }

  private async doChores(): Promise<void> {
    for (const chore of this.chores) await chore();
  }

  private hear(message: Invalidation): void {
    const cache = this.caches.get(message.space);
    if (!cache) return;
    const isOwn = message.from === this.nodeId;
    if (!cache.space.hear(message)) {
      const isCleared = message.keys === '*' && message.seq === 1 && message.from !== FROM_NOBODY;
      if (!isCleared) cache.space.counters.gaps++; // Of what a clear left behind nothing matters any more.
      cache.drop();
    } else if (message.keys === '*') {
      if (!isOwn) cache.drop();
    } else if (!isOwn) for (const id of message.keys) cache.forget(id);
  }

  private lookLater(ms = this.gapCheckMs): void {
    if (this.isClosed) return;
    this.cancelCheck();
    this.cancelCheck = this.scheduler.after(ms, () => {
      this.look().finally(() => this.lookLater());
    });
  }

  /** The cache with the longest name that the key begins with. */
  private ownerOf(key: string): string | null {
    if (this.reserved.has(key)) return null;
    for (let end = key.length; end > 0; end = key.lastIndexOf(':', end - 1))
      if (this.caches.has(key.slice(0, end))) return key.slice(0, end);
    return null;
  }
}
