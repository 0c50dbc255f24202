import { DomainError, messageOf } from '@sluice/core';

/** The address cannot be used. The message never shows it: it may hold a password. */
export class RedisUrlError extends DomainError {
  readonly code = 'REDIS_URL_INVALID';
  readonly kind = 'usage';
}

/** Redis did not answer in time, or the connection is away. */
export class RedisUnavailableError extends DomainError {
  readonly code = 'REDIS_UNAVAILABLE';
  readonly kind = 'unavailable';
}

/** Redis answered, and the answer is no: wrong password, no memory left, a replica that takes no writes. */
export class RedisRefusedError extends DomainError {
  readonly code = 'REDIS_REFUSED';
  readonly kind = 'unavailable';
}

/**
 * The coded form of what ioredis throws. The original is not kept as the cause: ioredis hangs the command with all its
 * arguments on it, and those are passwords (AUTH) and values of users.
 */
export function redisFailure(error: unknown, server: string): DomainError {
  if (error instanceof DomainError) return error;
  const message = messageOf(error);
  if (error instanceof Error && error.name === 'ReplyError')
    return new RedisRefusedError(`Redis at ${server} refused: ${message}`);
  return new RedisUnavailableError(`Redis at ${server} is not available: ${message}`);
}
