import type { CacheEngine } from '../engine/cache-engine';
import type { Counters } from '../engine/counters';
import type { Space } from '../engine/space';
import { Tier2Error } from '../tier2/tier2.errors';

/** What all processes together did with one cache. */
export interface SharedCounts {
  /** Reads that found a fresh value. */
  readonly hits: number;
  /** Reads that found none. */
  readonly misses: number;
  /** Values stored. */
  readonly writes: number;
  /** Entries removed. */
  readonly invalidations: number;
}

/** Under the key of the counters is no hash, or one without whole numbers: another program wrote it. */
export class ForeignCountersError extends Tier2Error {
  constructor(key: string, cause?: unknown) {
    super(
      `${key} is no hash of whole numbers: another program wrote it. Delete it, and it begins at 0.`,
      'other-reply',
    );
    this.cause = cause;
  }
}

const NONE: SharedCounts = { hits: 0, misses: 0, writes: 0, invalidations: 0 };
const NAMES = Object.keys(NONE) as (keyof SharedCounts)[];

/**
 * The numbers of one cache over all processes, in a hash of the shared tier that is none of its entries.
 *
 * A read costs nothing more for them: a process counts in its memory anyway, and what came since goes along with the
 * engine's look of each second, once more before the engine closes, and with each reading. So they are up to a second
 * old, and no ledger: a process that is killed takes its last second along; what a server adds after it was given up is
 * added again; and a server that came back empty, or that evicts the hash, begins at 0. Nothing may be decided by them.
 */
export class SharedCounters {
  private sent = NONE;

  constructor(
    private readonly engine: CacheEngine,
    private readonly space: Space,
    private readonly key: string,
  ) {
    engine.reserve(key);
    engine.addChore(() => this.flush());
  }

  /** Sends what this process counted, and answers the sums. Throws `Tier2Error`, and as one `ForeignCountersError`. */
  async read(): Promise<SharedCounts> {
    const now = countsOf(this.space.counters);
    const more = difference(now, this.sent);
    this.sent = now; // What is counted or sent meanwhile is not sent twice.
    try {
      const by = Object.fromEntries(NAMES.map((name) => [name, more[name]]).filter(([, count]) => count !== 0));
      const sums = await this.engine.link.call(this.space, (tier2) => tier2.count(this.key, by));
      if (NAMES.some((name) => Number.isNaN(sums[name]))) throw new ForeignCountersError(this.key);
      return { ...NONE, ...Object.fromEntries(NAMES.map((name) => [name, sums[name] ?? 0])) };
    } catch (error) {
      this.sent = difference(this.sent, more);
      const isForeign = error instanceof Tier2Error && error.failure === 'other-reply';
      throw isForeign ? new ForeignCountersError(this.key, error) : error;
    }
  }

  private async flush(): Promise<void> {
    const more = difference(countsOf(this.space.counters), this.sent);
    if (NAMES.every((name) => more[name] === 0)) return;
    try {
      await this.read();
    } catch (error) {
      if (!(error instanceof Tier2Error)) throw error; // Kept for the next second.
    }
  }
}

const countsOf = ({ tier1Hits, tier2Hits, misses, writes, removed }: Counters): SharedCounts => ({
  ...{ hits: tier1Hits + tier2Hits, misses, writes, invalidations: removed },
});

const difference = (one: SharedCounts, other: SharedCounts): SharedCounts => ({
  hits: one.hits - other.hits,
  misses: one.misses - other.misses,
  writes: one.writes - other.writes,
  invalidations: one.invalidations - other.invalidations,
});
