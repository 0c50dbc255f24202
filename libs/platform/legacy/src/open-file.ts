import { realpathSync, statSync, type BigIntStats } from 'node:fs';
import { LegacyFileError } from './legacy.errors';
import { PrivateCopy } from './private-copy';
import { RawFile, type FileStamp } from './raw-files';
import { canJoinLog, defaultBusyMs, openSnapshot, readHeader, type Snapshot } from './snapshot';
import { translated, unreadable } from './sqlite-errors';
import type { Steps } from './steps';

/** A fifth of the time after which a legacy writer gives up. */
const defaultLockMs = 1_000;
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

/** A legacy file with a snapshot of it: of the file itself, or of a private copy. */
export interface OpenedFile {
  /** The file as it was named, symbolic links resolved. */
  readonly path: string;
  readonly source: RawFile;
  /** Of the file, when its snapshot was there. */
  readonly stamp: FileStamp;
  readonly snapshot: Snapshot;
  /** Null where the file itself is read. */
  readonly copy: PrivateCopy | null;
}

/** Opens a file in steps. Throws `LegacyFileError`. */
export function* openFile(file: string, options: OpenOptions): Steps<OpenedFile> {
  const path = regularFile(file);
  let source: RawFile;
  try {
    source = RawFile.open(path);
  } catch (error) {
    throw unreadable(file, error);
  }
  try {
    return yield* openSource(path, source, options);
  } catch (error) {
    source.close();
    throw translated(error, path);
  }
}

function* openSource(path: string, source: RawFile, options: OpenOptions): Steps<OpenedFile> {
  const { snapshot: wanted = 'auto', busyMs = defaultBusyMs, lockMs = defaultLockMs, workDir } = options;
  const { wal } = readHeader(source, path);
  if (!wal && wanted !== 'in-place')
    return ofCopy(path, source, yield* PrivateCopy.inSlices(source, path, workDir, { busyMs, lockMs }), busyMs);
  const inPlace = yield* inPlaceOrCopied(path, source, options, wal);
  if (inPlace instanceof PrivateCopy) return ofCopy(path, source, inPlace, busyMs);
  if (wanted !== 'private-copy') return { path, source, stamp: source.stat(), snapshot: inPlace, copy: null };
  let copy: PrivateCopy;
  try {
    copy = yield* PrivateCopy.underLock(source, path, workDir);
  } finally {
    inPlace.close();
  }
  return ofCopy(path, source, copy, busyMs);
}

/**
 * The file itself, or a copy of a WAL database that nobody has open. A program that opens it for each call leaves only short
 * moments for a copy, and has it open in others: which of the two it is, is asked again and again.
 */
function* inPlaceOrCopied(
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

function ofCopy(path: string, source: RawFile, copy: PrivateCopy, busyMs: number): OpenedFile {
  try {
    const snapshot = openSnapshot(copy.path, path, busyMs);
    if (!snapshot) throw new LegacyFileError('LEGACY_NOT_SETTLED', `The copy of ${path} could not be read.`);
    copy.unlink();
    return { path, source, stamp: source.stat(), snapshot, copy };
  } catch (error) {
    copy.remove();
    throw error;
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
