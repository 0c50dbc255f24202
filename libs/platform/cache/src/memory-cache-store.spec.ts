import { describeCacheStore } from './cache-store.conformance';
import { MemoryCacheStore } from './memory-cache-store';

function aStore(bounds: ConstructorParameters<typeof MemoryCacheStore>[1] = {}) {
  let nowMs = 1_700_000_000_000;
  const store = new MemoryCacheStore({ nowMs: () => nowMs }, bounds);
  return { store, pass: async (ms: number) => void (nowMs += ms) };
}
const entries = (...keys: string[]) => keys.map((key) => ({ key, value: 'x'.repeat(9), ttlMs: 1_000 }));

describe('the memory driver', () => {
  describeCacheStore(async () => aStore());
});

it('drops the least recently used entry over its count', async () => {
  const { store } = aStore({ maxEntries: 2 });
  await store.setMany(entries('a', 'b'));
  await store.getMany(['a']);
  await store.setMany(entries('c'));
  expect(await store.getMany(['a', 'b', 'c'])).toEqual([expect.any(String), null, expect.any(String)]);
});

it('drops entries over its bytes, and counts replaced and expired ones no longer', async () => {
  const { store, pass } = aStore({ maxBytes: 40 });
  await store.setMany(entries('a', 'a', 'b'));
  expect(await store.getMany(['a', 'b'])).toEqual([expect.any(String), expect.any(String)]);
  await pass(2_000);
  await store.getMany(['a', 'b']);
  await store.setMany(entries('c', 'd', 'e'));
  expect(await store.getMany(['c', 'd', 'e'])).toEqual([null, expect.any(String), expect.any(String)]);
});

it('ends an entry at its last millisecond exactly', async () => {
  const { store, pass } = aStore();
  await store.setMany(entries('a'));
  await pass(999);
  expect(await store.ttlMsMany(['a'])).toEqual([1]);
  await pass(1);
  expect(await store.getMany(['a'])).toEqual([null]);
});
