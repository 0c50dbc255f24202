import type { LegacyDatabase } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable, Reference } from '../mapping/legacy-table';
import type { ColumnCensus, HazardCount } from './census';
import type { FoundFile } from './find-sources';

const firstKeys = 5;

/**
 * Adds to the census of each column that refers to a parent how many of its rows refer to none: the legacy files have no
 * foreign keys and the target has, so those rows are quarantined. Rows whose parent is itself quarantined come on top.
 * `known` are all mappings; a parent that is not in this file is noted, not looked up.
 */
export function withOrphans(
  database: LegacyDatabase,
  table: LegacyTable,
  { source, known, census }: { source: FoundFile; known: readonly LegacyTable[]; census: readonly ColumnCensus[] },
): ColumnCensus[] {
  return census.map((column) => {
    const reference = table.references.find((declared) => declared.column === column.column);
    if (!reference) return column;
    const parent = known.find(({ name }) => name === reference.table);
    if (!parent || !isHere(database, parent, reference, source.tables.includes(parent))) {
      const note = `Rows without their ${reference.table} are found at the load: that table is not in this file.`;
      return { ...column, notes: [...column.notes, note] };
    }
    const orphans = countOrphans(database, table, parent, reference);
    return orphans === null ? column : { ...column, hazards: [...column.hazards, orphans] };
  });
}

/** A mapped table that is not read from this file may be an empty twin of the one that is read from another. */
function isHere(database: LegacyDatabase, parent: LegacyTable, reference: Reference, isRead: boolean): boolean {
  const info = database.table(parent.source.table);
  if (!info?.columns.some(({ name }) => name === reference.parentColumn)) return false;
  return isRead || database.rows(`SELECT 1 FROM ${quoteName(info.name)} LIMIT 1`).length > 0;
}

function countOrphans(
  database: LegacyDatabase,
  { source }: LegacyTable,
  parent: LegacyTable,
  reference: Reference,
): HazardCount | null {
  const [column, parentColumn, key] = [reference.column, reference.parentColumn, source.key].map(quoteName);
  // NOT IN makes an index of the parents once, where the legacy table may have none.
  const parents = `SELECT ${parentColumn} FROM ${quoteName(parent.source.table)} WHERE ${parentColumn} IS NOT NULL`;
  const orphans = `FROM ${quoteName(source.table)} WHERE ${column} NOT IN (${parents})`;
  const count = Number(database.rows(`SELECT count(*) ${orphans}`)[0]?.[0]);
  if (count === 0) return null;
  const keys = database.rows(`SELECT ${key} ${orphans} ORDER BY ${key} LIMIT ${firstKeys}`);
  return {
    code: 'B34',
    outcome: 'quarantined',
    about: `refers to a row of ${reference.table} that is not there`,
    count,
    keys: keys.map(([value]) => String(value)),
  };
}
