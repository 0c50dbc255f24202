import type { Client } from 'pg';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';

/** The sequence of a target's key, quoted as SQL needs it; null where it has none. */
export async function findSequence(client: Client, table: LegacyTable): Promise<string | null> {
  const { rows } = await client.query<{ sequence: string | null }>(
    'SELECT pg_get_serial_sequence($1, $2) AS sequence',
    [targetName(table), table.source.key],
  );
  return rows[0]?.sequence ?? null;
}
