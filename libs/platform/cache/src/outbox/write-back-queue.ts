/** A value that a cache has taken and its source has still to be given. */
export interface QueuedWrite {
  /** The name of the cache. */
  readonly namespace: string;
  /** Of the cache: a process that has another one can neither read nor write it. */
  readonly version: number;
  /** The key in the shared tier. */
  readonly key: string;
  /** What the key is made of, as the cache's declaration says. */
  readonly parts: readonly string[];
  /** The value as the cache's codec writes it. */
  readonly payload: Buffer;
}

/** The caches whose writes a process can bring to their source. */
export type QueuedSpace = Pick<QueuedWrite, 'namespace' | 'version'>;

/**
 * Where writes wait for their source. It must outlive every process and Redis: what `add` has answered is not lost. `Tx` is
 * the transaction in which a write reaches its source.
 */
export interface WriteBackQueue<Tx = unknown> {
  /** Durable once it answers; false where the cache has `bound` writes waiting, and nothing was added. */
  add(write: QueuedWrite, bound: number): Promise<boolean>;
  /** The last waiting value of each key that has one. */
  waiting(space: QueuedSpace, keys: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
  /**
   * Gives `write` the last value of the key that waits longest and is due, in a transaction that also takes it, and all
   * older ones of the key, from the queue; nobody else writes that key meanwhile. What `write` throws undoes all of it: the
   * key waits for `retryMs` of its attempt, counted from 1, and the answer is `failed`.
   */
  next(
    spaces: readonly QueuedSpace[],
    write: (tx: Tx, queued: QueuedWrite) => Promise<void>,
    retryMs: (attempt: number) => number,
  ): Promise<'written' | 'failed' | 'nothing'>;
  /** Calls `listener` whenever something was added by this process; the answer ends that. */
  onAdded(listener: () => void): () => void;
}
