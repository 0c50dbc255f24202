import { setTimeout as delay } from 'node:timers/promises';
import { openWriter, pruneLog } from '@sluice/legacy';

/** What is applied is forgotten when there are so many entries of it, or some and nothing has happened for a while. */
const PRUNE = { entries: 1_000n, most: 1_000, idleMs: 5_000, apartMs: 250 };
/** In WAL mode a legacy transaction that has read before we write is refused when it wants to write: we do so seldom. */
const WAL_ENTRIES = 100_000n;

/** Takes what is applied out of a file's change log, in small transactions with room between them for the legacy program's own. */
export class LogPruner {
  private writer: ReturnType<typeof openWriter> | null = null;
  /** Up to where the log was looked through for what is applied, though another follower's tables may have kept some of it. */
  private upTo = 0n;
  private prunedMs = -Infinity;
  private changedMs = performance.now();

  constructor(
    private readonly path: string,
    /** Up to where every table of the log is applied, also those that others follow. */
    private readonly applied: () => Promise<bigint>,
  ) {}

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
  }

  private async prune(position: bigint): Promise<void> {
    if (performance.now() - this.prunedMs < PRUNE.apartMs) return;
    const below = await this.applied();
    this.writer ??= openWriter(this.path);
    const gone = pruneLog(this.writer, below, PRUNE.most);
    if (gone !== null && gone < PRUNE.most) this.upTo = position;
    this.prunedMs = performance.now();
    if (gone === null) await delay(1);
  }
}
