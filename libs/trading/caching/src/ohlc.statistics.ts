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
  /** Milliseconds since 1970; null where the age is not known, and where there are no candles. */
  readonly cachedAtMs: number | null;
}

/** One pass over all keys. */
interface Look {
  /** The newest first. */
  readonly entries: readonly WeighedOhlc[];
  readonly sizeBytes: number;
  /** What was read of them so far. */
  readonly read: Map<string, Promise<OhlcEntry>>;
}

/** Everybody may ask, and a look goes over all keys: so long its answer is for all who do. */
const KEPT_MS = 5_000;

/**
 * What the cache of candles holds, for the routes of the legacy service. A look goes over all keys by pages and weighs them
 * without reading their values; it is kept for 5 s, or until this process removes something. Everything here throws
 * `Tier2Error` where the shared tier cannot be asked.
 */
export class OhlcStatistics {
  private kept: { readonly look: Promise<Look>; untilMs: number } | null = null;

  constructor(
    private readonly engine: CacheEngine,
    private readonly cache: OhlcCache,
    private readonly shared: SharedCounters,
  ) {}

  async totals(): Promise<OhlcTotals> {
    const { entries, sizeBytes } = await this.look();
    return { ...(await this.shared.read()), entries: entries.length, sizeBytes };
  }

  /** The newest entries, and how many there are. */
  async newest(limit: number): Promise<{ total: number; entries: OhlcEntry[] }> {
    const look = await this.look();
    const newest = look.entries.slice(0, limit).map((entry) => this.readOnce(look, entry));
    return { total: look.entries.length, entries: await Promise.all(newest) };
  }

  /** The next to ask are told what there is then. */
  forget(): void {
    this.kept = null;
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

  /** The same for all who ask while it goes on, and for a while after. */
  private look(): Promise<Look> {
    const { scheduler } = this.engine;
    if (this.kept && scheduler.nowMs() < this.kept.untilMs) return this.kept.look;
    const kept = (this.kept = { look: this.begin(), untilMs: Infinity });
    kept.look.then(
      () => (kept.untilMs = scheduler.nowMs() + KEPT_MS),
      () => (kept.untilMs = -Infinity), // Whoever waits is told; the next one looks again.
    );
    return kept.look;
  }

  private async begin(): Promise<Look> {
    const all = new Map<string, WeighedOhlc>(); // A key may come twice.
    for await (const ids of this.cache.pages()) for (const [id, entry] of await this.weigh(ids)) all.set(id, entry);
    const ageOf = ({ ageMs }: WeighedOhlc) => ageMs ?? Infinity;
    const entries = [...all.values()].sort((one, other) => (ageOf(one) < ageOf(other) ? -1 : 1));
    return { entries, sizeBytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), read: new Map() };
  }

  private readOnce({ read }: Look, entry: WeighedOhlc): Promise<OhlcEntry> {
    const known = read.get(entry.id);
    if (known) return known;
    const reading = this.withValue(entry);
    read.set(entry.id, reading);
    reading.catch(() => read.delete(entry.id)); // Whoever waits is told.
    return reading;
  }

  private async withValue(entry: WeighedOhlc): Promise<OhlcEntry> {
    const value = (await this.cache.inspect(entry.id))?.tier2?.value as { source: string; rows: unknown[] } | null;
    if (!value) return { ...entry, source: null, rows: 0, ageMs: null, cachedAtMs: null };
    const cachedAtMs = entry.ageMs === null ? null : this.engine.scheduler.wallMs() - entry.ageMs;
    return { ...entry, source: value.source, rows: value.rows.length, cachedAtMs };
  }
}
