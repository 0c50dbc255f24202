import type { Clock } from '@sluice/core';
import type { Windows } from './shared-windows';

const WINDOW_MS = 60_000;
/** A process takes so many shares of a limit at once, so that not each request asks Redis. */
const SHARES = 20;
/** Callers that a process counts in a window; those beyond share one counter, and fill no memory. */
const MAX_CALLERS = 50_000;
const OTHERS = 'others';

/** Whether a request may go on. */
export interface Allowance {
  readonly isGranted: boolean;
  readonly limit: number;
  /** About how many are left in this window, over all processes. */
  readonly remaining: number;
  /** Until the window ends. */
  readonly resetSeconds: number;
}

interface Count {
  readonly name: string;
  readonly window: number;
  /** Taken from the limit and not used yet. */
  left: number;
  /** What this process took. */
  taken: number;
  /** What it took while Redis was away: told with the next share. */
  unsaid: number;
  /** What all processes took, as far as this one knows. */
  sum: number;
  isSpent: boolean;
  taking: Promise<void> | null;
}

/**
 * Requests per caller and minute. A process takes a twentieth of the limit at a time from the counter that all of them
 * share, and spends it by itself: so a request waits for Redis at most once in that many, and with several processes up to
 * a twentieth for each may stay unused. While Redis is away each process grants the whole limit. A caller who waits for
 * the end of a minute can send two limits in a row.
 */
export class RateLimits {
  private window = -1;
  private counts = new Map<string, Count>();

  constructor(
    private readonly shared: Windows | null,
    private readonly clock: Clock,
    private readonly maxCallers = MAX_CALLERS,
  ) {}

  async take(caller: string, limit: number): Promise<Allowance> {
    const now = this.clock.nowMs();
    const count = this.countOf(caller, Math.floor(now / WINDOW_MS));
    while (count.left === 0 && !count.isSpent) await this.share(count, limit);
    return allowed(count, limit, now);
  }

  /** As `take`, of what this process has of the limit already; null where it has nothing left. */
  takeHeld(caller: string, limit: number): Allowance | null {
    const now = this.clock.nowMs();
    const count = this.countOf(caller, Math.floor(now / WINDOW_MS));
    return count.left > 0 ? allowed(count, limit, now) : null;
  }

  private countOf(caller: string, window: number): Count {
    if (window !== this.window) {
      this.window = window;
      this.counts = new Map();
    }
    const name = this.counts.has(caller) || this.counts.size < this.maxCallers ? caller : OTHERS;
    const known = this.counts.get(name);
    if (known) return known;
    const count = { name, window, left: 0, taken: 0, unsaid: 0, sum: 0, isSpent: false, taking: null };
    this.counts.set(name, count);
    return count;
  }

  /** Takes the next share, once for all who wait for it. */
  private share(count: Count, limit: number): Promise<void> {
    count.taking ??= this.takeShare(count, limit).finally(() => (count.taking = null));
    return count.taking;
  }

  private async takeShare(count: Count, limit: number): Promise<void> {
    const share = Math.max(1, Math.floor(limit / SHARES));
    const shared = (await this.shared?.add(count.name, count.window, share + count.unsaid)) ?? null;
    const sum = shared ?? count.taken + share;
    const granted = Math.min(share, Math.max(0, limit - (sum - share)));
    count.unsaid = shared === null ? count.unsaid + granted : 0;
    count.left += granted;
    count.taken += granted;
    count.sum = sum;
    count.isSpent = granted < share;
  }
}

function allowed(count: Count, limit: number, now: number): Allowance {
  const isGranted = count.left > 0;
  if (isGranted) count.left--;
  return {
    ...{ isGranted, limit, remaining: count.left + Math.max(0, limit - count.sum) },
    resetSeconds: Math.ceil((WINDOW_MS - (now % WINDOW_MS)) / 1_000),
  };
}
