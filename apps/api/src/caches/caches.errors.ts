import { DomainError } from '@sluice/core';

/** The cache holds no such entry, in no tier. */
export class CacheEntryAbsentError extends DomainError {
  readonly code = 'CACHE_ENTRY_ABSENT';
  readonly kind = 'not-found';

  constructor(name: string) {
    super(`The cache ${name} holds no such entry.`);
  }
}
