import { describeCacheStore } from './cache-store.conformance';
import { MemoryCacheStore } from './memory-cache-store';
import { ManualScheduler } from './testing/manual-scheduler';
import { MemoryTier2 } from './tier2/memory-tier2';

function aStore() {
  const scheduler = new ManualScheduler();
  const memory = new MemoryTier2(scheduler);
  return { memory, store: new MemoryCacheStore(memory), pass: (ms: number) => scheduler.advance(ms) };
}

describe('the memory driver', () => {
  describeCacheStore(async () => aStore());
});

it('ends an entry at its last millisecond exactly', async () => {
  const { store, pass } = aStore();
  await store.setMany([{ key: 'a', value: 'x', ttlMs: 1_000 }]);
  await pass(999);
  expect(await store.ttlMsMany(['a'])).toEqual([1]);
  await pass(1);
  expect(await store.getMany(['a'])).toEqual([null]);
});

it('is the memory in which the caches of the process find an entry, by its tags as well', async () => {
  const { memory, store } = aStore();
  const tags = { cache: 'hist', tags: ['symbol:TCS'] };
  await store.addMany([{ key: 'hist:TCS', value: '[1]', ttlMs: 1_000, tags }]);
  const request = { space: { name: 'hist', kind: 'text' }, keys: ['hist:TCS'], tags: [tags.tags] } as const;
  expect(await memory.read(request)).toMatchObject([{ payload: '[1]', lifeMs: 1_000 }]);
  await memory.invalidateTags(request.space, tags.tags, 'me');
  expect(await store.readMany([{ key: 'hist:TCS', tags }])).toEqual([null]);
});
