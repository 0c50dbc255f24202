import { DomainError } from '@sluice/core';

/** A value that the cache could not give back as it was. Names the place inside the value, never what stands there. */
export class CacheValueError extends DomainError {
  readonly code = 'CACHE_VALUE_INVALID';
  readonly kind = 'invalid';
}

/** Of a value that its cache would not read back: written, it would be a hit here and corrupt for all others. */
export const NOT_OF_SHAPE = 'A cache value is not of the shape that its cache declares.';

/** A value over the limit of its cache. */
export class CacheValueTooLargeError extends DomainError {
  readonly code = 'CACHE_VALUE_TOO_LARGE';
  readonly kind = 'invalid';

  constructor(readonly maxBytes: number) {
    super(`A cache value is over its cache's limit of ${maxBytes} bytes.`);
  }
}

/**
 * What the store holds is not what this cache writes. Neither the message nor a cause repeats any of it, as the messages
 * of `JSON.parse` would.
 */
export class CachePayloadError extends DomainError {
  readonly code = 'CACHE_PAYLOAD_CORRUPT';
  readonly kind = 'invalid';

  constructor(what: string) {
    super(`A cache entry is corrupt: it ${what}.`);
  }
}
