import type { Client } from 'pg';

/** Of which database something is evidence. */
export interface ThisDatabase {
  /**
   * What its cluster was made with and its own number there, not where it is reached, which is `localhost` in every container. A
   * dump that is restored makes another one; a physical copy of a cluster has the same.
   */
  readonly name: string;
  /** Of the cluster's history: another one from a recovery to a point in time on, or the promotion of a standby. Null on a standby. */
  readonly timeline: string | null;
}

/** Any role may ask. */
export async function thisDatabase(client: Client): Promise<ThisDatabase> {
  const { rows } = await client.query<ThisDatabase>(
    `SELECT system_identifier || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS name,
       CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline
       FROM pg_control_system()`,
  );
  return rows[0]!;
}
