import type { KeyPage, ReadEntry, Tier2 } from '../tier2/tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import { Breaker } from './breaker';
import type { FailureLabel } from './counters';
import type { Scheduler } from './scheduler';
import type { Space } from './space';

/** Invalidations that wait for the shared tier, per namespace; more make it one for the whole namespace. */
const MAX_PENDING_KEYS = 10_000;
const DRAIN_BATCH = 500;
/**
 * Who delivers late, or mends. This process forgets as well when it hears of it: a read that was on its way meanwhile may have
 * kept what was old.
 */
export const FROM_NOBODY = '';

/** So long after it last refused to store anything the shared tier is said to refuse, unless it has stored something since. */
const REFUSAL_MS = 60_000;

interface Waiting {
  readonly isAll: boolean;
  /** With the number of the last queuing of each. */
  readonly keys: Map<string, number>;
  /** The epoch that is to be ended, unless another process does. Only for the first attempt: that may have ended it. */
  onlyEpoch?: string | undefined;
}

/**
 * The way to the shared tier: through the breaker, with every failure counted, and with a memory of the invalidations that
 * could not be delivered. While one of a key waits, this process neither reads nor stores that key there: what the tier
 * holds is known to be old.
 */
export class Tier2Link {
  readonly breaker: Breaker;
  private readonly pending = new Map<Space, Waiting>();
  /** How many changes of each key are on their way. */
  private readonly changes = new Map<string, number>();
  private queuings = 0;
  private refused: { readonly failure: FailureLabel; readonly atMs: number } | null = null;

  constructor(
    private readonly tier2: Tier2,
    private readonly scheduler: Scheduler,
  ) {
    this.breaker = new Breaker(scheduler);
  }

  get driver(): Tier2['driver'] {
    return this.tier2.driver;
  }

  /** Why it stores nothing although it answers: it is full, or read-only. Null where it does, or nobody asked for a minute. */
  get refusal(): FailureLabel | null {
    return this.refused && this.scheduler.nowMs() - this.refused.atMs < REFUSAL_MS ? this.refused.failure : null;
  }

  /** The answer of the shared tier; throws `Tier2Error` where it cannot be had, and counts that for the namespace. */
  async call<T>(space: Space | null, work: (tier2: Tier2) => Promise<T>): Promise<T> {
    if (!this.admits(space)) throw new Tier2Error('The shared tier is not asked while it does not answer.', 'open');
    try {
      return this.answered(space, await work(this.tier2));
    } catch (error) {
      this.failed(space, error);
      throw error;
    }
  }

  /** As `call`, with null where the answer cannot be had. */
  async ask<T>(space: Space, work: (tier2: Tier2) => Promise<T>): Promise<T | null> {
    if (!this.admits(space)) return null;
    try {
      return this.answered(space, await work(this.tier2));
    } catch (error) {
      this.failed(space, error);
      if (error instanceof Tier2Error) return null;
      throw error;
    }
  }

  isPending(space: Space, id: string): boolean {
    const waiting = this.pending.get(space);
    return waiting !== undefined && (waiting.isAll || waiting.keys.has(id));
  }

  get pendingKeys(): number {
    return [...this.pending.values()].reduce((sum, { isAll, keys }) => sum + (isAll ? 1 : keys.size), 0);
  }

  /** Remembers an invalidation that the shared tier has not taken. */
  queue(space: Space, ids: readonly string[] | '*'): void {
    const { isAll, keys } = this.pending.get(space) ?? { isAll: false, keys: new Map<string, number>() };
    space.counters.queued++;
    const isTooMany = ids === '*' || isAll || keys.size + ids.length > MAX_PENDING_KEYS;
    if (isTooMany) return void this.pending.set(space, { isAll: true, keys: new Map() });
    for (const id of ids) keys.set(id, ++this.queuings);
    if (!this.pending.has(space)) this.pending.set(space, { isAll, keys });
  }

  /**
   * Remembers that the shared tier holds older data than it did. All of the namespace is removed there, by the process that
   * ends the epoch.
   */
  queueRollback(space: Space, epoch: string): void {
    const isQueued = this.pending.get(space)?.isAll === true;
    this.queue(space, '*');
    if (!isQueued) this.pending.set(space, { isAll: true, keys: new Map(), onlyEpoch: epoch });
  }

  /**
   * To be told before the keys are written or removed. Until the answer is called none of their invalidations is delivered;
   * `isTaken` says that the shared tier carried the change out, and what had waited before it is done with it. Delivered
   * later, it would remove what was written since.
   */
  changing(space: Space, ids: readonly string[]): (isTaken: boolean) => void {
    const before = this.queuings;
    for (const id of ids) this.changes.set(id, (this.changes.get(id) ?? 0) + 1);
    return (isTaken) => {
      const waiting = this.pending.get(space);
      for (const id of ids) {
        const others = (this.changes.get(id) ?? 1) - 1;
        if (others === 0) this.changes.delete(id);
        else this.changes.set(id, others);
        if (isTaken && (waiting?.keys.get(id) ?? Infinity) <= before) waiting?.keys.delete(id);
      }
      if (waiting?.isAll === false && waiting.keys.size === 0) this.pending.delete(space);
    };
  }

  /**
   * Delivers what waits; throws `Tier2Error` where that still fails, and keeps the rest. What is queued while it is on its
   * way waits for another delivery: nobody knows which of the two the shared tier saw first.
   */
  async drain(): Promise<void> {
    for (const [space, waiting] of [...this.pending]) {
      if (waiting.isAll) {
        if (await this.endsEpoch(space, waiting)) await this.removeAll(space);
      } else await this.drainKeys(space, waiting.keys);
      if (this.pending.get(space) === waiting && waiting.keys.size === 0) this.pending.delete(space);
    }
  }

  private async endsEpoch(space: Space, waiting: Waiting): Promise<boolean> {
    const { onlyEpoch } = waiting;
    waiting.onlyEpoch = undefined;
    if (onlyEpoch !== undefined) return this.call(space, (tier2) => tier2.endEpoch(space, onlyEpoch, FROM_NOBODY));
    await this.call(space, (tier2) => tier2.renewEpoch(space, FROM_NOBODY));
    return true;
  }

  private async drainKeys(space: Space, waiting: Map<string, number>): Promise<void> {
    for (;;) {
      const batch = [...waiting].filter(([key]) => !this.changes.has(key)).slice(0, DRAIN_BATCH);
      if (batch.length === 0) return;
      const changes = batch.map(([key]) => ({ op: 'remove', key }) as const);
      await this.call(space, (tier2) => tier2.change(space, changes, FROM_NOBODY));
      for (const [id, queuing] of batch) if (waiting.get(id) === queuing) waiting.delete(id);
    }
  }

  /** Removes every entry of the namespace by pages; answers how many there were. */
  async removeAll(space: Space, onPage: (removed: number) => void = () => undefined): Promise<number> {
    let removed = 0;
    for await (const keys of this.pages(space, DRAIN_BATCH)) {
      const changes = keys.map((key) => ({ op: 'remove', key }) as const);
      const { existed } = await this.call(space, (tier2) => tier2.change(space, changes, FROM_NOBODY));
      removed += existed.filter(Boolean).length;
      onPage(removed);
    }
    return removed;
  }

  /** One page of the namespace's own keys; the cursor `0` begins and ends, and a page may be empty before the end. */
  async page(space: Space, cursor: string, count: number): Promise<KeyPage> {
    const page = await this.call(space, (tier2) => tier2.scan(`${space.name}:`, cursor, count));
    return { cursor: page.cursor, keys: page.keys.filter((key) => space.owns(key)) };
  }

  /** All of them; empty pages are passed over. */
  async *pages(space: Space, count: number): AsyncGenerator<string[]> {
    let cursor = '0';
    do {
      const page = await this.page(space, cursor, count);
      if (page.keys.length > 0) yield page.keys;
      ({ cursor } = page);
    } while (cursor !== '0');
  }

  private admits(space: Space | null): boolean {
    const isAdmitted = this.breaker.admits();
    if (!isAdmitted) space?.counters.failed('open');
    return isAdmitted;
  }

  private failed(space: Space | null, error: unknown): void {
    const failure = error instanceof Tier2Error ? error.failure : 'other-reply';
    if (failure !== 'open') this.breaker.failed(failure);
    if (failure === 'oom' || failure === 'readonly') this.refusedBy(failure);
    space?.counters.failed(failure);
  }

  private answered<T>(space: Space | null, answer: T): T {
    this.breaker.succeeded();
    this.noteLeases(space, answer);
    return answer;
  }

  /** A lease that is refused is no error of the read, which may have found its value all the same; yet nothing is stored. */
  private noteLeases(space: Space | null, answer: unknown): void {
    if (!Array.isArray(answer)) return;
    for (const entry of answer as readonly (Partial<ReadEntry> | null)[]) {
      if (entry?.lease === 'granted') this.refused = null;
      if (!entry?.refusal) continue;
      this.refusedBy(entry.refusal);
      return space?.counters.failed(entry.refusal);
    }
  }

  private refusedBy(failure: FailureLabel): void {
    this.refused = { failure, atMs: this.scheduler.nowMs() };
  }
}
