import { DomainError } from '@sluice/core';
import { redisFailureClass, type RedisConnection, type RedisFailureClass } from '@sluice/redis';

/** The shared tier did not answer, or said no. The engine goes on without it; only administration shows this to a caller. */
export class Tier2Error extends DomainError {
  readonly code = 'CACHE_TIER2_FAILED';
  readonly kind = 'unavailable';

  constructor(
    message: string,
    /** What the breaker decides by; `open` where the breaker is open and nothing was sent. */
    readonly failure: RedisFailureClass | 'open',
  ) {
    super(message);
  }
}

/** The coded form of what a call to Redis throws; a mistake in our own code passes as it is. */
export function tier2Error(error: unknown, connection: Pick<RedisConnection, 'failure'>): unknown {
  if (error instanceof Tier2Error || error instanceof TypeError || error instanceof RangeError) return error;
  const failure = connection.failure(error);
  return new Tier2Error(failure.message, redisFailureClass(failure));
}
