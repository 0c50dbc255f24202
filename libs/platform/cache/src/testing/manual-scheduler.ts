import type { Scheduler } from '../engine/scheduler';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A turn runs every microtask; the second one runs what a microtask of the first put off to the next turn. */
const TURNS_TO_SETTLE = 2;

/**
 * Virtual time: it stands still until `step` moves it to the next timer. Timers of the same moment run in the order in which
 * they were set, and each only after all that the one before caused has come to rest. So a run depends on nothing but its
 * inputs.
 */
export class ManualScheduler implements Scheduler {
  private now = 0;
  private order = 0;
  private readonly timers = new Set<Timer>();

  nowMs(): number {
    return this.now;
  }

  wallMs(): number {
    return START_MS + this.now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.now + Math.max(ms, 0), order: this.order++, run };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  }

  /** Lets so many milliseconds pass. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.now + ms;
    await settle();
    while (await this.step(untilMs));
    this.now = untilMs;
  }

  /** The clock and the timers of one process, with its own wall clock. They end with the process. */
  process(skewMs: number): ProcessScheduler {
    return new ProcessScheduler(this, skewMs);
  }

  private async step(untilMs: number): Promise<boolean> {
    let next: Timer | null = null;
    for (const timer of this.timers)
      if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) next = timer;
    if (!next || next.atMs > untilMs) return false;
    this.timers.delete(next);
    this.now = Math.max(this.now, next.atMs);
    next.run();
    await settle();
    return true;
  }
}

/** Any day will do. */
const START_MS = Date.UTC(2026, 0, 5, 4);

export class ProcessScheduler implements Scheduler {
  isAlive = true;

  constructor(
    private readonly clock: ManualScheduler,
    private readonly skewMs: number,
  ) {}

  nowMs(): number {
    return this.clock.nowMs();
  }

  wallMs(): number {
    return this.clock.wallMs() + this.skewMs;
  }

  after(ms: number, run: () => void): () => void {
    return this.clock.after(ms, () => {
      if (this.isAlive) run();
    });
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS_TO_SETTLE; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
