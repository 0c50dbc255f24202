import { randomUUID } from 'node:crypto';
import { assertDurationMs, MAX_TIMER_MS } from '../declare/cache-options';
import { Tier2Error } from '../tier2/tier2.errors';
import { LockLostError } from './cache.errors';
import type { CacheEngine } from './cache-engine';

type Parts = Pick<CacheEngine, 'link' | 'scheduler'>;

/** What the work under a lock is given of it. */
export interface HeldLock {
  /**
   * Larger than that of every holder before: a store that remembers the largest it has seen refuses the write of a late
   * holder. Null while the shared tier is away, when the lock keeps out this process only.
   */
  readonly fence: number | null;
  /** Aborted when the lock is lost: its life went by and it could not be kept up, or it is gone from the shared tier. */
  readonly signal: AbortSignal;
  /**
   * Keeps the lock up for a whole life from now, so that what ends within it, such as a commit, is this holder's alone.
   * Throws `LockLostError` where it is not held, or nobody can tell.
   */
  confirm(): Promise<void>;
}

/**
 * Locks that processes share, for work that one of them is to do. A holder that dies blocks the others for one life; one that
 * lives keeps its lock up at a third of it, however long its work takes. Only its holder gives a lock back. While the shared
 * tier is away a lock keeps out this process only: work that must not be done twice asks `confirm` before it writes.
 */
export class SharedLocks {
  private readonly own = new Set<string>();

  /** Throws `CacheOptionError`. */
  constructor(
    private readonly engine: Parts,
    private readonly lifeMs: number,
  ) {
    assertDurationMs('lifeMs', lifeMs, { min: 100, max: MAX_TIMER_MS });
  }

  /** Does the work under the lock; null, with nothing done, where another does it. Throws what the work throws. */
  async run<T>(key: string, work: (lock: HeldLock) => Promise<T>): Promise<{ readonly value: T } | null> {
    if (this.own.has(key)) return null;
    this.own.add(key);
    try {
      const lock = await this.take(key);
      return lock && { value: await workUnder(lock, work) };
    } finally {
      this.own.delete(key);
    }
  }

  private async take(key: string): Promise<Lock | null> {
    const token = randomUUID();
    const askedMs = this.engine.scheduler.nowMs();
    try {
      const fence = await this.engine.link.call(null, (tier2) => tier2.takeLock(key, token, this.lifeMs));
      return fence === null ? null : new Lock(this.engine, { key, token, lifeMs: this.lifeMs, fence, askedMs });
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error;
      return new Lock(this.engine, { key, token, lifeMs: this.lifeMs, fence: null, askedMs });
    }
  }
}

async function workUnder<T>(lock: Lock, work: (lock: HeldLock) => Promise<T>): Promise<T> {
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

interface Taken {
  readonly key: string;
  readonly token: string;
  readonly lifeMs: number;
  readonly fence: number | null;
  /** The life begins when it was asked for: the answer may have been on its way for long. */
  readonly askedMs: number;
}

class Lock implements HeldLock {
  private readonly lost = new AbortController();
  private endsMs: number;
  private cancel: () => void = () => undefined;
  private isReleased = false;

  constructor(
    private readonly engine: Parts,
    private readonly taken: Taken,
  ) {
    this.endsMs = taken.askedMs + taken.lifeMs;
    if (taken.fence !== null) this.renewLater();
  }

  get fence(): number | null {
    return this.taken.fence;
  }

  get signal(): AbortSignal {
    return this.lost.signal;
  }

  async confirm(): Promise<void> {
    if (this.fence === null || this.signal.aborted) throw new LockLostError();
    try {
      await this.renew();
    } catch (error) {
      throw error instanceof Tier2Error ? new LockLostError({ cause: error }) : error;
    }
    if (this.signal.aborted) throw new LockLostError();
  }

  async release(): Promise<void> {
    this.isReleased = true;
    this.cancel();
    if (this.fence === null) return;
    const { key, token } = this.taken;
    try {
      await this.engine.link.call(null, (tier2) => tier2.releaseLock(key, token));
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error; // Else it ends by itself.
    }
  }

  private renewLater(): void {
    const leftMs = this.endsMs - this.engine.scheduler.nowMs();
    const inMs = Math.min(this.taken.lifeMs / 3, Math.max(leftMs, 0));
    this.cancel = this.engine.scheduler.after(inMs, () => void this.keepUp());
  }

  /** Until the lock is lost: a tier that does not answer is asked again while there is life left. */
  private async keepUp(): Promise<void> {
    try {
      await this.renew();
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error;
      if (this.engine.scheduler.nowMs() >= this.endsMs) this.lost.abort(new LockLostError({ cause: error }));
    }
    if (!this.signal.aborted && !this.isReleased) this.renewLater();
  }

  private async renew(): Promise<void> {
    const { key, token, lifeMs } = this.taken;
    const askedMs = this.engine.scheduler.nowMs();
    if (await this.engine.link.call(null, (tier2) => tier2.renewLock(key, token, lifeMs)))
      this.endsMs = askedMs + lifeMs;
    else this.lost.abort(new LockLostError());
  }
}
