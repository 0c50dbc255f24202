import { DomainError } from '@sluice/core';

/** The command was asked wrongly: an option, a name or a number that does not fit. */
export class UsageError extends DomainError {
  readonly code = 'CLI_USAGE';
  readonly kind = 'usage';
}

/** DATABASE_URL asks for a schema of PostgreSQL in which the migrations would not make their tables. */
export class OtherSchemaError extends DomainError {
  readonly code = 'DB_SCHEMA_REFUSED';
  readonly kind = 'usage';
  constructor(schema: string) {
    super(`DATABASE_URL names the schema ${schema}, and the tables are made in public. Nothing was changed.`, {
      remedy:
        'Leave out ?schema=… in DATABASE_URL. To keep them apart from other tables, give them a database of their own.',
    });
  }
}

/** Redis answers, and does not take the user, the password or the database number of REDIS_URL. */
export class RedisLoginError extends DomainError {
  readonly code = 'REDIS_LOGIN_REFUSED';
  readonly kind = 'usage';
  constructor(cause: unknown) {
    super('Redis answers, and does not take REDIS_URL.', {
      cause,
      remedy: 'Correct it: redis://user:password@host:6379/0, with special characters percent-encoded.',
    });
  }
}

/** Redis went away before it had taken a change of the caches; this process ends, so nothing delivers it later. */
export class CacheChangeLostError extends DomainError {
  readonly code = 'CACHE_CHANGE_NOT_TAKEN';
  readonly kind = 'unavailable';
  constructor(reason: string) {
    super(`Redis has not taken the change: ${reason}`, { remedy: 'Run the command again when Redis answers.' });
  }
}

/** The database is of an older release, or empty: what is to be read from it is not there. */
export class DatabaseNotMigratedError extends DomainError {
  readonly code = 'CLI_DATABASE_NOT_MIGRATED';
  readonly kind = 'refused';
  constructor(missing: readonly string[]) {
    super(`The database lacks migrations: ${missing.join(', ')}.`, { remedy: 'Run `sluice db migrate`.' });
  }
}
