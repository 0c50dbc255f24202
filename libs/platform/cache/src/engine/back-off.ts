import type { Scheduler } from './scheduler';

const MAX_KEYS = 10_000;
const LONGEST_MS = 5 * 60 * 1000;

interface Failure {
  readonly untilMs: number;
  readonly forMs: number;
  readonly cause: unknown;
}

/**
 * Which keys' last load failed, and until when nobody tries again; doubled with each failure in a row. One that ended long
 * ago begins no row: the value may have come from other processes since, whose loads this one does not see.
 */
export class BackOff {
  private readonly failures = new Map<string, Failure>();

  constructor(private readonly scheduler: Scheduler) {}

  /** The failure that still holds others back. */
  current(id: string): Failure | null {
    const failure = this.failures.get(id);
    return failure && this.scheduler.nowMs() < failure.untilMs ? failure : null;
  }

  /**
   * Notes a failure; answers for how many milliseconds it holds others back: `firstMs`, doubled in a row up to `longestMs`.
   */
  failed(id: string, cause: unknown, firstMs: number, longestMs = LONGEST_MS): number {
    const before = this.failures.get(id);
    const isInARow = before !== undefined && this.scheduler.nowMs() < before.untilMs + LONGEST_MS;
    const forMs = isInARow ? Math.min(before.forMs * 2, longestMs) : firstMs;
    this.failures.delete(id);
    this.failures.set(id, { untilMs: this.scheduler.nowMs() + forMs, forMs, cause });
    const [oldest] = this.failures.keys();
    if (this.failures.size > MAX_KEYS && oldest !== undefined) this.failures.delete(oldest);
    return forMs;
  }

  clear(id: string): void {
    this.failures.delete(id);
  }
}
