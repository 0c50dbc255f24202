import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError, inTime, messageOf } from '@sluice/core';
import type { LiveDatabase, SqlValue } from '@sluice/legacy';
import { LegacySideAwayError } from './legacy-reads.errors';

/** Runs a statement of the legacy code; rows in the order of the selected columns, integers as bigint. */
export type LegacyQuery = (sql: string, ...params: SqlValue[]) => SqlValue[][];

/** Below the legacy backend's root folder, or below a folder in it. */
export type LegacyFile =
  'cache/llm_costs.db' | 'cache/ai_recommendations.db' | 'cache/top_picks_runs.db' | 'cache/context.db';

/** What is read, and the table that tells which of several files of the name it is read from. */
export interface LegacySource {
  readonly file: LegacyFile;
  readonly table: string;
}

/** A condition for some rows of the table, with its parameters. */
export interface LegacySlice {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Read in some ten milliseconds. */
const SLICE_ROWS = 5_000n;

/** A reader that finds the file locked for longer has its answer; a legacy writer waits for at most 5 s, and for us for moments. */
const MOST_WAIT_MS = 3_000;

/**
 * The legacy program's databases, read where they are while it writes them: each file is opened once and read in transactions
 * of one short call, so that no writer waits for longer than a statement takes. Of a file one reader at a time asks: however
 * many wait for a writer, one of them looks whether it is done, and no connection is closed under another reader. Nothing is
 * loaded or opened before the first read: a process without a domain in such a mode pays nothing.
 */
export class LegacyFiles {
  private readonly open = new Map<string, LiveDatabase>();
  private readonly places = new Map<string, string>();
  private readonly turns = new Map<LegacyFile, Promise<unknown>>();

  /** `directory` is the legacy backend's root folder; null where none was given. */
  constructor(
    private readonly directory: string | null,
    private readonly mostWaitMs = MOST_WAIT_MS,
  ) {}

  /** What `work` makes of one consistent state of the file; it may run more than once. Throws `LEGACY_SIDE_AWAY`. */
  async read<T>(source: LegacySource, work: (query: LegacyQuery) => T): Promise<T> {
    const stop = new AbortController();
    const before = this.turns.get(source.file) ?? Promise.resolve();
    const own = before.then(() => this.readInTurn(source, stop.signal, work));
    this.turns.set(source.file, own.then(nothing, nothing));
    return inTime(this.mostWaitMs, own, () => {
      stop.abort();
      return lockedError(source);
    });
  }

  /**
   * Gives `take` what `work` makes of the rows in the order of `column`, slice by slice, each in a transaction of its own: a statement over
   * millions of rows would keep the legacy writer waiting for longer than it does, and this process from everything else. Rows
   * that are written meanwhile are in it or not. `column` has an index behind what `where` names.
   */
  async readSlices<T>(
    source: LegacySource,
    {
      column,
      from,
      where = '',
    }: { readonly column: string; readonly from: readonly ['>' | '>=', SqlValue]; readonly where?: string },
    work: (query: LegacyQuery, slice: LegacySlice) => T,
    take: (part: T) => void,
  ): Promise<void> {
    let lower: LegacySlice = { sql: `${where}${column} ${from[0]} ?`, params: [from[1]] };
    for (;;) {
      const [part, last] = await this.read(source, (query): [T, SqlValue | undefined] => {
        const ends = `SELECT ${column} FROM ${source.table} WHERE ${lower.sql} ORDER BY ${column} LIMIT 1 OFFSET ?`;
        const last = query(ends, ...lower.params, SLICE_ROWS)[0]?.[0];
        const slice =
          last === undefined ? lower : { sql: `${lower.sql} AND ${column} <= ?`, params: [...lower.params, last] };
        return [work(query, slice), last];
      });
      take(part);
      if (last === undefined) return;
      lower = { sql: `${where}${column} > ?`, params: [last] };
      await nextTurn();
    }
  }

  /** After who reads now. */
  async close(): Promise<void> {
    await Promise.all(this.turns.values());
    for (const place of [...this.open.keys()]) this.drop(place);
  }

  private async readInTurn<T>(source: LegacySource, signal: AbortSignal, work: (query: LegacyQuery) => T): Promise<T> {
    try {
      signal.throwIfAborted();
      const database = await this.opened(await this.placeOf(source, signal), signal);
      return await database.read(() => work((sql, ...params) => database.rows(sql, ...params)), signal);
    } catch (error) {
      if (signal.aborted) throw lockedError(source, error);
      throw this.reasonOf(source, error);
    }
  }

  /** What cannot be read is looked for and opened anew by the next reader. */
  private reasonOf(source: LegacySource, error: unknown): unknown {
    const { file } = source;
    const [missing] = MISSING.exec(messageOf(error)) ?? [];
    if (missing !== undefined) return new LegacySideAwayError(file, `has another schema (${missing})`, error);
    if (!(error instanceof DomainError)) return error;
    const place = this.places.get(keyOf(source)) ?? join(this.directory ?? '', file);
    this.places.delete(keyOf(source));
    this.drop(place);
    if (error instanceof LegacySideAwayError) return error;
    const why = existsSync(place) ? `cannot be read (${error.code})` : 'is not there';
    return new LegacySideAwayError(file, why, error);
  }

  /** The file that lies at its path now: one that was replaced is opened anew. */
  private async opened(place: string, signal: AbortSignal): Promise<LiveDatabase> {
    const known = this.open.get(place);
    if (known) {
      try {
        known.assertSame();
        return known;
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        this.drop(place);
      }
    }
    if (wouldLeaveLog(place)) throw new LegacySideAwayError(basename(place), 'is in WAL mode and of another user');
    const { LiveDatabase } = await import('@sluice/legacy');
    const database = await LiveDatabase.open(place, signal);
    this.open.set(place, database);
    return database;
  }

  /**
   * Where the migration finds the table as well: the legacy names are relative to wherever the process ran, which leaves files
   * of one name at two places, and empty twins. Throws `LEGACY_SIDE_AWAY` where no file is there, or two have rows of the table.
   */
  private async placeOf(source: LegacySource, signal: AbortSignal): Promise<string> {
    const known = this.places.get(keyOf(source));
    if (known !== undefined) return known;
    if (this.directory === null) throw new LegacySideAwayError(source.file, 'is nowhere: LEGACY_DIR is not set');
    const found = placesIn(this.directory, source.file);
    const [only] = found;
    if (only === undefined) throw new LegacySideAwayError(source.file, 'is not there');
    if (found.length === 1) return this.remembered(source, only);
    const counts = new Map<string, number>();
    for (const place of found) {
      const rows = await this.countFew(place, source.table, signal);
      if (rows !== null) counts.set(place, rows);
    }
    const [filled, second] = [...counts].filter(([, rows]) => rows > 0).map(([place]) => place);
    if (second !== undefined)
      throw new LegacySideAwayError(source.file, `lies at two places, and both have rows of ${source.table}`);
    // An empty one may be the wrong one by the next time.
    return filled === undefined ? ([...counts.keys()][0] ?? only) : this.remembered(source, filled);
  }

  private remembered(source: LegacySource, place: string): string {
    this.places.set(keyOf(source), place);
    return place;
  }

  /** 1 where the table has any row; null where there is no such table. */
  private async countFew(place: string, table: string, signal: AbortSignal): Promise<number | null> {
    const database = await this.opened(place, signal);
    return database.read(() => {
      const [found] = database.rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table);
      return found ? database.rows(`SELECT 1 FROM ${table} LIMIT 1`).length : null;
    }, signal);
  }

  private drop(place: string): void {
    this.open.get(place)?.close();
    this.open.delete(place);
  }
}

const keyOf = ({ file, table }: LegacySource): string => `${file} ${table}`;

/** What SQLite says of a file of another release, or of one that its program has only just made. */
const MISSING = /no such (?:table|column): .+/;

/** Of this name below the root and below each folder in it, each file once. */
function placesIn(root: string, file: LegacyFile): string[] {
  const folders = existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [];
  const places = [root, ...folders.sort()].map((folder) => join(folder, file)).filter((place) => existsSync(place));
  return [...new Map(places.map((place) => [realpathSync(place), place])).values()];
}

/**
 * Whoever opens a file in WAL mode that nobody has open makes a log beside it. Where the file is another user's, that user's
 * program could not write any more.
 */
function wouldLeaveLog(place: string): boolean {
  const user = process.geteuid?.() ?? 0;
  if (user === 0 || existsSync(`${place}-shm`)) return false;
  const stat = statSync(place, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.uid === user) return false;
  return versionOf(place) === WAL_VERSION;
}

/** Null where this user may not read it, of which SQLite tells better. */
function versionOf(place: string): number | null {
  const header = Buffer.alloc(VERSION_AT + 1);
  let file: number;
  try {
    file = openSync(place, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return null;
    throw error;
  }
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return header[VERSION_AT] ?? null;
}

/** In the header of a file: 1 for a rollback journal, 2 for WAL. */
const VERSION_AT = 18;
const WAL_VERSION = 2;

const lockedError = ({ file }: LegacySource, cause?: unknown): LegacySideAwayError =>
  new LegacySideAwayError(file, 'is locked by its writer', cause);

const nothing = (): void => undefined;
