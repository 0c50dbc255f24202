import type { Client } from 'pg';
import { appendAuditWithin } from '../state/audit';
import { inTransaction } from '../state/transaction';

/** Each column as PostgreSQL's text; of a row that no rule could read, what the file holds. */
export type DivergedRow = Readonly<Record<string, unknown>>;

/**
 * `conflict`: both sides wrote the row, or took the same unique value, and one of them won. `refused`: the legacy file cannot
 * hold the row. `unequal`: found by comparing, and nobody knows why. `late`: the legacy program wrote it after the domain was
 * closed, and it is carried nowhere.
 */
export interface NewDivergence {
  readonly domain: string;
  readonly table: string;
  readonly key: bigint;
  readonly kind: 'conflict' | 'refused' | 'unequal' | 'late';
  /** Whose value stays; null where neither was chosen. */
  readonly winner: 'legacy' | 'target' | null;
  readonly legacyRow: DivergedRow | null;
  readonly targetRow: DivergedRow | null;
}

export interface Divergence extends Omit<NewDivergence, 'key'> {
  readonly id: string;
  readonly key: string;
  readonly foundAt: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly resolution: string | null;
}

/** Inside the caller's transaction. But for a conflict, a row is noted once of each kind until that is settled. */
export async function noteDivergences(client: Client, found: readonly NewDivergence[]): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map(({ key, legacyRow, targetRow, ...one }) => ({
    ...one,
    key: key.toString(),
    legacy: legacyRow,
    target: targetRow,
  }));
  await client.query(
    `INSERT INTO migration_divergences (domain, table_name, row_key, kind, winner, legacy_row, target_row)
     SELECT r.domain, r."table", r.key, r.kind, r.winner, r.legacy, r.target
       FROM jsonb_to_recordset($1::jsonb) AS r(domain text, "table" text, key bigint, kind text, winner text, legacy jsonb, target jsonb)
      WHERE r.kind = 'conflict' OR NOT EXISTS (SELECT 1 FROM migration_divergences d WHERE d.table_name = r."table"
        AND d.row_key = r.key AND d.kind = r.kind AND d.settled_at IS NULL)`,
    [withoutNul(JSON.stringify(rows))],
  );
}

/** jsonb has no U+0000; what the file holds may. */
const withoutNul = (json: string): string => json.replace(/\\u0000/g, '\\ufffd');

export interface DivergenceFilter {
  readonly domain?: string | undefined;
  /** Settled ones, too. */
  readonly all?: boolean;
  readonly limit?: number;
}

/** The oldest first. */
export async function listDivergences(client: Client, filter: DivergenceFilter = {}): Promise<Divergence[]> {
  const { rows } = await client.query<Divergence>(
    `SELECT id::text, domain, table_name AS "table", row_key::text AS key, kind, winner, legacy_row AS "legacyRow",
       target_row AS "targetRow", found_at AS "foundAt", settled_at AS "settledAt", settled_by AS "settledBy", resolution
       FROM migration_divergences WHERE ($1::text IS NULL OR domain = $1) AND ($2 OR settled_at IS NULL)
      ORDER BY migration_divergences.id LIMIT $3`,
    [filter.domain ?? null, filter.all ?? false, filter.limit ?? null],
  );
  return rows;
}

export async function countOpenDivergences(client: Client, domain: string): Promise<number> {
  const { rows } = await client.query<{ open: number }>(
    'SELECT count(*)::int AS open FROM migration_divergences WHERE domain = $1 AND settled_at IS NULL',
    [domain],
  );
  return rows[0]!.open;
}

/**
 * Says that somebody has looked at them; the rows themselves stay as they are. `ids` null: all that are open, of the domain
 * where one is named. With its audit, in one transaction; gives how many there were.
 */
export function settleDivergences(
  client: Client,
  settled: { readonly ids: readonly string[] | null; readonly domain?: string | undefined; readonly by: string; readonly resolution: string }, // prettier-ignore
): Promise<number> {
  const { ids, domain, by, resolution } = settled;
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE migration_divergences SET settled_at = now(), settled_by = $1, resolution = $2
        WHERE settled_at IS NULL AND ($3::bigint[] IS NULL OR id = ANY($3)) AND ($4::text IS NULL OR domain = $4)
        RETURNING id::text`,
      [by, resolution, ids, domain ?? null],
    );
    if (rows.length > 0) {
      const detail = { ids: rows.slice(0, 100).map(({ id }) => id), count: rows.length, resolution };
      await appendAuditWithin(client, { actor: by, action: 'divergences.settled', subject: domain ?? 'all', detail });
    }
    return rows.length;
  });
}
