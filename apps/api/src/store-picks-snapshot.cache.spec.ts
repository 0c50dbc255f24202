import { MemoryCacheStore, type CacheStore } from '@sluice/cache';
import { DomainError } from '@sluice/core';
import { StorePicksSnapshotCache } from './store-picks-snapshot.cache';

class AwayError extends DomainError {
  readonly code = 'REDIS_UNAVAILABLE';
  readonly kind = 'unavailable';
}
const storeWith = async (value: string): Promise<CacheStore> => {
  const store = new MemoryCacheStore({ nowMs: () => 0 });
  await store.setMany([{ key: 'k', value, ttlMs: 1000 }]);
  return store;
};

describe('StorePicksSnapshotCache', () => {
  it("reads the scheduler's snapshot", async () => {
    const cache = new StorePicksSnapshotCache(await storeWith('{"items":[{},{}],"as_of":"2026-01-09T20:00:00"}'));
    expect(await cache.find('k')).toEqual({ items: 2, asOf: '2026-01-09T20:00:00' });
    expect(await cache.find('other')).toBeNull();
  });

  it.each(['{"items":[NaN]}', '[]', 'null', '{"items":"none"}', ''])('takes %p for no snapshot', async (value) => {
    expect(await new StorePicksSnapshotCache(await storeWith(value)).find('k')).toBeNull();
  });

  it('has nothing while the store is away, and does not hide a bug', async () => {
    const failing = (error: Error) =>
      new StorePicksSnapshotCache({ getMany: () => Promise.reject(error) } as unknown as CacheStore);
    expect(await failing(new AwayError('away')).find('k')).toBeNull();
    await expect(failing(new TypeError('bug')).find('k')).rejects.toThrow('bug');
  });
});
