/** A version of a key's truth as a cache holds it; null where the truth says that there is none. */
export type SimulatedValue = { readonly v: number } | null;

interface Version {
  readonly v: number;
  readonly isGone: boolean;
  /** When the first invalidation that was begun after the next version was acknowledged. */
  supersededMs: number;
}

/**
 * What is behind the cache: every key's versions, in order, and since when each cache has been told that a version is old.
 */
export class SimulatedTruth {
  private readonly versions = new Map<string, Version[]>();

  constructor(readonly keys: readonly string[]) {
    for (const key of keys) this.versions.set(key, [{ v: 0, isGone: false, supersededMs: Infinity }]);
  }

  value(key: string): SimulatedValue {
    const versions = this.of(key);
    const { v, isGone } = versions.at(-1)!;
    return isGone ? null : { v };
  }

  version(key: string): number {
    return this.of(key).length - 1;
  }

  /** `v` for a writer that had to know it before; else it is the next. */
  change(key: string, isGone: boolean, v = this.of(key).length): void {
    this.of(key).push({ v, isGone, supersededMs: Infinity });
  }

  /** An invalidation that was begun at this version is acknowledged. */
  supersede(key: string, version: number, nowMs: number): void {
    for (const older of this.of(key).slice(0, version)) older.supersededMs = Math.min(older.supersededMs, nowMs);
  }

  /** Since when nobody had to be told this value any more; the latest where several versions look the same. */
  supersededMs(key: string, value: SimulatedValue): number {
    const versions = this.of(key);
    if (value) return versions.find(({ v }) => v === value.v)?.supersededMs ?? -Infinity;
    return Math.max(-Infinity, ...versions.filter(({ isGone }) => isGone).map(({ supersededMs }) => supersededMs));
  }

  private of(key: string): Version[] {
    return this.versions.get(key)!;
  }
}
