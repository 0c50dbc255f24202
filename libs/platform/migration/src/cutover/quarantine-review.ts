import type { Client } from 'pg';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';
import { NothingToReviewError } from './cutover.errors';

/** What a review is of: a row that is set aside again with the same bytes for the same reason has been looked at. */
const DIGEST = `md5(q.reason_code || coalesce(q.column_name, '') || q.raw::text)`;
export const REVIEWED = `EXISTS (SELECT 1 FROM migration_quarantine_reviews r
  WHERE r.table_name = q.table_name AND r.row_key = q.row_key AND r.digest = ${DIGEST})`;

/** Of the rows that are set aside now. */
export async function countUnreviewed(
  client: Client,
  tables: readonly string[],
): Promise<{ readonly rows: number; readonly unreviewed: number }> {
  const { rows } = await client.query<{ rows: number; unreviewed: number }>(
    `SELECT count(*)::int AS rows, count(*) FILTER (WHERE NOT ${REVIEWED})::int AS unreviewed
       FROM migration_quarantine q WHERE q.replayed_at IS NULL AND q.table_name = ANY($1)`,
    [tables],
  );
  return rows[0]!;
}

/**
 * Notes that a person has looked at a row that stays in quarantine, or at all that nobody has looked at yet. Gives how many.
 * Throws `QUARANTINE_NOTHING_TO_REVIEW` where there is no such row.
 */
export function reviewQuarantine(
  client: Client,
  { id, by, reason }: { id: string | null; by: string; reason: string },
): Promise<number> {
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ table: string; key: string }>(
      `INSERT INTO migration_quarantine_reviews (table_name, row_key, digest, reviewed_by, reason)
       SELECT q.table_name, q.row_key, ${DIGEST}, $2, $3 FROM migration_quarantine q
        WHERE q.replayed_at IS NULL AND (q.id = $1::bigint OR ($1 IS NULL AND NOT ${REVIEWED}))
       ON CONFLICT (table_name, row_key) DO UPDATE SET digest = excluded.digest, reviewed_by = excluded.reviewed_by,
         reason = excluded.reason, reviewed_at = now() RETURNING table_name AS "table", row_key AS key`,
      [id, by, reason],
    );
    if (rows.length === 0 && id !== null) throw new NothingToReviewError(id);
    const tables: Record<string, number> = {};
    for (const { table } of rows) tables[table] = (tables[table] ?? 0) + 1;
    const subject = id === null || !rows[0] ? 'all' : `${rows[0].table} ${rows[0].key}`;
    await appendAuditWithin(client, { actor: by, action: 'quarantine.reviewed', subject, detail: { tables, reason } });
    return rows.length;
  });
}
