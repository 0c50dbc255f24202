import { types } from 'node:util';

/** Also of another realm: what Node's own sockets throw is no instance of the `Error` that a test's sandbox has. */
const { isNativeError } = types;

/** What a PostgreSQL or socket error means for the work at hand (SQLSTATE, or Node's code). */
export type ErrorClass =
  | 'data' // a value or row breaks a rule of the target: the row is set aside
  | 'connection' // the server went away: connect again, look up the checkpoint, go on
  | 'transient' // the same transaction may succeed when it is tried again
  | 'cancelled' // somebody ended this one statement on the server: a person's will, so it is not tried again
  | 'full' // no space on the server: stop with a valid checkpoint
  | 'other';

/** Of the guard that every table of a domain has: the domain's mode does not let this writer write. */
export const REFUSED_BY_MODE = 'SL001';

/** The time for a lock is over, or two waited for each other and this one had to give way. */
export const isLockLost = (error: unknown): boolean => ['55P03', '40P01'].includes(sqlState(error) ?? '');

/** No such table or column: where a statement of ours says so, the schema is not the program's. */
export const isSchemaError = (error: unknown): boolean => ['42P01', '42703'].includes(sqlState(error) ?? '');

/** The server ends, crashes or starts; Node's codes of a socket that breaks or a name that is not known (yet). */
const CONNECTION = new Set([
  ...['57P01', '57P02', '57P03', '57P05'],
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN'],
]);
const TRANSIENT = new Set(['40001', '40P01', '53300', '55P03']);

export function classify(error: unknown): ErrorClass {
  const code = sqlState(error);
  if (code === undefined) return isSocketLoss(error) ? 'connection' : 'other';
  if (CONNECTION.has(code) || code.startsWith('08') || isSocketMissing(error)) return 'connection';
  if (TRANSIENT.has(code)) return 'transient';
  if (code === '57014') return 'cancelled';
  if (code === '53100' || code === 'ENOSPC') return 'full';
  return /^(22|23|54)/.test(code) ? 'data' : 'other';
}

export function sqlState(error: unknown): string | undefined {
  const code = isNativeError(error) && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * What the server said to a statement of Prisma, as node-postgres would have thrown it: Prisma's own words show the call and not
 * the reason. Null for any other error.
 */
export function serverErrorOf(error: unknown): Error | null {
  const { meta } = (error ?? {}) as { meta?: { driverAdapterError?: { cause?: Record<string, unknown> } } };
  const { originalCode, originalMessage, detail } = meta?.driverAdapterError?.cause ?? {};
  if (typeof originalCode !== 'string' || typeof originalMessage !== 'string') return null;
  return Object.assign(new Error(originalMessage), { code: originalCode, ...(detail ? { detail } : {}) });
}

/** A server's Unix socket that is not there; without a connect, ENOENT speaks of a file of this machine. */
function isSocketMissing(error: unknown): boolean {
  return sqlState(error) === 'ENOENT' && (error as { syscall?: unknown }).syscall === 'connect';
}

/**
 * True where a server answers and DATABASE_URL is what it does not take: user, password, database name, a role that may
 * not log in, TLS. node-postgres says some of it in words alone.
 */
export function isWrongAddress(error: unknown): boolean {
  const code = sqlState(error) ?? '';
  if (['3D000', '28P01', '28000'].includes(code) || /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(code)) return true;
  return error instanceof Error && /^SASL|does not support SSL|no password supplied/.test(error.message);
}

/** node-postgres reports a lost socket by these messages alone. */
function isSocketLoss(error: unknown): boolean {
  const message = isNativeError(error) ? error.message : '';
  return /Connection terminated|connection error|Client was closed|not queryable|timeout exceeded/.test(message);
}

/** A reason for the quarantine: the constraint or type that said no. The detail, which shows values, is left out. */
export function dataReason(error: unknown): { code: string; column: string | null; reason: string } {
  const fields = error as { code?: string; constraint?: string; column?: string; message?: string };
  const constraint = fields.constraint ? ` (${fields.constraint})` : '';
  const code =
    { '23503': 'B34', '23505': 'B31', '54000': 'B30' }[fields.code ?? ''] ?? `PG-${fields.code ?? 'unknown'}`;
  const reason = { '23503': 'refers to a row that is not there', '23505': 'the same key as an earlier row' };
  const known = reason[fields.code as keyof typeof reason];
  return {
    code,
    column: fields.column ?? null,
    reason: `${known ?? withoutValues(fields.message ?? '')}${constraint}`,
  };
}

const withoutValues = (message: string): string => message.replace(/"[^"]*"/g, '"…"').replace(/: .*$/s, '');
