import type { Client } from 'pg';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';

export interface UniqueIndex {
  /** In their order in the index; expressions are not among them. */
  readonly columns: readonly string[];
  /** Of some rows alone, or of more than columns. */
  readonly isPartial: boolean;
}

/** The target's unique indexes beside that of its key. */
export async function uniqueIndexes(client: Client, table: LegacyTable): Promise<UniqueIndex[]> {
  const { rows } = await client.query<UniqueIndex>(
    `SELECT i.indpred IS NOT NULL OR i.indexprs IS NOT NULL AS "isPartial",
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, at)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
              WHERE k.at <= i.indnkeyatts ORDER BY k.at) AS columns
       FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique AND NOT i.indisprimary ORDER BY i.indexrelid`,
    [targetName(table)],
  );
  return rows;
}
