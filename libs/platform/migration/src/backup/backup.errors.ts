import { DomainError } from '@sluice/core';

export class BackupHeldError extends DomainError {
  readonly code = 'BACKUP_LOCK_HELD';
  readonly kind = 'refused';
  constructor(holder: string) {
    super(`Another backup, trial restore or archive of this database is under way: ${holder}.`, {
      remedy: 'Wait until it has ended, or stop it; it leaves nothing half behind.',
    });
  }
}

export class BackupNotFoundError extends DomainError {
  readonly code = 'BACKUP_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(id: string) {
    super(`There is no backup ${id}.`, {
      remedy: '`sluice backup list` has those of this database; a folder with a manifest.json can be named itself.',
    });
  }
}

/** A file of a backup is not what was written, or what it brings back is not what was saved. */
export class BackupDamagedError extends DomainError {
  readonly code = 'BACKUP_DAMAGED';
  readonly kind = 'differs';
  constructor(file: string, why: string, cause?: unknown) {
    super(`The backup is damaged: ${file} ${why}.`, {
      remedy:
        'Do not rely on it: take another with `sluice backup create` (of an archive `sluice archive create`), and look at the disk that it lay on.',
      cause,
    });
  }
}

export class BackupNoRoomError extends DomainError {
  readonly code = 'BACKUP_NO_ROOM';
  readonly kind = 'unavailable';
  constructor(folder: string, cause: unknown) {
    super(`No room in ${folder}. What was begun there is removed.`, {
      remedy: 'Free space, or name a folder with more of it.',
      cause,
    });
  }
}

export class BackupFolderError extends DomainError {
  readonly code = 'BACKUP_FOLDER_UNUSABLE';
  readonly kind = 'usage';
  constructor(folder: string, cause: unknown) {
    super(`${folder} cannot be written.`, { remedy: 'Name a folder that this user may write.', cause });
  }
}

export class BackupInterruptedError extends DomainError {
  readonly code = 'BACKUP_INTERRUPTED';
  readonly kind = 'interrupted';
  constructor() {
    super('Stopped on request. What was begun is removed.', { remedy: 'Run the same command again.' });
  }
}

/** A table is being loaded: its indexes are set aside, and a restore would have them. */
export class CopyUnderwayError extends DomainError {
  readonly code = 'BACKUP_COPY_UNDERWAY';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`A copy is under way or was broken off: ${tables.join(', ')}.`, {
      remedy: 'Let `sluice migrate` end, then run the same command again.',
    });
  }
}

export class BackupSchemaError extends DomainError {
  readonly code = 'BACKUP_SCHEMA_UNKNOWN';
  readonly kind = 'refused';
  constructor(differences: readonly string[]) {
    super(`The schema is not what the Prisma migrations of this release make: ${differences.join('; ')}.`, {
      remedy: 'Use the release that made it, or bring the schema up to date with `sluice db migrate`.',
    });
  }
}

export class RestoreNotEmptyError extends DomainError {
  readonly code = 'BACKUP_TARGET_NOT_EMPTY';
  readonly kind = 'refused';
  constructor(what: string) {
    super(`${what} is not empty. Nothing was changed.`, {
      remedy: 'Restore into a new database and a new folder, look at them, and then point DATABASE_URL there.',
    });
  }
}

export class CreateDatabaseError extends DomainError {
  readonly code = 'BACKUP_CREATEDB_MISSING';
  readonly kind = 'refused';
  constructor(cause: unknown) {
    super('The role of DATABASE_URL may not make the database that a trial restore needs.', {
      remedy: 'Grant it CREATEDB (ALTER ROLE name CREATEDB), or name an empty database with --into URL.',
      cause,
    });
  }
}

export class CompressionUnknownError extends DomainError {
  readonly code = 'BACKUP_COMPRESSION_UNKNOWN';
  readonly kind = 'refused';
  constructor(compression: string) {
    super(`The backup is compressed with ${compression}, which this Node.js cannot read.`, {
      remedy: 'Use Node.js 22.15, 24 or newer.',
    });
  }
}

export class LegacyUnreadableError extends DomainError {
  readonly code = 'BACKUP_FILE_UNREADABLE';
  readonly kind = 'refused';
  constructor(file: string, why: string) {
    super(`${file} ${why}, so a backup would lack it.`, {
      remedy:
        'Mend or remove the file, or wait until the program that writes it is done; then run the same command again.',
    });
  }
}

/** A backup without a file that was migrated from would look whole, and would not be. */
export class LegacyMissingError extends DomainError {
  readonly code = 'BACKUP_FILE_MISSING';
  readonly kind = 'refused';
  constructor(root: string, tables: readonly string[], what = 'holds what was migrated') {
    super(`No legacy file below ${root} ${what}: ${tables.join(', ')}.`, {
      remedy: 'Check --legacy (LEGACY_DIR), and name files that lie elsewhere with --working-dir or --file.',
    });
  }
}

export class ArchiveNotClosedError extends DomainError {
  readonly code = 'ARCHIVE_NOT_CLOSED';
  readonly kind = 'refused';
  constructor(domains: readonly string[]) {
    super(`The legacy files are still in use: ${domains.join(', ')}.`, {
      remedy: 'Close every domain first (`sluice cutover close`); `sluice cutover status` says what is missing.',
    });
  }
}

export class OriginalsKeptError extends DomainError {
  readonly code = 'ARCHIVE_ORIGINALS_KEPT';
  readonly kind = 'refused';
  constructor(reasons: readonly string[]) {
    super(`No legacy file was removed:\n  ${reasons.join('\n  ')}`, {
      remedy:
        'Make an archive of the files as they are now with `sluice archive create`; it is restored as a trial at once.',
    });
  }
}
