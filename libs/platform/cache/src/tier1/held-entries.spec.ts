import { Space } from '../engine/space';
import { heldEntries, type EvictionOrder, type HeldEntries, type Tier1Options } from './held-entries';
import { Tier1Entry } from './tier1';

const space = new Space('n', 'text', () => true);

function anEntry(value: unknown, sizeBytes = 100, endsMs = 1_000): Tier1Entry {
  const times = { askedMs: 0, freshEndsMs: endsMs, staleEndsMs: endsMs, refreshFromMs: endsMs };
  return new Tier1Entry({ value, space, drops: 0, sizeBytes, ...times }, sizeBytes);
}

const ORDERS: readonly EvictionOrder[] = ['lru', 'lfu', 'ttl'];

describe.each(ORDERS)('entries in the order %s', (order) => {
  let gone: unknown[];
  const given = (bounds: Partial<Tier1Options> = {}): HeldEntries => {
    gone = [];
    return heldEntries({ maxEntries: 3, maxBytes: 10_000, order, ...bounds }, ({ value }) => void gone.push(value));
  };

  it('gives back what was put, and counts it', () => {
    const entries = given();
    entries.set('a', anEntry('A'));
    entries.set('b', anEntry('B', 250));
    expect([entries.get('a')?.value, entries.get('none')]).toEqual(['A', undefined]);
    expect([entries.size, entries.calculatedSize]).toEqual([2, 350]);
  });

  it('puts one over another, deletes and clears, and tells what it lets go', () => {
    const entries = given();
    entries.set('a', anEntry('old', 300));
    entries.set('a', anEntry('new', 200));
    expect([entries.get('a')?.value, entries.size, entries.calculatedSize]).toEqual(['new', 1, 200]);
    entries.set('b', anEntry('B'));
    expect([entries.delete('a'), entries.delete('a')]).toEqual([true, false]);
    entries.clear();
    expect([gone, entries.size, entries.calculatedSize]).toEqual([['old', 'new', 'B'], 0, 0]);
  });

  it('stays within both bounds', () => {
    const entries = given({ maxEntries: 40, maxBytes: 5_000 });
    for (let i = 0; i < 500; i++) {
      entries.set(`k${i}`, anEntry(i, 10 + ((i * 37) % 300), i));
      expect(entries.size).toBeLessThanOrEqual(40);
      expect(entries.calculatedSize).toBeLessThanOrEqual(5_000);
    }
    const held = Array.from({ length: 500 }, (_, i) => entries.get(`k${i}`)).filter((entry) => entry !== undefined);
    expect([held.length, gone.length]).toEqual([entries.size, 500 - entries.size]);
    expect(held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(entries.calculatedSize);
  });

  it('does not keep what is over the bound by itself, nor what it should replace', () => {
    const entries = given();
    entries.set('a', anEntry('old'));
    entries.set('b', anEntry('B'));
    entries.set('a', anEntry('huge', 10_001));
    expect([entries.get('a'), entries.get('b')?.value, entries.size]).toEqual([undefined, 'B', 1]);
  });
});

const held = (entries: HeldEntries, ids: string): string => [...ids].filter((id) => entries.get(id)).join('');
const bounds = { maxEntries: 3, maxBytes: 10_000 };
const nothing = () => undefined;

it('evicts the least recently used', () => {
  const entries = heldEntries(bounds, nothing);
  for (const id of 'abc') entries.set(id, anEntry(id));
  entries.get('a');
  entries.set('d', anEntry('d'));
  expect(held(entries, 'abcd')).toBe('acd');
});

it('evicts the one that ends soonest, and does not take one that ends before all others', () => {
  const entries = heldEntries({ ...bounds, order: 'ttl' }, nothing);
  for (const [id, endsMs] of [['a', 30], ['b', 10], ['c', 20], ['d', 25], ['e', 5]] as const) entries.set(id, anEntry(id, 100, endsMs)); // prettier-ignore
  expect(held(entries, 'abcde')).toBe('acd');
});

it('evicts the least often used, and lets a new key in once it is asked for as often', () => {
  const entries = heldEntries({ ...bounds, order: 'lfu' }, nothing);
  for (const id of 'abc') entries.set(id, anEntry(id));
  for (const id of 'aaabbbcc') entries.get(id);
  entries.set('d', anEntry('d'));
  expect(held(entries, 'd')).toBe('');
  for (let i = 0; i < 2; i++) entries.set('d', anEntry('d'));
  expect(held(entries, 'abcd')).toBe('abd');
});

it('forgets, in the order lfu, what was hot long ago', () => {
  const entries = heldEntries({ ...bounds, order: 'lfu' }, nothing);
  for (const id of 'abc') entries.set(id, anEntry(id));
  for (let i = 0; i < 200; i++) entries.get('a');
  for (let i = 0; i < 10_000; i++) entries.get('bc'[i % 2]!);
  for (let i = 0; i < 5; i++) entries.set('d', anEntry('d'));
  expect(held(entries, 'abcd')).toBe('bcd');
});

it('keeps hot keys among many that are asked for once, where lru does not', () => {
  const hits = (order: EvictionOrder): number => {
    const entries = heldEntries({ maxEntries: 100, maxBytes: 1_000_000, order }, nothing);
    let found = 0;
    for (let i = 0; i < 20_000; i++) {
      const hot = `hot${i % 50}`;
      if (entries.get(hot)) found++;
      else entries.set(hot, anEntry(hot));
      for (let cold = 0; cold < 3; cold++) entries.set(`cold${i}.${cold}`, anEntry(cold));
    }
    return found / 20_000;
  };
  expect([hits('lru'), hits('lfu') > 0.9]).toEqual([0, true]);
});

it.each([
  ['maxEntries', { maxEntries: 0 }],
  ['maxEntries', { maxEntries: 1.5 }],
  ['maxBytes', { maxBytes: 1_000 }],
  ['maxBytes', { maxBytes: NaN }],
  ['order', { order: 'fifo' as never }],
  ['order', { order: null as never }],
])('refuses %s of %j, and names it', (option, over) => {
  expect(() => heldEntries({ ...bounds, ...over }, nothing)).toThrow(
    expect.objectContaining({ code: 'CACHE_OPTION_INVALID', message: expect.stringContaining(`tier1.${option} `) }),
  );
});
