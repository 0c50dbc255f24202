import { Pool } from 'pg';
import type { PostgresOptions } from './postgres';
import { newClient, takeSettings } from './session-settings';

/** Connections to one database, `max` at most. Nothing connects before the first query. Throws `POSTGRES_ADDRESS_UNUSABLE`. */
export function openPool(options: PostgresOptions, max: number): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? DEFAULT_STATEMENT_TIMEOUT_MS;
  newClient({ connectionString: options.url }); // A pool would say so to each query.
  const pool = new Pool({
    connectionString: options.url,
    max,
    connectionTimeoutMillis: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    onConnect: (client) => takeSettings(client, options.url, { statementTimeoutMs }),
    // The server cancels first; this ends the wait for a server that is frozen and cancels nothing.
    query_timeout: statementTimeoutMs + 1_000,
    idleTimeoutMillis: 30_000,
    application_name: options.applicationName ?? 'sluice',
  });
  // A connection that breaks says so to whoever has a statement on it. While nobody uses it, and between the statements of a
  // transaction, that is nobody, and an `error` that nobody hears ends the process; the next statement fails by itself.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export const DEFAULT_STATEMENT_TIMEOUT_MS = 15_000;
export const DEFAULT_CONNECT_TIMEOUT_MS = 3_000;
