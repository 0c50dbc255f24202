import type { Client } from 'pg';
import type { ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { targetName } from '../exact/target-name';
import type { LegacyTable } from '../mapping/legacy-table';
import { keepOriginals } from '../state/quarantine';
import { inTransaction } from '../state/transaction';
import type { WriteResult } from '../write-back/legacy-table-writer';
import { otherForms, takeForms, type OtherForms } from './carried-forms';
import type { ReadFollowed } from './followed-table';
import { deleteEntries } from './outbox';
import { rememberNote } from './sent-note';
import type { Carried, CarriedFile } from './write-carried';

/**
 * What was carried leaves the queue, lastingly: only then the note in the file may be overwritten, and PostgreSQL remembers it
 * with that. The originals of the rows become those of what lies in the file now, the counts of the copy go on, and numbers
 * take the file's form.
 */
export async function settleCarried(
  client: Client,
  { generation, tables }: Pick<CarriedFile, 'generation' | 'tables'>,
  { entries, results }: Carried,
  { note, readRows }: { readonly note: string | null; readonly readRows: ReadFollowed },
): Promise<void> {
  const read = new Map<LegacyTable, { readonly keys: readonly bigint[]; readonly rows: readonly ExactRow[] }>();
  const forms: OtherForms[] = [];
  for (const [name, { followed }] of tables) {
    const keys = [...new Set(entries.filter(({ table }) => table === name).map(({ key }) => key))];
    if (keys.length === 0) continue;
    const rows = await readRows(followed, keys);
    read.set(followed.table, { keys, rows });
    const other = await otherForms(client, followed, rows);
    if (other) forms.push(other);
  }
  await inTransaction(client, async () => {
    await client.query('SET LOCAL synchronous_commit = on');
    await deleteEntries(client, entries);
    await rememberNote(client, generation, note);
    for (const [table, { keys, rows }] of read) {
      await settleRows(client, table.name, keys, rows, results.get(table.name));
      await forgetHistory(client, table, keys);
    }
    await takeForms(client, forms);
  });
}

async function settleRows(
  client: Client,
  name: string,
  keys: readonly bigint[],
  rows: readonly ExactRow[],
  result: WriteResult | undefined,
): Promise<void> {
  const present = rows.map(({ key }) => key.toString());
  await client.query(
    `WITH originals AS (DELETE FROM migration_originals WHERE table_name = $1 AND row_key = ANY($2::text[]) AND
         (row_key = ANY($3::text[]) OR NOT EXISTS (SELECT 1 FROM migration_kept h WHERE h.table_name = $1 AND h.row_key::text = migration_originals.row_key))),
       mended AS (UPDATE migration_quarantine SET replayed_at = now() WHERE table_name = $1 AND row_key = ANY($2::text[]) AND replayed_at IS NULL RETURNING 1)
     UPDATE migration_tables SET rows_copied = rows_copied + $4 + m.count, rows_source = rows_source + $4, rows_quarantined = rows_quarantined - m.count
       FROM (SELECT count(*) FROM mended) AS m WHERE name = $1 AND ($4 <> 0 OR m.count <> 0)`,
    [name, keys.map(String), present, (result?.inserted ?? 0) - (result?.deleted ?? 0)],
  );
  await keepOriginals(client, name, rows.flatMap((row) => ('originals' in row ? [row] : []))); // prettier-ignore
}

/** Of rows that were kept, and that PostgreSQL has deleted since. */
async function forgetHistory(client: Client, table: LegacyTable, keys: readonly bigint[]): Promise<void> {
  await client.query(
    `DELETE FROM migration_kept k WHERE k.table_name = $1 AND k.row_key = ANY($2::bigint[])
       AND NOT EXISTS (SELECT 1 FROM ${targetName(table)} t WHERE t.${quoteName(table.source.key)} = k.row_key)`,
    [table.name, keys.map(String)],
  );
}
