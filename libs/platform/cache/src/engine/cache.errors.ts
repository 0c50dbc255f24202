import { DomainError } from '@sluice/core';

/** A load was given up after the hard limit; its late result is thrown away. */
export class LoadTimeoutError extends DomainError {
  readonly code = 'CACHE_LOAD_TIMEOUT';
  readonly kind = 'unavailable';

  constructor(cache: string, limitMs: number) {
    super(`Loading a value for the cache ${cache} took longer than ${limitMs} ms.`);
  }
}

/** The last load failed a moment ago, and there is nothing stale to serve meanwhile. */
export class LoadBackOffError extends DomainError {
  readonly code = 'CACHE_LOAD_BACKOFF';
  readonly kind = 'unavailable';

  constructor(cache: string, cause?: unknown) {
    super(`The last load for the cache ${cache} failed; it is tried again in a moment.`, { cause });
  }
}

/** The lock ended, or may have: from here on another may do the work, and its late holder must not write its result. */
export class LockLostError extends DomainError {
  readonly code = 'CACHE_LOCK_LOST';
  readonly kind = 'conflict';

  constructor(options: { readonly cause?: unknown } = {}) {
    super('The lock of this work is no longer held; another process may do it by now.', options);
  }
}

/** `undefined` is not a value: a loader that finds nothing answers null. */
export class NoValueError extends DomainError {
  readonly code = 'CACHE_VALUE_UNDEFINED';
  readonly kind = 'invalid';

  constructor(cache: string) {
    super(`The cache ${cache} was given undefined; null is the value for "there is none".`);
  }
}

/** As many writes wait for their source as the cache allows. Nothing was written: the caller waits, or does without. */
export class WriteBackFullError extends DomainError {
  readonly code = 'CACHE_WRITE_BACK_FULL';
  readonly kind = 'unavailable';

  constructor(cache: string, bound: number) {
    super(`${bound} writes of the cache ${cache} wait for their source; no more are taken.`);
  }
}
