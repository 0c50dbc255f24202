import type { LegacyDatabase, LegacyTableInfo } from '@sluice/legacy';
import type { LegacyTable } from '../mapping/legacy-table';
import { SchemaDriftError } from './inspect.errors';

/**
 * What in a file no mapping speaks of, and what a mapping speaks of that the file lacks, a line each. `known` are all
 * mappings that may read from a file of this name, also those that this run leaves out.
 */
export function driftOf(
  database: LegacyDatabase,
  read: readonly LegacyTable[],
  known: readonly LegacyTable[],
): string[] {
  const tables = database.tables();
  const unknown = tables.filter(({ name }) => !known.some(({ source }) => source.table === name));
  return [
    ...unknown.map(({ type, name }) => `${type} ${name}: no mapping speaks of it`),
    ...triggersOf(database).map((name) => `trigger ${name}: no mapping speaks of it`),
    ...read.flatMap((table) =>
      columnDrift(
        table,
        tables.find(({ name }) => name === table.source.table),
      ),
    ),
  ];
}

/** Throws `SchemaDriftError` with every difference. */
export function checkDrift(
  database: LegacyDatabase,
  read: readonly LegacyTable[],
  known: readonly LegacyTable[],
): void {
  const differences = driftOf(database, read, known);
  if (differences.length > 0) throw new SchemaDriftError(database.path, differences);
}

function columnDrift(table: LegacyTable, info: LegacyTableInfo | undefined): string[] {
  if (!info) return [`table ${table.source.table}: missing`];
  if (info.type !== 'table') return [`${info.name}: is a ${info.type}, not a table`];
  const mapped = new Set([...Object.keys(table.columns), ...Object.keys(table.dropped)]);
  const present = new Set(info.columns.map(({ name }) => name));
  const lacking = [...mapped].filter((name) => !present.has(name) && name !== 'rowid');
  return [
    ...info.columns.filter(({ name }) => !mapped.has(name)).map(({ name, declaredType }) =>
      `column ${info.name}.${name} ${declaredType}`.trimEnd() + ': not mapped'), // prettier-ignore
    ...lacking.map((name) => `column ${info.name}.${name}: mapped, but the file has none`),
    ...info.columns.filter(({ generated }) => generated).map(({ name }) => `column ${info.name}.${name}: is generated`),
  ];
}

function triggersOf(database: LegacyDatabase): string[] {
  return database
    .rows(`SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name`)
    .map(([name]) => String(name));
}
