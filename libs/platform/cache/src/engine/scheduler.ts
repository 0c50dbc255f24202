import { performance } from 'node:perf_hooks';

/**
 * Time as the engine uses it: a clock that only goes forward, and timers. Nothing in the cache compares wall clocks of two
 * machines. Tests and the simulation move it by hand.
 */
export interface Scheduler {
  /** Milliseconds since an arbitrary start; never goes back. */
  nowMs(): number;
  /** Milliseconds since 1970, UTC, for calendars only. */
  wallMs(): number;
  /** Runs once after at least so many milliseconds; the answer cancels. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void;
}

/** The longest that `setTimeout` takes; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemScheduler: Scheduler = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(Math.max(ms, 0), MAX_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds. */
export function pause(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => void scheduler.after(ms, resolve));
}
