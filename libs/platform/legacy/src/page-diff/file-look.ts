import { statSync, type BigIntStats } from 'node:fs';
import { RawFile, sameStamp, stampOf, type FileStamp } from '../raw-files';
import { systemErrorCode, unreadable } from '../sqlite-errors';
import { readWalIndex } from '../write-ahead-log';

/** Longer than the coarsest tick of a file system's clock: what is written later than that always has another time. */
const tickMs = 50;

/**
 * What can be seen of a database without a lock and in some ten microseconds: name, size and times of the file and its log,
 * the file's header with SQLite's change counter, and the published end of the log.
 *
 * Two equal looks mean that nobody committed anything between them, with these limits. Times must be those of one clock: a
 * file system that is shared between machines may deliver them late. A program that writes without SQLite's counter (a
 * byte changed by hand, exclusive locking mode) shows in the times alone, so a look taken within 50 ms of a change never
 * counts as equal to the next. It says nothing of what changed, and a transaction that is rolled back can show, too.
 */
export interface FileLook {
  readonly file: FileStamp;
  readonly header: Buffer;
  /** Null where there is no log. */
  readonly log: FileStamp | null;
  /** The wal-index header, in words; null where there is none, or none that can be read. */
  readonly logEnd: string | null;
  /** False where something was changed so shortly before that a change of the next moment may have the same time. */
  readonly isSettled: boolean;
}

/** Null where there is no such file now. Throws `LEGACY_UNREADABLE`. */
export function lookAt(path: string): FileLook | null {
  try {
    const header = Buffer.alloc(100);
    const file = withRaw(path, (raw) => {
      header.fill(0, raw.read(header, 0));
      return raw.stat();
    });
    if (!file) return null;
    const logStat = statOf(`${path}-wal`);
    const log = logStat ? stampOf(logStat) : null;
    const index = log ? withRaw(`${path}-shm`, readWalIndex) : null;
    const youngestNs = [file, ...(log ? [log] : [])]
      .flatMap(({ modifiedNs, changedNs }) => [modifiedNs, changedNs])
      .reduce((one, other) => (one > other ? one : other));
    return {
      file,
      header,
      log,
      logEnd: index ? [index.frames, ...index.salts].join() : null,
      isSettled: Date.now() - Number(youngestNs / 1_000_000n) >= tickMs,
    };
  } catch (error) {
    throw systemErrorCode(error) === null ? error : unreadable(path, error);
  }
}

/** `replaced`: the path names another file than before, or none; the content may still be the same. */
export function compareLooks(before: FileLook, now: FileLook | null): 'same' | 'changed' | 'replaced' {
  if (!now || before.file.inode !== now.file.inode || before.file.device !== now.file.device) return 'replaced';
  const isSame =
    before.isSettled &&
    sameStamp(before.file, now.file) &&
    before.header.equals(now.header) &&
    (before.log && now.log ? sameStamp(before.log, now.log) : before.log === now.log) &&
    before.logEnd === now.logEnd;
  return isSame ? 'same' : 'changed';
}

/** Null where there is no such file, or, of a `-shm` of other people, where we may not read it. */
function withRaw<Result>(path: string, use: (raw: RawFile) => Result): Result | null {
  let raw: RawFile;
  try {
    raw = RawFile.open(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || (code === 'EACCES' && path.endsWith('-shm'))) return null;
    throw error;
  }
  try {
    return use(raw);
  } finally {
    raw.close();
  }
}

const statOf = (path: string): BigIntStats | undefined => statSync(path, { bigint: true, throwIfNoEntry: false });
