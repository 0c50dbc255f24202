import type { Client } from 'pg';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';

/** Keeps a target's next id above every id that the legacy file has used, deleted ones included. */
export class SequenceAdvance {
  private readonly known = new Map<string, { readonly sequence: string | null; top: bigint }>();

  /** Outside of every transaction, as sequences are: a batch that is undone leaves at most a gap. */
  async advance(client: Client, { name, source, target }: LegacyTable, greatest: bigint): Promise<void> {
    if (target.kind !== 'postgres') return;
    const known = this.known.get(name) ?? { sequence: await sequenceOf(client, target.table, source.key), top: 0n };
    this.known.set(name, known);
    if (known.sequence === null || greatest <= known.top) return;
    await client.query(
      `SELECT setval($1, $2) FROM ${known.sequence} WHERE last_value < $2 OR (last_value = $2 AND NOT is_called)`,
      [known.sequence, greatest.toString()],
    );
    known.top = greatest;
  }
}

async function sequenceOf(client: Client, table: string, key: string): Promise<string | null> {
  const { rows } = await client.query<{ sequence: string | null }>(
    'SELECT pg_get_serial_sequence($1, $2) AS sequence',
    [quoteName(table), key],
  );
  return rows[0]?.sequence ?? null;
}
