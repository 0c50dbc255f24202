import type { Answer, AnswerState } from '@sluice/cache';

/** How an answer was come by. */
export type HowAnswered = Omit<Answer<unknown>, 'value'>;

/** A type, not an interface, so that it passes for a record of headers. */
export type CacheHeaders = {
  /** RFC 9211: whether the cache answered, and for how many seconds more the value is fresh (below 0: stale). */
  readonly 'cache-status': string;
  readonly 'x-cache-status': Uppercase<AnswerState>;
};

/** What takes headers: a reply of Fastify. */
export interface HeaderSink {
  headers(values: Record<string, string>): unknown;
}

const shortStates = { hit: 'HIT', stale: 'STALE', miss: 'MISS', bypass: 'BYPASS' } as const;

/** As headers. A stale one is a hit with a negative `ttl`, as the RFC has it. */
export function cacheHeaders({ state, tier, freshForMs, isStored }: HowAnswered): CacheHeaders {
  const isHit = state === 'hit' || state === 'stale';
  const how = isHit ? 'hit' : `fwd=${state}`;
  const ttl = isHit && Number.isFinite(freshForMs) ? `; ttl=${Math.floor(freshForMs / 1_000)}` : '';
  const stored = state === 'miss' && isStored ? '; stored' : '';
  const detail = tier === null ? '' : `; detail=${tier === 1 ? 'memory' : 'shared'}`;
  return { 'cache-status': `Sluice; ${how}${ttl}${stored}${detail}`, 'x-cache-status': shortStates[state] };
}

const worstFirst: readonly AnswerState[] = ['bypass', 'miss', 'stale', 'hit'];

/** Of an answer that is made of several values: as good as the worst of them, and fresh for as long as the first to end. */
export function allAnswered(answers: readonly HowAnswered[]): HowAnswered {
  const state = worstFirst.find((one) => answers.some((answer) => answer.state === one)) ?? 'miss';
  const alike = answers.filter((answer) => answer.state === state);
  return {
    state,
    tier: alike.some(({ tier }) => tier === 2) ? 2 : (alike[0]?.tier ?? null),
    freshForMs: Math.min(...alike.map(({ freshForMs }) => freshForMs)),
    isStored: alike.length > 0 && alike.every(({ isStored }) => isStored),
  };
}
