import type { DomainError } from '@sluice/core';
import type { Client } from 'pg';
import { expected } from './expected-error';
import { LockHeldError } from './migration.errors';
import { closeSession, inSession, openSession, reopenSession, type SessionOptions } from './session';
import { shownTime } from './shown-time';

/** What only one process at a time may do in a database: 'slui' and a number of its own name the advisory lock. */
export interface Right {
  readonly lock: number;
  readonly refuse: (holder: string) => DomainError;
}

const SLUI = 0x73_6c_75_69;
export const TO_MIGRATE: Right = { lock: 1, refuse: (holder) => new LockHeldError(holder) };

/**
 * The right to change the migration's state, or another one. PostgreSQL itself releases it when the holder's connection ends, so a killed
 * process never leaves it behind.
 */
export class MigrationLock {
  /** Of the server, for the session that took the lock last. */
  private backend: number | null = null;
  private ensuring: Promise<void> | null = null;

  private constructor(
    private readonly options: SessionOptions,
    private readonly right: Right,
    private client: Client,
  ) {}

  /** Throws `LockHeldError`, or what the right refuses with, naming the holder, where another process has it. */
  static async acquire(options: SessionOptions, right: Right = TO_MIGRATE): Promise<MigrationLock> {
    const client = await openSession(options);
    const lock = new MigrationLock(options, right, client);
    try {
      await lock.take();
      return lock;
    } catch (error) {
      await closeSession(client);
      throw expected(error);
    }
  }

  /**
   * After a server's restart: takes the lock again, or throws because another process was faster. Whoever asks meanwhile waits
   * for the same answer: with a session each, the second would be refused by the first.
   */
  ensure(signal?: AbortSignal): Promise<void> {
    this.ensuring ??= this.takeAgain(signal).finally(() => (this.ensuring = null));
    return this.ensuring;
  }

  async release(): Promise<void> {
    await closeSession(this.client);
  }

  private async takeAgain(signal?: AbortSignal): Promise<void> {
    try {
      const { rows } = await this.client.query<{ held: boolean }>(
        `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted) AS held`,
      );
      if (rows[0]?.held) return;
    } catch {
      await closeSession(this.client);
      this.client = await reopenSession(this.options, true, signal);
      await this.endFormer();
    }
    await this.take();
  }

  /** A server that has not noticed that our connection is gone keeps its session, and the lock with it. */
  private async endFormer(): Promise<void> {
    await this.client.query(
      `SELECT pg_terminate_backend(pid, ${FORMER_MS}) FROM pg_stat_activity
        WHERE pid = $1 AND application_name = current_setting('application_name')
          AND usename = current_user AND datname = current_database()`,
      [this.backend],
    );
  }

  private async take(): Promise<void> {
    const { rows } = await this.client.query<{ taken: boolean; pid: number }>(
      'SELECT pg_try_advisory_lock($1, $2) AS taken, pg_backend_pid() AS pid',
      [SLUI, this.right.lock],
    );
    if (!rows[0]?.taken) throw this.right.refuse((await holderOf(this.client, this.right)) ?? GONE);
    this.backend = rows[0].pid;
  }
}

/** Does work that has to be alone, on a connection of its own. Throws as `acquire`, and what the work throws as `expected` has it. */
export async function withRight<Result>(
  right: Right,
  options: SessionOptions,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const lock = await MigrationLock.acquire(options, right);
  try {
    return await inSession(options, work);
  } catch (error) {
    throw expected(error);
  } finally {
    await lock.release();
  }
}

/** So long an ended session of the server may take to be gone. */
const FORMER_MS = 5_000;
const GONE = 'it has just ended; try again';

/** A connection that lives: an end of the holder, or of the server, begins it anew. Null: of another role, which nobody is told. */
export interface Holder {
  readonly name: string;
  readonly since: Date | null;
  readonly forSeconds: number | null;
}

/** Who has a right now; null where nobody has. */
export async function findHolder(client: Client, { lock }: Pick<Right, 'lock'>): Promise<Holder | null> {
  const { rows } = await client.query<Holder>(
    `SELECT a.application_name AS name, a.backend_start AS since,
       extract(epoch FROM clock_timestamp() - a.backend_start)::float8 AS "forSeconds"
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [SLUI, lock],
  );
  return rows[0] ?? null;
}

/** As a person reads it. */
export const shownHolder = ({ name, since }: Holder): string =>
  since === null ? name : `${name}, since ${shownTime(since)}`;

/** Who has a right now, and since when; null where nobody has. */
export async function holderOf(client: Client, right: Pick<Right, 'lock'>): Promise<string | null> {
  const holder = await findHolder(client, right);
  return holder && shownHolder(holder);
}
