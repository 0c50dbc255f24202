import { decodePayload } from '../codec/store';
import { payloadOf } from '../engine/write-back';
import type { AnyCache, CacheEngine } from '../engine/cache-engine';
import type { QueuedWrite, WriteBackQueue } from './write-back-queue';
import { RelayLoop, retryMs } from './relay-loop';

/** Gives the source one value. It is called again with the same one where its transaction could not commit. */
export type SourceWriter<Tx> = (tx: Tx, parts: readonly string[], value: unknown) => Promise<void>;

export interface WriteBackRelayOptions<Tx> {
  readonly engine: CacheEngine;
  readonly queue: WriteBackQueue<Tx>;
  /** By the name of the cache. Writes of other caches are left for a process that has a writer for them. */
  readonly writers: Readonly<Record<string, SourceWriter<Tx>>>;
  /** Between two looks at the queue; 1000. */
  readonly pollMs?: number;
  /** Given the first failure of each time in which the queue itself cannot be asked. */
  readonly onError?: (error: unknown) => void;
}

export interface WriteBackCounters {
  /** Keys, not values: of several that wait for one key only the last is written. */
  readonly written: number;
  readonly failed: number;
  /** Looks at a queue that did not answer. */
  readonly outages: number;
}

/**
 * Brings waiting writes to their source, key by key and the longest waiting first. A write, its end in the queue and the
 * invalidation of its entry are one transaction: a process that is killed anywhere leaves either all of it or nothing, so
 * no value is lost, none is written twice, and an older one never comes after a newer.
 */
export class WriteBackRelay<Tx> {
  private readonly loop: RelayLoop;
  private written = 0;
  private failed = 0;

  constructor(private readonly options: WriteBackRelayOptions<Tx>) {
    const { pollMs, onError, engine, queue } = options;
    const { scheduler } = engine;
    const onDue = (listener: () => Promise<void>) => queue.onAdded(() => void listener());
    this.loop = new RelayLoop({ scheduler, pollMs, onError, onDue, work: () => this.writeNext() });
  }

  get counters(): WriteBackCounters {
    return { written: this.written, failed: this.failed, outages: this.loop.outages };
  }

  /** Writes from now on: at once after a write of this process, else by looking. */
  start(): void {
    this.loop.start();
  }

  /** Ends after the write that runs; safe to call again. */
  close(): Promise<void> {
    return this.loop.close();
  }

  /** Looks now, and once more where it was called meanwhile. Never throws. */
  wake(): Promise<void> {
    return this.loop.wake();
  }

  /** One key; false where none is due. Throws what the queue throws. */
  async writeNext(): Promise<boolean> {
    const { queue } = this.options;
    const spaces = this.caches().map(({ name, declaration }) => ({ namespace: name, version: declaration.version }));
    if (spaces.length === 0) return false;
    const outcome = await queue.next(spaces, (tx, queued) => this.write(tx, queued), retryMs);
    if (outcome === 'written') this.written++;
    if (outcome === 'failed') this.failed++;
    return outcome !== 'nothing';
  }

  private async write(tx: Tx, { namespace, parts, payload }: QueuedWrite): Promise<void> {
    const { store } = this.options.engine.find(namespace)!.declaration;
    await this.options.writers[namespace]!(tx, parts, decodePayload(store, payloadOf(store, payload)));
  }

  private caches(): AnyCache[] {
    return this.options.engine.list().filter(({ name }) => Object.hasOwn(this.options.writers, name));
  }
}
