/**
 * A consistent copy of a rollback-mode database that its writers never notice.
 *
 * A writer's commit waits for every reader's SHARED lock, and gives up with "database is locked" after its own busy
 * timeout (5 s in the legacy programs). So the lock is never held for the time that copying takes:
 *
 * 1. The whole file is copied without any lock. Pages may be torn; nothing relies on them.
 * 2. Under the lock, the file is compared with the copy from its first byte to its last, and what differs is copied
 *    again. That reads two files that were just in memory, so it runs at gigabytes a second, and one pass under one lock
 *    proves the copy to be the file of that moment.
 * 3. A lock is given back after `lockMs`. The pass goes on under the next one if the file is still what it was: SQLite
 *    raises the header's change counter with each transaction that writes, before it gives its exclusive lock back.
 *    Otherwise the pass begins again, each time with less to copy. A writer that waits keeps new readers out, so it always
 *    commits between two of our locks.
 *
 * So a file of any size is copied while nobody writes to it, and one that is compared within `lockMs` also while somebody
 * never stops. What is neither is refused after `passes`: better than an error in somebody else's program.
 */
import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { LegacyFileError } from './legacy.errors';
import { sameStamp, type RawFile } from './raw-files';
import { openSnapshot } from './snapshot';
import { stepMs, type Steps } from './steps';

/**
 * Two buffers have to stay in a core's own cache while a chunk is compared: at 64 KiB more than 4 GB a second were seen,
 * at 256 KiB less than 1. What is compared in `lockMs` is what converges beside a writer that never stops.
 */
const chunkBytes = 1 << 16;
const passes = 20;

export interface SliceOptions {
  readonly busyMs: number;
  /** How long a lock is held at most, but for the chunk (64 KiB) that is being compared when the time is up. */
  readonly lockMs: number;
}

/**
 * Copies in steps between which nothing is locked, so that whoever takes them may stop after any. Throws
 * `LEGACY_NOT_SETTLED` where the file changed in each of 20 passes, or was switched to WAL mode.
 */
export function* copyInSlices(source: RawFile, path: string, target: string, options: SliceOptions): Steps<void> {
  const copy = new ComparingCopy(source, target);
  try {
    for (let position = 0; ;) {
      position = copy.mend(position, performance.now() + stepMs);
      if (position >= source.stat().sizeBytes) break;
      yield;
    }
    let before = copy.state();
    for (let pass = 1, position = 0; pass <= passes;) {
      const lock = openSnapshot(path, path, options.busyMs);
      try {
        if (!lock || lock.header.wal) break;
        const now = copy.state();
        if (position > 0 && !sameState(before, now)) [pass, position] = [pass + 1, 0];
        before = now;
        position = copy.mend(position, performance.now() + options.lockMs);
        if (position >= now.stamp.sizeBytes) return copy.cutTo(now.stamp.sizeBytes);
      } finally {
        lock?.close();
      }
      yield;
    }
  } finally {
    copy.close();
  }
  throw new LegacyFileError('LEGACY_NOT_SETTLED', `${path} kept changing while it was copied.`, {
    remedy: `Run again while the program that uses ${path} is idle, or stop the program and give --offline.`,
  });
}

class ComparingCopy {
  private readonly ours = Buffer.allocUnsafe(chunkBytes);
  private readonly theirs = Buffer.allocUnsafe(chunkBytes);
  private readonly descriptor: number;

  constructor(
    private readonly source: RawFile,
    target: string,
  ) {
    this.descriptor = openSync(target, 'wx+', 0o600);
  }

  /** What changes with every transaction that another program commits. */
  state() {
    const header = Buffer.alloc(100);
    this.source.read(header, 0);
    return { header, stamp: this.source.stat() };
  }

  /** Makes the copy equal from `position` on, until the end of the file or the deadline; gives the position reached. */
  mend(position: number, deadlineMs: number): number {
    for (let at = position; ;) {
      const bytes = this.source.read(this.theirs, at);
      const chunk = this.theirs.subarray(0, bytes);
      const known = readSync(this.descriptor, this.ours, 0, bytes, at);
      if (!chunk.equals(this.ours.subarray(0, known))) this.write(chunk, at);
      at += bytes;
      if (bytes < chunkBytes || performance.now() >= deadlineMs) return at;
    }
  }

  cutTo(sizeBytes: number): void {
    ftruncateSync(this.descriptor, sizeBytes);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private write(chunk: Buffer, position: number): void {
    for (let done = 0; done < chunk.length;) {
      done += writeSync(this.descriptor, chunk, done, chunk.length - done, position + done);
    }
  }
}

type State = ReturnType<ComparingCopy['state']>;

const sameState = (a: State, b: State): boolean => a.header.equals(b.header) && sameStamp(a.stamp, b.stamp);
