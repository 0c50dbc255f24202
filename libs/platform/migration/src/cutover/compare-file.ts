import { findLog, LOG, type LegacyDatabase } from '@sluice/legacy';
import type { Client } from 'pg';
import type { Domain } from '../domains/domain';
import { ExactReader } from '../exact/exact-reader';
import { settleForms } from '../follow/carried-forms';
import { assertSameHistory, carriedNotes } from '../domains/same-history';
import { listCopies, listFollowStates } from '../follow/follow-state';
import type { LegacyTable } from '../mapping/legacy-table';
import type { SourceOptions } from '../run/migration-options';
import { closeSources, openSources } from '../run/open-sources';
import { quarantinedKeys } from '../state/quarantine';
import { listTableStates } from '../state/table-state';
import { verifyTable, type Difference } from '../verify';
import { compareChanged, type Ahead } from './compare-ahead';
import { FileDiffersError } from './cutover.errors';
import { requireSources } from './followed-file';

export interface CompareOptions extends SourceOptions {
  readonly connectionString: string;
  /** All mappings: the files may hold tables of other domains. */
  readonly known: readonly LegacyTable[];
  readonly signal: AbortSignal;
}

/** Before the first mode, on the way back, at the close. */
export type ComparedStep = 'first' | 'back' | 'close';

/** So many rows are named. */
const NAMED = 20;

/**
 * Compares every row of the domain with its legacy file, while the caller keeps everybody from writing to the tables. What the
 * legacy program has written and nobody has applied yet is under way and no difference; at the close it is one, also where
 * the row was in quarantine. Numbers that differ in their form alone take that of the file. At the first step a file without
 * the log that the copy knew is left out: what is under way there nobody knows. Gives how many rows were equal. Throws
 * `CUTOVER_FILE_DIFFERS` with the rows, what opening the files throws, and where they differ because a backup of one side was
 * put back, what `assertSameHistory` throws.
 */
export async function compareWithFile(
  client: Client,
  domain: Domain,
  options: CompareOptions,
  { step, ahead }: { readonly step: ComparedStep; readonly ahead?: Ahead | undefined },
): Promise<bigint> {
  const states = new Map((await listTableStates(client)).map((state) => [state.name, state]));
  const logs = await appliedLogs(client);
  const notes = await carriedNotes(client);
  const { known, signal, connectionString } = options;
  const sources = requireSources({ ...options, tables: domain.tables, known });
  const opened = await openSources(sources.files, { snapshot: 'auto', signal });
  const named: string[] = [];
  let [rows, differences] = [0n, 0n];
  try {
    for (const { database, file, tables } of opened) {
      const before = differences;
      for (const table of tables) {
        const unapplied = unappliedKeys(database, table, logs.get(table.name));
        if (step === 'first' && unapplied === null) continue;
        const quarantined = await quarantinedKeys(client, table.name);
        const choices = states.get(table.name)?.choices ?? {};
        const late = step === 'close' ? [...quarantined].filter((key) => unapplied?.has(key)) : [];
        const underWay = step === 'close' ? null : unapplied;
        const compared = late.length === 0 ? ahead?.get(table.name) : undefined;
        const equal = compared ? await compareChanged(client, compared, { database, table, choices, quarantined, underWay }, options) : null; // prettier-ignore
        if (equal !== null) {
          rows += equal;
          continue;
        }
        const found = await verifyTable({
          database,
          table,
          choices,
          connectionString,
          quarantined,
          signal,
          trustsQuarantine: true,
        });
        const apart = found.found.filter(({ rowKey }) => !underWay?.has(rowKey));
        const ofForm = await settleForms(client, { table, exact: new ExactReader(database, table, choices) }, apart);
        const real = apart.filter((difference) => !ofForm.has(difference));
        differences += found.differences - BigInt(found.found.length - real.length) + BigInt(late.length);
        named.push(...real.map((difference) => shown(table.name, difference)));
        named.push(...late.map((key) => `${table.name} ${key} was set aside, and has changed since`));
        rows += found.rowsTarget;
      }
      database.assertSame();
      if (differences > before && step !== 'first') await assertSameHistory(client, file, database, notes);
    }
  } finally {
    closeSources(opened);
  }
  if (differences > 0n) throw new FileDiffersError(domain.name, named.slice(0, NAMED), differences, step);
  return rows;
}

const KINDS = { changed: 'differs', missing: 'is in the file alone', extra: 'is in PostgreSQL alone' } as const;
const shown = (table: string, { rowKey, column, kind }: Difference): string =>
  `${table} ${rowKey}${column === null ? '' : ` ${column}`} ${KINDS[kind]}`;

interface AppliedLog {
  readonly generation: string;
  readonly position: bigint;
}

/** By table: up to where its log is in PostgreSQL, by whoever follows this copy, else by the copy. */
async function appliedLogs(client: Client): Promise<Map<string, AppliedLog>> {
  const logs = new Map<string, AppliedLog>();
  const plans = new Map<string, string>();
  for (const { table, plan, log } of await listCopies(client)) {
    plans.set(table, plan);
    if (log) logs.set(table, log);
  }
  for (const { table, plan, feed, generation, checkpoint } of await listFollowStates(client))
    if (feed === 'change-log' && plan === plans.get(table))
      logs.set(table, { generation, position: checkpoint.position });
  return logs;
}

/** Keys that the legacy program has written since what is applied; null where the log is not the one that is known. */
function unappliedKeys(
  database: LegacyDatabase,
  { source }: LegacyTable,
  applied: AppliedLog | undefined,
): Set<string> | null {
  const found = findLog((sql, ...params) => database.all(sql, ...params));
  if (!found || !applied || found.log.generation !== applied.generation) return null;
  const number = found.log.tables.findIndex(({ table }) => table.toLowerCase() === source.table.toLowerCase()) + 1;
  const rows = database.rows(`SELECT DISTINCT k FROM ${LOG} WHERE seq > ? AND t = ?`, applied.position, BigInt(number));
  return new Set(rows.map(([key]) => String(key)));
}
