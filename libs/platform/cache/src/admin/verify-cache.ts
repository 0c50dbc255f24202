import type { CacheEngine, AnyCache } from '../engine/cache-engine';

/** More are counted, and not listed. */
const MAX_FINDINGS = 100;

export interface CacheFinding {
  /**
   * `corrupt`: it does not decode, and the next load sets it aside. `endless`: it has no end, so another program wrote it.
   * `missed`: invalidations had been lost on their way; the look of this verification dropped the memory for it.
   */
  readonly kind: 'corrupt' | 'endless' | 'missed';
  /** Null where it is about the namespace. */
  readonly key: string | null;
}

/** What the shared tier holds of one cache. SCAN may show a key twice while Redis rebuilds its table. */
export interface CacheCensus {
  readonly name: string;
  readonly entries: number;
  readonly fresh: number;
  readonly stale: number;
  /** A tag made them absent to every reader. Of a cache with tags and without `tagsOfId` they count as fresh or stale. */
  readonly invalidated: number;
  /** Of another release, which alone can decode them; they end by themselves. */
  readonly otherVersion: number;
  readonly corrupt: number;
  readonly endless: number;
  readonly sizeBytes: number;
  /** Of all entries; null without any. */
  readonly longestLifeMs: number | null;
  /** Number of the last invalidation that was heard. */
  readonly sequence: number;
  /** The first 100. */
  readonly findings: readonly CacheFinding[];
  readonly isClean: boolean;
}

/** Reads and decodes every entry of a cache by pages, and changes nothing in the shared tier. Throws `Tier2Error`. */
export async function verifyCache(
  engine: CacheEngine,
  cache: AnyCache,
  onPage: (entries: number) => void = () => undefined,
): Promise<CacheCensus> {
  const sum = { entries: 0, fresh: 0, stale: 0, invalidated: 0, otherVersion: 0, corrupt: 0, endless: 0, sizeBytes: 0 };
  let longestLifeMs: number | null = null;
  const findings: CacheFinding[] = [];
  const found = (kind: CacheFinding['kind'], key: string | null) =>
    void (findings.length < MAX_FINDINGS && findings.push({ kind, key }));
  const hasMissed = await lookForMissed(engine, cache);
  if (hasMissed) found('missed', null);
  for await (const keys of cache.pages()) {
    const inspected = await Promise.all(keys.map((key) => cache.inspect(key)));
    for (const [i, inspection] of inspected.entries()) {
      const entry = inspection?.tier2;
      const key = keys[i] ?? null;
      if (!entry || entry.state === 'absent') continue; // It ended since its page was read.
      sum.entries++;
      sum[entry.state]++;
      sum.sizeBytes += entry.sizeBytes;
      if (entry.state === 'corrupt') found('corrupt', key);
      else if (entry.lifeMs === null) {
        sum.endless++;
        found('endless', key);
      } else longestLifeMs = Math.max(longestLifeMs ?? 0, entry.lifeMs);
    }
    onPage(sum.entries);
  }
  const isClean = !hasMissed && sum.corrupt + sum.endless === 0;
  return { name: cache.name, ...sum, longestLifeMs, sequence: cache.space.state?.seq ?? 0, findings, isClean };
}

/** A process that has heard nothing yet cannot have missed anything. */
async function lookForMissed(engine: CacheEngine, { space }: AnyCache): Promise<boolean> {
  const isFirst = space.state === null;
  const before = space.counters.gaps;
  await engine.look();
  return !isFirst && space.counters.gaps > before;
}
