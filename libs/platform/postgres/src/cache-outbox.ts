import { backlogOf, interval, type CacheBacklog } from './backlog';
import { Prisma } from './generated/client';
import { Postgres, type Transaction } from './postgres';

/** Which entries of a cache a write makes old. Keys are those of the shared tier, as the cache's declaration spells them. */
export interface CacheInvalidation {
  /** The name of the cache. */
  readonly namespace: string;
  /** `*` for every entry. */
  readonly keys?: readonly string[] | '*';
  readonly tags?: readonly string[];
}

/** An invalidation in the hands of one relay. `attempt` counts from 1 and says whose hands they are. */
export interface ClaimedInvalidation {
  readonly id: bigint;
  readonly namespace: string;
  readonly keys: readonly string[] | '*';
  readonly tags: readonly string[];
  readonly attempt: number;
}

/** So long a write waits for its invalidations at most: it has committed, and Redis being slow is no reason to fail it. */
const DELIVERY_MS = 250;

interface Row {
  readonly id: bigint;
  readonly namespace: string;
  readonly keys: string[];
  readonly tags: string[];
  readonly attempts: number;
}

/**
 * The invalidations that belong to writes of this database. One is added in the transaction of its write, so that there is
 * either both or neither; a relay takes it afterwards and deletes the row when the shared tier has taken the invalidation.
 *
 * A claim is one statement and holds no lock while the shared tier is asked: the row is put off for the length of the claim,
 * and a relay that dies leaves it to the next one. All times are this database's own clock.
 */
export class CacheOutbox {
  readonly #listeners = new Set<() => unknown>();
  /** Transactions that something was added to. */
  readonly #adding = new WeakSet<Transaction>();

  constructor(private readonly postgres: Postgres) {}

  /**
   * Runs `work` in one transaction, and tells the relays of this process when it has committed. Where it added invalidations,
   * they are given a moment to deliver them: whoever wrote and reads at once is to find what he wrote.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let isAdding = false;
    const result = await this.postgres.transaction(async (tx) => {
      const done = await work(tx);
      isAdding = this.#adding.has(tx);
      return done;
    });
    const delivering = Promise.all([...this.#listeners].map((listener) => listener()));
    if (isAdding) await atMost(DELIVERY_MS, delivering);
    return result;
  }

  /** Adds an invalidation to the transaction of the write that it belongs to; one that names nothing is not added. */
  async add(tx: Transaction, { namespace, keys = [], tags = [] }: CacheInvalidation): Promise<void> {
    if (keys.length === 0 && tags.length === 0) return;
    this.#adding.add(tx);
    const names = keys === '*' ? [keys] : [...keys];
    await tx.$executeRaw(Prisma.sql`
      INSERT INTO cache_outbox (namespace, keys, tags) VALUES (${namespace}, ${names}::text[], ${[...tags]}::text[])`);
  }

  /** Calls `listener` after each transaction of this process, and waits a moment for its promise; the answer ends that. */
  onCommitted(listener: () => unknown): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The oldest that are due in these namespaces, in their order. Nobody else is given them before `claimMs` has passed. */
  async claim(namespaces: readonly string[], limit: number, claimMs: number): Promise<ClaimedInvalidation[]> {
    const rows = await this.postgres.rows<Row>(Prisma.sql`
      UPDATE cache_outbox SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + ${interval(claimMs)}
      WHERE id IN (
        SELECT id FROM cache_outbox
        WHERE next_attempt_at <= clock_timestamp() AND namespace = ANY(${[...namespaces]}::text[])
        ORDER BY id LIMIT ${limit}::bigint FOR UPDATE SKIP LOCKED
      )
      RETURNING id, namespace, keys, tags, attempts`);
    const claimed = rows.map(({ keys, attempts, ...row }): ClaimedInvalidation => {
      return { ...row, keys: keys[0] === '*' ? '*' : keys, attempt: attempts };
    });
    return claimed.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The shared tier has taken them. */
  async delivered(claimed: readonly ClaimedInvalidation[]): Promise<void> {
    await this.postgres.rows(Prisma.sql`
      DELETE FROM cache_outbox WHERE id = ANY(${claimed.map(({ id }) => id)}::bigint[]) RETURNING id`);
  }

  /** Puts it off. Does nothing where the claim ran out and another relay has it, or delivered it, by now. */
  async failed({ id, attempt }: ClaimedInvalidation, retryMs: number, reason: string): Promise<void> {
    await this.postgres.rows(Prisma.sql`
      UPDATE cache_outbox SET next_attempt_at = clock_timestamp() + ${interval(retryMs)}, last_error = ${reason}
      WHERE id = ${id} AND attempts = ${attempt} RETURNING id`);
  }

  /** What waits, whoever may deliver it; nothing where the schema is older. */
  backlog(): Promise<CacheBacklog> {
    return backlogOf(this.postgres, 'cache_outbox');
  }
}

/** Resolves when the work has ended, or its time has. */
function atMost(mostMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, mostMs);
    work.finally(() => clearTimeout(timer)).then(() => resolve(), reject);
  });
}
