import type { Client } from 'pg';
import type { LegacyDatabase } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { CountMismatchError } from '../state/migration.errors';
import { findSequence } from '../state/sequence';
import { restoreIndexes } from './deferred-indexes';
import { classify } from '../state/postgres-errors';
import {
  completeTable,
  deferredOf,
  pendingRanges,
  sumRanges,
  type RangeTotals,
  type TableState,
} from '../state/table-state';

/**
 * Ends a table's copy: the counts must add up; then one durable commit gives back the indexes, puts the sequence past every
 * id ever used (the rows', also of those that were set aside, and SQLite's own high-water mark) and says that the table is copied. Null, and nothing done, where
 * ranges are pending: a server that crashed since the copy has forgotten them, though it had confirmed them.
 */
export async function finishTable(
  client: Client,
  source: { readonly database: LegacyDatabase; readonly table: LegacyTable },
  state: Pick<TableState, 'name' | 'plan' | 'rowsSource'>,
  target: string,
): Promise<RangeTotals | null> {
  if ((await pendingRanges(client, state)).length > 0) return null;
  const totals = await sumRanges(client, state);
  const accounted = totals.rows + totals.quarantined + totals.skipped;
  if (accounted !== state.rowsSource) {
    const counts = `${state.rowsSource} in the file, ${totals.rows} loaded, ${totals.quarantined} in quarantine`;
    throw new CountMismatchError(state.name, counts);
  }
  await client.query('BEGIN');
  try {
    await restoreIndexes(client, await deferredOf(client, state.name));
    await advanceSequence(client, source, target);
    await completeTable(client, state, totals);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    // Rows that somebody else wrote meanwhile stand in the way of the primary key.
    if (classify(error) === 'data') throw new CountMismatchError(state.name, `other rows were written into ${target}`);
    throw error;
  }
  return totals;
}

async function advanceSequence(
  client: Client,
  { database, table }: { database: LegacyDatabase; table: LegacyTable },
  target: string,
): Promise<void> {
  const key = table.source.key;
  const sequence = await findSequence(client, table);
  if (!sequence) return;
  const [[greatest] = []] = database.rows(
    `SELECT max(${quoteName(key)}) FROM ${quoteName(table.source.table)} WHERE typeof(${quoteName(key)}) = 'integer'`,
  );
  const used = [typeof greatest === 'bigint' ? greatest : 0n, database.highWater(table.source.table) ?? 0n];
  const highWater = used.reduce((top, id) => (id > top ? id : top));
  // At most 2^63-1: an id there leaves no next one, and PostgreSQL says so at the next insert.
  await client.query(
    `SELECT setval($1, top, top > 0 AND used) FROM (
       SELECT greatest(coalesce(max(${quoteName(key)}), 0), $2::bigint, 1) AS top,
              greatest(coalesce(max(${quoteName(key)}), 0), $2::bigint) > 0 AS used FROM ${target}) AS ids`,
    [sequence, highWater.toString()],
  );
}
