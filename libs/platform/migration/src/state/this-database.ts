import type { Client } from 'pg';
import { sqlState } from './postgres-errors';
import { inSavepoint } from './transaction';

/** Of which database something is evidence. */
export interface ThisDatabase {
  /** See `databaseName`. */
  readonly name: string;
  /** Of the cluster's history: another one from a recovery to a point in time on, or the promotion of a standby. Null on a standby, and where the server does not tell. */
  readonly timeline: string | null;
}

export async function thisDatabase(client: Client): Promise<ThisDatabase> {
  return { name: await databaseName(client), timeline: await timelineOf(client) };
}

/**
 * What its cluster was made with and its own number there, not where it is reached, which is `localhost` in every container. A dump
 * that is restored makes another one; a physical copy of a cluster has the same. Any role may ask.
 */
export async function databaseName(client: Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT system_identifier || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS name
       FROM pg_control_system()`,
  );
  return rows[0]!.name;
}

/** Some hosted servers keep what is about the log to themselves. */
async function timelineOf(client: Client): Promise<string | null> {
  try {
    const { rows } = await inSavepoint(client, () =>
      client.query<{ timeline: string | null }>(
        `SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline`,
      ),
    );
    return rows[0]!.timeline;
  } catch (error) {
    if (!REFUSALS.includes(sqlState(error) ?? '')) throw error;
    return null;
  }
}

/** No right to it, not offered, not there. */
const REFUSALS = ['42501', '0A000', '55000', '42883'];
