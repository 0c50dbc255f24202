import { inTime } from '@sluice/core';
import { compare, type Difference, type Shape } from './comparison';
import type { SharedOperation } from './domain-reads';

/** A read that the legacy side has answered. */
export interface ShadowRead {
  readonly operation: SharedOperation;
  readonly epoch: string;
  readonly args: readonly unknown[];
  readonly answer: unknown;
  readonly target: () => Promise<unknown>;
  readonly legacy: () => Promise<unknown>;
}

export type Verdict = 'equal' | 'explained' | 'unexplained' | 'skipped' | 'failed';

export interface ShadowFinding {
  readonly domain: string;
  readonly epoch: string;
  readonly operation: string;
  readonly verdict: Verdict;
  /** Of `explained` and `unexplained`. */
  readonly difference?: {
    readonly fields: string;
    readonly explanation: string | null;
    readonly parameters: unknown;
    readonly legacyAnswer: string | null;
    readonly targetAnswer: string | null;
  };
}

interface ShadowOptions {
  /** Of a hundred reads so many are compared. */
  readonly percent: number;
  readonly note: (finding: ShadowFinding) => void;
  /** How many milliseconds ago the sides of a domain were last known to be in step; null: they are not. */
  readonly inStepAgo: (domain: string) => Promise<number | null>;
  /** Why a comparison could not be made. */
  readonly onError?: (error: unknown) => void;
  readonly random?: () => number;
  readonly pause?: (ms: number) => Promise<void>;
  /** Comparisons of one operation under way; what comes beyond them is skipped and counted. */
  readonly most?: number;
  /** An answer that takes longer is not waited for. */
  readonly timeMs?: number;
}

/**
 * Writes reach the other side within moments: what differs is looked at again after these, and counts if it still does, neither
 * side's answer has changed since the look before, and the sides were in step between the two: so what is under way, or waits
 * for a follower that is away, does not. What cannot be judged (a sum that is written to all the time) is skipped. The last
 * one is longer than a follower that has nothing to do is silent.
 */
const LOOK_AGAIN_MS = [1_000, 2_000, 6_000];
/** A follower says that it has caught up this much after it has looked, at most. */
const SAID_LATE_MS = 500;
const KEPT_LENGTH = 4_000;

/**
 * Asks PostgreSQL, too, after the caller has the legacy side's answer, and compares. The caller never waits for it: a comparison
 * begins in a later turn of the event loop, a few are under way at most, and each side has a limited time.
 */
export class ShadowReader {
  /** By operation: one whose comparisons take long leaves room for the others. */
  private readonly underWay = new Map<string, number>();
  private isClosed = false;

  constructor(private readonly options: ShadowOptions) {}

  /** Takes its share; returns at once and never throws. */
  offer(read: ShadowRead): void {
    const { percent, random = Math.random, most = 2 } = this.options;
    if (this.isClosed || random() * 100 >= percent) return;
    const { name } = read.operation;
    const underWay = this.underWay.get(name) ?? 0;
    if (underWay >= most) return this.note(read, { verdict: 'skipped' });
    this.underWay.set(name, underWay + 1);
    setImmediate(() => void this.compareAll(read).finally(() => this.underWay.set(name, this.underWay.get(name)! - 1)));
  }

  /** What is under way is given up. */
  close(): void {
    this.isClosed = true;
  }

  /** Notes one finding, whatever happens. */
  private async compareAll(read: ShadowRead): Promise<void> {
    try {
      const { answer, domain } = read.operation;
      let [legacy, target] = [read.answer, await this.inTime(read.target)];
      let differences = compare(answer, legacy, target);
      const { pause = delay, inStepAgo } = this.options;
      let wasUnderWay = false;
      let isCertain = true;
      for (const ms of LOOK_AGAIN_MS) {
        if (differences.every(({ rule }) => rule !== null)) break;
        wasUnderWay = true;
        await pause(ms);
        if (this.isClosed) return;
        const ago = await this.inTime(() => inStepAgo(domain));
        const before = { legacy, target };
        [legacy, target] = [await this.inTime(read.legacy), await this.inTime(read.target)];
        const isStill = isSame(answer, before.legacy, legacy) && isSame(answer, before.target, target);
        isCertain = isStill && ago !== null && ago + SAID_LATE_MS <= ms;
        differences = compare(answer, legacy, target);
      }
      const found = findingOf(read, differences, { legacy, target, wasUnderWay });
      this.note(read, found.verdict === 'unexplained' && !isCertain ? { verdict: 'skipped' } : found);
    } catch (error) {
      this.options.onError?.(error);
      this.note(read, { verdict: 'failed' });
    }
  }

  private note({ operation: { domain, name }, epoch }: ShadowRead, found: Found): void {
    if (!this.isClosed) this.options.note({ domain, epoch, operation: name, ...found });
  }

  private inTime<T>(ask: () => Promise<T>): Promise<T> {
    return inTime(this.options.timeMs ?? 5_000, ask(), () => new Error('No answer in time.'));
  }
}

const isSame = (shape: Shape, before: unknown, now: unknown): boolean => compare(shape, before, now).length === 0;

type Found = Pick<ShadowFinding, 'verdict' | 'difference'>;

function findingOf(
  { args }: ShadowRead,
  differences: readonly Difference[],
  { legacy, target, wasUnderWay }: { legacy: unknown; target: unknown; wasUnderWay: boolean },
): Found {
  if (differences.length === 0 && !wasUnderWay) return { verdict: 'equal' };
  const isExplained = differences.every(({ rule }) => rule !== null);
  const rules = new Set(differences.map(({ rule }) => rule ?? ''));
  return {
    verdict: isExplained ? 'explained' : 'unexplained',
    difference: {
      fields: differences.map(({ path }) => path || '(all)').join(', '),
      explanation: !isExplained ? null : differences.length === 0 ? UNDER_WAY : [...rules].sort().join(', '),
      parameters: args,
      legacyAnswer: written(legacy),
      targetAnswer: written(target),
    },
  };
}

/** The sides were equal a moment later. */
const UNDER_WAY = 'under way';

/** The beginning, as JSON. */
const written = (answer: unknown): string => (JSON.stringify(answer) ?? 'null').slice(0, KEPT_LENGTH);

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
