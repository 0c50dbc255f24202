import { accessSync, constants, existsSync } from 'node:fs';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { parseHeader, type FileHeader } from './file-header';
import { corrupt, LegacyFileError } from './legacy.errors';
import { PageFile } from './page-file';
import { RawFile } from './raw-files';
import { sqliteErrorCode, systemErrorCode, translated } from './sqlite-errors';
import { noWal, readFrames, readWalIndex, sameIndex, type WalSnapshot } from './write-ahead-log';

export const defaultBusyMs = 5_000;
const busyAttempts = 3;
const settleAttempts = 50;

/** One open read transaction, with the raw pages of the very same state. */
export interface Snapshot {
  readonly db: DatabaseSyncInstance;
  readonly header: FileHeader;
  readonly pages: PageFile;
  readonly log: WalSnapshot;
  close(): void;
}

/** True where SQLite can join the log without creating anything beside the legacy file. */
export function canJoinLog(path: string): boolean {
  if (!existsSync(`${path}-wal`) || !existsSync(`${path}-shm`)) return false;
  try {
    accessSync(`${path}-shm`, constants.R_OK | constants.W_OK);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}

/**
 * Begins a read transaction on the file itself: SHARED in rollback mode (a writer can prepare, its commit waits for us), a
 * pinned log in WAL mode (nobody waits). Null in WAL mode where a busy writer never stood still long enough to prove which
 * frames the transaction sees, or where its log has just gone; the caller then reads a copy. `name` is the path for messages.
 */
export function openSnapshot(path: string, name: string, busyMs: number): Snapshot | null {
  const held: RawFile[] = [];
  const hold = (file: string) => {
    const raw = RawFile.open(file);
    held.push(raw);
    return raw;
  };
  const main = hold(path);
  let db: DatabaseSyncInstance | null = null;
  const close = () => {
    if (db?.isOpen) {
      if (db.isTransaction) db.exec('ROLLBACK');
      db.close();
    }
    for (const raw of held) raw.close();
  };
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: busyMs, enableDoubleQuotedStringLiterals: true });
    begin(db);
    const wal = readHeader(main, name).wal;
    const log = wal
      ? settle(
          db,
          () => hold(`${path}-shm`),
          () => hold(`${path}-wal`),
        )
      : noWal;
    if (log === null) {
      close();
      return null;
    }
    const logFile = log.frames > 0 ? hold(`${path}-wal`) : null;
    return { db, ...pagesOf(main, logFile, log, name), log, close };
  } catch (error) {
    const truncated = sqliteErrorCode(error) === 11 ? truncation(main, readHeader(main, name), name) : null;
    close();
    // The log went with the last program that had it open, which has put all of it into the file.
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw truncated ?? translated(error, name);
  }
}

export function readHeader(main: RawFile, name: string): FileHeader {
  const bytes = Buffer.alloc(100);
  return parseHeader(name, bytes.subarray(0, main.read(bytes, 0)));
}

function pagesOf(main: RawFile, wal: RawFile | null, log: WalSnapshot, name: string) {
  const onDisk = readHeader(main, name);
  const { pageSize, usableSize } = onDisk;
  const pageCount = log.pageCount || (onDisk.pageCountValid ? onDisk.pageCount : main.stat().sizeBytes / pageSize);
  const truncated = log.frames === 0 ? truncation(main, onDisk, name) : null;
  if (truncated) throw truncated;
  if (usableSize < 480) throw corrupt(name, `${usableSize} usable bytes per page`);
  const pages = new PageFile(name, pageSize, usableSize, Math.floor(pageCount), main, wal, log);
  return { pages, header: parseHeader(name, pages.read(1).subarray(0, 100)) };
}

/** A file that is shorter than its header says; without a log, because there the rest may be in it. */
function truncation(main: RawFile, header: FileHeader, name: string): LegacyFileError | null {
  const { sizeBytes } = main.stat();
  const claimed = header.pageCountValid ? header.pageCount * header.pageSize : 0;
  if (claimed <= sizeBytes) return null;
  return new LegacyFileError('LEGACY_TRUNCATED', `${name} is truncated: ${sizeBytes} bytes of ${claimed}.`, {
    remedy: `Copy ${name} again from where it came, or restore it. Without a backup, "sluice migrate --salvage" takes what is left of it.`,
  });
}

/** `exec` and not a prepared statement: statements of this driver live until they are collected, and keep files open. */
function begin(db: DatabaseSyncInstance): void {
  for (let attempt = 1; ; attempt++) {
    try {
      db.exec('BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1');
      return;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      if (sqliteErrorCode(error) !== 5 || attempt === busyAttempts) throw error;
    }
  }
}

/** Restarts the transaction until the published state of the log is the same before and after its start. */
function settle(db: DatabaseSyncInstance, shm: () => RawFile, wal: () => RawFile): WalSnapshot | null {
  const indexFile = shm();
  const pageSizeBytes = Buffer.alloc(2);
  for (let attempt = 0; attempt < settleAttempts; attempt++) {
    db.exec('ROLLBACK');
    const before = readWalIndex(indexFile);
    begin(db);
    const after = readWalIndex(indexFile);
    if (!before || !after || !sameIndex(before, after)) continue;
    // A log that was folded in completely is not used by the reader, and a writer may start it afresh.
    if (after.backfilled >= after.frames) return noWal;
    const log = wal();
    log.read(pageSizeBytes, 10);
    const pageSize = pageSizeBytes.readUInt16BE(0) || 65_536;
    const frames = readFrames(log, after, pageSize);
    if (frames) return frames;
  }
  return null;
}
