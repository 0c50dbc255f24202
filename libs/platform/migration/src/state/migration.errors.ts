import { DomainError } from '@sluice/core';
import { shownTime } from './shown-time';

/** For a remedy. Without `--yes`, and of no other tables than have to be: what else was written into them would be lost as well. */
export const restartOf = (tables: readonly string[]): string =>
  `\`sluice migrate --restart ${tables.map((table) => `--only ${table}`).join(' ')}\`, which says what it would empty and asks for --yes`;

export class LockHeldError extends DomainError {
  readonly code = 'MIGRATION_LOCK_HELD';
  readonly kind = 'refused';
  constructor(holder: string) {
    super(`Another migration is at work on this database: ${holder}.`, {
      remedy: 'Wait until it has ended, or stop it; its checkpoint stays valid.',
    });
  }
}

/** A session that keeps the audit log locked. Of another role nobody is told since when. */
export interface AuditHolder {
  readonly pid: number;
  /** The application's; empty where it gave none. */
  readonly name: string;
  readonly user: string;
  readonly since: Date | null;
}

export class AuditLockHeldError extends DomainError {
  readonly code = 'AUDIT_LOCK_HELD';
  readonly kind = 'refused';
  constructor(holders: readonly AuditHolder[], cause: unknown) {
    const shown = holders.map(({ pid, name, user, since }) => `${name || 'a session without a name'} (pid ${pid}, role ${user}${since ? `, in a transaction since ${shownTime(since)}` : ''})`); // prettier-ignore
    super(
      `Somebody else keeps the audit log locked: ${shown.join('; ') || 'it has just ended'}. Without an entry in it nothing is changed.`,
      {
        remedy: `Let it end, or end it (${holders.map(({ pid }) => `SELECT pg_terminate_backend(${pid})`).join('; ') || 'it has'}); then run the same command again.`,
        cause,
      },
    );
  }
}

export class ResumeRefusedError extends DomainError {
  readonly code = 'MIGRATION_RESUME_REFUSED';
  readonly kind = 'refused';
  constructor(table: string, differences: readonly string[]) {
    super(`${table} cannot be resumed: ${differences.join('; ')}.`, {
      remedy: `Copy it again from the start with ${restartOf([table])}.`,
    });
  }
}

export class TargetNotEmptyError extends DomainError {
  readonly code = 'MIGRATION_TARGET_NOT_EMPTY';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`The target already holds rows that no migration loaded: ${tables.join(', ')}.`, {
      remedy: `Migrate into an empty database, or copy these tables anew with ${restartOf(tables)}.`,
    });
  }
}

export class TargetShapeError extends DomainError {
  readonly code = 'MIGRATION_TARGET_SHAPE';
  readonly kind = 'refused';
  constructor(differences: readonly string[]) {
    super(`The target's tables are not what the mapping expects:\n  ${differences.join('\n  ')}`, {
      remedy: 'Bring the schema up to date with `sluice db migrate`.',
    });
  }
}

export class NotMigratedError extends DomainError {
  readonly code = 'MIGRATION_NOT_DONE';
  readonly kind = 'refused';
  constructor(table: string, why: string, act: 'verified' | 'replayed' = 'verified') {
    super(`${table} cannot be ${act}: ${why}.`, { remedy: 'Run `sluice migrate` first.' });
  }
}

export class QuarantineSourceError extends DomainError {
  readonly code = 'QUARANTINE_SOURCE_MISSING';
  readonly kind = 'refused';
  constructor(root: string, missing: readonly string[]) {
    super(`Rows are in quarantine whose legacy file is not below ${root}:\n  ${missing.join('\n  ')}`, {
      remedy: 'Check --legacy (LEGACY_DIR), name the file with --file TABLE=PATH, or replay the others with --only.',
    });
  }
}

export class ForeignSourceError extends DomainError {
  readonly code = 'QUARANTINE_SOURCE_FOREIGN';
  readonly kind = 'refused';
  constructor(table: string, recorded: string, given: string, differences: readonly string[]) {
    const why =
      differences.length > 0
        ? `rows that were copied differ in it:\n  ${differences.join('\n  ')}`
        : 'no row of it is in PostgreSQL to recognise it by, and it lies elsewhere.';
    super(`${table} was migrated from ${recorded}, and ${given} is another file or has changed since: ${why}`, {
      remedy: `Nothing was loaded. Give the folder with the mended file itself (--legacy), or copy again with ${restartOf([table])}.`,
    });
  }
}

export class ParentMissingError extends DomainError {
  readonly code = 'MIGRATION_PARENT_MISSING';
  readonly kind = 'refused';
  constructor(table: string, parent: string) {
    super(`${table} refers to ${parent}, which has not been migrated: its rows would all be set aside.`, {
      remedy: `Migrate ${parent} first, or leave out --only.`,
    });
  }
}

export class SourceGoneError extends DomainError {
  readonly code = 'MIGRATION_SOURCE_GONE';
  readonly kind = 'refused';
  constructor(tables: readonly string[]) {
    super(`Rows were migrated from legacy files that are not there any more:\n  ${tables.join('\n  ')}`, {
      remedy:
        'Check --legacy (LEGACY_DIR), restore the file or name it with --file TABLE=PATH; --only TABLE, as often as needed, goes without it.',
    });
  }
}

export class EngineSchemaError extends DomainError {
  readonly code = 'MIGRATION_ENGINE_SCHEMA';
  readonly kind = 'refused';
  constructor(cause: unknown) {
    super("The database lacks the migration engine's own tables, or has them from another release.", {
      cause,
      remedy: 'Bring the schema up to date with `sluice db migrate`; `sluice db status` shows what is applied.',
    });
  }
}

export class TargetReadOnlyError extends DomainError {
  readonly code = 'MIGRATION_TARGET_READ_ONLY';
  readonly kind = 'refused';
  constructor() {
    super('The database is read-only (a standby, or default_transaction_read_only).', {
      remedy: 'Point DATABASE_URL at the primary server.',
    });
  }
}

export class TargetEncodingError extends DomainError {
  readonly code = 'MIGRATION_TARGET_ENCODING';
  readonly kind = 'refused';
  constructor(encoding: string) {
    super(`The database has the encoding ${encoding}, which cannot keep every text.`, {
      remedy: "Make one with CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.",
    });
  }
}

export class PlanLostError extends DomainError {
  readonly code = 'MIGRATION_PLAN_LOST';
  readonly kind = 'refused';
  constructor(table: string) {
    super(`Another process has taken over the migration of ${table}; this one has stopped without a change.`);
  }
}

export class CountMismatchError extends DomainError {
  readonly code = 'MIGRATION_COUNT_MISMATCH';
  readonly kind = 'differs';
  constructor(table: string, counts: string) {
    super(`${table}: the counts do not add up: ${counts}.`, {
      remedy: 'Run `sluice inspect` to check the file, then `sluice migrate --restart --yes`.',
    });
  }
}

export class PostgresAwayError extends DomainError {
  readonly code = 'POSTGRES_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super('PostgreSQL does not answer.', {
      cause,
      remedy: 'Start it, or check DATABASE_URL; then run the same command again.',
    });
  }
}

/** PostgreSQL answers, and does not take the user, the password, the database or the TLS of DATABASE_URL. */
export class PostgresLoginError extends DomainError {
  readonly code = 'POSTGRES_LOGIN_REFUSED';
  readonly kind = 'usage';
  constructor(cause: unknown) {
    super('PostgreSQL answers, and does not take DATABASE_URL.', {
      cause,
      remedy:
        'Correct its user, password (percent-encoded), database or sslmode, or make the database (`sluice db migrate`).',
    });
  }
}

export class PostgresPrivilegeError extends DomainError {
  readonly code = 'POSTGRES_PRIVILEGE_MISSING';
  readonly kind = 'refused';
  constructor(what: string) {
    super(`The role of DATABASE_URL lacks a privilege: ${what}.`, {
      remedy: 'Grant it, or connect as the role that owns the tables: indexes of large tables are set aside, too.',
    });
  }
}

export class PostgresBusyError extends DomainError {
  readonly code = 'POSTGRES_BUSY';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super('PostgreSQL could not take the work now. What was committed stays, and the checkpoint is valid.', {
      cause,
      remedy: 'Free what it names (a migration takes five connections), then run the same command again: it goes on.',
    });
  }
}

/** Somebody ended a statement on the server. A person's will and no fault of the network, so it is not tried again. */
export class StatementCancelledError extends DomainError {
  readonly code = 'POSTGRES_STATEMENT_CANCELLED';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super('A statement was cancelled on the server. What was committed stays, and the checkpoint is valid.', {
      cause,
      remedy:
        'Ask who cancels statements there (pg_cancel_backend, a pooler), then run the same command again: it goes on.',
    });
  }
}

export class PostgresFullError extends DomainError {
  readonly code = 'POSTGRES_FULL';
  readonly kind = 'unavailable';
  constructor(cause: unknown) {
    super('PostgreSQL has no space left. What was committed stays, and the checkpoint is valid.', {
      cause,
      remedy: 'Free or add space on the server, then run the same command again: it goes on where it stopped.',
    });
  }
}

export class InterruptedError extends DomainError {
  readonly code = 'MIGRATION_INTERRUPTED';
  readonly kind = 'interrupted';
  constructor() {
    super('Stopped on request. The checkpoint is valid.', {
      remedy: 'Run the same command again: it goes on where it stopped.',
    });
  }
}

/** What was thrown; where it is the signal's own reason, that the work was stopped on request. */
export const stoppedOr = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted && error === signal.reason ? new InterruptedError() : error;
