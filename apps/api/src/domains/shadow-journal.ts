import type { NewShadowDifference, ShadowOperationCounts, ShadowReadRepository } from '@sluice/postgres';
import type { ShadowFinding } from '@sluice/trading-feature';

const WRITE_EVERY_MS = 1_000;
/** Kinds of differences that wait to be written at most; what else differs is counted all the same. */
const MOST_DIFFERENCES = 100;

/**
 * Collects findings and writes them to PostgreSQL once a second, as sums: a read that was equal never costs a row. What could
 * not be written waits and is added to; a process that is killed loses what it found within the last second.
 */
export class ShadowJournal {
  private counts = new Map<string, ShadowOperationCounts>();
  private differences = new Map<string, NewShadowDifference>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly stored: Pick<ShadowReadRepository, 'add'>,
    private readonly onError: (error: unknown) => void,
  ) {}

  note({ domain, epoch, operation, verdict, difference }: ShadowFinding): void {
    const key = JSON.stringify([domain, epoch, operation]);
    const none = { equal: 0, explained: 0, unexplained: 0, skipped: 0, failed: 0 };
    const known = this.counts.get(key) ?? { domain, epoch, operation, ...none };
    this.counts.set(key, { ...known, [verdict]: known[verdict] + 1 });
    if (difference) this.noteDifference({ domain, epoch, operation, times: 1, ...difference });
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => void this.flush(), WRITE_EVERY_MS);
    this.timer.unref();
  }

  /** Writes what was found until now; never throws. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private noteDifference(one: NewShadowDifference): void {
    const { domain, epoch, operation, fields, explanation } = one;
    const key = JSON.stringify([domain, epoch, operation, fields, explanation]);
    const known = this.differences.get(key);
    if (known) this.differences.set(key, { ...known, times: known.times + one.times });
    else if (this.differences.size < MOST_DIFFERENCES) this.differences.set(key, one);
  }

  private async write(): Promise<void> {
    const [counts, differences] = [this.counts, this.differences];
    if (counts.size === 0) return;
    [this.counts, this.differences] = [new Map(), new Map()];
    try {
      await this.stored.add([...counts.values()], [...differences.values()]);
    } catch (error) {
      this.onError(error);
      this.takeBack(counts, differences);
    }
  }

  private takeBack(
    counts: ReadonlyMap<string, ShadowOperationCounts>,
    differences: ReadonlyMap<string, NewShadowDifference>,
  ): void {
    for (const [key, one] of counts) {
      const since = this.counts.get(key);
      const sum = (name: 'equal' | 'explained' | 'unexplained' | 'skipped' | 'failed') =>
        one[name] + (since?.[name] ?? 0);
      this.counts.set(key, {
        ...one,
        ...{ equal: sum('equal'), explained: sum('explained'), unexplained: sum('unexplained') },
        ...{ skipped: sum('skipped'), failed: sum('failed') },
      });
    }
    for (const one of differences.values()) this.noteDifference(one);
    this.timer ??= setTimeout(() => void this.flush(), WRITE_EVERY_MS).unref();
  }
}
