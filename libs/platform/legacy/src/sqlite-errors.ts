import { DomainError } from '@sluice/core';
import { corrupt, LegacyFileError } from './legacy.errors';

/** SQLite's primary result code, or null for any other error. */
export function sqliteErrorCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** What SQLite or the system says about a file, as a coded refusal; an error in the caller's SQL stays as it is. */
export function translated(error: unknown, path: string): unknown {
  if (error instanceof DomainError) return error;
  switch (sqliteErrorCode(error)) {
    case 5: // BUSY
    case 6: // LOCKED
      return new LegacyFileError('LEGACY_LOCKED', `${path} is locked by another program.`, {
        remedy: `Run again when the program that writes ${path} has finished its transaction.`,
        cause: error,
      });
    case 8: // READONLY: only a rollback that the dead writer left makes a reader want to write
      return new LegacyFileError('LEGACY_HOT_JOURNAL', `${path} has an unfinished transaction in ${path}-journal.`, {
        remedy: `Start the program that owns ${path} once, or open it with "sqlite3", so that it is rolled back.`,
        cause: error,
      });
    case 11: // CORRUPT
      return corrupt(path, 'SQLite cannot read it', error);
    case 26: // NOTADB
      return new LegacyFileError('LEGACY_NOT_SQLITE', `${path} is not an SQLite 3 database, or it is encrypted.`, {
        remedy: `Point to the legacy database itself, or decrypt ${path} first.`,
        cause: error,
      });
    case 3: // PERM
    case 10: // IOERR
    case 14: // CANTOPEN
      return unreadable(path, error);
    default:
      return error;
  }
}

export function unreadable(path: string, cause: unknown): LegacyFileError {
  return new LegacyFileError('LEGACY_UNREADABLE', `${path} cannot be read.`, {
    remedy: `Give this user the right to read ${path} and its directory.`,
    cause,
  });
}
