import type { Client } from 'pg';
import { copyIn, copyLine, toChunks } from '../copy/copy-in';
import type { ConvertedRow, RejectedRow } from '../exact/exact-reader';

/** A row that is set aside, without its bytes. */
export interface QuarantineEntry {
  readonly id: string;
  readonly table: string;
  readonly key: string;
  readonly column: string | null;
  readonly code: string;
  readonly reason: string;
  readonly foundAt: Date;
  readonly replayedAt: Date | null;
}

export interface QuarantinedRow extends QuarantineEntry {
  readonly raw: Record<string, unknown>;
}

const COLUMNS = `id::text, table_name AS "table", row_key AS key, column_name AS "column", reason_code AS code, reason,
  found_at AS "foundAt", replayed_at AS "replayedAt"`;

/** A page that could not be read, and a row of which only the beginning could. Neither is in what is compared. */
export const SALVAGE_CODES = { page: 'PAGE', row: 'LOST' } as const;

export const isOfSalvage = ({ code }: Pick<QuarantineEntry, 'code'>): boolean =>
  code === SALVAGE_CODES.page || code === SALVAGE_CODES.row;

/** What is set aside: a row by its key, or a page by its number. */
export type SetAside = Omit<RejectedRow, 'key'> & { readonly key: bigint | string };

/** Sets rows aside, inside the caller's transaction. A row that is found again replaces its entry. */
export async function putAside(client: Client, table: string, rows: readonly SetAside[]): Promise<void> {
  for (let i = 0; i < rows.length; i += 500) {
    const batch = rows.slice(i, i + 500).map(({ key, column, code, reason, evidence }) => ({
      key: key.toString(), column, code, reason, raw: evidence,
    })); // prettier-ignore
    await client.query(
      `INSERT INTO migration_quarantine (table_name, row_key, column_name, reason_code, reason, raw)
       SELECT $1, r.key, r.column, r.code, r.reason, r.raw
         FROM jsonb_to_recordset($2::jsonb) AS r(key text, "column" text, code text, reason text, raw jsonb)
       ON CONFLICT (table_name, row_key) DO UPDATE SET column_name = excluded.column_name,
         reason_code = excluded.reason_code, reason = excluded.reason, raw = excluded.raw, found_at = now(), replayed_at = NULL`,
      [table, JSON.stringify(batch)],
    );
  }
}

/** In the transaction that set a table's rows aside anew: forgets those that it did not find again. History stays. */
export async function forgetMended(client: Client, table: string): Promise<void> {
  await client.query(
    'DELETE FROM migration_quarantine WHERE table_name = $1 AND replayed_at IS NULL AND found_at < now()',
    [table],
  );
}

/** Keeps the originals of values that a rule changed for good, inside the caller's transaction. */
export async function keepOriginals(
  client: Client,
  table: string,
  rows: readonly Pick<ConvertedRow, 'key' | 'originals'>[],
): Promise<void> {
  if (!rows.some((row) => row.originals.length > 0)) return;
  await copyIn(
    client,
    'COPY migration_originals (table_name, row_key, column_name, rule, original) FROM STDIN',
    toChunks(originalLines(table, rows)),
  );
}

const HEX_BYTES = 64 * 1024;

/** Hexadecimal piece by piece: the whole of a long value would be twice as long again. */
function* originalLines(table: string, rows: readonly Pick<ConvertedRow, 'key' | 'originals'>[]): Generator<string> {
  for (const { key, originals } of rows) {
    for (const { column, rule, bytes } of originals) {
      yield copyLine([table, key.toString(), column, rule, '\\x']).slice(0, -1);
      for (let at = 0; at < bytes.length; at += HEX_BYTES) yield bytes.toString('hex', at, at + HEX_BYTES);
      yield '\n';
    }
  }
}

export interface QuarantineFilter {
  readonly tables?: readonly string[] | undefined;
  /** The id that the page before ended with. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

const WAITING = 'replayed_at IS NULL AND ($1::text[] IS NULL OR table_name = ANY ($1))';

/** The rows that are still set aside, oldest first. Their bytes stay in the database: one row's may be megabytes. */
export async function listQuarantine(client: Client, filter: QuarantineFilter = {}): Promise<QuarantineEntry[]> {
  const { rows } = await client.query<QuarantineEntry>(
    `SELECT ${COLUMNS} FROM migration_quarantine WHERE ${WAITING} AND migration_quarantine.id > $2
      ORDER BY migration_quarantine.id LIMIT $3`,
    [filter.tables ?? null, filter.after ?? '0', filter.limit ?? null],
  );
  return rows;
}

/** How many rows are still set aside, of all tables or of these. */
export async function countQuarantine(client: Client, tables?: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ waiting: string }>(
    `SELECT count(*) AS waiting FROM migration_quarantine WHERE ${WAITING}`,
    [tables ?? null],
  );
  return Number(rows[0]?.waiting);
}

export async function findQuarantined(client: Client, id: string): Promise<QuarantinedRow | null> {
  const { rows } = await client.query<QuarantinedRow>(
    `SELECT ${COLUMNS}, raw FROM migration_quarantine WHERE id = $1`,
    [id],
  );
  return rows[0] ?? null;
}

/** The keys of a table's rows that are still set aside, without what a damaged file lacks. */
export async function quarantinedKeys(client: Client, table: string): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string }>(
    `SELECT row_key AS key FROM migration_quarantine
      WHERE table_name = $1 AND replayed_at IS NULL AND reason_code <> ALL ($2)`,
    [table, Object.values(SALVAGE_CODES)],
  );
  return new Set(rows.map(({ key }) => key));
}
