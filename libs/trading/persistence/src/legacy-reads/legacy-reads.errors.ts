import { DomainError } from '@sluice/core';

/**
 * The mode of a domain says that the legacy program's file is read, and it cannot be. The other side is never read instead: it
 * may know less, or more.
 */
export class LegacySideAwayError extends DomainError {
  readonly code = 'LEGACY_SIDE_AWAY';
  readonly kind = 'unavailable';

  constructor(file: string, why: string, cause?: unknown) {
    super(`The legacy side is read in this mode, and ${file} ${why}.`, {
      remedy: 'Give the API the folder of the legacy backend as LEGACY_DIR, and look whether the file is there.',
      cause,
    });
  }
}
