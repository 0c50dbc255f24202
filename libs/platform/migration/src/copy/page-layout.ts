import { isRowidAlias, type LegacyColumnInfo, type LegacyTableInfo } from '@sluice/legacy';
import type { Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';

/** How the records of one table become rows of one COPY. */
export interface PageLayout {
  readonly rootPage: number;
  /** Columns of a full record, in the file's order. A row written before `ALTER TABLE ADD COLUMN` has fewer. */
  readonly fields: readonly PageField[];
  /** In the order of the COPY's column list. */
  readonly columns: readonly PageColumn[];
}

export interface PageField {
  /** SQLite stores a REAL without fraction as an integer, and reads it back as REAL. */
  readonly real: boolean;
  readonly missing: MissingValue;
}

export interface PageColumn {
  readonly name: string;
  /** Place in the record; -1 for the row's key, which is not in the record. */
  readonly field: number;
  readonly conversion: Conversion;
}

/** What a field that the record is too short for holds; undefined where this lane cannot tell, so that the row is odd. */
export type MissingValue = null | bigint | number | string | undefined;

/** Decimals of more digits after the point are left to the exact lane. */
export const maxScale = 8;

/** Whether a table can be read from its pages, and how; or why not, for the report. */
export function canEncode(
  table: LegacyTableInfo,
  mapping: LegacyTable,
): { readonly layout: PageLayout } | { readonly reason: string } {
  const reason = obstacle(table, mapping);
  if (reason !== null) return { reason };
  const alias = table.columns.findIndex((column) => isRowidAlias(table, column));
  const columns: PageColumn[] = [];
  for (const [name, conversion] of Object.entries(mapping.columns)) {
    const place = table.columns.findIndex((column) => column.name === name);
    const isKey = name === mapping.source.key;
    if (place < 0 && !isKey) return { reason: `the file has no column ${name}` };
    columns.push({ name, field: isKey || place === alias ? -1 : place, conversion });
  }
  const fields = table.columns.map((column) => ({
    real: affinityOf(column) === 'real',
    missing: missingValue(column),
  }));
  return { layout: { rootPage: table.rootPage, fields, columns } };
}

function obstacle(table: LegacyTableInfo, mapping: LegacyTable): string | null {
  const { key } = mapping.source;
  if (mapping.target.kind !== 'postgres') return 'its rows become cache entries';
  if (table.type !== 'table') return `it is a ${table.type}`;
  if (table.withoutRowid) return 'it has no rowid';
  if (table.rootPage < 1) return 'it has no root page';
  if (table.columns.some((column) => column.generated)) return 'it has generated columns';
  const keyColumn = table.columns.find((column) => column.name === key);
  if (keyColumn ? !isRowidAlias(table, keyColumn) : key !== 'rowid') return `its key ${key} is not the rowid`;
  if (mapping.columns[key] && mapping.columns[key].kind !== 'integer')
    return `its key ${key} does not become an integer`;
  const deep = Object.entries(mapping.columns).find(([, { kind, ...rest }]) => {
    return kind === 'decimal' && 'scale' in rest && rest.scale > maxScale;
  });
  return deep ? `${deep[0]} keeps more than ${maxScale} decimals` : null;
}

/** https://sqlite.org/datatype3.html#determination_of_column_affinity */
export function affinityOf(column: LegacyColumnInfo): 'integer' | 'text' | 'none' | 'real' | 'numeric' {
  const type = column.declaredType.toUpperCase();
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  if (type === '' || type.includes('BLOB')) return 'none';
  return /REAL|FLOA|DOUB/.test(type) ? 'real' : 'numeric';
}

/** The default of a column as SQLite would have stored it, where that is plain; expressions are left to SQLite. */
function missingValue(column: LegacyColumnInfo): MissingValue {
  const text = column.defaultSql?.trim() ?? 'NULL';
  const affinity = affinityOf(column);
  if (/^null$/i.test(text)) return null;
  if (/^[+-]?\d{1,15}$/.test(text)) return affinity === 'text' ? undefined : BigInt(text);
  if (/^[+-]?\d+\.\d+$/.test(text)) return affinity === 'real' || affinity === 'none' ? Number(text) : undefined;
  if (!/^'(?:[^']|'')*'$/.test(text)) return undefined;
  const quoted = text.slice(1, -1).replaceAll("''", "'");
  const staysText = affinity === 'text' || affinity === 'none' || !/\d/.test(quoted);
  return staysText ? quoted : undefined;
}
