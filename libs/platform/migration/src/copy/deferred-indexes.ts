import type { Client } from 'pg';

/** Below this many rows an index costs less than its rebuilding is worth. */
export const DEFER_FROM_ROWS = 10_000n;
/**
 * In rows that are wider, the primary key stays: building it reads the whole table again, and keys that come in order cost
 * little (100,000 rows of 1.4 KB: 0.2 s to build, nothing measurable to keep up over two connections).
 */
const WIDE_ROW_BYTES = 512;

/**
 * Takes the primary key and the indexes that are not unique from a table for the time of its load, and gives the SQL that
 * brings them back: building them at the end, sorted, costs a third of keeping them up row by row. To be called in the
 * transaction that stores that SQL. Indexes that judge rows stay: the unique ones, and those over values of any length, of
 * which one may be too long for an index. The primary key judges none, because SQLite's own key is unique; it stays where
 * a foreign key leans on it, and in wide rows.
 */
export async function deferIndexes(client: Client, target: string, rowBytes: number): Promise<string[]> {
  const { rows } = await client.query<{ drop: string; create: string }>(
    `SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
                 ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
            CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
                 ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname,
                             pg_get_constraintdef(c.oid)) END AS create
       FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype = 'p'
      WHERE i.indrelid = $1::regclass AND (i.indisprimary AND $2 OR NOT i.indisunique)
        AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
        AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attlen < 0)
      ORDER BY i.indisprimary DESC, i.indexrelid`,
    [target, rowBytes <= WIDE_ROW_BYTES],
  );
  for (const { drop } of rows) await client.query(drop);
  return rows.map(({ create }) => create);
}

/** Brings back what `deferIndexes` took, inside the caller's transaction. */
export async function restoreIndexes(client: Client, deferred: readonly string[]): Promise<void> {
  if (deferred.length === 0) return;
  await client.query(`SET LOCAL maintenance_work_mem = '256MB'`);
  for (const create of deferred) await client.query(create);
}
