import type { LegacyTable } from '../mapping/legacy-table';
import type { JsonShape } from './python-json-text';

/**
 * How the legacy program writes a time, with six digits of a fraction that are left out where they are zero:
 * `sqlite` `2026-01-09 10:00:00`, `naive` `2026-01-09T10:00:00`, `zulu` `2026-01-09T10:00:00Z`. Without a mark it is the
 * wall clock of the column's zone.
 */
export type TimeForm = 'sqlite' | 'naive' | 'zulu';

/** The way back of one mapping: what the mapping does not say of the forms that the legacy program writes. */
export interface WriteBack {
  readonly table: LegacyTable;
  /** The columns that name a row in the legacy file. */
  readonly identity: readonly string[];
  /** By column; of every timestamp. */
  readonly times: Readonly<Record<string, TimeForm>>;
  /** By column, where the legacy program's own order and number types are known. */
  readonly json: Readonly<Record<string, JsonShape>>;
}

/** Throws a TypeError for a mapping with a time of no form, or of a family of files. */
export function writeBack(table: LegacyTable, forms: Partial<Omit<WriteBack, 'table'>> = {}): WriteBack {
  const { identity = [table.source.key], times = {}, json = {} } = forms;
  if (table.source.family) throw new TypeError(`${table.name} is a family of files.`);
  const formless = Object.entries(table.columns).find(([name, { kind }]) => kind === 'timestamp' && !(name in times));
  if (formless) throw new TypeError(`The time ${table.name}.${formless[0]} has no legacy form.`);
  return { table, identity, times, json };
}

/** The mapped columns that are columns of the file: a rowid that names no row is SQLite's own affair. */
export const writtenColumns = ({ table, identity }: WriteBack): string[] =>
  Object.keys(table.columns).filter((column) => column !== 'rowid' || identity.includes(column));
