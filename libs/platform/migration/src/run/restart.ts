import type { Client } from 'pg';
import { closedTables } from '../domains/domain-state';
import { quoteName } from '../exact/legacy-value';
import type { FoundSources } from '../inspect';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { appendAuditWithin, type AuditEntry } from '../state/audit';
import { ParentMissingError, SourceGoneError, TargetNotEmptyError } from '../state/migration.errors';
import { restoreIndexes } from '../copy/deferred-indexes';
import { deferredOf, listTableStates } from '../state/table-state';
import { inTransaction } from '../state/transaction';

/** The tables and everything that refers to them, so that they can be emptied together. */
export function withDependents(chosen: readonly LegacyTable[], all: readonly LegacyTable[]): LegacyTable[] {
  const names = new Set(chosen.map(({ name }) => name));
  const dependents = all.filter(({ name, after }) => names.has(name) || after.some((other) => names.has(other)));
  return dependents.length === names.size ? dependents : withDependents(dependents, all);
}

/** Empties the target tables, forgets what was migrated into them, and says so in the audit log, in one transaction. */
export function emptyTargets(client: Client, tables: readonly LegacyTable[], entry: AuditEntry): Promise<void> {
  const names = tables.map(({ name }) => name);
  const targets = tables.flatMap(({ target }) => (target.kind === 'postgres' ? [quoteName(target.table)] : []));
  return inTransaction(client, async () => {
    if (targets.length > 0) await client.query(`TRUNCATE ${targets.join(', ')} RESTART IDENTITY`);
    // Empty tables take their indexes back whatever rows there were.
    for (const name of names) await restoreIndexes(client, await deferredOf(client, name));
    for (const [table, column] of [
      ['migration_tables', 'name'],
      ['migration_quarantine', 'table_name'],
      ['migration_originals', 'table_name'],
      ['migration_follow', 'table_name'],
      ['migration_kept', 'table_name'],
      ['migration_entries', 'table_name'],
    ]) {
      await client.query(`DELETE FROM ${table} WHERE ${column} = ANY($1)`, [names]);
    }
    await appendAuditWithin(client, entry);
  });
}

/** A restart reads every mislabelled column as it is told to now: what it was told before, and is not any more, as sentences. */
export function changedReadings(recorded: Choices, asked: Choices): string[] {
  return Object.entries(recorded)
    .filter(([column, reading]) => (asked[column] ?? 'as-labelled') !== reading)
    .map(([column, reading]) => {
      const why = asked[column] === undefined ? `, because this restart has no --choose ${column}=${reading}` : '';
      return `${column} was read as "${reading}" and is now read as "${asked[column] ?? 'as-labelled'}"${why}.`;
    });
}

/** Rows per target table, for the question before `emptyTargets`. */
export async function countTargets(client: Client, tables: readonly LegacyTable[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { target } of tables) {
    if (target.kind !== 'postgres') continue;
    const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${quoteName(target.table)}`);
    counts[target.table] = Number(rows[0]?.n ?? 0);
  }
  return counts;
}

/** Throws `ParentMissingError` where a chosen table refers to one that is neither chosen nor copied. */
export async function checkParents(client: Client, tables: readonly LegacyTable[]): Promise<void> {
  const copied = (await listTableStates(client)).filter(({ status }) => status === 'copied').map(({ name }) => name);
  const there = new Set([...copied, ...tables.map(({ name }) => name)]);
  for (const { name, after } of tables) {
    const parent = after.find((other) => !there.has(other));
    if (parent !== undefined) throw new ParentMissingError(name, parent);
  }
}

/**
 * Throws `SourceGoneError` where rows of a table without a file were migrated or set aside before: nobody can prove them, and a
 * restart would empty what it cannot copy again. Caches lose their entries by themselves, and so may their files; of a domain that is
 * closed they are archived.
 */
export async function checkSourcesThere(client: Client, missing: FoundSources['missing']): Promise<void> {
  const migrated = new Map((await listTableStates(client)).map((state) => [state.name, state]));
  const closed = await closedTables(client);
  const gone = missing.flatMap(({ table: { name, target }, reason }) => {
    const { rowsCopied = 0n, rowsQuarantined = 0n, sourcePath, status } = migrated.get(name) ?? {};
    const rows = rowsCopied + rowsQuarantined;
    if (target.kind !== 'postgres' || closed.has(name)) return [];
    if (status === 'copying') return [`${name}, a copy of ${sourcePath} that was begun and not finished: ${reason}`];
    return rows > 0n ? [`${name}, ${rows} rows from ${sourcePath}: ${reason}`] : [];
  });
  if (gone.length > 0) throw new SourceGoneError(gone);
}

/** Throws `TargetNotEmptyError` where a table that was never migrated already holds rows: they are not ours to mix with. */
export async function checkUntouched(client: Client, tables: readonly LegacyTable[]): Promise<void> {
  const known = new Set((await listTableStates(client)).map(({ name }) => name));
  const foreign: string[] = [];
  for (const { name, target } of tables) {
    if (target.kind !== 'postgres' || known.has(name)) continue;
    const { rows } = await client.query<{ any: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM ${quoteName(target.table)}) AS any`,
    );
    if (rows[0]?.any) foreign.push(target.table);
  }
  if (foreign.length > 0) throw new TargetNotEmptyError(foreign);
}
