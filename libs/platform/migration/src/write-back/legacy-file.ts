import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import {
  BEGIN_WRITE,
  LegacyFileError,
  readTables,
  sqliteErrorCode,
  systemErrorCode,
  translated,
  type LegacyTableInfo,
  type SqlValue,
} from '@sluice/legacy';
import type { TextEncoding } from '../exact/legacy-value';
import { FileReplacedError, NotWritableError } from './write-back.errors';

/** As long as the legacy program waits for a lock, Python's default. */
const BUSY_MS = 5_000;
/** From here on nobody begins to read: shorter, so that the legacy program, which may wait already, is not kept too long. */
const COMMIT_MS = 2_000;
const RETRY_MS = 5;

export interface LegacyFileOptions {
  /** The statements that make the file where there is none. Without them a file that is not there is refused. */
  readonly createWith?: readonly string[];
  /** How long a lock is waited for; five seconds, as the legacy program waits. */
  readonly busyMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * A legacy file that is written to as the legacy program writes: one connection per call, its journal mode and its schema as
 * they are. Waits for a lock without holding this process up. Calls run one after another, and after each the file is left
 * alone for as long as it was held: a legacy writer, which asks again every tenth of a second at worst, then comes to its turn
 * long before its five seconds are over.
 */
export class LegacyFile {
  private last: Promise<unknown> = Promise.resolve();
  private restUntilMs = 0;

  constructor(
    readonly path: string,
    private readonly options: LegacyFileOptions = {},
  ) {}

  /** Runs `work` with a connection of its own. Throws `LegacyFileError`, or `WRITE_BACK_...`, for what is wrong with the file. */
  session<Result>(work: (session: LegacySession) => Promise<Result>): Promise<Result> {
    const turn = this.last.then(() => this.inTurn(work));
    this.last = turn.catch(() => undefined); // The next one's turn comes all the same; this one's caller has the error.
    return turn;
  }

  private async inTurn<Result>(work: (session: LegacySession) => Promise<Result>): Promise<Result> {
    const { signal, busyMs = BUSY_MS } = this.options;
    await delay(Math.max(0, this.restUntilMs - performance.now()), undefined, { signal });
    const db = this.open();
    const session = new LegacySession(this.path, db, busyMs, signal);
    try {
      return await work(session);
    } catch (error) {
      if (sqliteErrorCode(error) !== 8) throw translated(error, this.path);
      session.assertSame(); // SQLite, too, writes to no file that has lost its name.
      throw new NotWritableError(this.path, error);
    } finally {
      db.close();
      this.restUntilMs = performance.now() + session.heldMs;
    }
  }

  private open(): DatabaseSyncInstance {
    if (!existsSync(this.path)) this.create();
    try {
      // `rw`: without it SQLite would make a file that went away since.
      return new DatabaseSync(`${pathToFileURL(this.path).href}?mode=rw`, {
        ...{ timeout: 0, enableForeignKeyConstraints: false, enableDoubleQuotedStringLiterals: true },
      });
    } catch (error) {
      throw translated(error, this.path);
    }
  }

  /** Whole or not at all, and never over a file that somebody else made meanwhile. */
  private create(): void {
    const { createWith } = this.options;
    if (!createWith)
      throw new LegacyFileError('LEGACY_NOT_FOUND', `${this.path} does not exist.`, {
        remedy: 'Check the legacy directory, or ask for the file to be made.',
      });
    try {
      mkdirSync(path.dirname(this.path), { recursive: true });
      this.link(createWith);
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return;
      const isOfSystem = systemErrorCode(error) !== null && sqliteErrorCode(error) === null;
      throw isOfSystem ? new NotWritableError(this.path, error) : error;
    }
  }

  private link(statements: readonly string[]): void {
    const draft = `${this.path}.sluice-${randomUUID()}`;
    try {
      const db = new DatabaseSync(draft);
      try {
        db.exec(['PRAGMA page_size = 4096', 'BEGIN', ...statements, 'COMMIT'].join(';\n'));
      } finally {
        db.close();
      }
      linkSync(draft, this.path);
    } finally {
      rmSync(draft, { force: true });
    }
  }
}

/** One connection of a call, without a lock between its transactions. */
export class LegacySession {
  /** For how long the write lock was held. */
  heldMs = 0;
  private readonly identity: string;

  constructor(
    private readonly path: string,
    private readonly db: DatabaseSyncInstance,
    private readonly busyMs: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.identity = identityOf(path);
  }

  /** Reads one state of the file; quickly, because a legacy writer's commit waits meanwhile. */
  async reading<Result>(work: (connection: LegacyConnection) => Result): Promise<Result> {
    this.db.exec('BEGIN');
    try {
      return await this.patiently(() => work(new LegacyConnection(this.path, this.db)));
    } finally {
      if (this.db.isTransaction) this.db.exec('COMMIT');
    }
  }

  /** Runs `work` with the write lock. What it throws takes everything back. */
  async writing<Result>(work: (connection: LegacyConnection) => Result): Promise<Result> {
    await this.patiently(() => this.db.exec(BEGIN_WRITE));
    const since = performance.now();
    try {
      const result = work(new LegacyConnection(this.path, this.db));
      this.assertSame();
      await this.patiently(() => this.db.exec('COMMIT'), Math.min(this.busyMs, COMMIT_MS));
      return result;
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    } finally {
      this.heldMs += performance.now() - since;
    }
  }

  /** What is written to a file that has no name any more is lost without a word. Throws `WRITE_BACK_FILE_REPLACED`. */
  assertSame(): void {
    if (identityOf(this.path) !== this.identity) throw new FileReplacedError(this.path);
  }

  private async patiently<Result>(work: () => Result, mostMs = this.busyMs): Promise<Result> {
    const deadline = performance.now() + mostMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (sqliteErrorCode(error) !== 5 || performance.now() > deadline) throw error;
        this.signal?.throwIfAborted();
        await delay(RETRY_MS);
      }
    }
  }
}

function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.dev} ${stat.ino}` : 'nothing';
}

/** The open transaction. Integers are bigint. */
export class LegacyConnection {
  readonly encoding: TextEncoding;
  private readonly statements = new Map<string, StatementSyncInstance>();

  constructor(
    readonly path: string,
    private readonly db: DatabaseSyncInstance,
  ) {
    this.encoding = String(this.rows('PRAGMA encoding')[0]?.[0]) as TextEncoding;
  }

  rows(sql: string, ...params: SqlValue[]): SqlValue[][] {
    return this.statement(sql).all(...params) as unknown as SqlValue[][];
  }

  /** How many rows it changed. */
  run(sql: string, ...params: SqlValue[]): number {
    return Number(this.statement(sql).run(...params).changes);
  }

  exec(sql: string): void {
    this.db.exec(sql);
  }

  tables(): LegacyTableInfo[] {
    return readTables((sql, ...params) => {
      const statement = this.db.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all(...params) as Record<string, SqlValue>[];
    });
  }

  private statement(sql: string): StatementSyncInstance {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    this.statements.set(sql, statement);
    return statement;
  }
}
