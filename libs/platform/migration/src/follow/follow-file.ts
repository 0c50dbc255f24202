import { setTimeout as delay } from 'node:timers/promises';
import { DomainError, messageOf } from '@sluice/core';
import type { Client } from 'pg';
import { expected } from '../state/expected-error';
import { classify } from '../state/postgres-errors';
import { BatchApplier, type ApplyParts } from './apply-batch';
import type { ChangeBatch, ChangeFeed } from './change-feed';
import { loadCheckpoint, markFollow } from './follow-state';
import { QuarantineRetry } from './quarantine-retry';

/** An idle follower says so often that it is alive. */
const HEARTBEAT_MS = 5_000;
const BACK_OFF_MS = { least: 100, most: 5_000 };

export interface FollowFileOptions extends ApplyParts {
  readonly feed: ChangeFeed;
  /** Ends when there is nothing more to apply, and gives up where PostgreSQL or Redis is away for long. */
  readonly once: boolean;
  readonly onBatch: (batch: ChangeBatch) => void;
  /** In whole words, when the work has to wait for something, and when it goes on. */
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
  private readonly names: readonly string[];
  private saidMs = 0;
  private waits = 0;

  constructor(private readonly options: FollowFileOptions) {
    this.applier = new BatchApplier(options);
    this.retry = new QuarantineRetry(options, this.applier);
    this.names = options.tables.map(({ table }) => table.name);
  }

  /** Throws what ends following; a signal is no error here. */
  async run(): Promise<void> {
    const { signal } = this.options;
    let isStale = false;
    while (!signal.aborted) {
      try {
        if (isStale) await this.reload();
        isStale = false;
        if (await this.step()) return;
        if (this.waits > 0) this.options.onWait('It goes on.');
        this.waits = 0;
      } catch (error) {
        if (signal.aborted && isOfStop(error, signal)) return;
        await this.waitFor(error);
        isStale = true;
      }
    }
  }

  /** True: there is nothing more, and that was asked for. */
  private async step(): Promise<boolean> {
    const { feed, once, signal, onBatch } = this.options;
    const batch = await feed.next();
    if (batch) {
      this.retry.noteChanges(batch);
      await this.applier.apply(batch);
      await feed.settled(batch.checkpoint);
      onBatch(batch);
      this.saidMs = batch.lagRows === 0 ? Date.now() : this.saidMs;
      return false;
    }
    if (await this.retry.run(once)) return false;
    if (once || Date.now() - this.saidMs >= HEARTBEAT_MS) await this.sayAlive();
    if (once) return true;
    await feed.wait(signal);
    return false;
  }

  private async sayAlive(): Promise<void> {
    await markFollow(await this.client(), this.options.run, this.names, { lagRows: 0 });
    this.saidMs = Date.now();
  }

  private async reload(): Promise<void> {
    await this.options.reconnect();
    const checkpoint = await loadCheckpoint(await this.client(), this.options.run, this.names);
    if (checkpoint) await this.options.feed.resume(checkpoint);
  }

  private client(): Promise<Client> {
    return this.options.client();
  }

  /** Returns when it is time to try again; throws what no waiting mends. */
  private async waitFor(error: unknown): Promise<void> {
    const { once, signal, onWait } = this.options;
    const reason = expected(error);
    const isAway = reason instanceof DomainError && reason.kind === 'unavailable';
    if (classify(error) !== 'transient' && !(isAway && classify(error) !== 'cancelled')) throw reason;
    const longest = once ? 5 : Infinity;
    if (++this.waits > longest) throw reason;
    if (this.waits === 1) onWait(`Waiting: ${messageOf(reason)}`);
    const pauseMs = Math.min(BACK_OFF_MS.most, BACK_OFF_MS.least * 2 ** (this.waits - 1));
    await delay(pauseMs, undefined, { signal }).catch((stop: unknown) => {
      if (!signal.aborted) throw stop;
    });
  }
}

const isOfStop = (error: unknown, signal: AbortSignal): boolean =>
  error === signal.reason || (error instanceof DomainError && error.kind === 'interrupted');
