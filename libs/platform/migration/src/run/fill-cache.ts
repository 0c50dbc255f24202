import type { CacheStore } from '@sluice/cache';
import type { Client } from 'pg';
import { loadCache, type CacheLoad } from '../copy/load-cache';
import type { ExactReader } from '../exact/exact-reader';
import type { CacheTarget } from '../mapping/legacy-table';
import { paceOf } from '../pace';
import { forgetEntries, rememberEntries } from '../state/entries';
import { markFilled } from '../state/filled-mark';
import { forgetMended, keepOriginals, putAside } from '../state/quarantine';
import { completeTable, forgetTable, insertPlan, type NewTableState } from '../state/table-state';
import { inTransaction } from '../state/transaction';
import type { TableRunParts } from './table-run';

export interface CacheFill {
  readonly parts: TableRunParts;
  readonly client: Client;
  readonly target: CacheTarget;
  readonly store: CacheStore;
  readonly exact: ExactReader;
  readonly state: NewTableState;
  readonly onProgress: (rows: number) => void;
}

/**
 * Loads a whole table into its cache, with the table's state, quarantine and originals in one transaction: an end at any
 * point leaves what the last complete run left, and perhaps entries in the cache, which the next run finds there. A row
 * that was mended or deleted in the file leaves quarantine.
 */
export function fillCache({ parts, client, state, ...load }: CacheFill): Promise<CacheLoad> {
  const { database, table, options, lock } = parts;
  const pace = paceOf(options.maxRate);
  return inTransaction(client, async () => {
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0'); // The cache may take its time.
    await forgetTable(client, table.name);
    await forgetEntries(client, table.name, null);
    await insertPlan(client, state, [], []);
    const loaded = await loadCache({
      ...load,
      database,
      table,
      clock: options.clock,
      signal: options.signal,
      record: async (rejected, rows, asking) => {
        await putAside(client, table.name, rejected);
        await keepOriginals(client, table.name, rows);
        await rememberEntries(client, table.name, asking);
        await pace(rejected.length + rows.length, options.signal);
      },
    });
    await markFilled(load.store, table.name);
    await forgetMended(client, table.name);
    await lock.ensure(options.signal);
    await completeTable(client, state, {
      rows: BigInt(loaded.written + loaded.present),
      quarantined: BigInt(loaded.rejected),
      skipped: BigInt(Object.values(loaded.skipped).reduce((sum, count) => sum + count, 0)),
      normalised: loaded.normalised,
    });
    return loaded;
  });
}
