import type { Client } from 'pg';
import { sqlState } from '../state/postgres-errors';
import { CreateDatabaseError } from './backup.errors';
import { tagOf } from './backup-options';

/**
 * Makes an empty database on the same server for as long as the work lasts. Its name says which database it is a trial of: what a
 * killed trial of the same kind left, the next one removes. Throws `BACKUP_CREATEDB_MISSING`.
 */
export async function inTrialDatabase(
  client: Client,
  connectionString: string,
  kind: 'sluice_rehearsal' | 'sluice_cutover',
  work: (url: string) => Promise<void>,
): Promise<void> {
  const name = `${kind}_${await tagOf(client)}`;
  const remove = `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;
  try {
    await client.query(remove);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  } catch (error) {
    throw sqlState(error) === '42501' ? new CreateDatabaseError(error) : error;
  }
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  url.searchParams.delete('schema');
  try {
    await work(url.href);
  } finally {
    await client.query(remove);
  }
}
