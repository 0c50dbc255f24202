import path from 'node:path';
import { findLog, installLog, LOG, uninstallLog, type LoggedTable } from '@sluice/legacy';
import type { Client } from 'pg';
import { domainsOf, twoWayTables } from '../domains/table-domains';
import { checkDrift, findSources, NoLegacyFilesError, openFound, type FoundFile } from '../inspect';
import type { LegacyTable } from '../mapping/legacy-table';
import type { SourceOptions } from '../run/migration-options';
import { FollowLogNeededError } from './follow.errors';

export interface ChangeLogOptions extends SourceOptions {
  /** What is asked for; a log is of a whole file, with every mapped table in it. */
  readonly tables: readonly LegacyTable[];
  readonly known: readonly LegacyTable[];
  readonly signal?: AbortSignal;
}

/** The change log of one legacy file. */
export interface ChangeLogState {
  /** Relative to the legacy root. */
  readonly file: string;
  /** The mapped tables of the file, by the mappings' names. */
  readonly tables: readonly string[];
  readonly journalMode: 'rollback' | 'wal';
  /** Null: there is no log in the file. */
  readonly log: { readonly generation: string; readonly entries: number; readonly last: bigint; readonly faults: readonly string[] } | null; // prettier-ignore
}

/** Looks at the files without changing anything. `strict`: throws where one is not what the mappings describe. */
export async function listChangeLogs(options: ChangeLogOptions, strict = false): Promise<ChangeLogState[]> {
  const states: ChangeLogState[] = [];
  for (const file of filesOf(options)) states.push(await stateOf(file, options, strict));
  return states;
}

/**
 * Installs a log in each file that has none: in all or, as far as it can be known before, in none. Throws
 * `LEGACY_SCHEMA_DRIFT`, `FOLLOW_LOG_REFUSED`, `LEGACY_LOCKED`.
 */
export async function installChangeLogs(options: ChangeLogOptions): Promise<ChangeLogState[]> {
  const files = filesOf(options);
  for (const file of files) await stateOf(file, options, true);
  for (const { file, tables } of files) await installLog(file, tables.map(loggedTable), options.signal);
  return listChangeLogs(options);
}

/** Gives the files that had a log, relative to the legacy root. A file of any other schema may have one to be taken out. */
export async function uninstallChangeLogs(options: ChangeLogOptions): Promise<string[]> {
  const removed: string[] = [];
  for (const { file } of filesOf(options)) {
    if (await uninstallLog(file, options.signal)) removed.push(path.relative(options.root, file));
  }
  return removed;
}

/** Throws `FOLLOW_LOG_NEEDED` where one of the tables is written on both sides. */
export async function refuseTwoWay(client: Client, tables: readonly { readonly name: string }[]): Promise<void> {
  const both = twoWayTables(await domainsOf(client, tables.map(({ name }) => name))); // prettier-ignore
  if (both.length > 0) throw new FollowLogNeededError(both);
}

const loggedTable = ({ source }: LegacyTable): LoggedTable => ({ table: source.table, key: source.key });

/** With all mapped tables of each file, because its log is of all. */
function filesOf({ tables, known, ...search }: ChangeLogOptions): FoundFile[] {
  const all = known.filter(({ source }) => !source.family);
  const wanted = new Set(tables.map(({ name }) => name));
  const files = findSources({ ...search, tables: all, known: all }).files.filter((file) =>
    file.tables.some(({ name }) => wanted.has(name)),
  );
  if (files.length === 0) throw new NoLegacyFilesError(search.root);
  return files;
}

async function stateOf(found: FoundFile, { root, signal }: ChangeLogOptions, strict: boolean): Promise<ChangeLogState> {
  const database = await openFound(found, { snapshot: 'in-place', signal });
  try {
    if (strict) checkDrift(database, found.tables, found.ignored);
    const log = findLog((sql, ...params) => database.all(sql, ...params));
    const [[entries, last] = []] = log ? database.rows(`SELECT count(*), max(seq) FROM ${LOG}`) : [];
    return {
      file: path.relative(root, found.file),
      tables: found.tables.map(({ name }) => name),
      journalMode: database.journalMode,
      log: log && {
        ...{ generation: log.log.generation, faults: log.faults },
        ...{ entries: Number(entries ?? 0), last: typeof last === 'bigint' ? last : 0n },
      },
    };
  } finally {
    database.close();
  }
}
