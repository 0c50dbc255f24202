import { DomainError } from '@sluice/core';

/** PostgreSQL cannot be reached, refuses the connection, or did not answer in time. Trying again later may help. */
export class PostgresUnavailableError extends DomainError {
  readonly code = 'POSTGRES_UNAVAILABLE';
  readonly kind = 'unavailable';

  constructor(cause: unknown) {
    super('PostgreSQL is not available.', { cause, remedy: 'Check DATABASE_URL and that the server runs.' });
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

/** Names of the driver adapter's failures that happen without a SQLSTATE. */
const unavailableKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError']);

/** node-postgres throws plain errors for its own time-outs and for sockets that end; their texts are all there is. */
const unavailableTexts =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Query read timeout|ECONNREFUSED|ECONNRESET|EPIPE/;

/** True where the failure is the server's absence and not the statement's fault. */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { kind, code, originalCode, message, cause, meta } = error as Record<string, unknown>;
  if (typeof kind === 'string' && unavailableKinds.has(kind)) return true;
  if ([code, originalCode].some((state) => typeof state === 'string' && unavailableStates.test(state))) return true;
  if (typeof message === 'string' && unavailableTexts.test(message)) return true;
  const adapterError = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  return isUnavailable(adapterError) || isUnavailable(cause);
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
