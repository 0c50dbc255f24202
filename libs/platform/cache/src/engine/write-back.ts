import type { Payload } from '../codec/payload';
import { decodePayload, type Store } from '../codec/store';
import type { CacheDeclaration } from '../declare/policy';
import { CacheOptionError } from '../declare/cache-options';
import type { QueuedSpace, WriteBackQueue } from '../outbox/write-back-queue';
import type { BulkLoader, Loader } from './answer';
import { WriteBackFullError } from './cache.errors';

/** A payload as it was before it was queued as bytes. */
export function payloadOf<V>({ kind }: Store<V>, bytes: Buffer): Payload {
  return kind === 'text' ? bytes.toString('utf8') : bytes;
}

/**
 * The values of one cache that wait for their source. Until they are there the source is behind: a load looks here first,
 * or an entry that Redis lost would be loaded as it was before the write.
 */
export class WriteBack<K, V> {
  private readonly space: QueuedSpace;

  /** Throws `CacheOptionError` where values have no one form as text or bytes. */
  constructor(
    private readonly declaration: CacheDeclaration<K, V>,
    private readonly queue: WriteBackQueue,
    private readonly bound: () => number,
  ) {
    const { name, version, store } = declaration;
    this.space = { namespace: name, version };
    if (store.kind !== 'text' && store.kind !== 'bytes')
      throw new CacheOptionError(`${name}.maxQueuedWrites needs values that are text or bytes, not a ${store.kind}.`);
  }

  /** Durable once it resolves; throws `WriteBackFullError` where too many wait. */
  async add(key: K, id: string, payload: Payload): Promise<void> {
    const own = this.declaration.key(key);
    const parts = typeof own === 'string' ? [own] : own;
    const bound = this.bound();
    const write = { ...this.space, key: id, parts, payload: Buffer.from(payload as string | Buffer) };
    if (!(await this.queue.add(write, bound))) throw new WriteBackFullError(this.space.namespace, bound);
  }

  /** The loader, for where nothing waits. */
  over(id: string, loader: Loader<V>): Loader<V> {
    return async (context) => {
      const waiting = (await this.queue.waiting(this.space, [id])).get(id);
      return waiting ? this.decoded(waiting) : loader(context);
    };
  }

  /** As `over`; the loader is asked for what does not wait. */
  overMany(idOf: (key: K) => string, loader: BulkLoader<K, V>): BulkLoader<K, V> {
    return async (keys, context) => {
      const waiting = await this.queue.waiting(this.space, keys.map(idOf));
      const rest = keys.filter((key) => !waiting.has(idOf(key)));
      const loaded = rest.length === 0 ? [] : await loader(rest, context);
      const byId = new Map(rest.map((key, i) => [idOf(key), loaded[i] ?? null]));
      return keys.map((key) => {
        const bytes = waiting.get(idOf(key));
        return bytes ? this.decoded(bytes) : (byId.get(idOf(key)) ?? null);
      });
    };
  }

  private decoded(bytes: Buffer): V {
    const { store } = this.declaration;
    return decodePayload(store, payloadOf(store, bytes));
  }
}
