import { Space } from '../engine/space';
import { Tier1, Tier1Slot, type Tier1Value } from './tier1';

const space = new Space('x', 'text', () => true);
const valueOf = (value: unknown, over: Partial<Tier1Value> = {}): Tier1Value => ({
  value,
  space,
  drops: space.drops,
  askedMs: 0,
  freshEndsMs: 1_000,
  staleEndsMs: 1_000,
  refreshFromMs: 1_000,
  sizeBytes: 10,
  ...over,
});
const slot = (): Tier1Slot => new Tier1Slot('x:a');

describe('a slot', () => {
  let tier1: Tier1;
  let own: Tier1Slot;
  beforeEach(() => {
    tier1 = new Tier1({ maxEntries: 2, maxBytes: 10_000 });
    own = slot();
    tier1.put('x:a', valueOf('first'));
    expect(tier1.findIn(own, 0)?.value).toBe('first');
  });

  it.each<[string, () => unknown]>([
    ['removed', () => tier1.remove('x:a')],
    ['cleared', () => tier1.clear()],
    ['dropped with its namespace', () => space.drop()],
    [
      'pushed out by others',
      () => {
        tier1.put('x:b', valueOf('b'));
        tier1.put('x:c', valueOf('c'));
      },
    ],
  ])('finds nothing of what was %s', (_how, end) => {
    end();
    expect(tier1.findIn(own, 1)).toBeUndefined();
  });

  it('finds what took the place of another', () => {
    tier1.put('x:a', valueOf('second'));
    expect(tier1.findIn(own, 1)?.value).toBe('second');
  });

  it('lets go of what the memory no longer has', () => {
    tier1.remove('x:a');
    expect(own.entry).toBeNull();
  });

  it('finds nothing of what was removed, even where another slot has found it since', () => {
    const other = slot();
    expect(tier1.findIn(other, 0)?.value).toBe('first');
    tier1.remove('x:a');
    expect(tier1.findIn(own, 1)).toBeUndefined();
  });

  it('keeps an entry that is asked for from being the first to go', () => {
    tier1.put('x:b', valueOf('b'));
    expect(tier1.findIn(own, 100)?.value).toBe('first');
    tier1.put('x:c', valueOf('c'));
    expect(tier1.findIn(own, 200)?.value).toBe('first');
    expect(tier1.find('x:b')).toBeUndefined();
  });
});

it.each(['lru', 'lfu', 'ttl'] as const)(
  'counts what it holds of a namespace, and what went for want of room, by %s',
  (order) => {
    const [own, other] = [new Space('own', 'text', () => true), new Space('other', 'text', () => true)];
    const tier1 = new Tier1({ maxEntries: 3, maxBytes: 10_000, order });
    tier1.put('own:a', valueOf('a', { space: own }));
    const oneBytes = own.heldBytes;
    expect(oneBytes).toBeGreaterThan(10);
    tier1.put('own:a', valueOf('again', { space: own }));
    tier1.put('own:b', valueOf('b', { space: own }));
    tier1.put('other:', valueOf('c', { space: other, sizeBytes: 9_999 }));
    expect([own.heldBytes, other.heldBytes, tier1.evicted]).toEqual([2 * oneBytes, 0, 0]);
    tier1.remove('own:b');
    expect([own.heldBytes, tier1.evicted]).toEqual([oneBytes, 0]);
    for (const id of ['own:c', 'own:d', 'own:e']) tier1.put(id, valueOf('x', { space: own, staleEndsMs: 2_000 }));
    expect([own.heldBytes, tier1.sizeBytes, tier1.evicted]).toEqual([3 * oneBytes, 3 * oneBytes, 1]);
    tier1.clear();
    expect(own.heldBytes).toBe(0);
  },
);
