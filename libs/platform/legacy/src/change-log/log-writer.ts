import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { messageOf } from '@sluice/core';
import { quoteName, type SqlValue } from '../legacy-schema';
import { LegacyFileError } from '../legacy.errors';
import { isDiskFull, sqliteErrorCode, translated } from '../sqlite-errors';
import { LogRefusedError } from './change-log.errors';
import {
  IDS,
  LOG,
  LOG_FORMAT,
  logObjects,
  META,
  SENT,
  twoWayObjects,
  type LoggedTable,
  type LogTarget,
} from './log-objects';
import { findLog, logTargets, type InstalledLog, type Query } from './log-targets';

/** A legacy writer gives up after five seconds; whoever installs may wait longer. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 5;
/**
 * Not IMMEDIATE: a legacy connection that has read and then wants to write is refused at once, whatever its patience, where
 * another one has RESERVED. EXCLUSIVE does not begin while anybody reads, and who comes later waits in his own patience. In WAL
 * mode both are the same.
 */
export const BEGIN_WRITE = 'BEGIN EXCLUSIVE';

/**
 * Puts the log into a file, in one transaction, and gives it; a log that is whole and covers the very same tables stays as it
 * is, and one that does not tell everything is made anew. This and `uninstallLog` and `pruneLog` are the only places that ever
 * write to a legacy file. The write lock is asked for again and again for half a minute, never taken by force. Throws
 * `FOLLOW_LOG_REFUSED`, `LEGACY_LOCKED`, and what opening a file throws.
 */
export function installLog(file: string, tables: readonly LoggedTable[], signal?: AbortSignal): Promise<InstalledLog> {
  return writing(file, signal, (db, query) => {
    const known = findLog(query);
    if (known?.faults.length === 0) {
      const others = otherTables(known.log, tables);
      if (others.length === 0) return known.log;
      throw new LogRefusedError(file, [...others, 'take it out first: `sluice follow uninstall --yes`']);
    }
    const { targets, reasons } = logTargets(query, tables);
    if (reasons.length > 0) throw new LogRefusedError(file, reasons);
    const log = { generation: randomUUID(), tables: targets.map(({ table, key }) => ({ table, key })) };
    const pairs = pairsOf(log);
    // Its entries still tell of rows that the legacy program has deleted, as long as they mean the same tables.
    const meansTheSame = known !== null && pairsOf(known.log) === pairs;
    takeOut(db, query, meansTheSame ? [LOG, SENT, IDS] : [SENT, IDS]);
    for (const { name, sql } of logObjects(targets)) if (!isThere(query, name)) db.exec(sql);
    db.prepare(`INSERT INTO ${META} VALUES (?, ?, ?)`).run(log.generation, LOG_FORMAT, pairs);
    tryOut(db, file, targets);
    return log;
  });
}

/** As the note in the file has them. */
const pairsOf = ({ tables }: InstalledLog): string => JSON.stringify(tables.map(({ table, key }) => [table, key]));

function otherTables(log: InstalledLog, tables: readonly LoggedTable[]): string[] {
  const there = new Set(log.tables.map(({ table }) => table));
  return tables.filter(({ table }) => !there.has(table)).map(({ table }) => `its change log does not know ${table}`);
}

/**
 * What the legacy program does to its schema when it starts must go on working: it makes tables that are not there, and adds
 * a column to one of an older release. Both are done and taken back.
 */
function tryOut(db: DatabaseSyncInstance, file: string, targets: readonly LogTarget[]): void {
  for (const { table } of targets) {
    const name = quoteName(table);
    try {
      db.exec(
        `SAVEPOINT trial; CREATE TABLE IF NOT EXISTS ${name} (id); ALTER TABLE ${name} ADD COLUMN _sluice_trial TEXT`,
      );
      db.exec('ROLLBACK TO trial; RELEASE trial');
    } catch (error) {
      throw new LogRefusedError(file, [`the legacy program could not change ${table} any more: ${messageOf(error)}`]);
    }
  }
}

/** Takes out everything with our names, whatever became of it. False where there was nothing. */
export function uninstallLog(file: string, signal?: AbortSignal): Promise<boolean> {
  return writing(file, signal, (db, query) => takeOut(db, query, []));
}

/** But for the tables of ours that are to stay, where they are as we make them. */
function takeOut(db: DatabaseSyncInstance, query: Query, staying: readonly string[]): boolean {
  const ours = [...logObjects([]), ...twoWayObjects].filter(({ name }) => staying.includes(name));
  const own = query(`SELECT type, name, sql FROM sqlite_schema WHERE name LIKE '\\_sluice\\_%' ESCAPE '\\' AND type IN ('table', 'trigger') ORDER BY type DESC`); // prettier-ignore
  for (const { type, name, sql } of own) {
    if (ours.some((object) => object.name === name && object.sql === sql)) continue;
    db.exec(`DROP ${String(type)} ${quoteName(String(name))}`);
  }
  return own.length > 0;
}

const isThere = (query: Query, name: string): boolean =>
  query('SELECT 1 AS one FROM sqlite_schema WHERE name = ?', name).length > 0;

/**
 * Forgets entries before `below`, at most `most` of them and never the last one: its number is where the next one begins.
 * Gives how many went; null where the file was busy or the disk full, which is no trouble: there will be another time.
 */
export function pruneLog(writer: DatabaseSyncInstance, below: bigint, most: number): number | null {
  try {
    writer.exec(BEGIN_WRITE);
  } catch (error) {
    if (isPassing(error)) return null;
    throw error;
  }
  try {
    const { changes } = writer
      .prepare(
        `DELETE FROM ${LOG} WHERE seq < ? AND seq < (SELECT max(seq) FROM ${LOG})
           AND seq < (SELECT min(seq) FROM ${LOG}) + ?`,
      )
      .run(below, most);
    writer.exec('COMMIT');
    return Number(changes);
  } catch (error) {
    if (writer.isTransaction) writer.exec('ROLLBACK');
    if (isPassing(error)) return null;
    throw error;
  }
}

const isPassing = (error: unknown): boolean => isBusy(error) || isDiskFull(error);

/** A connection that writes. It never waits inside SQLite, which would stop this whole process. */
export function openWriter(file: string): DatabaseSyncInstance {
  // Without this look SQLite would make a file that is not there.
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new LegacyFileError('LEGACY_NOT_FOUND', `${file} does not exist.`, { remedy: 'Check the legacy directory.' });
  return new DatabaseSync(file, { timeout: 0 });
}

/** One transaction with the write lock. */
async function writing<Result>(
  file: string,
  signal: AbortSignal | undefined,
  work: (db: DatabaseSyncInstance, query: Query) => Result,
): Promise<Result> {
  const deadline = performance.now() + PATIENCE_MS;
  const db = openWriter(file);
  try {
    for (;;) {
      try {
        db.exec(BEGIN_WRITE);
        const result = work(db, queryOf(db));
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        if (!isBusy(error) || performance.now() > deadline) throw translated(error, file);
        signal?.throwIfAborted();
        await delay(RETRY_MS);
      }
    }
  } finally {
    db.close();
  }
}

export const isBusy = (error: unknown): boolean => [5, 6].includes(sqliteErrorCode(error) ?? 0);

const queryOf =
  (db: DatabaseSyncInstance): Query =>
  (sql, ...params) => {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    return statement.all(...params) as Record<string, SqlValue>[];
  };
