import { ForeignCountersError, Tier2Error } from '@sluice/cache';
import { DomainError } from '@sluice/core';

/** Redis, which alone knows what is cached, does not answer; or it has not taken a change, and nobody can say how many. */
export class SharedCacheAwayError extends DomainError {
  readonly code = 'TRADING_CACHE_AWAY';
  readonly kind = 'unavailable';
}

/** Throws `TRADING_CACHE_AWAY` where the shared tier does not answer; without naming the server, for clients are told. */
export async function askShared<T>(work: () => Promise<T>, away = 'Redis is not available.'): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ForeignCountersError) throw new SharedCacheAwayError(error.message, { cause: error });
    if (error instanceof Tier2Error) throw new SharedCacheAwayError(away, { cause: error });
    throw error;
  }
}
