import { closeSync, existsSync, ftruncateSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyFileError } from './legacy.errors';
import { RawFile, sameStamp, stampOf, type FileStamp } from './raw-files';
import { copyInSlices, type SliceOptions } from './sliced-copy';
import { isDiskFull } from './sqlite-errors';
import type { Steps } from './steps';
import { WorkDirectory } from './work-directory';

const bufferBytes = 1 << 20;
const stepBytes = 32 * bufferBytes;
/** Longer than the coarsest tick of a file system's clock: a later write then always shows in the stamp. */
const stampTickMs = 50;
const attempts = 10;

/** A database of our own with the content of one moment of the legacy file. */
export class PrivateCopy {
  private descriptor: number | null = null;

  private constructor(private readonly directory: WorkDirectory) {}

  get path(): string {
    return this.directory.file('copy.db');
  }

  /**
   * Copies a WAL database on which the caller holds a read transaction. The log comes after the main file: whatever a
   * checkpoint moves meanwhile is still in the log that is copied, because the transaction keeps it from being reset.
   */
  static *underLock(source: RawFile, sourcePath: string, workDir: string | undefined): Steps<PrivateCopy> {
    return yield* PrivateCopy.make(sourcePath, workDir, (target) => copyWithLog(source, sourcePath, target));
  }

  /** Copies a database in rollback mode; see `sliced-copy.ts`. */
  static *inSlices(
    source: RawFile,
    sourcePath: string,
    workDir: string | undefined,
    options: SliceOptions,
  ): Steps<PrivateCopy> {
    return yield* PrivateCopy.make(sourcePath, workDir, (target) => copyInSlices(source, sourcePath, target, options));
  }

  /**
   * Copies a WAL database that cannot be locked without creating files beside it (no `-shm`, or a read-only directory).
   * Tries a few times for half a second to have main file and log untouched from before the first byte to after the last;
   * null where they never were.
   */
  static *whileUntouched(source: RawFile, sourcePath: string, workDir: string | undefined): Steps<PrivateCopy | null> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = stamps(source, sourcePath);
      const youngest = Math.max(...before.map((stamp) => Number(stamp.modifiedNs / 1_000_000n)));
      if (Date.now() - youngest < stampTickMs) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stampTickMs);
        continue;
      }
      const made = yield* PrivateCopy.make(
        sourcePath,
        workDir,
        (target) => copyWithLog(source, sourcePath, target),
        () => {
          const after = stamps(source, sourcePath);
          return before.length === after.length && before.every((stamp, i) => after[i] && sameStamp(stamp, after[i]));
        },
      );
      if (made) return made;
    }
    return null;
  }

  private static make(
    sourcePath: string,
    workDir: string | undefined,
    fill: (target: string) => Steps<void>,
  ): Steps<PrivateCopy>;
  private static make(
    sourcePath: string,
    workDir: string | undefined,
    fill: (target: string) => Steps<void>,
    accept: () => boolean | undefined,
  ): Steps<PrivateCopy | null>;
  private static *make(
    sourcePath: string,
    workDir: string | undefined,
    fill: (target: string) => Steps<void>,
    accept: () => boolean | undefined = () => true,
  ): Steps<PrivateCopy | null> {
    let made: PrivateCopy | null = null;
    try {
      made = new PrivateCopy(WorkDirectory.make(workDir));
      yield* fill(made.path);
      if (!accept()) {
        made.remove();
        return null;
      }
      foldLog(made.path);
      return made;
    } catch (error) {
      made?.remove();
      if (!isDiskFull(error)) throw error;
      throw new LegacyFileError('LEGACY_NO_ROOM', `No room in ${workDir ?? tmpdir()} for a copy of ${sourcePath}.`, {
        remedy: 'Free space, or name a folder with more of it in TMPDIR.',
        cause: error,
      });
    }
  }

  /**
   * Takes the names away once everybody who reads the copy has opened it: a process that is killed from then on leaves
   * nothing behind, because the space goes with the last descriptor. What is left of one killed before: `WorkDirectory`.
   */
  unlink(): void {
    this.descriptor = openSync(this.path, 'r+');
    this.directory.remove();
  }

  /** Cut to nothing first: a connection that the garbage collector has yet to close would keep the space. */
  remove(): void {
    if (this.descriptor !== null) {
      ftruncateSync(this.descriptor);
      closeSync(this.descriptor);
      this.descriptor = null;
    } else if (existsSync(this.path)) truncateSync(this.path);
    this.directory.remove();
  }
}

function stamps(source: RawFile, sourcePath: string): FileStamp[] {
  const log = statSync(`${sourcePath}-wal`, { bigint: true, throwIfNoEntry: false });
  return log ? [source.stat(), stampOf(log)] : [source.stat()];
}

/** Moves the log's committed frames into the copy, so that its pages are all in one file. */
function foldLog(copyPath: string): void {
  if (!existsSync(`${copyPath}-wal`)) return;
  const db = new DatabaseSync(copyPath);
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

function* copyWithLog(source: RawFile, sourcePath: string, target: string): Steps<void> {
  yield* copy(source, target);
  if (!existsSync(`${sourcePath}-wal`)) return;
  const log = RawFile.open(`${sourcePath}-wal`);
  try {
    yield* copy(log, `${target}-wal`);
  } finally {
    log.close();
  }
}

/** Not `fs.copyFile`: that would open and close the file a second time and so drop SQLite's locks (see `RawFile`). */
function* copy(source: RawFile, target: string): Steps<void> {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  const descriptor = openSync(target, 'wx', 0o600);
  try {
    for (let position = 0; ;) {
      const bytes = source.read(buffer, position);
      for (let done = 0; done < bytes;) done += writeSync(descriptor, buffer, done, bytes - done);
      position += bytes;
      if (bytes < buffer.length) return;
      if (position % stepBytes === 0) yield;
    }
  } finally {
    closeSync(descriptor);
  }
}
