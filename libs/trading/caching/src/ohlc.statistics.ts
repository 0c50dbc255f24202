import type { CacheEngine, SharedCounters, SharedCounts } from '@sluice/cache';
import type { OhlcCache, OhlcKeyParts } from './ohlc.cache';
import { ohlcLifeMs } from './ohlc.lives';

export interface OhlcTotals extends SharedCounts {
  readonly entries: number;
  readonly sizeBytes: number;
}

/** An entry without its value. */
export interface WeighedOhlc extends OhlcKeyParts {
  /** Its key in Redis. */
  readonly id: string;
  readonly sizeBytes: number;
  /**
   * By what is left of the life that its interval gives; too high for "there are no candles", which lives for 30 s. Null
   * without an end.
   */
  readonly ageMs: number | null;
}

export interface OhlcEntry extends WeighedOhlc {
  /** Who gave the candles; null where there are none. */
  readonly source: string | null;
  readonly rows: number;
  /** Milliseconds since 1970; null where the age is not known. */
  readonly cachedAtMs: number | null;
}

/**
 * What the cache of candles holds, for the routes of the legacy service. Each look goes over all keys by pages and weighs
 * them without reading their values. Everything here throws `Tier2Error` where the shared tier cannot be asked.
 */
export class OhlcStatistics {
  private looking: Promise<Map<string, WeighedOhlc>> | null = null;

  constructor(
    private readonly engine: CacheEngine,
    private readonly cache: OhlcCache,
    private readonly shared: SharedCounters,
  ) {}

  async totals(): Promise<OhlcTotals> {
    const entries = [...(await this.all()).values()];
    const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    return { ...(await this.shared.read()), entries: entries.length, sizeBytes };
  }

  /** The newest entries, and how many there are. */
  async newest(limit: number): Promise<{ total: number; entries: OhlcEntry[] }> {
    const all = [...(await this.all()).values()];
    const ageOf = ({ ageMs }: WeighedOhlc) => ageMs ?? Infinity;
    const newest = all.sort((one, other) => (ageOf(one) < ageOf(other) ? -1 : 1)).slice(0, limit);
    return { total: all.length, entries: await Promise.all(newest.map((entry) => this.withValue(entry))) };
  }

  /** Those of the keys for which there is an entry, by key. */
  async weigh(ids: readonly string[]): Promise<Map<string, WeighedOhlc>> {
    const weights = await this.engine.link.call(this.cache.space, (tier2) => tier2.weigh(ids));
    const weighed = ids.flatMap((id, i): WeighedOhlc[] => {
      const [weight, parts] = [weights[i], this.cache.partsOfId(id)];
      if (!weight || !parts) return [];
      const { lifeMs, sizeBytes } = weight;
      const ageMs = lifeMs === Infinity ? null : Math.max(0, ohlcLifeMs(parts.interval) - lifeMs);
      return [{ ...parts, id, sizeBytes, ageMs }];
    });
    return new Map(weighed.map((entry) => [entry.id, entry]));
  }

  /** One look for all who ask while it goes on. */
  private all(): Promise<Map<string, WeighedOhlc>> {
    this.looking ??= this.look().finally(() => (this.looking = null));
    return this.looking;
  }

  private async look(): Promise<Map<string, WeighedOhlc>> {
    const all = new Map<string, WeighedOhlc>(); // A key may come twice.
    for await (const ids of this.cache.pages()) for (const [id, entry] of await this.weigh(ids)) all.set(id, entry);
    return all;
  }

  private async withValue(entry: WeighedOhlc): Promise<OhlcEntry> {
    const value = (await this.cache.inspect(entry.id))?.tier2?.value as { source: string; rows: unknown[] } | null;
    const cachedAtMs = entry.ageMs === null ? null : this.engine.scheduler.wallMs() - entry.ageMs;
    return { ...entry, source: value?.source ?? null, rows: value?.rows.length ?? 0, cachedAtMs };
  }
}
