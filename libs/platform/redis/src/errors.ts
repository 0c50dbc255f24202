import { DomainError, messageOf } from '@sluice/core';
import { isErrorReply, redisFailureClass, type RedisFailureClass } from './failure-class';

/** The address cannot be used. The message never shows it: it may hold a password. */
export class RedisUrlError extends DomainError {
  readonly code = 'REDIS_URL_INVALID';
  readonly kind = 'usage';
}

/** Redis did not answer in time, or the connection is away. */
export class RedisUnavailableError extends DomainError {
  readonly code = 'REDIS_UNAVAILABLE';
  readonly kind = 'unavailable';

  constructor(
    message: string,
    readonly failureClass: RedisFailureClass = 'network',
  ) {
    super(message, { remedy: 'Start Redis, or correct its address, and run the same command again.' });
  }
}

/** Redis answered, and the answer is no: wrong password, no memory left, a replica that takes no writes. */
export class RedisRefusedError extends DomainError {
  readonly code = 'REDIS_REFUSED';
  readonly kind = 'unavailable';

  constructor(
    message: string,
    readonly failureClass: RedisFailureClass = 'other-reply',
  ) {
    super(message);
  }
}

/**
 * The coded form of what ioredis throws. The original is not kept as the cause: ioredis hangs the command with all its
 * arguments on it, and those are passwords (AUTH) and values of users.
 */
export function redisFailure(error: unknown, server: string): DomainError {
  if (error instanceof DomainError) return error;
  const failureClass = redisFailureClass(error);
  const told = lastNodeErrorOf(error) ?? error;
  const message = messageOf(told);
  if (isErrorReply(told)) return new RedisRefusedError(`Redis at ${server} refused: ${message}`, failureClass);
  return new RedisUnavailableError(`Redis at ${server} is not available: ${message}`, failureClass);
}

/** "Failed to refresh slots cache" says nothing; what the last node of the cluster answered does. */
function lastNodeErrorOf(error: unknown): Error | null {
  const inner: unknown = error instanceof Error && 'lastNodeError' in error ? error.lastNodeError : null;
  return inner instanceof Error ? inner : null;
}
