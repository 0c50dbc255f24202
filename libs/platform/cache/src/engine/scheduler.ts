import { performance } from 'node:perf_hooks';

/**
 * Time as the engine uses it: a clock that only goes forward, and timers. Nothing in the cache compares wall clocks of two
 * machines. Tests and the simulation move it by hand.
 */
export interface Scheduler {
  /** Milliseconds since an arbitrary start; never goes back. */
  nowMs(): number;
  /** As `nowMs`, up to 10 ms behind, for hits in memory: reading the clock would be a third of their cost. */
  readonly glanceMs?: () => number;
  /** Milliseconds since 1970, UTC, for calendars only. */
  wallMs(): number;
  /** Runs once after at least so many milliseconds; the answer cancels. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void;
}

/** The longest that `setTimeout` takes; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const GLANCE_EVERY_MS = 10;
let glancedMs = performance.now();
let glancing: NodeJS.Timeout | null = null;

function glance(): void {
  glancedMs = performance.now();
}

export const systemScheduler: Scheduler = {
  nowMs: () => (glancedMs = performance.now()),
  glanceMs: () => {
    if (glancing === null) {
      glance();
      glancing = setInterval(glance, GLANCE_EVERY_MS).unref();
    }
    return glancedMs;
  },
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
