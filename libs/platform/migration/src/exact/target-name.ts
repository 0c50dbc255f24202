import type { LegacyTable } from '../mapping/legacy-table';
import { quoteName } from './legacy-value';

/** The quoted name of a target in PostgreSQL. Throws a TypeError for a table that goes to a cache. */
export function targetName(table: LegacyTable): string {
  if (table.target.kind !== 'postgres') throw new TypeError(`${table.name} does not go to PostgreSQL.`);
  return quoteName(table.target.table);
}
