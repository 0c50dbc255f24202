import { foldName, type LegacyColumnInfo, type LegacyDatabase, type LegacyTableInfo } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import { SchemaDriftError } from './inspect.errors';

/** A snapshot, or a file that is in use. */
export type DriftSource = Pick<LegacyDatabase, 'path' | 'tables' | 'rows'>;

/**
 * Throws `LEGACY_SCHEMA_DRIFT` with every difference between the file and the mappings, one per line. `ignored` are tables that
 * may be in the file and are not read from it.
 */
export function checkDrift(
  database: DriftSource,
  tables: readonly LegacyTable[],
  ignored: readonly string[] = [],
): void {
  const differences = findDrift(database, tables, ignored);
  if (differences.length > 0) throw new SchemaDriftError(database.path, differences);
}

/** The differences as sentences; empty where the file is what the mappings describe. Our own change log is none. */
export function findDrift(
  database: DriftSource,
  tables: readonly LegacyTable[],
  ignored: readonly string[] = [],
): string[] {
  const present = new Map(database.tables().map((info) => [foldName(info.name), info]));
  const expected = new Set([...tables.map(({ source }) => source.table), ...ignored].map(foldName));
  const strangers = [...present.values()]
    .filter(({ name }) => !expected.has(foldName(name)))
    .map(({ name, type }) => `unknown ${type === 'virtual' ? 'virtual table' : type} ${name}`);
  const triggers = database
    .rows(
      `SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE '\\_sluice\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .map(([name, table]) => `trigger ${String(name)} on ${String(table)}`);
  const differences = tables.flatMap((table) => {
    const info = present.get(foldName(table.source.table));
    return info ? tableDrift(database, table, info) : [`missing table ${table.source.table}`];
  });
  return [...strangers, ...triggers, ...differences];
}

function tableDrift(database: DriftSource, table: LegacyTable, info: LegacyTableInfo): string[] {
  const { name, key } = { name: info.name, key: table.source.key };
  if (info.type !== 'table') return [`${name} is a ${info.type === 'virtual' ? 'virtual table' : 'view'}, not a table`];
  const known = new Set([...Object.keys(table.columns), ...Object.keys(table.dropped)]);
  const present = new Set(info.columns.map((column) => column.name));
  const unknown = info.columns.filter((column) => !known.has(column.name));
  const missing = [...known].filter((column) => !present.has(column) && column !== 'rowid');
  const generated = info.columns.filter((column) => column.generated && known.has(column.name));
  return [
    ...unknown.map((column) => `unknown column ${name}.${column.name} ${column.declaredType}`.trimEnd()),
    ...missing.map((column) => `missing column ${name}.${column}`),
    ...generated.map((column) => `generated column ${name}.${column.name}`),
    ...keyDrift(database, info, key),
  ];
}

/** Ranges need a key of unique integers: an INTEGER PRIMARY KEY is one by SQLite's own rule, anything else must prove it. */
function keyDrift(database: DriftSource, info: LegacyTableInfo, key: string): string[] {
  const column = info.columns.find(({ name }) => name === key);
  if (!column) {
    const hidden = key === 'rowid' && info.withoutRowid;
    return hidden ? [`${info.name} is WITHOUT ROWID, so it has no rowid to go by`] : [];
  }
  if (isRowidAlias(info, column)) return [];
  const [counts] = database.rows(
    `SELECT count(*), count(DISTINCT ${quoteName(key)}), coalesce(sum(typeof(${quoteName(key)}) <> 'integer'), 0) FROM ${quoteName(info.name)}`,
  );
  const [rows, distinct, others] = counts ?? [];
  return rows === distinct && others === 0n ? [] : [`${info.name}.${key} is no unique integer key`];
}

const isRowidAlias = ({ columns, withoutRowid }: LegacyTableInfo, column: LegacyColumnInfo): boolean =>
  !withoutRowid &&
  column.declaredType.toUpperCase() === 'INTEGER' &&
  columns.filter(({ primaryKey }) => primaryKey > 0).length === 1 &&
  column.primaryKey === 1;
