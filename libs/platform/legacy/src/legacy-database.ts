import { realpathSync, statSync, type BigIntStats } from 'node:fs';
import type { StatementSyncInstance } from '@photostructure/sqlite';
import { messageOf } from '@sluice/core';
import { fingerprintOf, type FamilyFingerprint, type SalvageFingerprint, type SourceFingerprint } from './fingerprint';
import { LegacyFileError } from './legacy.errors';
import { foldName, highWaterOf, readTables, type LegacyTableInfo, type SqlValue } from './legacy-schema';
import type { PageFile } from './page-file';
import type { FileMark } from './page-diff/file-mark';
import { PrivateCopy } from './private-copy';
import { RawFile, type FileStamp } from './raw-files';
import type { Damage } from './salvage/damage';
import { canJoinLog, defaultBusyMs, openSnapshot, readHeader, type Snapshot } from './snapshot';
import { sqliteErrorCode, translated, unreadable } from './sqlite-errors';
import { atOnce, inTurns, type Steps } from './steps';

/** A fifth of the time after which a legacy writer gives up. */
const defaultLockMs = 1_000;
const cachedStatements = 64;
/** The first finding comes under a title that says which database it is in. */
const untitled = (finding: unknown): string => String(finding).replace(/^\*\*\* in database \w+ \*\*\*\n/, '');
const constraintFinding = /^(NULL|NUMERIC|TEXT|non-[A-Z]+) value in |^CHECK constraint failed in /;
/** A finding of a check that is about the file, and not about a value that its column's constraint forbids. */
export const isStructural = (finding: string): boolean => finding !== 'ok' && !constraintFinding.test(finding);

/** So long a WAL database is waited for that nobody keeps open and somebody writes to again and again. */
const settlingMs = 30_000;

export interface OpenOptions {
  /**
   * `in-place` reads the file itself: in rollback mode a writer's commit waits until `close`. `private-copy` reads a copy,
   * and locks a file in rollback mode for moments only (`lockMs`). `auto` is `in-place` for WAL databases, where nobody
   * waits for a reader, and `private-copy` for the others. A WAL database that nobody has open is always copied, because
   * joining its log would leave files beside it.
   */
  readonly snapshot?: 'auto' | 'in-place' | 'private-copy';
  /** Where private copies go; the system's temporary directory. */
  readonly workDir?: string;
  /** How long SQLite waits for a lock, three times over; with 0 a WAL database that nobody keeps open is not waited for either. */
  readonly busyMs?: number;
  /** How long a writer's commit may have to wait at a time while a private copy is made; a second. */
  readonly lockMs?: number;
}

/**
 * A legacy SQLite file, read only, as one consistent snapshot until `close`. Never writes to the file and leaves nothing
 * beside it. Errors are `LegacyFileError` with a code and a remedy; a mistake in the caller's SQL stays SQLite's error.
 *
 * The driver cuts a TEXT at its first NUL and replaces bytes that are not UTF-8: where that matters, select
 * `typeof(c)` and `CAST(c AS BLOB)`, which gives the bytes in the file's `encoding`.
 */
export class LegacyDatabase {
  readonly journalMode: 'rollback' | 'wal';
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
  private readonly statements = new Map<string, StatementSyncInstance>();
  private knownFingerprint: SourceFingerprint | null = null;
  private isOpen = true;
  private isStaged = false;

  private constructor(
    /** The file as it was named, symbolic links resolved. */
    readonly path: string,
    private readonly source: RawFile,
    private readonly stamp: FileStamp,
    private readonly snapshot: Snapshot,
    private readonly copy: PrivateCopy | null,
    /** What it lacks of the file that it was salvaged from; null where it is a file as it was found. */
    readonly damage: Damage | null = null,
  ) {
    this.journalMode = snapshot.header.wal ? 'wal' : 'rollback';
    this.encoding = snapshot.header.encoding;
  }

  /** Blocks until the file is copied, and for up to three times `busyMs` while another program holds an exclusive lock. */
  static open(file: string, options: OpenOptions = {}): LegacyDatabase {
    return atOnce(LegacyDatabase.openSteps(file, options));
  }

  /**
   * The same, with a turn of the event loop between the slices of a private copy. Throws the signal's reason, and leaves
   * nothing behind, where it is aborted meanwhile.
   */
  static openInTurns(file: string, options: OpenOptions & { signal?: AbortSignal } = {}): Promise<LegacyDatabase> {
    return inTurns(LegacyDatabase.openSteps(file, options), options.signal);
  }

  /**
   * A database that was made of other files and that nobody else has: `path` names those files, and what became of them since
   * is no concern of it. Its own name may be taken away once it is open.
   */
  static staged(
    file: string,
    path: string,
    fingerprint: FamilyFingerprint | SalvageFingerprint,
    damage: Damage | null = null,
  ): LegacyDatabase {
    const source = RawFile.open(file);
    const snapshot = openSnapshot(file, path, defaultBusyMs);
    if (!snapshot) throw new LegacyFileError('LEGACY_NOT_SETTLED', `What was read of ${path} could not be opened.`);
    const database = new LegacyDatabase(path, source, source.stat(), snapshot, null, damage);
    database.knownFingerprint = fingerprint;
    database.isStaged = true;
    return database;
  }

  /** The same as `open`, in steps. */
  static *openSteps(file: string, options: OpenOptions): Steps<LegacyDatabase> {
    const path = regularFile(file);
    let source: RawFile;
    try {
      source = RawFile.open(path);
    } catch (error) {
      throw unreadable(file, error);
    }
    try {
      return yield* LegacyDatabase.openSource(path, source, options);
    } catch (error) {
      source.close();
      throw translated(error, path);
    }
  }

  private static *openSource(path: string, source: RawFile, options: OpenOptions): Steps<LegacyDatabase> {
    const { snapshot: wanted = 'auto', busyMs = defaultBusyMs, lockMs = defaultLockMs, workDir } = options;
    const { wal } = readHeader(source, path);
    const ofCopy = (copy: PrivateCopy): LegacyDatabase => LegacyDatabase.ofCopy(path, source, copy, busyMs);
    if (!wal && wanted !== 'in-place') {
      return ofCopy(yield* PrivateCopy.inSlices(source, path, workDir, { busyMs, lockMs }));
    }
    const inPlace = yield* LegacyDatabase.inPlaceOrCopied(path, source, options, wal);
    if (inPlace instanceof PrivateCopy) return ofCopy(inPlace);
    if (wanted !== 'private-copy') return new LegacyDatabase(path, source, source.stat(), inPlace, null);
    let copy: PrivateCopy;
    try {
      copy = yield* PrivateCopy.underLock(source, path, workDir);
    } finally {
      inPlace.close();
    }
    return ofCopy(copy);
  }

  /**
   * The file itself, or a copy of a WAL database that nobody has open. A program that opens it for each call leaves only short
   * moments for a copy, and has it open in others: which of the two it is, is asked again and again.
   */
  private static *inPlaceOrCopied(
    path: string,
    source: RawFile,
    { busyMs = defaultBusyMs, workDir }: OpenOptions,
    wal: boolean,
  ): Steps<Snapshot | PrivateCopy> {
    const deadlineMs = Date.now() + (busyMs === 0 ? 0 : settlingMs);
    for (;;) {
      const inPlace = wal && !canJoinLog(path) ? null : openSnapshot(path, path, busyMs);
      const found = inPlace ?? (yield* PrivateCopy.whileUntouched(source, path, workDir));
      if (found) return found;
      if (Date.now() < deadlineMs) yield;
      else
        throw new LegacyFileError(
          'LEGACY_NOT_SETTLED',
          `${path} is written to without a pause that is long enough for a copy of it.`,
          {
            remedy: `Run again while the program that uses ${path} is idle, or make its directory writable.`,
          },
        );
    }
  }

  private static ofCopy(path: string, source: RawFile, copy: PrivateCopy, busyMs: number): LegacyDatabase {
    try {
      const snapshot = openSnapshot(copy.path, path, busyMs);
      if (!snapshot) throw new LegacyFileError('LEGACY_NOT_SETTLED', `The copy of ${path} could not be read.`);
      copy.unlink();
      return new LegacyDatabase(path, source, source.stat(), snapshot, copy);
    } catch (error) {
      copy.remove();
      throw error;
    }
  }

  /** Of the snapshot, with what is still in the log. */
  get sizeBytes(): number {
    const { pageSize, pageCount } = this.live().pages;
    return pageSize * pageCount;
  }

  /** Equal for equal content, see `SourceFingerprint`. Hashes files up to 64 MiB on first use. */
  get fingerprint(): SourceFingerprint {
    const { pages, header, log } = this.live();
    this.knownFingerprint ??= fingerprintOf(pages, header, log);
    return this.knownFingerprint;
  }

  /** Names the file, whatever it holds; see `FileMark`. */
  get mark(): FileMark {
    const { header, pages } = this.live();
    const { device, inode } = this.source.stat();
    const changeCounter = header.wal ? null : header.changeCounter;
    const bornNs = this.source.bornNs();
    return { device, inode, bornNs, pageSize: pages.pageSize, encoding: header.encoding, changeCounter };
  }

  /** All tables, views and virtual tables but SQLite's own, in order of creation. */
  tables(): LegacyTableInfo[] {
    return readTables((sql, ...params) => this.all(sql, ...params));
  }

  /** The table, view or virtual table of that name, as SQLite compares names. */
  table(name: string): LegacyTableInfo | undefined {
    return this.tables().find((info) => foldName(info.name) === foldName(name));
  }

  /** Rows as objects by column name; two columns of one name leave the last. */
  all(sql: string, ...params: SqlValue[]): Record<string, SqlValue>[] {
    return this.run(sql, false, params);
  }

  /** Rows as arrays, in the order of the selected columns. */
  rows(sql: string, ...params: SqlValue[]): SqlValue[][] {
    return this.run(sql, true, params);
  }

  /** The same, or null where that took a value of more bytes than this: SQLite gives up on it before it has the memory. */
  rowsWithin(mostBytes: number, sql: string, ...params: SqlValue[]): SqlValue[][] | null {
    const { limits } = this.live().db;
    const usual = limits.length;
    limits.length = mostBytes;
    try {
      return this.rows(sql, ...params);
    } catch (error) {
      if (error instanceof LegacyFileError && error.code === 'LEGACY_TOO_LARGE') return null;
      throw error;
    } finally {
      limits.length = usual;
    }
  }

  /** An SQL function on this connection; INTEGER arguments arrive as bigint. It must depend on its arguments alone. */
  define(name: string, options: { varargs?: boolean }, fn: (...args: SqlValue[]) => SqlValue): void {
    const { varargs = false } = options;
    this.live().db.function(name, { varargs, deterministic: true, useBigIntArguments: true }, fn);
  }

  /** The greatest key that an AUTOINCREMENT table ever gave out; null where SQLite keeps none. */
  highWater(table: string): bigint | null {
    if (this.rows("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").length === 0) return null;
    return highWaterOf(this, table);
  }

  /**
   * What SQLite's quick check finds broken in the file's structure, at most 100 entries; empty where all is well. A value
   * that its column's constraint forbids is no damage: its row can be read. Reads the whole file.
   */
  integrity(): string[] {
    const findings: string[] = [];
    try {
      const check = this.live().db.prepare('PRAGMA quick_check(100)');
      for (const row of check.iterate()) findings.push(...Object.values(row as object).map(untitled));
    } catch (error) {
      if (sqliteErrorCode(error) !== 11) throw translated(error, this.path);
      // The check itself stumbled over the damage.
      if (findings.length === 0) return [messageOf(error)];
    }
    // The check went over every page, and what is read next begins at the first.
    this.live().db.exec('PRAGMA shrink_memory');
    return findings.filter(isStructural);
  }

  /** The raw pages of this snapshot, whatever its encoding. */
  get rawPages(): PageFile {
    return this.live().pages;
  }

  /** The raw pages of this snapshot; null where text is not UTF-8, so that pages cannot be copied as they are. */
  pages(): PageFile | null {
    return this.live().header.encoding === 'UTF-8' ? this.snapshot.pages : null;
  }

  /**
   * Throws `LEGACY_CHANGED` if the path now names another file or the file became shorter; and, where the file itself is
   * read under a lock (rollback mode in place), if anybody wrote to it in spite of the lock.
   */
  assertSame(): void {
    this.live();
    if (this.isStaged) return;
    const now = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const here = this.source.stat();
    const replaced = !now || now.dev !== here.device || now.ino !== here.inode;
    const locked = this.journalMode === 'rollback' && !this.copy;
    const written = locked && (here.modifiedNs !== this.stamp.modifiedNs || here.sizeBytes !== this.stamp.sizeBytes);
    if (!replaced && !written && here.sizeBytes >= this.stamp.sizeBytes) return;
    throw new LegacyFileError(
      'LEGACY_CHANGED',
      `${this.path} was ${replaced ? 'replaced' : 'changed'} while it was read.`,
      {
        remedy: `Run again; if it happens often, stop the program that replaces ${this.path} for the time of the copy.`,
      },
    );
  }

  /** Ends the snapshot and gives the locks back. May be called twice. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.statements.clear();
    this.snapshot.close();
    this.source.close();
    this.copy?.remove();
  }

  private live(): Snapshot {
    if (!this.isOpen) throw new LegacyFileError('LEGACY_CLOSED', `${this.path} was closed already.`);
    return this.snapshot;
  }

  private run<Row>(sql: string, arrays: boolean, params: SqlValue[]): Row[] {
    this.live();
    const key = `${arrays ? 'a' : 'o'}${sql}`;
    try {
      const statement = this.statements.get(key) ?? this.prepare(sql, arrays, key);
      return statement.all(...params) as Row[];
    } catch (error) {
      this.statements.delete(key);
      throw sqliteErrorCode(error) === 8 ? error : translated(error, this.path);
    }
  }

  private prepare(sql: string, arrays: boolean, key: string): StatementSyncInstance {
    const statement = this.snapshot.db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(arrays);
    if (this.statements.size >= cachedStatements) this.statements.clear();
    this.statements.set(key, statement);
    return statement;
  }
}

/** The path with links resolved, if it is a regular file with something in it. Looks before it opens: a FIFO would block. */
function regularFile(file: string): string {
  let stat: BigIntStats | undefined;
  try {
    stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(file, error);
  }
  if (!stat) {
    throw new LegacyFileError('LEGACY_NOT_FOUND', `${file} does not exist.`, { remedy: 'Check the legacy directory.' });
  }
  if (!stat.isFile()) {
    const what = stat.isDirectory() ? 'a directory' : 'no regular file';
    throw new LegacyFileError('LEGACY_NOT_A_FILE', `${file} is ${what}.`, { remedy: 'Name the database file itself.' });
  }
  if (stat.size === 0n) {
    throw new LegacyFileError('LEGACY_EMPTY', `${file} is empty.`, {
      remedy: `Restore ${file}, or remove it if the program never used it.`,
    });
  }
  return realpathSync(file);
}
