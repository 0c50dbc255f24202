import { DomainError } from '@sluice/core';

/** PostgreSQL cannot be reached, refuses the connection, or did not answer in time. Trying again later may help. */
export class PostgresUnavailableError extends DomainError {
  readonly code = 'POSTGRES_UNAVAILABLE';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('PostgreSQL is not available.', { cause, remedy: 'Check DATABASE_URL and that the server runs.' });
  }
}

/** PostgreSQL answers and takes nothing: a standby, or one that was told so. Nothing was written, and reads go on. */
export class PostgresReadOnlyError extends DomainError {
  readonly code = 'POSTGRES_READ_ONLY';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('PostgreSQL is read-only; nothing was written.', {
      cause,
      remedy: 'Point DATABASE_URL at the primary server, or end default_transaction_read_only.',
    });
  }
}

/** The address names what is not there: a file of certificates. */
export class DatabaseAddressError extends DomainError {
  readonly code = 'POSTGRES_ADDRESS_UNUSABLE';
  readonly kind = 'usage';

  constructor(cause: unknown) {
    super('DATABASE_URL cannot be used.', { cause, remedy: 'Correct what it names, such as the file of sslrootcert.' });
  }
}

/**
 * Another transaction was in the way: a deadlock that this one was ended for, a lock that it did not get in time. Nothing of
 * it was written.
 */
export class WriteContendedError extends DomainError {
  readonly code = 'WRITE_CONTENDED';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('Another writer was in the way; nothing was written.', { cause, remedy: 'Try again.' });
  }
}

/** The folder of the Prisma migrations is not beside the program, so it cannot be known what should be applied. */
export class MigrationsNotFoundError extends DomainError {
  readonly code = 'POSTGRES_MIGRATIONS_NOT_FOUND';
  readonly kind = 'refused';

  constructor(from: string) {
    super(`No prisma/migrations folder at or above ${from}.`, {
      remedy: 'Ship the prisma folder with the program.',
    });
  }
}

/**
 * SQLSTATE classes and codes that speak of the server and not of the statement: connection exceptions, too many
 * connections, shutdown and crash, start-up and recovery, cancelled for time, unknown database, and failed log-in.
 */
const unavailableStates = /^(08|57P0|28|3D000|53300|57014|25006)/;

const READ_ONLY = '25006';

/** Prisma's own: a transaction that had no connection in time, or took longer than it may. */
const EXPIRED = 'P2028';

/** Names of the driver adapter's failures that happen without a SQLSTATE. */
const unavailableKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError']);

/** node-postgres throws plain errors for its own time-outs and for sockets that end; their texts are all there is. */
const unavailableTexts =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Query read timeout|ECONNREFUSED|ECONNRESET|EPIPE/;

/** SQLSTATEs of a deadlock, of a serialization failure and of a lock that is not given, and Prisma's names for the first two. */
const contended = new Set(['40P01', '40001', '55P03', 'P2034', 'TransactionWriteConflict']);

interface Failure {
  readonly kind: unknown;
  readonly code: unknown;
  readonly originalCode: unknown;
  readonly message: unknown;
}

/** True where the failure is the server's absence and not the statement's fault. */
export const isUnavailable = (error: unknown): boolean =>
  someFailure(
    error,
    ({ kind, code, originalCode, message }) =>
      (typeof kind === 'string' && unavailableKinds.has(kind)) ||
      [code, originalCode].some((state) => typeof state === 'string' && unavailableStates.test(state)) ||
      code === EXPIRED ||
      (typeof message === 'string' && unavailableTexts.test(message)),
  );

/** True where the server takes no write at all. */
export const isReadOnly = (error: unknown): boolean =>
  someFailure(error, ({ code, originalCode }) => code === READ_ONLY || originalCode === READ_ONLY);

/** True where the server ended the transaction for the sake of another one. */
export const isContended = (error: unknown): boolean =>
  someFailure(error, ({ kind, code, originalCode }) =>
    [kind, code, originalCode].some((name) => typeof name === 'string' && contended.has(name)),
  );

/**
 * Prisma puts the call that failed in front of what was wrong with it: the arguments, which are values of users, over many
 * lines. Only the last paragraph stays, in the stack too. The error is the same, with its class and its codes.
 */
export function withoutArguments(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.startsWith('\nInvalid `')) return error;
  const told = error.message;
  error.message = told.slice(told.lastIndexOf('\n\n') + 2);
  if (error.stack) error.stack = error.stack.replace(told, () => error.message);
  return error;
}

/** Asks about an error, what the driver adapter has wrapped in it, and its cause. */
function someFailure(error: unknown, is: (failure: Failure) => boolean): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { cause, meta } = error as { cause?: unknown; meta?: { driverAdapterError?: unknown } };
  return is(error as Failure) || someFailure(meta?.driverAdapterError, is) || someFailure(cause, is);
}

/** A write that the mode of its domain forbids at this moment. The database said so, in the writer's own transaction. */
export class DomainWriteRefusedError extends DomainError {
  readonly code = 'DOMAIN_WRITE_REFUSED';
  readonly kind = 'conflict';

  constructor(
    readonly domain: string,
    readonly mode: string,
    cause: unknown,
  ) {
    const why =
      mode === 'legacy' ? 'only the legacy program writes its rows' : 'its mode does not let this writer write';
    super(`The domain ${domain} is in mode ${mode}: ${why}. Nothing was written.`, {
      remedy:
        'Write through the legacy program, or again after the domain has moved on: "sluice cutover status" tells.',
      cause,
    });
  }
}

/** SQLSTATE of the guard that every table of a domain has. */
const REFUSED_BY_MODE = 'SL001';

/** The guard's refusal as an error of ours; null where it is something else. */
export function refusalOf(error: unknown): DomainWriteRefusedError | null {
  const found = adapterCause(error);
  if (found?.code !== REFUSED_BY_MODE) return null;
  const { domain, mode } = JSON.parse(String(found.detail)) as { domain: string; mode: string };
  return new DomainWriteRefusedError(domain, mode, error);
}

/** What the server said, as the driver adapter wraps it. */
function adapterCause(error: unknown): { readonly code?: unknown; readonly detail?: unknown } | null {
  if (typeof error !== 'object' || error === null) return null;
  const { cause, meta } = error as { cause?: unknown; meta?: { driverAdapterError?: { cause?: unknown } } };
  const found = meta?.driverAdapterError?.cause ?? cause;
  return typeof found === 'object' && found !== null ? found : null;
}
