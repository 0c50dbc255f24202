import type { CacheStore } from '@sluice/cache';
import { DomainError } from '@sluice/core';
import { PicksSnapshotCache, type PicksSnapshot } from '@sluice/trading-feature';

/** The scheduler's snapshots in the cache store: JSON with `items` and `as_of`. */
export class StorePicksSnapshotCache extends PicksSnapshotCache {
  constructor(private readonly store: CacheStore) {
    super();
  }

  override async find(key: string): Promise<PicksSnapshot | null> {
    try {
      const [value] = await this.store.getMany([key]);
      return value === undefined || value === null ? null : snapshotOf(value);
    } catch (error) {
      // Redis being away never fails a request; readiness reports it.
      if (error instanceof DomainError && error.kind === 'unavailable') return null;
      throw error;
    }
  }
}

/** Null for what is not such a snapshot; the legacy writer could leave `NaN`, which is no JSON. */
function snapshotOf(text: string): PicksSnapshot | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items)) return null;
  const asOf = 'as_of' in value && typeof value.as_of === 'string' ? value.as_of : null;
  return { items: value.items.length, asOf };
}
