import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';

/** The target's quoted name; only Postgres targets are copied. */
export function targetName(table: LegacyTable): string {
  if (table.target.kind !== 'postgres') throw new TypeError(`${table.name} does not go to Postgres.`);
  return quoteName(table.target.table);
}
