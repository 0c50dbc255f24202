import { compressed } from '../codec/compressed';
import { faithful } from '../codec/faithful';
import { json } from '../codec/json';
import { cacheOf } from '../declare/cache-of';
import { freshFor } from '../freshness';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { CacheEngine } from './cache-engine';

const rest = {
  version: 1,
  key: (key: string) => key,
  fresh: freshFor(60_000),
  about: 'Values of any form.',
} as const;

class Plain extends cacheOf<string, unknown>({ ...rest, name: 'plain', store: json() }) {}
class Trusted extends cacheOf<string, unknown>({ ...rest, name: 'trusted', store: json({ trusted: true }) }) {}
class Packed extends cacheOf<string, unknown>({ ...rest, name: 'packed', store: compressed(json()) }) {}
class Typed extends cacheOf<string, unknown>({ ...rest, name: 'typed', store: faithful() }) {}

interface Inner {
  a: { b: number };
}

const DEEP = 20_000;
const nested = '['.repeat(DEEP) + ']'.repeat(DEEP);
const invalid = expect.objectContaining({ code: 'CACHE_VALUE_INVALID' });

let tier2: MemoryTier2;
let engine: CacheEngine;

beforeEach(() => {
  const scheduler = { nowMs: () => 0, wallMs: () => 0, after: () => () => undefined };
  tier2 = new MemoryTier2(scheduler);
  engine = new CacheEngine({ tier2, scheduler });
});
afterEach(() => engine.close());

describe('a payload that is nested without end', () => {
  it.each([
    ['plain', 'text', Plain],
    ['trusted', 'text', Trusted],
    ['typed', 'text', Typed],
    ['packed', 'bytes', Packed],
  ] as const)('is a miss, and is set aside, where the cache is %s', async (name, kind, of) => {
    const cache = new of(engine);
    const payload = kind === 'bytes' ? Buffer.from(nested) : nested;
    const foreign = { op: 'set', key: `${name}:k`, payload, lifeMs: 60_000, tags: [] } as const;
    await tier2.change(cache.space, [foreign], 'another');
    expect(await cache.get('k')).toBeUndefined();
    expect(await cache.getMany(['k', 'l'])).toEqual([undefined, undefined]);
    expect(await cache.inspect(`${name}:k`)).toMatchObject({ tier2: { state: 'corrupt' } });
    expect(await cache.getOrLoad('k', () => 'loaded')).toBe('loaded');
    expect((await tier2.scan('sluice:x:')).keys).toEqual([`sluice:x:{${name}:k}`]);
  });

  it.each([Plain, Trusted, Typed, Packed])('cannot be set: %p', async (of) => {
    const value = JSON.parse(nested) as unknown[];
    await expect(new of(engine).set('k', value)).rejects.toEqual(invalid);
    expect(Object.isFrozen(value)).toBe(false);
  });
});

describe('a value in memory', () => {
  it('cannot be changed by whoever reads it, though its root was frozen before', async () => {
    const cache = new Plain(engine);
    await cache.set('k', Object.freeze({ a: { b: 1 } }));
    const read = (await cache.get('k')) as Inner;
    expect(() => (read.a.b = 666)).toThrow(TypeError);
    expect(await cache.get('k')).toEqual({ a: { b: 1 } });
  });

  it.each<[string, unknown, (value: never) => unknown]>([
    ['Map', { m: new Map([['a', 1]]) }, ({ m }: { m: Map<string, number> }) => m.set('a', 666)],
    ['Date', new Date(0), (date: Date) => date.setTime(666)],
    ['Set', [new Set([1])], ([set]: [Set<number>]) => set.add(666)],
    ['Buffer', Buffer.from('a'), (bytes: Buffer) => bytes.fill('b')],
  ])('is never one that holds a %s, which nothing can freeze', async (_kind, value, change) => {
    const cache = new Typed(engine);
    const before = faithful().encode(value);
    await cache.set('k', value);
    for (const read of [() => cache.get('k'), () => cache.getOrLoad('k', () => 'loaded')]) {
      change((await read()) as never);
      expect(faithful().encode(await cache.get('k'))).toBe(before);
    }
    await cache.getOrLoad('l', () => value);
    change(value as never);
    expect(faithful().encode(await cache.get('l'))).toBe(before);
  });

  it('is one of a cache with types where it is plain', async () => {
    const cache = new Typed(engine);
    await cache.set('k', { a: 1n });
    expect(await cache.inspect('typed:k')).toMatchObject({ tier1: { sizeBytes: expect.any(Number) as number } });
  });
});

it('leaves every value of a write that is refused as it was', async () => {
  const cache = new Plain(engine);
  const [good, bad] = [{ a: [1] }, { a: { b: NaN } }];
  const items = [good, bad].map((value, i) => ({ key: String(i), value }));
  await expect(cache.setMany(items)).rejects.toEqual(invalid);
  await expect(cache.set('k', good, { freshMs: -1 })).rejects.toMatchObject({ code: 'CACHE_OPTION_INVALID' });
  await expect(cache.writeThrough('k', bad, () => Promise.resolve())).rejects.toEqual(invalid);
  expect([good, good.a, bad, bad.a].map((part) => Object.isFrozen(part))).toEqual([false, false, false, false]);
});
