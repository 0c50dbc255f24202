import { pause } from '../pace';
import type { ChangeBatch, ChangeFeed, FeedCheckpoint } from './change-feed';
import type { FollowedFamily, StagedFiles } from './followed-family';

/** Between two looks at the stamps of all files: a look takes a five-hundredth of a core at most. */
const PACE = { leastMs: 500, share: 500, mostMs: 10_000 };
/** Reading all files again takes a fifth of a core at most. */
const STAGE_SHARE = 5;
/** A file that stays broken for so long is broken. */
const MOVING_MS = 30_000;

/**
 * The changes of a family of JSON or JSON Lines files. Their stamps tell that something has changed, their content tells
 * what: the rows of a file that is another one by its bytes are compared with the target. What PostgreSQL remembers is a hash
 * of all content; after a restart with another one everything is compared once.
 *
 * A file that is broken, or a log that has lost lines, and was touched a moment ago is not taken: what it held before stays
 * until it is whole again, or until it is known to stay so, when it is taken as a copy takes it.
 */
export class FamilyFeed implements ChangeFeed {
  readonly kind = 'watch';
  private position = 0n;
  private applied: string | null = null;
  /** The files of the applied state, where this process has seen it. */
  private appliedFiles: StagedFiles | null = null;
  private look: string | null = null;
  private pauseMs: number = PACE.leastMs;

  constructor(
    private readonly family: FollowedFamily,
    private readonly isWhole: boolean,
    private readonly signal: AbortSignal,
  ) {}

  resume(checkpoint: FeedCheckpoint | null): Promise<void> {
    this.position = checkpoint?.position ?? 0n;
    this.applied =
      this.isWhole && this.appliedFiles === null ? null : ((checkpoint?.detail as Detail | undefined)?.files ?? null);
    this.look = null;
    return Promise.resolve();
  }

  async next(): Promise<ChangeBatch | null> {
    const look = await this.lookAgain();
    if (look === null) return null;
    this.look = look;
    const { fingerprint, table } = this.family;
    if (fingerprint === this.applied) {
      this.appliedFiles = this.family.files();
      return null;
    }
    const intervals = this.appliedFiles ? this.family.changedSince(this.appliedFiles) : [{ from: null, to: null }];
    const checkpoint = { position: this.position + 1n, detail: { files: fingerprint } satisfies Detail };
    return { changes: [{ table, keys: [], rows: [], intervals }], checkpoint, lagRows: 0 };
  }

  settled({ position, detail }: FeedCheckpoint): Promise<void> {
    this.position = position;
    this.applied = (detail as Detail).files ?? null;
    this.appliedFiles = this.family.files();
    return Promise.resolve();
  }

  wait(signal: AbortSignal): Promise<void> {
    return pause(this.pauseMs, signal);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Null: nothing has changed. Otherwise all files are read again, as soon as none of them is being written. */
  private async lookAgain(): Promise<string | null> {
    for (const deadlineMs = performance.now() + MOVING_MS; ;) {
      const startedMs = performance.now();
      const look = this.family.look();
      this.rest(performance.now() - startedMs, PACE.share);
      if (look === this.look) return null;
      await this.family.stage();
      this.rest(performance.now() - startedMs, STAGE_SHARE);
      if (!this.family.isMoving(this.appliedFiles) || performance.now() > deadlineMs) return look;
      await pause(this.pauseMs, this.signal);
      this.signal.throwIfAborted();
    }
  }

  private rest(tookMs: number, share: number): void {
    this.pauseMs = Math.min(PACE.mostMs, Math.max(PACE.leastMs, share * tookMs));
  }
}

interface Detail {
  readonly files?: string;
}
