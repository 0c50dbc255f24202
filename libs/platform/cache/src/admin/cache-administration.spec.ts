import { CacheOptionError } from '../declare/cache-options';
import { cacheOf } from '../declare/cache-of';
import { json } from '../codec/json';
import { CacheEngine } from '../engine/cache-engine';
import { prices, QuotesOfDay } from '../engine/quotes.fixture';
import { systemScheduler } from '../engine/scheduler';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import { CacheAdministration, type AuditEntry } from './cache-administration';

class Quotes extends cacheOf({ ...prices, name: 'quotes', store: json<number | null>(), graceMs: 60_000 }) {}

let engine: CacheEngine;
let tier2: MemoryTier2;
let quotes: Quotes;
let daily: QuotesOfDay;
let admin: CacheAdministration;
let audited: AuditEntry[];

beforeEach(() => {
  tier2 = new MemoryTier2(systemScheduler);
  engine = new CacheEngine({ tier2 });
  quotes = new Quotes(engine);
  daily = new QuotesOfDay(engine);
  audited = [];
  admin = new CacheAdministration(engine, (entry) => audited.push(entry));
});
afterEach(() => engine.close());

const wrongOption = expect.objectContaining({ code: 'CACHE_OPTION_INVALID' });

it('lists the caches with what an operator must know of them', () => {
  expect(admin.list().map(({ name }) => name)).toEqual(['quotes', 'quotes:day']);
  expect(admin.get('quotes')).toMatchObject({
    ...{ about: 'Prices.', keys: 'quotes:*', version: 1, fresh: '60 s', state: 'running', runningLoads: 0 },
    ...{ policy: { graceMs: 60_000, jitter: 0 }, counters: { loads: 0 } },
  });
  expect(() => admin.get('nosuch')).toThrow(expect.objectContaining({ code: 'CACHE_UNKNOWN', kind: 'not-found' }));
});

it('clears one cache and not the one with a longer name, and counts before', async () => {
  await quotes.setMany([{ key: 'A', value: 1 }, { key: 'B', value: 2 }]); // prettier-ignore
  await daily.set('A', 3);
  expect(await admin.countKeys('quotes')).toBe(2);
  expect(audited).toEqual([]);
  expect(await admin.clear('ops', 'quotes')).toMatchObject({ tier2: 'written', removed: 2 });
  expect([await quotes.get('A'), await daily.get('A')]).toEqual([undefined, 3]);
  expect(audited).toMatchObject([{ who: 'ops', what: 'clear', cache: 'quotes', at: expect.stringMatching(/Z$/) }]);
});

it('does not call corrupt what another release of a cache reads, and clears it with the rest', async () => {
  await quotes.set('v2', 1); // The key of a symbol, and encoded.
  const space = { name: 'quotes', kind: 'text' } as const;
  const later = { op: 'set', key: 'quotes:v2:A', payload: '{"another":"shape', lifeMs: 60_000, tags: [] } as const;
  await tier2.change(space, [later], 'a process of the next release');
  expect(await admin.verify('quotes')).toMatchObject({
    entries: 2,
    fresh: 1,
    otherVersion: 1,
    corrupt: 0,
    isClean: true,
  });
  expect(await admin.inspect('quotes', 'quotes:v2:A')).toMatchObject({ tier2: { state: 'otherVersion', value: null } });
  expect(await admin.clear('ops', 'quotes')).toMatchObject({ removed: 2 });
});

it('does not take what an older release left for corrupt', async () => {
  const old = { op: 'set', key: 'later:A', payload: '{"another":"shape', lifeMs: 60_000, tags: [] } as const;
  await tier2.change({ name: 'later', kind: 'text' }, [old], 'a process of the release before');
  const later = new (cacheOf({ ...prices, name: 'later', version: 2, store: json<number>() }))(engine);
  await later.set('A', 1);
  expect(await admin.verify('later')).toMatchObject({ entries: 2, fresh: 1, otherVersion: 1, isClean: true });
});

it('deletes by key, and nothing at all where one key is of another cache', async () => {
  await quotes.set('A', 1);
  const foreign = expect.objectContaining({ code: 'CACHE_KEY_FOREIGN' });
  await expect(admin.deleteKeys('ops', 'quotes', ['quotes:A', 'quotes:day:A'])).rejects.toEqual(foreign);
  await expect(admin.inspect('quotes', 'other:A')).rejects.toEqual(foreign);
  expect([await quotes.get('A'), audited.length]).toEqual([1, 0]);
  expect(await admin.deleteKeys('ops', 'quotes', ['quotes:A', 'quotes:B'])).toMatchObject({ removed: 1 });
  expect(await admin.inspect('quotes', 'quotes:A')).toBeNull();
});

it('makes all entries with a tag absent, and says of a cache without tags that it has none', async () => {
  await daily.setMany([{ key: 'AB', value: 1 }, { key: 'AC', value: 2 }, { key: 'B', value: 3 }]); // prettier-ignore
  expect(await admin.invalidateTags('ops', 'quotes:day', ['A'])).toEqual({ tier1: 'written', tier2: 'written' });
  expect(await daily.getMany(['AB', 'AC', 'B'])).toEqual([undefined, undefined, 3]);
  expect([admin.get('quotes:day').hasTags, admin.get('quotes').hasTags]).toEqual([true, false]);
  const without = expect.objectContaining({ code: 'CACHE_WITHOUT_TAGS', kind: 'invalid' });
  await expect(admin.invalidateTags('ops', 'quotes', ['A'])).rejects.toEqual(without);
  expect(audited).toMatchObject([{ what: 'invalidate-tag', cache: 'quotes:day', detail: '1 tags' }]);
});

it('says of an entry that a tag made it absent, and counts it apart, until it is written anew', async () => {
  await daily.setMany([{ key: 'AB', value: 1 }, { key: 'B', value: 3 }]); // prettier-ignore
  await admin.invalidateTags('ops', 'quotes:day', ['A']);
  expect(await admin.inspect('quotes:day', 'quotes:day:AB')).toMatchObject({
    tier1: null,
    tier2: { state: 'invalidated', value: 1 },
  });
  expect(await admin.inspect('quotes:day', 'quotes:day:B')).toMatchObject({ tier2: { state: 'fresh' } });
  const census = { entries: 2, fresh: 1, stale: 0, invalidated: 1, isClean: true };
  expect(await admin.verify('quotes:day')).toMatchObject(census);
  await daily.set('AB', 4);
  expect(await admin.inspect('quotes:day', 'quotes:day:AB')).toMatchObject({ tier2: { state: 'fresh', value: 4 } });
});

it('makes an entry stale, to be served only while loading fails', async () => {
  await quotes.set('A', 1);
  expect(await admin.expireKeys('ops', 'quotes', ['quotes:A'])).toMatchObject({ removed: 1 });
  expect(await quotes.get('A')).toBeUndefined();
  expect(await admin.inspect('quotes', 'quotes:A')).toMatchObject({ tier1: null, tier2: { state: 'stale', value: 1 } });
  const failing = () => Promise.reject(new Error('away'));
  expect(await quotes.getOrLoadAnswer('A', failing)).toMatchObject({ state: 'stale', value: 1 });
});

it('asks the loader while a cache is paused, and the cache again after', async () => {
  await quotes.set('A', 1);
  expect(admin.pause('ops', 'quotes').state).toBe('paused');
  expect(await quotes.getOrLoadAnswer('A', () => 2)).toMatchObject({ state: 'bypass', value: 2 });
  expect(admin.resume('ops', 'quotes').state).toBe('running');
  expect(await quotes.getOrLoadAnswer('A', () => 3)).toMatchObject({ state: 'hit', value: 1 });
  expect(audited.map(({ what }) => what)).toEqual(['pause', 'resume']);
});

it('takes a cursor that the shared tier refuses for a mistake of the caller, and an outage for one', async () => {
  const scan = jest.spyOn(tier2, 'scan');
  scan.mockRejectedValue(new Tier2Error('ERR invalid cursor', 'other-reply'));
  await expect(admin.keys('quotes', '1-5')).rejects.toEqual(wrongOption);
  scan.mockRejectedValue(new Tier2Error('It is away.', 'network'));
  await expect(admin.keys('quotes', '15')).rejects.toMatchObject({ code: 'CACHE_TIER2_FAILED' });
});

it.each([
  ['nothing', {}],
  ['an unknown option', { nosuch: 1 }],
  ['a name of every object', { constructor: 1 }],
  ['the grace', { graceMs: 1 }],
  ['no number', { backoffMs: '5' }],
  ['a number for a switch', { tier1: 1 }],
  ['too little', { leaseMs: 1 }],
  ['a refresh ahead of the whole life', { refreshAheadMs: 60_000 }],
  ['a jitter that leaves no time before the refresh', { jitter: 0.5, refreshAheadMs: 30_000 }],
  ['a good and a bad one', { jitter: 0.5, maxLoads: 0 }],
])('refuses a policy with %s and keeps the old one', (_name, changes) => {
  const before = quotes.policy;
  expect(() => admin.setPolicy('ops', 'quotes', changes)).toThrow(CacheOptionError);
  expect(() => admin.setPolicy('ops', 'quotes', changes)).toThrow(wrongOption);
  expect([quotes.policy, audited]).toEqual([before, []]);
});

it('changes a policy and writes down from what to what', () => {
  expect(admin.setPolicy('ops', 'quotes', { maxLoads: 2, tier1: false }).policy).toMatchObject({ maxLoads: 2 });
  expect(audited).toMatchObject([{ what: 'policy', detail: 'maxLoads 64 to 2, tier1 true to false' }]);
});

it('counts what there is, and finds what does not decode', async () => {
  await quotes.set('A', 1);
  await quotes.set('B', 2);
  await admin.expireKeys('ops', 'quotes', ['quotes:B']);
  expect(await admin.verify('quotes')).toMatchObject({ entries: 2, fresh: 1, stale: 1, findings: [], isClean: true });
  const change = { op: 'set', key: 'quotes:C', payload: '{', lifeMs: 1_000, tags: [] } as const;
  await tier2.change({ name: 'quotes', kind: 'text' }, [change], 'another');
  const census = await admin.verify('quotes');
  expect(census).toMatchObject({ entries: 3, corrupt: 1, isClean: false });
  expect(census.findings).toContainEqual({ kind: 'corrupt', key: 'quotes:C' });
  expect(census.findings).toContainEqual({ kind: 'missed', key: null });
});
