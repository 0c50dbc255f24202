import type { Client } from 'pg';
import type { DivergedRow } from '../domains/divergences';
import { isRejected, type ConvertedRow, type ExactRow } from '../exact/exact-reader';
import type { LegacyTable } from '../mapping/legacy-table';
import { targetType } from '../run/target-shape';
import { classify } from '../state/postgres-errors';
import { inSavepoint } from '../state/transaction';

/** Within a transaction: what PostgreSQL says of values that it may refuse, or `otherwise`, and the transaction goes on. */
export async function unlessRefused<Result>(
  client: Client,
  otherwise: Result,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await inSavepoint(client, work);
  } catch (error) {
    if (classify(error) !== 'data') throw error;
    return otherwise;
  }
}

/**
 * Rows of the file by key, each column as PostgreSQL would print it, so that it can be compared with the other side by eye. Of
 * a row that no rule can read, what the file holds. Within a transaction.
 */
export async function rowTexts(
  client: Client,
  table: LegacyTable,
  columns: readonly string[],
  rows: readonly ExactRow[],
): Promise<Map<bigint, DivergedRow>> {
  const shown = new Map<bigint, DivergedRow>();
  for (const row of rows) {
    if (isRejected(row)) shown.set(row.key, row.evidence);
    else shown.set(row.key, await textsOf(client, table, columns, row));
  }
  return shown;
}

async function textsOf(
  client: Client,
  table: LegacyTable,
  columns: readonly string[],
  { values }: ConvertedRow,
): Promise<DivergedRow> {
  const byColumn = (texts: readonly (string | null)[]): DivergedRow =>
    Object.fromEntries(columns.map((column, at) => [column, texts[at] ?? null]));
  const casts = columns.map((column, at) => `$${at + 1}::text::${targetType(table.columns[column]!)}::text`);
  return unlessRefused(client, byColumn(values), async () => {
    const { rows } = await client.query<(string | null)[]>({
      text: `SELECT ${casts.join(', ')}`,
      values: [...values],
      rowMode: 'array',
    });
    return byColumn(rows[0] ?? []);
  });
}
