import type { LoadContext } from '../engine/answer';
import type { SeededRandom } from './seeded-random';
import { LEASE_MS, LOADER_HARD_MS, type SimulatedNode } from './simulated-node';
import type { SimulatedTruth, SimulatedValue } from './simulated-truth';
import type { ManualScheduler } from './manual-scheduler';

interface Run {
  readonly node: SimulatedNode;
  readonly key: string;
  readonly startedMs: number;
  /** Whether it may have begun without a lease. */
  readonly isAlone: boolean;
}

/** Longest time from when a lease is granted to when its loader begins. */
const GRANT_MS = 500;

/** Who has waited for the loads of others that long no longer does. */
const LONGEST_WAIT_MS = LOADER_HARD_MS + LEASE_MS;

export interface LoadFaults {
  failing: number;
  longestMs: number;
}

/** The loaders of all nodes: they read the truth, take their time, fail, and watch that no two of them do the same work. */
export class SimulatedLoads {
  readonly faults: LoadFaults = { failing: 0, longestMs: 20 };
  count = 0;
  private readonly runs = new Set<Run>();
  private readonly changedMs = new Map<string, number>();

  constructor(
    private readonly scheduler: ManualScheduler,
    private readonly random: SeededRandom,
    private readonly truth: SimulatedTruth,
    private readonly violate: (what: string) => void,
  ) {}

  /** The server changed these keys: who loads them now has lost the right to store. */
  changed(ids: readonly string[] | '*'): void {
    for (const id of ids === '*' ? this.truth.keys : ids) this.changedMs.set(keyOf(id), this.scheduler.nowMs());
  }

  async load(node: SimulatedNode, key: string, { signal }: LoadContext, askedMs: number): Promise<SimulatedValue> {
    const { failing, longestMs } = this.faults;
    const run = this.begin(node, key, askedMs);
    const early = this.truth.value(key);
    const isEarly = this.random.isBelow(0.7);
    const fails = this.random.isBelow(failing);
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve());
      node.scheduler.after(
        this.random.from(1, this.random.isBelow(0.8) ? Math.min(30, longestMs) : longestMs),
        resolve,
      );
    });
    this.runs.delete(run);
    if (fails) throw new Error('The simulated source fails.');
    return isEarly ? early : this.truth.value(key);
  }

  private begin(node: SimulatedNode, key: string, askedMs: number): Run {
    this.count++;
    const nowMs = this.scheduler.nowMs();
    const isAlone = node.isInTroubleSince(nowMs - GRANT_MS) || nowMs - askedMs >= LONGEST_WAIT_MS;
    const run = { node, key, startedMs: nowMs, isAlone };
    for (const other of this.runs) {
      const sinceMs = other.startedMs - GRANT_MS;
      if (other.key !== key || !other.node.isAlive || other.isAlone || run.isAlone) continue;
      if (other.node.isInTroubleSince(sinceMs) || (this.changedMs.get(key) ?? -Infinity) >= sinceMs) continue;
      this.violate(`two loads of ${key} at once: ${other.node.name} since ${other.startedMs}, and ${node.name}`);
    }
    this.runs.add(run);
    return run;
  }
}

const keyOf = (id: string) => id.slice(id.indexOf(':') + 1);
