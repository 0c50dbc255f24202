import type { Pool } from 'pg';
import { openPool } from './open-pool';
import { isUnavailable, PostgresUnavailableError } from './postgres.errors';
import type { PostgresOptions } from './postgres';

/** Batches that the server has at a time; what comes meanwhile goes with the next one. */
const IN_FLIGHT = 2;
const MOST_KEYS = 500;

export interface BatchedStatement {
  /** Of the prepared statement; one per statement. */
  readonly name: string;
  /**
   * Takes a `text[]` per part of a key, all of one length, and answers `at` (from 1, where in the arrays) and `text`. Keys
   * without an answer have no row.
   */
  readonly sql: string;
  /** Of how many parts a key is. */
  readonly parts: number;
}

interface Waiting {
  readonly key: readonly string[];
  readonly callers: { resolve(text: string | null): void; reject(error: unknown): void }[];
}

/**
 * Text by key, for routes that are asked for more often than a statement per request allows: what is asked for in one turn
 * of the event loop is one prepared statement and one round trip, and a key that several ask for is read once. The text is
 * what PostgreSQL wrote, a JSON document say, and is not looked at here.
 */
export class BatchedReads {
  private waiting = new Map<string, Waiting>();
  private inFlight = 0;
  private isDue = false;

  constructor(
    private readonly pool: BatchPool,
    private readonly statement: BatchedStatement,
  ) {}

  /** Null where there is none. Throws `POSTGRES_UNAVAILABLE`. */
  read(key: readonly string[]): Promise<string | null> {
    if (key.length !== this.statement.parts)
      throw new TypeError(`${this.statement.name} takes ${this.statement.parts} parts.`);
    return new Promise((resolve, reject) => {
      const id = key.length === 1 ? key[0]! : JSON.stringify(key);
      const known = this.waiting.get(id);
      if (known) known.callers.push({ resolve, reject });
      else this.waiting.set(id, { key, callers: [{ resolve, reject }] });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isDue || this.inFlight >= IN_FLIGHT || this.waiting.size === 0) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      void this.send(this.taken());
    });
  }

  private taken(): Waiting[] {
    if (this.waiting.size <= MOST_KEYS) {
      const all = [...this.waiting.values()];
      this.waiting = new Map();
      return all;
    }
    const some = [...this.waiting].slice(0, MOST_KEYS);
    for (const [id] of some) this.waiting.delete(id);
    return some.map(([, waiting]) => waiting);
  }

  /** Answers every caller; never throws. */
  private async send(batch: readonly Waiting[]): Promise<void> {
    this.inFlight++;
    this.schedule();
    try {
      const arrays = Array.from({ length: this.statement.parts }, (_, part) => batch.map(({ key }) => key[part]));
      const texts = await this.pool.texts(this.statement, arrays);
      batch.forEach(({ callers }, i) => callers.forEach(({ resolve }) => resolve(texts.get(i + 1) ?? null)));
    } catch (error) {
      batch.forEach(({ callers }) => callers.forEach(({ reject }) => reject(error)));
    } finally {
      this.inFlight--;
      this.schedule();
    }
  }
}

/** The connections of batched reads: their own, so that a read never waits behind a slow statement of another kind. */
export class BatchPool {
  private pool: Pool | undefined;

  constructor(private readonly options: PostgresOptions) {}

  /** Nothing connects before the first call. */
  async texts(
    { name, sql }: BatchedStatement,
    arrays: readonly (readonly (string | undefined)[])[],
  ): Promise<Map<number, string>> {
    try {
      const { rows } = await this.connected().query<[number, string]>({
        name,
        text: sql,
        values: [...arrays],
        rowMode: 'array',
      });
      return new Map(rows);
    } catch (error) {
      throw isUnavailable(error) ? new PostgresUnavailableError(error) : error;
    }
  }

  async close(): Promise<void> {
    await this.pool?.end();
  }

  private connected(): Pool {
    return (this.pool ??= openPool(this.options, IN_FLIGHT));
  }
}
