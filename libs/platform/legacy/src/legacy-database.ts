import { statSync } from 'node:fs';
import type { StatementSyncInstance } from '@photostructure/sqlite';
import { messageOf } from '@sluice/core';
import { fingerprintOf, type FamilyFingerprint, type SalvageFingerprint, type SourceFingerprint } from './fingerprint';
import { LegacyFileError } from './legacy.errors';
import { foldName, highWaterOf, readTables, type LegacyTableInfo, type SqlValue } from './legacy-schema';
import type { PageFile } from './page-file';
import type { FileMark } from './page-diff/file-mark';
import { openFile, type OpenedFile, type OpenOptions } from './open-file';
import { RawFile } from './raw-files';
import { readAhead } from './read-ahead';
import type { Damage } from './salvage/damage';
import { defaultBusyMs, openSnapshot, type Snapshot } from './snapshot';
import { sqliteErrorCode, translated } from './sqlite-errors';
import { atOnce, inTurns, type Steps } from './steps';

const cachedStatements = 64;
/** The first finding comes under a title that says which database it is in. */
const untitled = (finding: unknown): string => String(finding).replace(/^\*\*\* in database \w+ \*\*\*\n/, '');
const constraintFinding = /^(NULL|NUMERIC|TEXT|non-[A-Z]+) value in |^CHECK constraint failed in /;
/** A finding of a check that is about the file, and not about a value that its column's constraint forbids. */
export const isStructural = (finding: string): boolean => finding !== 'ok' && !constraintFinding.test(finding);

/**
 * A legacy SQLite file, read only, as one consistent snapshot until `close`. Never writes to the file and leaves nothing
 * beside it. Errors are `LegacyFileError` with a code and a remedy; a mistake in the caller's SQL stays SQLite's error.
 *
 * The driver cuts a TEXT at its first NUL and replaces bytes that are not UTF-8: where that matters, select
 * `typeof(c)` and `CAST(c AS BLOB)`, which gives the bytes in the file's `encoding`.
 */
export class LegacyDatabase {
  /** The file as it was named, symbolic links resolved. */
  readonly path: string;
  readonly journalMode: 'rollback' | 'wal';
  readonly encoding: 'UTF-8' | 'UTF-16le' | 'UTF-16be';
  private readonly statements = new Map<string, StatementSyncInstance>();
  private knownFingerprint: SourceFingerprint | null = null;
  private isOpen = true;
  private isStaged = false;

  private constructor(
    private readonly opened: OpenedFile,
    /** What it lacks of the file that it was salvaged from; null where it is a file as it was found. */
    readonly damage: Damage | null = null,
  ) {
    this.path = opened.path;
    const { header } = opened.snapshot;
    this.journalMode = header.wal ? 'wal' : 'rollback';
    this.encoding = header.encoding;
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
    const database = new LegacyDatabase({ path, source, stamp: source.stat(), snapshot, copy: null }, damage);
    database.knownFingerprint = fingerprint;
    database.isStaged = true;
    return database;
  }

  /** The same as `open`, in steps. */
  static *openSteps(file: string, options: OpenOptions): Steps<LegacyDatabase> {
    return new LegacyDatabase(yield* openFile(file, options));
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
    const { device, inode } = this.opened.source.stat();
    const changeCounter = header.wal ? null : header.changeCounter;
    const bornNs = this.opened.source.bornNs();
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

  /** Before work that goes over the whole file in its own order, as `integrity` does; see `readAhead`. Throws the signal's reason. */
  async readAhead(signal?: AbortSignal): Promise<void> {
    this.live();
    // A copy was written just now.
    if (this.opened.copy || this.isStaged) return;
    await inTurns(readAhead(this.opened.source), signal);
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
    return this.live().header.encoding === 'UTF-8' ? this.opened.snapshot.pages : null;
  }

  /**
   * Throws `LEGACY_CHANGED` if the path now names another file or the file became shorter; and, where the file itself is
   * read under a lock (rollback mode in place), if anybody wrote to it in spite of the lock.
   */
  assertSame(): void {
    this.live();
    if (this.isStaged) return;
    const { copy, source, stamp } = this.opened;
    const now = statSync(this.path, { bigint: true, throwIfNoEntry: false });
    const here = source.stat();
    const replaced = !now || now.dev !== here.device || now.ino !== here.inode;
    const locked = this.journalMode === 'rollback' && !copy;
    const written = locked && (here.modifiedNs !== stamp.modifiedNs || here.sizeBytes !== stamp.sizeBytes);
    if (!replaced && !written && here.sizeBytes >= stamp.sizeBytes) return;
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
    this.opened.snapshot.close();
    this.opened.source.close();
    this.opened.copy?.remove();
  }

  private live(): Snapshot {
    if (!this.isOpen) throw new LegacyFileError('LEGACY_CLOSED', `${this.path} was closed already.`);
    return this.opened.snapshot;
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
    const statement = this.opened.snapshot.db.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(arrays);
    if (this.statements.size >= cachedStatements) this.statements.clear();
    this.statements.set(key, statement);
    return statement;
  }
}
