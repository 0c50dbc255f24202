import { foldName, isRowidAlias, readTables, type LegacyTableInfo, type SqlValue } from '../legacy-schema';
import {
  logObjects,
  LOG_FORMAT,
  META,
  twoWayObjects,
  type LoggedTable,
  type LogTarget,
  type UniqueColumn,
} from './log-objects';

export type Query = (sql: string, ...params: SqlValue[]) => Record<string, SqlValue>[];

/**
 * What the triggers of these tables need to know, or why a table cannot be logged, as sentences. A partial index or one over
 * an expression is refused: whether a row stands in its way cannot be asked without reading the whole table.
 */
export function logTargets(query: Query, tables: readonly LoggedTable[]): { targets: LogTarget[]; reasons: string[] } {
  const known = new Map(readTables(query).map((info) => [foldName(info.name), info]));
  const reasons: string[] = [];
  const targets = tables.flatMap(({ table, key }) => {
    const info = known.get(foldName(table));
    const reason = info ? keyFault(info, key) : `${table}: there is no such table`;
    if (reason !== null || !info) {
      reasons.push(reason ?? table);
      return [];
    }
    const unique = uniqueIndexes(query, info.name, key, (fault) => reasons.push(`${table}: ${fault}`));
    return [{ table: info.name, key, unique }];
  });
  return { targets, reasons };
}

/** Only the rowid, under its own name or as the INTEGER PRIMARY KEY, is sure to be a unique integer for ever. */
function keyFault(info: LegacyTableInfo, key: string): string | null {
  const { name, type, withoutRowid, columns } = info;
  if (type !== 'table') return `${name} is a ${type === 'view' ? 'view' : 'virtual table'}`;
  if (withoutRowid) return `${name} is WITHOUT ROWID`;
  const column = columns.find((one) => foldName(one.name) === foldName(key));
  if (!column) return key === 'rowid' ? null : `${name} has no column ${key}`;
  return isRowidAlias(info, column) ? null : `${name}.${key} is not its INTEGER PRIMARY KEY`;
}

function uniqueIndexes(query: Query, table: string, key: string, refuse: (fault: string) => void): UniqueColumn[][] {
  const indexes = query('SELECT name, partial FROM pragma_index_list(?) WHERE "unique" ORDER BY name', table);
  return indexes.flatMap(({ name, partial }) => {
    const columns = query('SELECT name, coll FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno', String(name));
    if (partial === 1n) refuse(`its unique index ${String(name)} is partial`);
    else if (columns.some((column) => column['name'] === null))
      refuse(`its unique index ${String(name)} is over an expression`);
    else if (columns.some((column) => foldName(String(column['name'])) === foldName(key)))
      return []; // The key alone is unique.
    else return [columns.map((column) => ({ name: String(column['name']), collation: String(column['coll']) }))];
    return [];
  });
}

/** A change log as it is in a file. */
export interface InstalledLog {
  /** Of this installation: another one has another. */
  readonly generation: string;
  /** In the order of their numbers, from 1. */
  readonly tables: readonly LoggedTable[];
}

/** The log of a file with what is wrong with it, as sentences; null where there is none. */
export function findLog(query: Query): { log: InstalledLog; faults: string[] } | null {
  const own = query(`SELECT name, sql FROM sqlite_schema WHERE name LIKE '\\_sluice\\_%' ESCAPE '\\' ORDER BY name`);
  if (!own.some(({ name }) => name === META)) return null;
  const [meta] = query(`SELECT generation, format, tables FROM ${META}`);
  const log = { generation: String(meta?.['generation']), tables: tablesOf(meta?.['tables']) };
  if (meta?.['format'] !== BigInt(LOG_FORMAT)) return { log, faults: ['its change log is of another release'] };
  const { targets, reasons } = logTargets(query, log.tables);
  const needed = logObjects(targets);
  const wanted = new Map([...needed, ...twoWayObjects].map(({ name, sql }) => [name, sql]));
  const missing = needed.map(({ name }) => name).filter((name) => !own.some((object) => object['name'] === name));
  const other = own.filter(({ name, sql }) => wanted.has(String(name)) && wanted.get(String(name)) !== sql);
  const strange = own.filter(({ name }) => !wanted.has(String(name)));
  return {
    log,
    faults: [
      ...reasons,
      ...missing.map((name) => `its change log lacks ${name}`),
      ...other.map(({ name }) => `${String(name)} is not as it was installed, or an index has changed since`),
      ...strange.map(({ name }) => `${String(name)} is no part of its change log`),
    ],
  };
}

function tablesOf(value: SqlValue | undefined): LoggedTable[] {
  try {
    const pairs = JSON.parse(String(value)) as readonly (readonly [string, string])[];
    return pairs.map(([table, key]) => ({ table, key }));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    throw error;
  }
}
