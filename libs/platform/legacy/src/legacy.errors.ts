import { DomainError, type ErrorKind } from '@sluice/core';

const kinds = {
  LEGACY_NOT_FOUND: 'refused',
  LEGACY_NOT_A_FILE: 'refused',
  LEGACY_UNREADABLE: 'refused',
  LEGACY_EMPTY: 'refused',
  LEGACY_NOT_SQLITE: 'refused',
  LEGACY_TRUNCATED: 'refused',
  LEGACY_CORRUPT: 'refused',
  LEGACY_BEYOND_SALVAGE: 'refused',
  LEGACY_HOT_JOURNAL: 'refused',
  LEGACY_LOCKED: 'refused',
  LEGACY_NOT_SETTLED: 'refused',
  LEGACY_CHANGED: 'refused',
  LEGACY_TOO_LARGE: 'refused',
  LEGACY_NO_ROOM: 'unavailable',
  LEGACY_CLOSED: 'usage',
} as const satisfies Record<string, ErrorKind>;

export type LegacyErrorCode = keyof typeof kinds;

/** A legacy file that cannot be read as it is. The message and the remedy name the file, never a value in it. */
export class LegacyFileError extends DomainError {
  readonly kind: ErrorKind;

  constructor(
    readonly code: LegacyErrorCode,
    message: string,
    options: { remedy?: string; cause?: unknown } = {},
  ) {
    super(message, options);
    this.kind = kinds[code];
  }
}

/** A page, cell or record that breaks SQLite's file format. Thrown instead of returning bytes that might be garbage. */
export function corrupt(path: string, what: string, cause?: unknown): LegacyFileError {
  return new LegacyFileError('LEGACY_CORRUPT', `${path} is corrupt: ${what}.`, {
    remedy: `Check ${path} with "sqlite3 FILE 'PRAGMA integrity_check'" and restore it. Without a backup, "sluice migrate --salvage" takes what can be read of it and says what cannot.`,
    cause,
  });
}
