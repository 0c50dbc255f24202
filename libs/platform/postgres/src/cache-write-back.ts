import { messageOf } from '@sluice/core';
import { backlogOf, interval, type CacheBacklog } from './backlog';
import { Prisma } from './generated/client';
import { Postgres } from './postgres';

/** A value that a cache has taken and its tables have still to be given. */
export interface QueuedWrite {
  readonly namespace: string;
  readonly version: number;
  /** The key in the shared tier. */
  readonly key: string;
  readonly parts: readonly string[];
  readonly payload: Buffer;
}

type Space = Pick<QueuedWrite, 'namespace' | 'version'>;
type Tx = Prisma.TransactionClient;

interface Row {
  readonly id: bigint;
  readonly namespace: string;
  readonly version: number;
  readonly key: string;
  readonly parts: string[];
  readonly payload: Uint8Array;
  readonly attempts: number;
}

/** How long a write may take. Longer than a statement: it may be several. */
const WRITE_LIMIT_MS = 60_000;

/** What `write` threw, to be told apart from a failure of the queue itself. */
class WriteFailure extends Error {
  constructor(
    readonly row: Row,
    override readonly cause: unknown,
  ) {
    super('The source did not take a write.');
  }
}

/**
 * The queue of caches that are written back: a table beside those that the writes are for, so that a write, its end in the
 * queue and the invalidation of its entry commit together.
 *
 * Rows are only added, and never changed by who adds: a writer never waits for the source. The oldest row of a key stands for
 * the key: whoever locks it writes the newest, and until it is gone nobody else finds another oldest one. Numbers within a
 * key follow the order of the commits, because who adds to a key holds its lock until then.
 */
export class CacheWriteBack {
  readonly #listeners = new Set<() => void>();

  constructor(private readonly postgres: Postgres) {}

  /** False where so many rows of the namespace wait. Those who add at the same moment may pass the bound together. */
  async add({ namespace, version, key, parts, payload }: QueuedWrite, bound: number): Promise<boolean> {
    const [, added] = await this.postgres.run((prisma) =>
      prisma.$transaction([
        prisma.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`cache_write_back ${key}`}, 0))`,
        prisma.$executeRaw`
          INSERT INTO cache_write_back (namespace, version, key, parts, payload, next_attempt_at)
          SELECT ${namespace}, ${version}, ${key}, ${[...parts]}::text[], ${payload}::bytea,
                 coalesce((SELECT max(next_attempt_at) FROM cache_write_back WHERE key = ${key}), clock_timestamp())
          WHERE (SELECT count(*) FROM (
            SELECT 1 FROM cache_write_back WHERE namespace = ${namespace} LIMIT ${bound}
          ) AS waiting) < ${bound}`,
      ]),
    );
    if (added > 0) for (const listener of this.#listeners) listener();
    return added > 0;
  }

  async waiting({ namespace, version }: Space, keys: readonly string[]): Promise<Map<string, Buffer>> {
    const rows = await this.postgres.rows<Pick<Row, 'key' | 'payload'>>(Prisma.sql`
      SELECT DISTINCT ON (key) key, payload FROM cache_write_back
      WHERE key = ANY(${[...keys]}::text[]) AND namespace = ${namespace} AND version = ${version}
      ORDER BY key, id DESC`);
    return new Map(rows.map(({ key, payload }) => [key, Buffer.from(payload)]));
  }

  /**
   * Gives `write` the newest value of the key that waits longest, in the transaction that ends its waiting. Where `write`
   * throws, nothing of it stays, and the key waits on for `retryMs` of its attempt.
   */
  async next(
    spaces: readonly Space[],
    write: (tx: Tx, queued: QueuedWrite) => Promise<void>,
    retryMs: (attempt: number) => number,
  ): Promise<'written' | 'failed' | 'nothing'> {
    const work = async (tx: Tx) => {
      const row = await newestOfNextKey(tx, spaces);
      if (!row) return 'nothing';
      await write(tx, { ...row, payload: Buffer.from(row.payload) }).catch((cause: unknown) => {
        throw new WriteFailure(row, cause);
      });
      await tx.$executeRaw`DELETE FROM cache_write_back WHERE key = ${row.key} AND id <= ${row.id}`;
      await tx.$executeRaw`
        INSERT INTO cache_outbox (namespace, keys, tags) VALUES (${row.namespace}, ${[row.key]}::text[], '{}')`;
      return 'written';
    };
    try {
      return await this.postgres.run((prisma) => prisma.$transaction(work, { timeout: WRITE_LIMIT_MS }));
    } catch (error) {
      if (!(error instanceof WriteFailure)) throw error;
      await this.putOff(error, retryMs);
      return 'failed';
    }
  }

  /** Calls `listener` after each write of this process; the answer ends that. */
  onAdded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Values, of which several may be of one key. */
  backlog(): Promise<CacheBacklog> {
    return backlogOf(this.postgres, 'cache_write_back');
  }

  private async putOff({ row, cause }: WriteFailure, retryMs: (attempt: number) => number): Promise<void> {
    const attempt = row.attempts + 1;
    await this.postgres.rows(Prisma.sql`
      UPDATE cache_write_back SET attempts = ${attempt}, last_error = ${messageOf(cause)},
             next_attempt_at = clock_timestamp() + ${interval(retryMs(attempt))}
      WHERE key = ${row.key} AND id <= ${row.id} RETURNING id`);
  }
}

/** The lock on the oldest row of the key is held until the transaction ends. */
async function newestOfNextKey(tx: Tx, spaces: readonly Space[]): Promise<Row | null> {
  const mine = Prisma.join(spaces.map(({ namespace, version }) => Prisma.sql`(${namespace}, ${version}::int)`));
  const [oldest] = await tx.$queryRaw<Pick<Row, 'key' | 'attempts'>[]>`
    SELECT key, attempts FROM cache_write_back AS own
    WHERE (namespace, version) IN (${mine}) AND next_attempt_at <= clock_timestamp()
      AND NOT EXISTS (SELECT 1 FROM cache_write_back AS other WHERE other.key = own.key AND other.id < own.id)
    ORDER BY id LIMIT 1 FOR UPDATE OF own SKIP LOCKED`;
  if (!oldest) return null;
  const [newest] = await tx.$queryRaw<Row[]>`
    SELECT id, namespace, version, key, parts, payload FROM cache_write_back
    WHERE key = ${oldest.key} ORDER BY id DESC LIMIT 1`;
  return { ...newest!, attempts: oldest.attempts };
}
