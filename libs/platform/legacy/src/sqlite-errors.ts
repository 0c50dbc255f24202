import { DomainError } from '@sluice/core';
import { corrupt, LegacyFileError } from './legacy.errors';

/** A property of anything that was thrown. Not by `instanceof`: errors of native code may come from another realm. */
function propertyOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

/** The driver leaves the code out where a statement fails halfway; these texts are SQLite's own (sqlite3_errstr). */
const codeByMessage: ReadonlyMap<string, number> = new Map([
  ['database is locked', 5],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['string or blob too big', 18],
  ['file is not a database', 26],
]);

/** SQLite's primary result code, or null for any other error. */
export function sqliteErrorCode(error: unknown): number | null {
  const code = propertyOf(error, 'errcode');
  if (typeof code === 'number') return code & 0xff;
  const isSqlite = propertyOf(error, 'code') === 'ERR_SQLITE_ERROR';
  return isSqlite ? (codeByMessage.get(String(propertyOf(error, 'message'))) ?? null) : null;
}

/** The system's error name such as `ENOSPC`, or null. */
export function systemErrorCode(error: unknown): string | null {
  const code = propertyOf(error, 'code');
  return typeof code === 'string' ? code : null;
}

/** No more room on the disk, or of its owner's share of it. */
export const isDiskFull = (error: unknown): boolean =>
  sqliteErrorCode(error) === 13 || ['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error) ?? '');

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
    case 18: // TOOBIG
      return new LegacyFileError(
        'LEGACY_TOO_LARGE',
        `${path} has a row that is too large for SQLite to read as a whole.`,
        {
          remedy: `Find it with "sqlite3 FILE 'SELECT rowid FROM TABLE WHERE octet_length(COLUMN) > 500000000'" and shorten it in a copy of ${path}.`,
          cause: error,
        },
      );
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
      return isForbidden(error) ? unreadable(error.path, error) : error;
  }
}

/** What lies beside the database, or on the way to it, may be closed to this user where the database is not. */
const isForbidden = (error: unknown): error is { path: string } =>
  ['EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '') && typeof propertyOf(error, 'path') === 'string';

export function unreadable(path: string, cause: unknown): LegacyFileError {
  return new LegacyFileError('LEGACY_UNREADABLE', `${path} cannot be read.`, {
    remedy: `Give this user the right to read ${path} and its directory.`,
    cause,
  });
}
