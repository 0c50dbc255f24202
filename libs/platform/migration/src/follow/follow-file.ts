import { DomainError, inStepMs } from '@sluice/core';
import type { Client } from 'pg';
import { expected } from '../state/expected-error';
import { pause } from '../pace';
import { TargetReadOnlyError } from '../state/migration.errors';
import { classify } from '../state/postgres-errors';
import { BatchApplier, type ApplyParts } from './apply-batch';
import type { OutboxCarrier } from './carrier';
import type { ChangeBatch, ChangeFeed, FeedCheckpoint } from './change-feed';
import { FilledCaches } from './filled-caches';
import { loadCheckpoint, markFollow } from './follow-state';
import { ModeBell } from './mode-bell';
import { QuarantineRetry } from './quarantine-retry';
import { ToldWait } from './told-wait';

/** An idle follower says so often that it is alive. */
const HEARTBEAT_MS = 5_000;
const BACK_OFF_MS = { least: 100, most: 5_000 };

/**
 * How long a wait for changes of the file may take before PostgreSQL's side is asked: while rows go both ways, while a domain
 * has a mode, and while none has. Of a change of the modes the bell tells sooner.
 */
const WAIT_MS = { 'two-way': 400, 'one-way': 5_000, none: 5_000 } as const;
/** A legacy program that never pauses does not keep what is queued for its file waiting for longer than so many batches. */
const BATCHES = 20;
/** With `once`, rows that the file could not take are waited for no longer. */
const PATIENCE_MS = 15_000;

export interface FollowFileOptions extends Omit<ApplyParts, 'drain'> {
  readonly feed: ChangeFeed;
  /** Up to where the feed was resumed. */
  readonly resumedAt: FeedCheckpoint | null;
  /** What carries rows of PostgreSQL into the file; null where changes are found in a way that does not allow it. */
  readonly carrier: OutboxCarrier | null;
  /** Ends when there is nothing more to apply, and gives up where PostgreSQL or Redis is away for long. */
  readonly once: boolean;
  readonly onBatch: (batch: ChangeBatch) => void;
  /** In whole words, when the work has to wait for something or for something else, and when it goes on. */
  readonly onWait: (text: string) => void;
  /** After a failure: waits for a connection that answers, and takes the lock again. */
  readonly reconnect: () => Promise<void>;
}

/**
 * Follows one file until it is told to stop: finds what changed, applies it, and waits for more. A server that is away is
 * waited for, however long it takes; then what PostgreSQL remembers counts, because an answer may have been lost on its way.
 */
export class FollowFile {
  private readonly applier: BatchApplier;
  private readonly retry: QuarantineRetry;
  private readonly caches: FilledCaches;
  private readonly modes = new ModeBell();
  private readonly names: readonly string[];
  private saidMs = -Infinity;
  private waits = 0;
  /** The code of what it waits for, where PostgreSQL can be told. */
  private blockedBy: string | null = null;
  private readonly told: ToldWait;
  private batches = 0;
  private position: bigint | null;
  private readonly startedMs = performance.now();

  constructor(private readonly options: FollowFileOptions) {
    const { carrier } = options;
    this.position = options.resumedAt?.position ?? null;
    const drain = (): Promise<void> => (this.position === null ? Promise.resolve() : carrier!.drain(this.position));
    this.applier = new BatchApplier({ ...options, drain: carrier && drain });
    this.retry = new QuarantineRetry(options, this.applier);
    this.caches = new FilledCaches(options.cache, options.tables, this.applier, options.onWait);
    this.names = options.tables.map(({ table }) => table.name);
    this.told = new ToldWait(options.onWait);
  }

  /** Throws what ends following; a signal is no error here. */
  async run(): Promise<void> {
    const { signal } = this.options;
    let isStale = false;
    let isRecovered = false;
    while (!signal.aborted) {
      try {
        if (isStale) await this.reload();
        isStale = false;
        if (!isRecovered) await this.recover();
        isRecovered = true;
        // A batch that waits for somebody's lock keeps nothing from its way into the file.
        if (this.waits > 0 && this.position !== null) await this.options.carrier?.turn(this.position);
        if (await this.step()) return;
        this.told.isOver();
        this.waits = 0;
      } catch (error) {
        if (signal.aborted && isOfStop(error, signal)) return;
        await this.waitFor(error);
        isStale = true;
        isRecovered = false;
      }
    }
  }

  /** True: there is nothing more, and that was asked for. */
  private async step(): Promise<boolean> {
    const { carrier, feed, once, onBatch } = this.options;
    const batch = await feed.next();
    if (batch) {
      if (batch.note !== undefined) carrier?.assertCarried(batch.note);
      this.retry.noteChanges(batch);
      await this.applier.apply(batch);
      await feed.settled(batch.checkpoint);
      this.position = batch.checkpoint.position;
      onBatch(batch);
      this.saidMs = batch.lagRows === 0 ? performance.now() : this.saidMs;
      if (++this.batches % BATCHES === 0) await carrier?.turn(this.position);
      await this.caches.look();
      return false;
    }
    if (performance.now() - this.saidMs >= HEARTBEAT_MS) await this.sayAlive(); // Carrying much takes minutes.
    if (this.modes.wasRung()) carrier?.forgetModes();
    if (this.position !== null && (await carrier?.turn(this.position))) return false;
    if (await this.retry.run(once)) return false;
    await this.caches.look();
    if (once) await this.sayAlive();
    if (once) return !(await this.waitUntilDue());
    await this.waitForMore();
    return false;
  }

  private async waitForMore(): Promise<void> {
    const { carrier, feed, signal } = this.options;
    if (!carrier) return feed.wait(signal);
    const bell = new AbortController();
    const ring = (): void => bell.abort();
    const timer = setTimeout(ring, inStepMs(WAIT_MS[carrier.state]));
    signal.addEventListener('abort', ring, { once: true });
    this.modes.call(ring);
    try {
      await feed.wait(bell.signal);
    } finally {
      clearTimeout(timer);
      this.modes.call(null);
      signal.removeEventListener('abort', ring);
    }
  }

  /** With `once`: false where nothing waits to be written into the file, or has waited for too long. */
  private async waitUntilDue(): Promise<boolean> {
    const { carrier, signal } = this.options;
    const seconds = (await carrier?.nextDueSeconds()) ?? null;
    if (seconds === null || performance.now() - this.startedMs > PATIENCE_MS) return false;
    await pause(Math.max(10, Math.min(1_000, seconds * 1_000)), signal);
    return true;
  }

  private async sayAlive(): Promise<void> {
    await markFollow(await this.client(), this.options.run, this.names, { lagRows: 0 });
    this.saidMs = performance.now();
  }

  private async recover(): Promise<void> {
    const { carrier } = this.options;
    if (!carrier) return;
    await this.modes.listenOn(await this.client());
    await carrier.recover();
  }

  private async reload(): Promise<void> {
    await this.options.reconnect();
    // It lives, and others can be told why nothing moves: a wait of this kind may last for hours.
    await markFollow(await this.client(), this.options.run, this.names, { lagRows: null, reason: this.blockedBy });
    const checkpoint = await loadCheckpoint(await this.client(), this.options.run, this.names);
    if (!checkpoint) return;
    await this.options.feed.resume(checkpoint);
    this.position = checkpoint.position;
  }

  private client(): Promise<Client> {
    return this.options.client();
  }

  /** Returns when it is time to try again; throws what no waiting mends. */
  private async waitFor(error: unknown): Promise<void> {
    const { once, signal } = this.options;
    const reason = expected(error);
    const isAway = reason instanceof DomainError && reason.kind === 'unavailable';
    // A failover passes through a server that takes no writes.
    const isPassing = !once && reason instanceof TargetReadOnlyError;
    if (classify(error) !== 'transient' && !isPassing && !(isAway && classify(error) !== 'cancelled')) throw reason;
    const longest = once ? 5 : Infinity;
    if (++this.waits > longest) throw reason;
    this.told.isFor(reason);
    const canBeTold = reason instanceof DomainError && classify(error) !== 'connection';
    this.blockedBy = canBeTold ? reason.code : null;
    const pauseMs = Math.min(BACK_OFF_MS.most, BACK_OFF_MS.least * 2 ** (this.waits - 1));
    await pause(pauseMs, signal);
  }
}

const isOfStop = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason ||
  (error instanceof Error && error.name === 'AbortError') ||
  (error instanceof DomainError && error.kind === 'interrupted');
