import { allAnswered, cacheHeaders } from './cache-status';

it.each([
  ['hit', { tier: 1, freshForMs: 12_900, isStored: true }, 'Sluice; hit; ttl=12; detail=memory', 'HIT'],
  ['hit', { tier: 2, freshForMs: Infinity, isStored: true }, 'Sluice; hit; detail=shared', 'HIT'],
  ['stale', { tier: 2, freshForMs: -1, isStored: true }, 'Sluice; hit; ttl=-1; detail=shared', 'STALE'],
  ['miss', { tier: null, freshForMs: 60_000, isStored: true }, 'Sluice; fwd=miss; stored', 'MISS'],
  ['miss', { tier: null, freshForMs: 60_000, isStored: false }, 'Sluice; fwd=miss', 'MISS'],
  ['bypass', { tier: null, freshForMs: 0, isStored: false }, 'Sluice; fwd=bypass', 'BYPASS'],
] as const)('says of a %s with %j what the RFC has for it', (state, how, full, short) => {
  expect(cacheHeaders({ state, ...how })).toEqual({ 'cache-status': full, 'x-cache-status': short });
});

describe('an answer of several values', () => {
  const hit = (tier: 1 | 2, freshForMs: number) => ({ state: 'hit' as const, tier, freshForMs, isStored: true });
  const miss = { state: 'miss' as const, tier: null, freshForMs: 0, isStored: false };

  it('is a hit where all are, fresh until the first ends, and shared where one came from there', () => {
    expect(allAnswered([hit(1, 9_000), hit(2, 5_000)])).toEqual(hit(2, 5_000));
    expect(allAnswered([hit(1, 9_000), hit(1, Infinity)])).toEqual(hit(1, 9_000));
  });

  it('is as good as the worst of them', () => {
    expect(allAnswered([hit(1, 9_000), miss])).toEqual(miss);
    expect(allAnswered([hit(1, 9_000), { ...hit(2, -4_000), state: 'stale' }])).toMatchObject({ state: 'stale' });
    expect(allAnswered([miss, { ...miss, state: 'bypass' }])).toMatchObject({ state: 'bypass' });
    expect(allAnswered([])).toMatchObject({ state: 'miss', tier: null });
  });
});
