import type { Answer, AnswerState } from '@sluice/cache';

export interface CacheHeaders {
  /** RFC 9211: whether the cache answered, and for how many seconds more the value is fresh (below 0: stale). */
  readonly 'cache-status': string;
  readonly 'x-cache-status': Uppercase<AnswerState>;
}

const shortStates = { hit: 'HIT', stale: 'STALE', miss: 'MISS', bypass: 'BYPASS' } as const;

/** How an answer was come by, as headers. A stale one is a hit with a negative `ttl`, as the RFC has it. */
export function cacheHeaders({ state, tier, freshForMs, isStored }: Omit<Answer<unknown>, 'value'>): CacheHeaders {
  const parts: string[] = state === 'hit' || state === 'stale' ? ['hit'] : [`fwd=${state}`];
  if (parts[0] === 'hit' && Number.isFinite(freshForMs)) parts.push(`ttl=${Math.floor(freshForMs / 1_000)}`);
  if (state === 'miss' && isStored) parts.push('stored');
  if (tier !== null) parts.push(`detail=${tier === 1 ? 'memory' : 'shared'}`);
  return { 'cache-status': ['Sluice', ...parts].join('; '), 'x-cache-status': shortStates[state] };
}
