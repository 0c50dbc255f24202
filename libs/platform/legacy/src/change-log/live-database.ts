import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { readTables, type LegacyTableInfo, type SqlValue } from '../legacy-schema';
import { bornNs } from '../raw-files';
import { sqliteErrorCode, translated } from '../sqlite-errors';
import { FollowSourceError } from './change-log.errors';
import { LockWait } from './lock-wait';
import { isBusy } from './log-writer';
import { releaseClosed } from './release-closed';
import { rollBackJournal } from './roll-back-journal';

const CACHED_STATEMENTS = 64;
/**
 * A journal that is found beside the file is mostly one that its writer is about to delete; one that stays is of a program
 * that was killed, and rolled back by the next one that may write.
 */
const HOT_JOURNAL = { looks: 50, quickMs: 1, pauseMs: 250 };

/**
 * A legacy file that is in use, read in transactions so short that no writer notices: one connection that stays open, no
 * lock between two reads, and no waiting inside SQLite, which would hold this process and hide who waits for whom.
 */
export class LiveDatabase {
  private readonly statements = new Map<string, StatementSyncInstance>();
  private readonly lock: LockWait;
  /** When the file was written to last, and how many commits of others SQLite had seen then. */
  private written = { at: 0n, commits: 0n };
  /** How often the file was written to without a commit that counts: as where another state of it was copied into its place. */
  private rewritten = 0;

  private constructor(
    readonly path: string,
    private readonly db: DatabaseSyncInstance,
    /** Of the file that is open, whatever lies at the path by now. */
    readonly identity: FileIdentity,
    readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be',
    private readonly options: LiveOptions,
  ) {
    this.lock = new LockWait(options.mayNap === true);
  }

  /**
   * Nothing else of this process may have the file open, nor open it while this does (see `releaseClosed`). Throws what
   * opening a legacy file throws.
   */
  static async open(path: string, signal?: AbortSignal, options: LiveOptions = {}): Promise<LiveDatabase> {
    const before = identityOf(path);
    await releaseClosed(path);
    let db: DatabaseSyncInstance | undefined;
    try {
      db = new DatabaseSync(path, { readOnly: true, timeout: 0, enableDoubleQuotedStringLiterals: true });
      const live = new LiveDatabase(path, db, before, 'UTF-8', options);
      const encoding = await live.read(() => String(live.rows('PRAGMA encoding')[0]?.[0]), signal);
      const opened = new LiveDatabase(path, db, before, encoding as LiveDatabase['encoding'], options);
      opened.assertSame();
      return opened;
    } catch (error) {
      db?.close();
      throw translated(error, path);
    }
  }

  /**
   * Runs `work`, which must be quick, in one read transaction; again from its start where the file was locked. Throws
   * `FOLLOW_SOURCE_CHANGED` where the path names another file, or this one is no database any more, and the signal's reason.
   */
  async read<Result>(work: () => Result, signal?: AbortSignal): Promise<Result> {
    await this.lock.begin();
    try {
      for (let journals = 0; ;) {
        signal?.throwIfAborted();
        try {
          this.db.exec('BEGIN');
          if (this.isRewritten()) this.forgetPages();
          const result = work();
          this.db.exec('COMMIT');
          return result;
        } catch (error) {
          if (this.db.isTransaction) this.db.exec('ROLLBACK');
          journals = sqliteErrorCode(error) === 8 ? journals + 1 : 0;
          if (journals >= HOT_JOURNAL.looks && this.options.mayWrite) rollBackJournal(this.path);
          if (isBusy(error)) await this.lock.again();
          else await delay(this.pauseMs(error, journals));
        }
      }
    } finally {
      this.lock.end();
    }
  }

  /** Rows as arrays, in the order of the selected columns; integers as bigint. */
  rows(sql: string, ...params: SqlValue[]): SqlValue[][] {
    return this.statement(sql).all(...params) as unknown as SqlValue[][];
  }

  /** Rows as objects by column name. */
  all(sql: string, ...params: SqlValue[]): Record<string, SqlValue>[] {
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...params) as Record<string, SqlValue>[];
  }

  /** As `LegacyDatabase.tables`. */
  tables(): LegacyTableInfo[] {
    return readTables((sql, ...params) => this.all(sql, ...params));
  }

  /** Throws `FOLLOW_SOURCE_CHANGED` where the path does not name the open file. A look at the folder, no lock. */
  assertSame(): void {
    if (!isSameIdentity(this.identity, identityOf(this.path)))
      throw new FollowSourceError(this.path, 'another file lies at its path');
  }

  /** Grows where another state of the file may have been put into its place: what was known of it is to be asked for again. */
  get rewrites(): number {
    return this.rewritten;
  }

  /**
   * Within a transaction. SQLite knows a file's state by a counter of commits: one with as many commits as the last one is taken for
   * that one, and its pages are read from memory. The file's time tells; in WAL mode a checkpoint changes it, too, which costs
   * no more than pages that are read again.
   */
  private isRewritten(): boolean {
    const [[commits] = []] = this.rows('PRAGMA data_version');
    const before = this.written;
    this.written = { at: statSync(this.path, { bigint: true }).mtimeNs, commits: commits as bigint };
    return before.at !== 0n && before.at !== this.written.at && before.commits === commits;
  }

  private forgetPages(): void {
    this.rewritten++;
    this.db.exec('COMMIT; PRAGMA shrink_memory; BEGIN');
  }

  close(): void {
    this.statements.clear();
    if (this.db.isOpen) this.db.close();
  }

  /** How long to wait before the next attempt; throws what no waiting mends. */
  private pauseMs(error: unknown, journals: number): number {
    this.assertSame();
    const code = sqliteErrorCode(error);
    if (code === 8) return journals < HOT_JOURNAL.looks ? HOT_JOURNAL.quickMs : HOT_JOURNAL.pauseMs;
    if (code === 11 || code === 26) throw new FollowSourceError(this.path, 'SQLite cannot read it any more', error);
    throw translated(error, this.path);
  }

  private statement(sql: string): StatementSyncInstance {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    if (this.statements.size >= CACHED_STATEMENTS) this.statements.clear();
    this.statements.set(sql, statement);
    return statement;
  }
}

export interface LiveOptions {
  /** Whether a read of a locked file may stop this process for a millisecond, as `LockWait` says. */
  readonly mayNap?: boolean;
  /** Whether the file is one that is written to anyway: then what a killed program has left half written is rolled back. */
  readonly mayWrite?: boolean;
}

/** Which file it is, whatever is in it. */
export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  /** See `bornNs`. */
  readonly bornNs: string | null;
}

/** Throws `FOLLOW_SOURCE_CHANGED` where nothing is there. */
export function identityOf(path: string): FileIdentity {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (!stat) throw new FollowSourceError(path, 'nothing lies at its path');
  return { device: String(stat.dev), inode: String(stat.ino), bornNs: bornNs(stat)?.toString() ?? null };
}

/** The inode of a file that was removed may be that of the next one: the times at which they were made tell them apart. */
export const isSameIdentity = (before: FileIdentity, now: FileIdentity): boolean =>
  before.device === now.device &&
  before.inode === now.inode &&
  (before.bornNs === null || now.bornNs === null || before.bornNs === now.bornNs);
