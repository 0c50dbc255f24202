import { createHash } from 'node:crypto';
import type { Client } from 'pg';

/** The cache entry that a legacy row asks for, and its value. */
export interface RowEntry {
  readonly key: bigint;
  readonly entry: string;
  readonly value: string;
}

/** By it an entry that is still what a row has said is known from one that others have written. */
export const digestOf = (value: string): string => createHash('sha256').update(value).digest('base64');

/** Remembers which row asks for which entry, inside the caller's transaction: a row that is gone cannot be asked. */
export async function rememberEntries(client: Client, table: string, rows: readonly RowEntry[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO migration_entries (table_name, row_key, entry_key, digest)
     SELECT $1, key, entry, digest FROM unnest($2::bigint[], $3::text[], $4::text[]) AS r(key, entry, digest)
     ON CONFLICT (table_name, row_key) DO UPDATE SET entry_key = excluded.entry_key, digest = excluded.digest`,
    [
      table, rows.map(({ key }) => key.toString()), rows.map(({ entry }) => entry),
      rows.map(({ value }) => digestOf(value)),
    ], // prettier-ignore
  );
}

/** Digests of what the file said last of these entries, and of those that the rows asked for; of an entry without a row none. */
export async function saidBefore(
  client: Client,
  table: string,
  keys: readonly bigint[],
  entries: readonly string[],
): Promise<Map<string, string | null>> {
  const { rows } = await client.query<{ entry: string; digest: string | null }>(
    `WITH asked AS (SELECT entry_key FROM migration_entries WHERE table_name = $1 AND row_key = ANY($2::bigint[])
                    UNION SELECT unnest($3::text[]))
     SELECT DISTINCT ON (e.entry_key) e.entry_key AS entry, e.digest FROM asked JOIN migration_entries e USING (entry_key)
      WHERE e.table_name = $1 ORDER BY e.entry_key, e.row_key DESC`,
    [table, keys.map(String), entries],
  );
  return new Map(rows.map(({ entry, digest }) => [entry, digest]));
}

/** Forgets those of single rows, or of all rows of a table, and gives the entries' keys of those it knew. */
export async function forgetEntries(client: Client, table: string, keys: readonly bigint[] | null): Promise<string[]> {
  const { rows } = await client.query<{ entry: string }>(
    `DELETE FROM migration_entries WHERE table_name = $1 AND ($2::bigint[] IS NULL OR row_key = ANY($2::bigint[]))
     RETURNING entry_key AS entry`,
    [table, keys?.map(String) ?? null],
  );
  return rows.map(({ entry }) => entry);
}

/** Of each entry the row that counts: where several ask for one entry it is the last of them. */
export async function winnersOf(
  client: Client,
  table: string,
  entries: readonly string[],
): Promise<Map<string, bigint>> {
  const { rows } = await client.query<{ entry: string; key: string }>(
    `SELECT entry_key AS entry, max(row_key)::text AS key FROM migration_entries
      WHERE table_name = $1 AND entry_key = ANY($2::text[]) GROUP BY entry_key`,
    [table, entries],
  );
  return new Map(rows.map(({ entry, key }) => [entry, BigInt(key)]));
}
