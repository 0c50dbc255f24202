/** A value as SQLite stores it. INTEGER is always a bigint and REAL always a number, so the storage class is never lost. */
export type SqlValue = null | bigint | number | string | Uint8Array;

export interface LegacyColumnInfo {
  readonly name: string;
  /** As declared, `''` where nothing is. */
  readonly declaredType: string;
  readonly notNull: boolean;
  /** The text of the default expression. */
  readonly defaultSql: string | null;
  /** 1-based place in the primary key, 0 outside it. */
  readonly primaryKey: number;
  readonly generated: boolean;
}

export interface LegacyTableInfo {
  readonly name: string;
  /** `virtual` includes the tables in which a virtual table keeps its rows. */
  readonly type: 'table' | 'view' | 'virtual';
  readonly sql: string;
  /** In the order of the file's records. Empty where SQLite cannot tell, such as a view of a table that is gone. */
  readonly columns: readonly LegacyColumnInfo[];
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  /** 0 for views and virtual tables. */
  readonly rootPage: number;
}

/** An open database, whoever opened it. */
export interface Rows {
  rows(sql: string, ...params: SqlValue[]): SqlValue[][];
}

/**
 * The greatest id that an AUTOINCREMENT table ever gave out, also to rows that are gone; null where SQLite has none of it. For
 * databases that have such a table: the others lack `sqlite_sequence`.
 */
export function highWaterOf(database: Rows, table: string): bigint | null {
  const [[seq] = []] = database.rows('SELECT max(seq) FROM sqlite_sequence WHERE name = ? COLLATE NOCASE', table);
  return typeof seq === 'bigint' ? seq : null;
}

/** A name as SQL takes it, whatever is in it. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A table's name as SQLite compares it: ASCII letters without regard to case, every other character as it is. */
export const foldName = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** `INTEGER PRIMARY KEY` is another name of the rowid, by an old mistake of SQLite not with `DESC` behind it. */
export function isRowidAlias(table: LegacyTableInfo, column: LegacyColumnInfo): boolean {
  const alone = table.columns.filter(({ primaryKey }) => primaryKey > 0).length === 1;
  const integer = column.declaredType.toUpperCase() === 'INTEGER';
  return alone && column.primaryKey === 1 && integer && !/PRIMARY\s+KEY\s+DESC/i.test(table.sql);
}

type Query = (sql: string, ...params: SqlValue[]) => Record<string, SqlValue>[];

/** The user's tables in order of creation, without SQLite's own and those of our change log. */
export function readTables(query: Query): LegacyTableInfo[] {
  const rows = query(`
    SELECT s.name, l.type, l.wr, l.strict, s.rootpage, coalesce(s.sql, '') AS sql
    FROM sqlite_schema AS s JOIN pragma_table_list AS l ON l.name = s.name AND l.schema = 'main'
    WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
      AND s.name NOT LIKE '\\_sluice\\_%' ESCAPE '\\'
    ORDER BY s.rowid`);
  return rows.map((row) => ({
    name: String(row['name']),
    type: row['type'] === 'view' ? 'view' : row['type'] === 'table' ? 'table' : 'virtual',
    sql: String(row['sql']),
    columns: columnsOf(query, String(row['name']), row['type'] === 'table'),
    withoutRowid: row['wr'] === 1n,
    strict: row['strict'] === 1n,
    rootPage: Number(row['rootpage'] ?? 0),
  }));
}

function columnsOf(query: Query, table: string, mustExist: boolean): LegacyColumnInfo[] {
  let rows: Record<string, SqlValue>[];
  try {
    rows = query('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid', table);
  } catch (error) {
    if (mustExist) throw error;
    return [];
  }
  return rows
    .filter((row) => row['hidden'] !== 1n)
    .map((row) => ({
      name: String(row['name']),
      declaredType: String(row['type'] ?? ''),
      notNull: row['notnull'] === 1n,
      defaultSql: row['dflt_value'] === null ? null : String(row['dflt_value']),
      primaryKey: Number(row['pk']),
      generated: row['hidden'] !== 0n,
    }));
}
