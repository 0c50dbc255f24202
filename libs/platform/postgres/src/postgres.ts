import { PrismaPg } from '@prisma/adapter-pg';
import { inTime } from '@sluice/core';
import type { Pool } from 'pg';
import { Prisma, PrismaClient } from './generated/client';
import { DEFAULT_CONNECT_TIMEOUT_MS, DEFAULT_STATEMENT_TIMEOUT_MS, openPool } from './open-pool';
import {
  isContended,
  isReadOnly,
  isUnavailable,
  PostgresReadOnlyError,
  PostgresUnavailableError,
  refusalOf,
  withoutArguments,
  WriteContendedError,
} from './postgres.errors';

/** Statements of one transaction; of use only until the work that it was given to ends. */
export type Transaction = Prisma.TransactionClient;

export interface PostgresOptions {
  readonly url: string;
  /** Connections that are kept at most. */
  readonly poolSize?: number;
  /** A statement that takes longer is cancelled by the server. */
  readonly statementTimeoutMs?: number;
  /** How long a caller waits for a connection, from the pool or a new one. */
  readonly connectTimeoutMs?: number;
  /** What `pg_stat_activity` shows. */
  readonly applicationName?: string;
  /** Told of each piece of work, which it runs: by it traces see how long the server took. */
  readonly observe?: ObserveWork;
}

/** `operation` is a few words of this program, never a value: `SELECT top_picks_runs`. */
export type ObserveWork = <T>(operation: string, work: () => Promise<T>) => Promise<T>;

/** Connections of the pool at this moment. */
export interface PoolState {
  readonly inUse: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

/** What a server that answers says of itself. */
export interface ServerState {
  /** A standby, or one that was told so: it takes no write. */
  readonly isReadOnly: boolean;
}

/** A health check that waits longer than this has its answer. */
const pingTimeoutMs = 2_000;

/**
 * The Prisma client over node-postgres. Nothing connects before the first query, so a process starts, and says that it
 * is not ready, also while PostgreSQL is away; it recovers by itself, because each query takes a live connection.
 */
export class Postgres {
  readonly #prisma: PrismaClient;
  readonly #pool: Pool;
  readonly #observe: ObserveWork | undefined;

  constructor(options: PostgresOptions) {
    this.#observe = options.observe;
    this.#pool = openPool(options, options.poolSize ?? 10);
    const adapter = new PrismaPg(this.#pool, { disposeExternalPool: true });
    const transactionOptions = {
      maxWait: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
      timeout: options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS,
    };
    this.#prisma = new PrismaClient({ adapter, transactionOptions });
  }

  get pool(): PoolState {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /**
   * Runs `work` with the client. Throws `POSTGRES_UNAVAILABLE` for the server's absence, `POSTGRES_READ_ONLY` for a write that
   * it does not take, `DOMAIN_WRITE_REFUSED` for one that the mode of its domain forbids, `WRITE_CONTENDED` for a deadlock,
   * other failures as they are.
   */
  async run<T>(work: (prisma: PrismaClient) => Promise<T>, operationOf = () => 'work'): Promise<T> {
    try {
      const asked = (): Promise<T> => work(this.#prisma);
      return await (this.#observe ? this.#observe(operationOf(), asked) : asked());
    } catch (reason) {
      const error = withoutArguments(reason);
      if (isReadOnly(error)) throw new PostgresReadOnlyError(error);
      if (isUnavailable(error)) throw new PostgresUnavailableError(error);
      throw isContended(error) ? new WriteContendedError(error) : (refusalOf(error) ?? error);
    }
  }

  /** The rows of one SQL statement, int8 as bigint. `Row` is the caller's word for the columns it selected. */
  async rows<Row>(sql: Prisma.Sql): Promise<Row[]> {
    return this.run(
      (prisma) => prisma.$queryRaw<Row[]>(sql),
      () => statementOf(sql),
    );
  }

  /**
   * Runs `work` in one transaction: all of it is kept, or nothing. A `work` that throws rolls back. Throws
   * `POSTGRES_UNAVAILABLE` also where it takes longer than a statement may.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.run(
      (prisma) => prisma.$transaction(work),
      () => 'transaction',
    );
  }

  /** Resolves when the server answers; throws `POSTGRES_UNAVAILABLE` when it does not within two seconds. */
  async ping(): Promise<ServerState> {
    const late = (): Error => new PostgresUnavailableError(new Error(`No answer in ${pingTimeoutMs} ms.`));
    const asked = this.rows<ServerState>(Prisma.sql`
      SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "isReadOnly"`);
    const [state] = await inTime(pingTimeoutMs, asked, late);
    return { isReadOnly: state?.isReadOnly ?? false };
  }

  async close(): Promise<void> {
    await this.#prisma.$disconnect();
  }
}

/** The verb of a statement, and the table that it is about where it names one. */
function statementOf(sql: Prisma.Sql): string {
  const [, verb = 'work'] = /^\s*([a-z]+)/i.exec(sql.sql) ?? [];
  const [, table] = /\b(?:FROM|INTO|UPDATE)\s+(?:ONLY\s+)?([a-z_]+)/i.exec(sql.sql) ?? [];
  return [verb.toUpperCase(), table].filter(Boolean).join(' ');
}
