import { Cluster } from 'ioredis';
import { DomainError } from '@sluice/core';
import { redisFailureClass, type RedisFailureClass } from '../failure-class';
import type { RedisConnection } from '../redis-connection';
import { ClusterLane } from './cluster-lane';
import { GuardedLane, PlainLane } from './guarded-lane';
import type { BatchOutcome, Lane } from './lane';
import { RawLane } from './raw-lane';
import type { RespBatch } from './resp';

/** More commands in one transaction would hold up the server's other clients for longer than some milliseconds. */
export const MAX_BATCH_COMMANDS = 500;

export interface LoadTotals<Id> {
  /** Commands of the batches that were written as a whole. */
  readonly written: number;
  readonly overtaken: readonly Id[];
  readonly refused: readonly Id[];
}

export interface LoadOptions {
  /** The key that changes with every write or invalidation of what is loaded; null: nothing else writes meanwhile. */
  readonly guard: string | null;
  /** Batches on their way at the same time, each over a connection of its own; 2, so that server and program both work. */
  readonly lanes?: number;
}

/** The connection broke in the middle. What was acknowledged stays; of the batches under way nobody knows. */
export class RedisLoadInterruptedError extends DomainError {
  readonly code = 'REDIS_LOAD_INTERRUPTED';
  readonly kind = 'unavailable';
  readonly failureClass: RedisFailureClass;

  constructor(
    /** How many batches have an outcome. */
    readonly acknowledged: number,
    /** The batches that were sent and not answered: loading them again is right in any case. */
    readonly unknown: readonly unknown[],
    cause: unknown,
  ) {
    super(
      `The load broke off after ${acknowledged} acknowledged batches; of ${unknown.length} the outcome is unknown.`,
      {
        cause,
        remedy: 'Load the batches without an outcome again.',
      },
    );
    this.failureClass = redisFailureClass(cause);
  }
}

/**
 * Loads many commands faster than a client can send them one by one: the batches are bytes of the protocol already, and
 * replies are compared, not parsed. A batch is one transaction that takes place only if the guard is the same as before
 * its values were read, so a load can never put an old value over a newer one, nor bring a deleted one back.
 *
 * Under Cluster, where the guard lives with other keys on another node, commands go by pipelines to each node, and a batch
 * whose guard has changed meanwhile is deleted again.
 */
export class RawLoader {
  constructor(
    private readonly connection: RedisConnection,
    private readonly options: LoadOptions,
  ) {}

  /**
   * Takes a batch only when the guard is watched, so a generator that reads values as it is asked is safe; with two lanes
   * it is asked for the next batch before it hears of the last. Throws `RedisLoadInterruptedError`, what `batches` or
   * `onOutcome` throw, and the errors of `RedisConnection.open`.
   */
  async load<Id>(
    batches: AsyncIterable<RespBatch<Id>> | Iterable<RespBatch<Id>>,
    onOutcome: (outcome: BatchOutcome<Id>) => void = () => undefined,
  ): Promise<LoadTotals<Id>> {
    const lanes = await this.open();
    const run = new Run(batches, onOutcome);
    try {
      await run.through(lanes);
      return run.totals;
    } finally {
      for (const lane of lanes) lane.close();
    }
  }

  private async open(): Promise<Lane[]> {
    const { connection } = this;
    const { guard, lanes = 2 } = this.options;
    await connection.ready();
    if (connection.client instanceof Cluster) return [new ClusterLane(connection.client, connection.server, guard)];
    const { db = 0 } = connection.client.options;
    const opening = Array.from({ length: lanes }, () => RawLane.open(connection.single(), connection.server, db));
    const opened = await Promise.allSettled(opening);
    const failed = opened.find((result) => result.status === 'rejected');
    const open = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failed) {
      for (const lane of open) lane.close();
      throw failed.reason;
    }
    return open.map((lane) => (guard === null ? new PlainLane(lane) : new GuardedLane(lane, connection.server, guard)));
  }
}

/** One load: hands out the batches in their order to whichever lane is free. */
class Run<Id> {
  private readonly iterator: AsyncIterator<RespBatch<Id>> | Iterator<RespBatch<Id>>;
  private readonly inFlight = new Set<Id>();
  private readonly overtaken: Id[] = [];
  private readonly refused: Id[] = [];
  private acknowledged = 0;
  private written = 0;
  private isFailed = false;

  constructor(
    batches: AsyncIterable<RespBatch<Id>> | Iterable<RespBatch<Id>>,
    private readonly onOutcome: (outcome: BatchOutcome<Id>) => void,
  ) {
    this.iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  }

  get totals(): LoadTotals<Id> {
    return { written: this.written, overtaken: this.overtaken, refused: this.refused };
  }

  /** Ends when all lanes have; the first failure stops the others after the batch that they are at. */
  async through(lanes: readonly Lane[]): Promise<void> {
    const ends = await Promise.allSettled(lanes.map((lane) => this.along(lane)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (!failed) return;
    await this.iterator.return?.();
    const { reason } = failed;
    const isLost = reason instanceof DomainError && reason.code === 'REDIS_UNAVAILABLE';
    throw isLost ? new RedisLoadInterruptedError(this.acknowledged, [...this.inFlight], reason) : reason;
  }

  private async along(lane: Lane): Promise<void> {
    try {
      await lane.watch();
      while (!this.isFailed) {
        const { done, value: batch } = await this.iterator.next();
        if (done || this.isFailed) break;
        assertSize(batch);
        this.inFlight.add(batch.id);
        const outcome = await lane.write(batch);
        this.inFlight.delete(batch.id);
        this.count(outcome);
      }
    } catch (error) {
      this.isFailed = true;
      throw error;
    }
  }

  private count(outcome: BatchOutcome<Id>): void {
    this.acknowledged += 1;
    if (outcome.state === 'written') this.written += outcome.commands;
    else this[outcome.state].push(outcome.id);
    this.onOutcome(outcome);
  }
}

function assertSize({ commands }: RespBatch): void {
  if (!Number.isInteger(commands) || commands < 1 || commands > MAX_BATCH_COMMANDS)
    throw new RangeError(`A batch holds 1 to ${MAX_BATCH_COMMANDS} commands, not ${commands}.`);
}
