import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { quoteName, readTables, type LegacyTableInfo, type SqlValue } from '../legacy-schema';
import type { CopiedPages } from './copied-pages';
import type { TableShape } from './table-survey';

export interface SchemaIndex {
  readonly table: string;
  readonly rootPage: number;
}

export interface PlainSchema {
  readonly tables: readonly TableShape[];
  readonly indexes: readonly SchemaIndex[];
  /** Tables whose rows are in no b-tree that is rebuilt here. */
  readonly refused: readonly string[];
}

/** Makes the copy's header one of a file in rollback mode, without a freelist, and with as many pages as it has. */
export function settleHeader(pages: CopiedPages, pageCount: number): void {
  const page = pages.read(1);
  page.writeUInt16BE(0x0101, 18); // No log.
  page.writeUInt32BE(pageCount, 28);
  page.writeBigUInt64BE(0n, 32); // No freelist.
  page.writeUInt32BE(0, 52); // No pointer map: pages of a file that vacuums itself would have to be in it.
  page.writeUInt32BE(0, 64);
  page.writeUInt32BE(page.readUInt32BE(24), 92); // The number of pages counts.
  pages.write(1, page);
}

/**
 * Reads the copy's schema and leaves of it what needs no index: columns with their types, defaults and keys, but no other
 * constraint. Every index is taken out, because it may be broken and SQLite would read through it. Throws SQLite's error.
 */
export function plainSchema(file: string): PlainSchema {
  const db = new DatabaseSync(file, { defensive: false });
  try {
    const query = (sql: string, ...params: SqlValue[]): Record<string, SqlValue>[] => {
      const statement = db.prepare(sql);
      statement.setReadBigInts(true);
      return statement.all(...params) as Record<string, SqlValue>[];
    };
    const infos = new Map(readTables(query).map((info) => [info.name, info]));
    const entries = query('SELECT name, tbl_name, type, rootpage FROM sqlite_schema WHERE rootpage > 0');
    const schema = {
      tables: entries
        .filter(({ type }) => type === 'table')
        .map((entry) => ({
          name: String(entry['name']),
          rootPage: Number(entry['rootpage']),
          columns: query('SELECT 1 FROM pragma_table_xinfo(?)', entry['name'] ?? null).length,
        })),
      indexes: entries
        .filter(({ type }) => type === 'index')
        .map((entry) => ({
          table: String(entry['tbl_name']),
          rootPage: Number(entry['rootpage']),
        })),
      refused: [...infos.values()].filter(isRefused).map(({ name }) => name),
    };
    const aliased = new Set([...infos.values()].filter((info) => hasAlias(info, query)));
    simplify(
      db,
      [...infos.values()].filter(({ type, rootPage }) => type === 'table' && rootPage > 0),
      aliased,
    );
    return schema;
  } finally {
    db.close();
  }
}

const isRefused = ({ type, withoutRowid, columns }: LegacyTableInfo): boolean =>
  type === 'virtual' || (type === 'table' && (withoutRowid || columns.some(({ generated }) => generated)));

/** A primary key that has no index of its own is the rowid. */
const hasAlias = ({ name, columns }: LegacyTableInfo, query: (sql: string, name: string) => unknown[]): boolean =>
  columns.some(({ primaryKey }) => primaryKey > 0) &&
  query("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", name).length === 0;

function simplify(
  db: DatabaseSyncInstance,
  infos: readonly LegacyTableInfo[],
  aliased: ReadonlySet<LegacyTableInfo>,
): void {
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA writable_schema = ON; BEGIN');
  const update = db.prepare("UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = ?");
  for (const info of infos) update.run(plainSql(info, aliased.has(info)), info.name);
  db.exec("DELETE FROM sqlite_schema WHERE type = 'index'; COMMIT");
}

function plainSql({ name, columns }: LegacyTableInfo, isAliased: boolean): string {
  const declared = columns.map((column) => {
    const key = isAliased && column.primaryKey > 0 ? ' PRIMARY KEY' : '';
    const type = column.declaredType === '' ? '' : ` ${key ? 'INTEGER' : quoteName(column.declaredType)}`;
    return `${quoteName(column.name)}${type}${key}${defaultOf(column.defaultSql)}`;
  });
  return `CREATE TABLE ${quoteName(name)} (${declared.join(', ')})`;
}

/** Parentheses are not part of what SQLite tells, and an expression needs them. A text in double quotes does not bear them. */
function defaultOf(sql: string | null): string {
  if (sql === null) return '';
  return sql.startsWith('"') ? ` DEFAULT ${sql}` : ` DEFAULT (${sql})`;
}
