import { quoteName } from '../legacy-schema';

/**
 * The change log in a legacy file: one table of entries, one with what they mean, and triggers on every followed table.
 * All names begin with `_sluice_`, so that nobody takes them for the legacy program's own, and everything is plain SQL of
 * any SQLite since 3.8: the connections that write know nothing of us.
 *
 * What the triggers log is a key, never a value: a number for the table and the row's integer key. A follower reads the row
 * itself. Rows that go without a DELETE trigger are the hard part: SQLite removes the rows that stand in the way of INSERT
 * OR REPLACE and UPDATE OR REPLACE silently. One that has the same key as the new row is logged with it; one that is in
 * the way in a unique index is looked up before the statement. So only tables with unique indexes pay for that, updates
 * only where they set a column of one, and an entry too many (a conflict that was ignored) costs a look at an unchanged row.
 *
 * The log's entries are numbered by SQLite's rowid, without AUTOINCREMENT, which would leave `sqlite_sequence` behind.
 * Numbers grow without a gap as long as the last entry is never deleted.
 */
export const OWN_PREFIX = '_sluice_';
export const LOG = '_sluice_log';
export const META = '_sluice_meta';

/**
 * Beside the log, where rows of PostgreSQL are carried into the file, too: what the last transaction of ours has carried, and
 * the ids of each table that were left to PostgreSQL.
 */
export const SENT = '_sluice_sent';
export const IDS = '_sluice_ids';

/** Raised when the objects below change: a log of another format is installed anew. */
export const LOG_FORMAT = 1;

/** A table whose changes are logged, by its integer key: the INTEGER PRIMARY KEY, or `rowid`. */
export interface LoggedTable {
  readonly table: string;
  readonly key: string;
}

export interface UniqueColumn {
  readonly name: string;
  readonly collation: string;
}

/** The table with its unique indexes apart from the key's own. */
export interface LogTarget extends LoggedTable {
  readonly unique: readonly (readonly UniqueColumn[])[];
}

export interface LogObject {
  readonly name: string;
  /** As SQLite keeps it in its schema, to the letter. */
  readonly sql: string;
}

/** Everything that an installed log consists of. A table's number is its place in the list, from 1. */
export function logObjects(targets: readonly LogTarget[]): LogObject[] {
  return [
    { name: LOG, sql: `CREATE TABLE ${LOG}(seq INTEGER PRIMARY KEY,t,k)` },
    {
      name: META,
      sql: `CREATE TABLE ${META} (generation TEXT NOT NULL, format INTEGER NOT NULL, tables TEXT NOT NULL)`,
    },
    ...targets.flatMap((target, at) => triggersOf(target, at + 1)),
  ];
}

/** What is in the file as well once rows are carried into it. */
export const twoWayObjects: readonly LogObject[] = [
  { name: SENT, sql: `CREATE TABLE ${SENT} (seq INTEGER PRIMARY KEY, queued_at TEXT NOT NULL)` },
  {
    name: IDS,
    sql: `CREATE TABLE ${IDS} (table_name TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL)`,
  },
];

/**
 * Names and texts are as short as they can be: a legacy program that opens a connection per call reads and compiles all of
 * them each time, about ten microseconds each.
 */
function triggersOf({ table, key, unique }: LogTarget, number: number): LogObject[] {
  const name = quoteName(table);
  const log = `INSERT INTO ${LOG}`;
  const [own, oldKey, newKey] = [quoteName(key), `OLD.${quoteName(key)}`, `NEW.${quoteName(key)}`];
  const inTheWay = (but: string): string =>
    unique
      .map((columns) => {
        const same = columns.map(
          ({ name: one, collation }) => `${quoteName(one)}=NEW.${quoteName(one)} COLLATE ${quoteName(collation)}`,
        );
        return `${log} SELECT NULL,${number},${own} FROM ${name} WHERE ${same.join(' AND ')}${but};`;
      })
      .join('');
  const trigger = (letter: string, when: string, body: string): LogObject => {
    const short = `${OWN_PREFIX}${number}${letter}`;
    return { name: short, sql: `CREATE TRIGGER ${short} ${when} ON ${name} BEGIN ${body}END` };
  };
  const ofUnique = [...new Set(unique.flat().map((column) => column.name))].map(quoteName).join(',');
  const before = [
    trigger('r', 'BEFORE INSERT', inTheWay('')),
    trigger('x', `BEFORE UPDATE OF ${ofUnique}`, inTheWay(` AND ${own}<>${oldKey}`)),
  ];
  const moved = `${log} SELECT NULL,${number},${oldKey} WHERE ${oldKey}<>${newKey};`;
  return [
    ...(unique.length > 0 ? before : []),
    trigger('i', 'AFTER INSERT', `${log} VALUES(NULL,${number},${newKey});`),
    trigger('u', 'AFTER UPDATE', `${moved}${log} VALUES(NULL,${number},${newKey});`),
    trigger('d', 'AFTER DELETE', `${log} VALUES(NULL,${number},${oldKey});`),
  ];
}
