import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync, type Dirent } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { LegacyFileError } from './legacy.errors';
import { sqliteErrorCode, systemErrorCode } from './sqlite-errors';

const prefix = 'sluice-legacy-';
const lockName = 'lock.db';
/** All that we ever put into a work directory; one with anything else in it is somebody else's. */
const ownName = /^(copy|staged|lock)\.db(-journal|-wal|-shm)?$/;
/** A directory is no older than this while its owner has yet to lock it. */
const unlockedMs = 60_000;
/** What has no lock at all was made by a version that knew none, or by an owner that was killed before it had one. */
const locklessMs = 24 * 3_600_000;

/**
 * A folder for the copies of one legacy file, gone with its owner: `remove` takes it away, and where the owner is killed
 * before that, the next `make` in the same place does.
 *
 * Its owner holds an exclusive lock on the empty database `lock.db` in it. The system gives that lock back however the
 * owner ends, so whoever gets it knows that nobody is at work there. A process id would not tell: containers that share a
 * folder count their processes apart.
 */
export class WorkDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: DatabaseSyncInstance,
  ) {}

  /**
   * In the system's temporary directory unless told otherwise. Throws `LEGACY_NO_ROOM` where nothing may be made there, else
   * the system's own error, such as `ENOSPC`.
   */
  static make(parent: string = tmpdir()): WorkDirectory {
    removeLeftovers(parent);
    const directory = madeIn(parent);
    try {
      const file = path.join(directory, lockName);
      writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
      return new WorkDirectory(directory, locked(file));
    } catch (error) {
      empty(directory);
      throw error;
    }
  }

  file(name: 'copy.db' | 'staged.db'): string {
    return path.join(this.path, name);
  }

  /** May be called twice. The lock is given back last, so that nobody else removes the same. */
  remove(): void {
    if (!this.lock.isOpen) return;
    empty(this.path);
    this.lock.close();
  }
}

function madeIn(parent: string): string {
  try {
    return mkdtempSync(path.join(parent, prefix));
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
    throw new LegacyFileError('LEGACY_NO_ROOM', `This user cannot make a private copy in ${parent}.`, {
      remedy: 'Name a folder that may be written to in TMPDIR.',
      cause: error,
    });
  }
}

/** Throws SQLite's error where somebody else has the lock. Without a journal beside it, and nothing is ever written. */
function locked(file: string): DatabaseSyncInstance {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** `lock.db` goes last: a directory without it is left alone for a day. */
function empty(directory: string): void {
  for (const name of ['copy.db', 'staged.db']) rmSync(path.join(directory, name), { force: true });
  rmSync(directory, { recursive: true, force: true });
}

/** What may not be looked at or removed, or was removed by another process meanwhile, is passed over. */
function removeLeftovers(parent: string): void {
  for (const name of passingOver(() => readdirSync(parent)) ?? []) {
    if (name.startsWith(prefix)) passingOver(() => removeLeftover(path.join(parent, name)));
  }
}

/** Links are not followed: neither a directory nor anything in it may be one. */
function removeLeftover(directory: string): void {
  const stat = lstatSync(directory);
  const ageMs = Date.now() - stat.mtimeMs;
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || ageMs < unlockedMs) return;
  const entries = readdirSync(directory, { withFileTypes: true });
  if (!entries.every(isOwn)) return;
  if (entries.some(({ name }) => name === lockName)) {
    const lock = locked(path.join(directory, lockName));
    try {
      empty(directory);
    } finally {
      lock.close();
    }
  } else if (ageMs >= locklessMs) empty(directory);
}

const isOwn = (entry: Dirent): boolean => entry.isFile() && ownName.test(entry.name);

/** Null for what the system or SQLite refuses: other people's directories must not keep a run from its own. */
function passingOver<Result>(action: () => Result): Result | null {
  try {
    return action();
  } catch (error) {
    if (sqliteErrorCode(error) === null && systemErrorCode(error) === null) throw error;
    return null;
  }
}
