import type { Client } from 'pg';
import { PostgresLoginError, TargetEncodingError } from './migration.errors';
import { sqlState } from './postgres-errors';
import { inSession, type SessionOptions } from './session';

/**
 * Throws `MIGRATION_TARGET_ENCODING` for a database in another encoding than UTF-8: it refuses texts that have no place in
 * it, SQL_ASCII even each escape in JSON, after rows without any have arrived.
 */
export async function checkEncoding(client: Client): Promise<void> {
  const { rows } = await client.query<{ encoding: string }>(
    'SELECT pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()',
  );
  const encoding = rows[0]?.encoding ?? 'unknown';
  if (encoding !== 'UTF8') throw new TargetEncodingError(encoding);
}

/** False where there is no such database yet. Throws what `openSession` and `checkEncoding` do. */
export async function checkDatabase(options: SessionOptions): Promise<boolean> {
  try {
    await inSession(options, checkEncoding);
    return true;
  } catch (error) {
    if (error instanceof PostgresLoginError && sqlState(error.cause) === '3D000') return false;
    throw error;
  }
}
