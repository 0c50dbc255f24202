import { cacheHeaders } from './cache-status';

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
