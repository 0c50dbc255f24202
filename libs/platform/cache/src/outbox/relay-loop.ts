import type { Scheduler } from '../engine/scheduler';

export interface RelayLoopOptions {
  readonly scheduler: Scheduler;
  /** Between two looks; 1000. */
  readonly pollMs?: number | undefined;
  /** Given the first failure of each time in which the work cannot be done at all. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Calls `listener` whenever something may be due, which tells when it was looked at; the answer ends that. */
  readonly onDue: (listener: () => Promise<void>) => () => void;
  /** Does some of what is due; false where nothing is left. What it throws is tried again at the next look. */
  readonly work: () => Promise<boolean>;
}

const POLL_MS = 1_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** How long to wait after so many attempts, counted from 1: half a second, doubled each time, half a minute at most. */
export const retryMs = (attempt: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 20), MAX_RETRY_MS);

/** Works off what waits in a database: when it is woken, else by looking; one at a time, and never in two turns at once. */
export class RelayLoop {
  /** Looks that failed. */
  outages = 0;
  private running: Promise<void> | null = null;
  private isWoken = false;
  private isOut = false;
  private isEnded = false;
  /** Who waits for the end of a look that has not begun. */
  private waiting: (() => void)[] = [];
  private cancelPoll: () => void = () => undefined;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly options: RelayLoopOptions) {}

  /** Works from now on: at once where it is told that something is due, else by looking. */
  start(): void {
    this.unsubscribe = this.options.onDue(() => this.looked());
    void this.wake();
  }

  /** Ends after the work that runs; safe to call again. */
  async close(): Promise<void> {
    this.unsubscribe();
    this.isEnded = true;
    this.cancelPoll();
    await this.running;
    this.tellLooked(this.waiting);
  }

  /** Looks now; resolves when a look has ended that began after this call, whatever came of it. */
  looked(): Promise<void> {
    const looked = new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.isEnded) this.tellLooked(this.waiting);
    else void this.wake();
    return looked;
  }

  /** Looks now, and once more where it was called meanwhile. Never throws. */
  wake(): Promise<void> {
    if (this.isEnded) return Promise.resolve();
    this.isWoken = true;
    this.running ??= this.work().finally(() => {
      this.running = null;
      if (this.isWoken && !this.isEnded) void this.wake();
      else this.pollLater();
    });
    return this.running;
  }

  private async work(): Promise<void> {
    while (this.isWoken && !this.isEnded) {
      this.isWoken = false;
      const { waiting } = this;
      this.waiting = [];
      try {
        while ((await this.options.work()) && !this.isEnded);
        this.isOut = false;
      } catch (error) {
        this.outages++;
        if (!this.isOut) this.options.onError?.(error);
        this.isOut = true;
      }
      this.tellLooked(waiting);
    }
  }

  private tellLooked(waiting: readonly (() => void)[]): void {
    for (const tell of waiting) tell();
  }

  private pollLater(): void {
    this.cancelPoll();
    if (this.isEnded) return;
    this.cancelPoll = this.options.scheduler.after(this.options.pollMs ?? POLL_MS, () => void this.wake());
  }
}
