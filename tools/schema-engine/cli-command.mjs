import pg from 'pg';
import { readAddress } from './connection.mjs';

/** Prisma's public error codes by the codes of PostgreSQL and of the network. */
const PRISMA_CODES = {
  '3D000': 'P1003',
  '28P01': 'P1000',
  28000: 'P1000',
  ECONNREFUSED: 'P1001',
  ENOTFOUND: 'P1001',
  EAI_AGAIN: 'P1001',
  EHOSTUNREACH: 'P1001',
  ETIMEDOUT: 'P1001',
};

/**
 * `schema-engine cli can-connect-to-database | create-database | drop-database`: the questions that Prisma asks by exit
 * code, with the reason as one JSON line on standard error. Returns the exit code.
 */
export async function runCliCommand(command, url) {
  const { config } = readAddress(url);
  const client = new pg.Client(command === 'can-connect-to-database' ? config : { ...config, database: 'postgres' });
  try {
    await client.connect();
    const name = client.escapeIdentifier(config.database);
    if (command === 'create-database') await client.query(`CREATE DATABASE ${name} ENCODING 'UTF8'`);
    if (command === 'drop-database') await client.query(`DROP DATABASE IF EXISTS ${name}`);
    return 0;
  } catch (error) {
    const message = error.message || `Can't reach database server at ${config.host}:${config.port}`;
    const fields = { error_code: PRISMA_CODES[error.code] ?? 'P1010', message };
    // Prisma skips the first line, where the native program names itself.
    process.stderr.write(
      `schema-engine\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}\n`,
    );
    return 1;
  } finally {
    await client.end();
  }
}
