import { highWaterOf, quoteName, type Rows, type SqlValue } from '../legacy-schema';
import { IDS, LOG, META, SENT, twoWayObjects } from './log-objects';

/** A transaction with the write lock of a file that has a change log. */
export interface LogWriting extends Rows {
  run(sql: string, ...params: SqlValue[]): number;
  exec(sql: string): void;
}

/** Makes the tables of ours that are not there. */
export function ensureTwoWay(writing: LogWriting): void {
  const [[there] = []] = writing.rows('SELECT count(*) FROM sqlite_schema WHERE name IN (?, ?)', SENT, IDS);
  if (there === 2n) return;
  for (const { sql } of twoWayObjects) writing.exec(sql.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'));
}

/** The log's generation, and the number of each table in it. */
export function logNumbers(writing: Rows): {
  readonly generation: string;
  readonly numbers: ReadonlyMap<string, bigint>;
} {
  const [[generation, tables] = []] = writing.rows(`SELECT generation, tables FROM ${META}`);
  const pairs = JSON.parse(String(tables)) as readonly (readonly [string, string])[];
  return { generation: String(generation), numbers: new Map(pairs.map(([table], at) => [table, BigInt(at + 1)])) };
}

/** The greatest number of the log; 0 where it is empty. */
export function lastEntry(reading: Rows): bigint {
  const [[last] = []] = reading.rows(`SELECT max(seq) FROM ${LOG}`);
  return typeof last === 'bigint' ? last : 0n;
}

/** Of these keys of the table with this number: those that the legacy program has changed since `position`. */
export function changedSince(writing: Rows, position: bigint, table: bigint, keys: readonly bigint[]): Set<bigint> {
  const found = writing.rows(
    `SELECT DISTINCT k FROM ${LOG} WHERE seq > ? AND t = ? AND k IN (SELECT value FROM json_each(?))`,
    position,
    table,
    `[${keys.join()}]`,
  );
  return new Set(found.map(([key]) => key as bigint));
}

/**
 * Takes out of the log what the triggers have logged since `last`, in the transaction that has caused it: a follower never
 * sees the echo of what we write. The entry `last` stays, so that the next one has the number that it would have had.
 */
export function forgetEcho(writing: Pick<LogWriting, 'run'>, last: bigint): void {
  writing.run(`DELETE FROM ${LOG} WHERE seq > ?`, last);
}

/** An entry of the outbox that is in the file by now: its number, and the text of its time, which no other one has. */
export interface SentEntry {
  readonly seq: bigint;
  readonly queuedAt: string;
}

/**
 * Remembers what this transaction carries in the place of what the one before it did: who comes after a crash takes these
 * out of PostgreSQL's queue before anything else, lest a later change of the legacy program be taken for one at the same time.
 */
export function noteSent(writing: Pick<LogWriting, 'run'>, sent: readonly SentEntry[]): void {
  writing.run(`DELETE FROM ${SENT}`);
  for (const { seq, queuedAt } of sent) writing.run(`INSERT INTO ${SENT} VALUES (?, ?)`, seq, queuedAt);
}

/** Empty where nothing was ever carried. */
export function readSent(writing: Rows): SentEntry[] {
  if (writing.rows('SELECT 1 FROM sqlite_schema WHERE name = ?', SENT).length === 0) return [];
  return writing.rows(`SELECT seq, queued_at FROM ${SENT}`).map(([seq, queuedAt]) => ({
    seq: seq as bigint,
    queuedAt: String(queuedAt),
  }));
}

/** Ids that are left to PostgreSQL: the legacy program's own go on behind the last of them. */
export interface IdBlock {
  readonly first: bigint;
  readonly last: bigint;
}

/** Of an AUTOINCREMENT table: the greatest id that it ever gave out, also to rows that are gone. */
export function usedIds(writing: Rows, table: string, key: string): bigint {
  const [[stored] = []] = writing.rows(`SELECT max(${quoteName(key)}) FROM ${quoteName(table)}`);
  return [stored, highWaterOf(writing, table)].reduce<bigint>(
    (top, one) => (typeof one === 'bigint' && one > top ? one : top),
    0n,
  );
}

/**
 * Leaves the next `size` ids to PostgreSQL, by raising the number that SQLite goes on from. A block that was left to it before
 * and begins behind `after`, the last one that PostgreSQL has taken up, is given again: who was interrupted between the two
 * calls once more. `used` is PostgreSQL's greatest id.
 */
export function leaveIds(
  writing: LogWriting,
  table: { readonly name: string; readonly key: string },
  { after, used, size }: { readonly after: bigint; readonly used: bigint; readonly size: bigint },
): IdBlock {
  const [known] = writing.rows(`SELECT first, last FROM ${IDS} WHERE table_name = ?`, table.name);
  if (known && (known[0] as bigint) > after) return { first: known[0] as bigint, last: known[1] as bigint };
  const inFile = usedIds(writing, table.name, table.key);
  // Never from 1 on: by its least value a confined sequence is told from one that is free.
  const top = [inFile, used, after].reduce((most, one) => (one > most ? one : most), 1n);
  const block = { first: top + 1n, last: top + size };
  writing.run(`INSERT OR REPLACE INTO ${IDS} VALUES (?, ?, ?)`, table.name, block.first, block.last);
  const [seq, name] = [block.last, table.name];
  if (writing.run('UPDATE sqlite_sequence SET seq = ? WHERE name = ? COLLATE NOCASE', seq, name) > 0) return block;
  // SQLite itself looks for the name as the table was made with.
  const named = "SELECT name, ? FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE";
  writing.run(`INSERT INTO sqlite_sequence (name, seq) ${named}`, seq, name);
  return block;
}
