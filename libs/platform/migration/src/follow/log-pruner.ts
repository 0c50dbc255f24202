import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@sluice/core';
import { openWriter, pruneLog, sqliteErrorCode, translated, type LiveDatabase } from '@sluice/legacy';

/** What is applied is forgotten when there are so many entries of it, or some and nothing has happened for a while. */
const PRUNE = { entries: 1_000n, most: 1_000, idleMs: 5_000, apartMs: 250 };
/** In WAL mode a legacy transaction that has read before we write is refused when it wants to write: we do so seldom. */
const WAL_ENTRIES = 100_000n;

/** A file that cannot be written to, which no follower needs as long as nothing goes into it, is tried again so often. */
const UNWRITABLE_MS = 30_000;
/** PERM, READONLY, IOERR (a disk that became read-only while the file was open), CANTOPEN (the journal). */
const UNWRITABLE = [3, 8, 10, 14];

export interface LogPrunerParts {
  /** The file that is followed. */
  readonly live: Pick<LiveDatabase, 'path' | 'assertSame'>;
  /** Up to where every table of the log is applied, also those that others follow. */
  readonly applied: () => Promise<bigint>;
  /** In whole words, when the file cannot be written to, and when it can again. */
  readonly onNote: (text: string) => void;
}

/** Takes what is applied out of a file's change log, in small transactions with room between them for the legacy program's own. */
export class LogPruner {
  private writer: ReturnType<typeof openWriter> | null = null;
  /** Up to where the log was looked through for what is applied, though another follower's tables may have kept some of it. */
  private upTo = 0n;
  private notBeforeMs = -Infinity;
  private isUnwritable = false;
  private changedMs = performance.now();

  constructor(private readonly parts: LogPrunerParts) {}

  /** A batch up to `position` is applied. */
  async afterBatch(position: bigint, { isWal }: { readonly isWal: boolean }): Promise<void> {
    this.changedMs = performance.now();
    if (position - this.upTo >= (isWal ? WAL_ENTRIES : PRUNE.entries)) await this.prune(position);
  }

  /** Nothing is left behind `position`. */
  async beforeWait(position: bigint): Promise<void> {
    if (position > this.upTo && performance.now() - this.changedMs > PRUNE.idleMs) await this.prune(position);
  }

  close(): void {
    if (this.writer?.isOpen) this.writer.close();
    this.writer = null;
  }

  private async prune(position: bigint): Promise<void> {
    if (performance.now() < this.notBeforeMs) return;
    const below = await this.parts.applied();
    this.notBeforeMs = performance.now() + PRUNE.apartMs;
    const gone = this.forget(below);
    if (gone !== null && gone < PRUNE.most) this.upTo = position;
    if (gone === null) await delay(1);
  }

  /**
   * Null where the file is busy or cannot be written to. Throws `FOLLOW_SOURCE_CHANGED`: a file that took the place of the one
   * that is followed has entries with the same numbers, which nobody has applied.
   */
  private forget(below: bigint): number | null {
    const { live, onNote } = this.parts;
    try {
      live.assertSame();
      this.writer ??= openWriter(live.path);
      live.assertSame();
      const gone = pruneLog(this.writer, below, PRUNE.most);
      if (gone !== null && this.isUnwritable) onNote('What is applied is taken out of its change log again.');
      if (gone !== null) this.isUnwritable = false;
      return gone;
    } catch (error) {
      if (!UNWRITABLE.includes(sqliteErrorCode(error) ?? 0)) throw translated(error, live.path);
      live.assertSame();
      if (!this.isUnwritable)
        onNote(`Its change log grows, because the file cannot be written to: ${messageOf(error)}.`);
      this.isUnwritable = true;
      this.notBeforeMs = performance.now() + UNWRITABLE_MS;
      this.close(); // Once opened for reading alone it stays so.
      return null;
    }
  }
}
