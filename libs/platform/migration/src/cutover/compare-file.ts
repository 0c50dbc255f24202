import { findLog, LOG, type LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { listFollowStates } from '../follow/follow-state';
import { findSources } from '../inspect';
import type { LegacyTable } from '../mapping/legacy-table';
import type { SourceOptions } from '../run/migration-options';
import { closeSources, openSources } from '../run/open-sources';
import { quarantinedKeys } from '../state/quarantine';
import { listTableStates } from '../state/table-state';
import { verifyTable, type Difference } from '../verify';
import { FileDiffersError } from './cutover.errors';

export interface CompareOptions extends SourceOptions {
  readonly connectionString: string;
  /** All mappings: the files may hold tables of other domains. */
  readonly known: readonly LegacyTable[];
  readonly signal: AbortSignal;
}

/** So many rows are named. */
const NAMED = 20;

/**
 * Compares every row of the domain with its legacy file, while the caller keeps everybody from writing to the tables. What the
 * legacy program has written and the follower has not applied yet is under way and no difference; `strict`, it is one. Gives
 * how many rows were equal. Throws `CUTOVER_FILE_DIFFERS` with the rows, and what opening the files throws.
 */
export async function compareWithFile(
  client: Client,
  domain: Domain,
  options: CompareOptions,
  { strict }: { readonly strict: boolean },
): Promise<bigint> {
  const states = new Map((await listTableStates(client)).map((state) => [state.name, state]));
  const positions = new Map((await listFollowStates(client)).map((state) => [state.table, state]));
  const { known, signal, connectionString } = options;
  const sources = findSources({ ...options, tables: domain.tables, known, required: true });
  const opened = await openSources(sources.files, { snapshot: 'auto', signal });
  const named: string[] = [];
  let [rows, differences] = [0n, 0n];
  try {
    for (const { database, tables } of opened) {
      for (const table of tables) {
        const quarantined = await quarantinedKeys(client, table.name);
        const choices = states.get(table.name)?.choices ?? {};
        const found = await verifyTable({
          database,
          table,
          choices,
          connectionString,
          quarantined,
          signal,
          trustsQuarantine: true,
        });
        const followed = positions.get(table.name);
        const underWay = strict ? new Set<string>() : unappliedKeys(database, table, followed?.generation, followed?.checkpoint.position); // prettier-ignore
        const real = found.found.filter(({ rowKey }) => !underWay.has(rowKey));
        differences += found.differences - BigInt(found.found.length - real.length);
        named.push(...real.map((difference) => shown(table.name, difference)));
        rows += found.rowsTarget;
      }
      database.assertSame();
    }
  } finally {
    closeSources(opened);
  }
  if (differences > 0n) throw new FileDiffersError(domain.name, named.slice(0, NAMED), differences);
  return rows;
}

const KINDS = { changed: 'differs', missing: 'is in the file alone', extra: 'is in PostgreSQL alone' } as const;
const shown = (table: string, { rowKey, column, kind }: Difference): string =>
  `${table} ${rowKey}${column === null ? '' : ` ${column}`} ${KINDS[kind]}`;

/** Keys that the legacy program has written since what is applied; none where the log is not the one that is followed. */
function unappliedKeys(
  database: LegacyDatabase,
  { source }: LegacyTable,
  generation: string | undefined,
  position: bigint | undefined,
): Set<string> {
  const found = findLog((sql, ...params) => database.all(sql, ...params));
  if (!found || found.log.generation !== generation || position === undefined) return new Set();
  const number = found.log.tables.findIndex(({ table }) => table.toLowerCase() === source.table.toLowerCase()) + 1;
  const rows = database.rows(`SELECT DISTINCT k FROM ${LOG} WHERE seq > ? AND t = ?`, position, BigInt(number));
  return new Set(rows.map(([key]) => String(key)));
}
