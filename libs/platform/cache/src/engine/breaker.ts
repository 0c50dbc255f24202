import type { RedisFailureClass } from '@sluice/redis';
import type { Scheduler } from './scheduler';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  readonly failuresInARow: number;
  /** Of so many last calls, half failed: opens it. */
  readonly window: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
}

export const BREAKER_DEFAULTS: BreakerOptions = { failuresInARow: 5, window: 20, openMs: 2_000, maxOpenMs: 30_000 };

/** The server cannot be used. A refusal to write or an odd payload says nothing about reads, so they never open it. */
const COUNTED: ReadonlySet<RedisFailureClass> = new Set(['network', 'timeout', 'loading', 'cluster', 'auth']);

/**
 * Keeps callers from waiting for a server that does not answer. Open, it lets nothing through until its time is over; then
 * one probe, and with its success everybody. Each failed probe doubles the time.
 */
export class Breaker {
  private readonly outcomes: boolean[] = [];
  private inARow = 0;
  private opened: { readonly untilMs: number; readonly forMs: number } | null = null;
  private isProbing = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly options: BreakerOptions = BREAKER_DEFAULTS,
  ) {}

  get state(): BreakerState {
    if (!this.opened) return 'closed';
    return this.scheduler.nowMs() < this.opened.untilMs ? 'open' : 'half-open';
  }

  /** Whether this call may go. In the half-open state that is one call, and its outcome must be told. */
  admits(): boolean {
    const { state } = this;
    if (state === 'closed') return true;
    if (state === 'open' || this.isProbing) return false;
    this.isProbing = true;
    return true;
  }

  succeeded(): void {
    this.isProbing = false;
    this.inARow = 0;
    if (this.opened) this.outcomes.length = 0;
    this.opened = null;
    this.note(true);
  }

  failed(failure: RedisFailureClass): void {
    if (!COUNTED.has(failure)) return this.succeeded();
    this.inARow++;
    this.note(false);
    if (this.opened && !this.isProbing) return; // Sent before it opened.
    const failures = this.outcomes.filter((isGood) => !isGood).length;
    const isFull = this.outcomes.length === this.options.window && failures * 2 >= this.options.window;
    if (this.opened || this.inARow >= this.options.failuresInARow || isFull) this.open();
    this.isProbing = false;
  }

  private open(): void {
    const { openMs, maxOpenMs } = this.options;
    const forMs = this.opened ? Math.min(this.opened.forMs * 2, maxOpenMs) : openMs;
    this.opened = { untilMs: this.scheduler.nowMs() + forMs, forMs };
  }

  private note(isGood: boolean): void {
    this.outcomes.push(isGood);
    if (this.outcomes.length > this.options.window) this.outcomes.shift();
  }
}
