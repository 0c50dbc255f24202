import { setImmediate as othersTurn } from 'node:timers/promises';
import { foldName, type LegacyTableInfo, type SqlValue } from '@sluice/legacy';
import type { RowSource } from '../exact/exact-reader';
import { quoteName, selectLegacyValue, toLegacyValue, type LegacyValue } from '../exact/legacy-value';
import { checkDrift } from '../inspect/drift';
import type { Choices } from '../mapping/legacy-table';
import type { LegacyConnection, LegacyFile, LegacySession } from './legacy-file';
import { isSameStored, LegacyRowMaker, type LegacyRow, type TargetKey, type TargetRow } from './legacy-row';
import type { WriteBack } from './write-back';
import { WriteBackRefusedError, type TakenValue } from './write-back.errors';

export interface LegacyChanges {
  /** Rows as they are to be. Of two of one key the last counts. */
  readonly upserts: readonly TargetRow[];
  /** Rows that are to be gone; they go first. One that is among the upserts, too, stays. */
  readonly deletes: readonly TargetKey[];
  /** The greatest number that PostgreSQL ever gave out: an AUTOINCREMENT of the file goes on behind it. */
  readonly usedUpTo?: bigint;
}

export interface WriteResult {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Rows that were as they are to be, down to the last byte. */
  readonly unchanged: number;
}

/** Changes whose rows are made; see `LegacyTableWriter.prepare`. */
export interface PreparedChanges {
  readonly drafts: readonly Draft[];
  readonly gone: readonly { readonly name: string; readonly at: readonly LegacyValue[] }[];
  readonly usedUpTo: bigint | undefined;
}

export interface TableWriterOptions {
  /** As the copy read the file. */
  readonly choices: Choices;
  /** An earlier state of the file, such as its backup: values that are not in the file any more take their text from it. */
  readonly earlier?: RowSource;
  /** Other tables that the file may hold. */
  readonly neighbours?: readonly string[];
}

/** A row to write, with the row of the file that it was made by. */
interface Draft {
  readonly row: TargetRow;
  readonly at: readonly LegacyValue[];
  readonly current: LegacyRow | null;
  readonly next: LegacyRow;
}

interface Plan extends Draft {
  readonly changed: readonly string[];
}

const NONE: ReadonlySet<string> = new Set();
/** So many rows are read at a time: a legacy commit waits for no longer than that takes. */
const READ_ROWS = 100;
/** Making rows of long JSON takes milliseconds each: others have their turn meanwhile. */
const TURN_MS = 20;

/**
 * Writes rows of PostgreSQL into their table of a legacy file, in one transaction per call. What is there already is not
 * written again, so a call may be repeated. The rows are made before the write lock is asked for, and made again under it where
 * the legacy program changed them meanwhile. The lock is held for some milliseconds per hundred rows: keep to a few thousand.
 */
export class LegacyTableWriter {
  private readonly maker: LegacyRowMaker;
  private readonly name: string;
  private readonly select: string;
  private readonly where: string;

  constructor(
    private readonly file: LegacyFile,
    private readonly form: WriteBack,
    private readonly options: TableWriterOptions,
  ) {
    this.maker = new LegacyRowMaker(form, options.choices);
    this.name = quoteName(form.table.source.table);
    this.where = `WHERE ${form.identity.map((column) => `${quoteName(column)} = ?`).join(' AND ')}`;
    this.select = `SELECT ${this.maker.columns.map(selectLegacyValue).join(', ')} FROM ${this.name} ${this.where}`;
  }

  /** Throws `WRITE_BACK_REFUSED`, `LEGACY_SCHEMA_DRIFT`, and what opening a legacy file throws. Nothing is written then. */
  write(changes: LegacyChanges): Promise<WriteResult> {
    return this.file.session(async (session) => {
      const prepared = await this.prepare(session, changes);
      return session.writing((connection) => {
        const deleted = this.takeOut(connection, prepared);
        return { ...this.putIn(connection, prepared), deleted };
      });
    });
  }

  /** What takes long, before the write lock. Several tables of a file are prepared, then written in one transaction. */
  async prepare(session: LegacySession, { upserts, deletes, usedUpTo }: LegacyChanges): Promise<PreparedChanges> {
    const needed = neededOf(await session.reading((connection) => this.tableIn(connection)));
    const drafts = await this.drafts(session, upserts, needed);
    const staying = new Set(drafts.map(({ row }) => this.maker.nameOf(row.values)));
    const gone = deletes
      .map((key) => ({ name: this.maker.nameOf(key), at: this.maker.identity(key) }))
      .filter(({ name }) => !staying.has(name));
    return { drafts, gone, usedUpTo };
  }

  /** With the write lock, before any table's rows come in. How many rows went. */
  takeOut(connection: LegacyConnection, { gone }: PreparedChanges, without: ReadonlySet<string> = NONE): number {
    return gone
      .filter(({ name }) => !without.has(name))
      .reduce((sum, { at }) => sum + connection.run(`DELETE FROM ${this.name} ${this.where}`, ...at.map(bound)), 0);
  }

  /** With the write lock. `without`: the names of rows that are left alone. */
  putIn(
    connection: LegacyConnection,
    { drafts, usedUpTo }: PreparedChanges,
    without: ReadonlySet<string> = NONE,
  ): Omit<WriteResult, 'deleted'> {
    const info = this.tableIn(connection);
    const plans = drafts
      .filter(({ row }) => !without.has(this.maker.nameOf(row.values)))
      .map((draft) => this.plan(connection, draft, neededOf(info)));
    const due = plans.filter(({ changed }) => changed.length > 0);
    this.put(connection, due);
    for (const plan of due) this.checkStored(connection, plan);
    if (usedUpTo !== undefined) raiseSequence(connection, info, usedUpTo);
    const inserted = due.filter(({ current }) => current === null).length;
    return { inserted, updated: due.length - inserted, unchanged: plans.length - due.length };
  }

  private tableIn(connection: LegacyConnection): LegacyTableInfo {
    const { table } = this.form;
    checkDrift(connection, [table], this.options.neighbours);
    return connection.tables().find(({ name }) => foldName(name) === foldName(table.source.table))!;
  }

  private async drafts(
    session: LegacySession,
    rows: readonly TargetRow[],
    needed: ReadonlySet<string>,
  ): Promise<Draft[]> {
    const drafts: Draft[] = [];
    const last = [...new Map(rows.map((row) => [this.maker.nameOf(row.values), row])).values()];
    let turnMs = performance.now();
    for (let from = 0; from < last.length; from += READ_ROWS) {
      const batch = last.slice(from, from + READ_ROWS).map((row) => ({ row, at: this.maker.identity(row.values) }));
      const current = await session.reading((connection) => batch.map(({ at }) => this.find(connection, at)));
      for (const [i, { row, at }] of batch.entries()) {
        drafts.push(this.draft(row, at, current[i]!, needed));
        if (performance.now() - turnMs < TURN_MS) continue;
        await othersTurn();
        turnMs = performance.now();
      }
    }
    return drafts;
  }

  private draft(
    row: TargetRow,
    at: readonly LegacyValue[],
    current: LegacyRow | null,
    needed: ReadonlySet<string>,
  ): Draft {
    const earlier = this.options.earlier ? this.find(this.options.earlier, at) : null;
    const known = [current, earlier].filter((one) => one !== null);
    return { row, at, current, next: this.maker.make(row, known, needed) };
  }

  private plan(connection: LegacyConnection, draft: Draft, needed: ReadonlySet<string>): Plan {
    const { row, at } = draft;
    const current = this.find(connection, at);
    const isAsDrafted = this.differing(current, draft.current).length === 0;
    const { next } = isAsDrafted ? draft : this.draft(row, at, current, needed);
    return { row, at, current, next, changed: this.differing(current, next) };
  }

  /** The columns that are not the same in two rows, all of them where one is not there. */
  private differing(left: LegacyRow | null, right: LegacyRow | null): readonly string[] {
    if (!left || !right) return left === right ? [] : this.maker.columns;
    return this.maker.columns.filter((column) => !isSameStored(left.get(column)!, right.get(column)!));
  }

  private find(source: RowSource | LegacyConnection, at: readonly LegacyValue[]): LegacyRow | null {
    const [row] = source.rows(this.select, ...at.map(bound));
    if (!row) return null;
    return new Map(
      this.maker.columns.map((column, i) => [column, toLegacyValue(row[2 * i], row[2 * i + 1], source.encoding)]),
    );
  }

  /** Where unique values change places among the rows, they are all taken out first. */
  private put(connection: LegacyConnection, plans: readonly Plan[]): void {
    connection.exec('SAVEPOINT rows');
    try {
      for (const plan of plans) this.putRow(connection, plan);
    } catch (error) {
      if (constraintOf(error) !== 'unique') throw error;
      connection.exec('ROLLBACK TO rows');
      for (const { at } of plans) connection.run(`DELETE FROM ${this.name} ${this.where}`, ...at.map(bound));
      for (const plan of plans) this.putRow(connection, { ...plan, current: null });
    }
    connection.exec('RELEASE rows');
  }

  private putRow(connection: LegacyConnection, { row, at, current, next, changed }: Plan): void {
    const columns = current ? changed : this.maker.columns;
    const places = columns.map((column) => placeOf(next.get(column)!));
    const values = columns.map((column) => bound(next.get(column)!));
    try {
      if (current) {
        const set = columns.map((column, i) => `${quoteName(column)} = ${places[i]}`).join(', ');
        connection.run(`UPDATE ${this.name} SET ${set} ${this.where}`, ...values, ...at.map(bound));
      } else {
        const names = columns.map(quoteName).join(', ');
        connection.run(`INSERT INTO ${this.name} (${names}) VALUES (${places.join(', ')})`, ...values);
      }
    } catch (error) {
      const rule = constraintOf(error);
      if (rule === null) throw error;
      const taken = rule === 'unique' ? this.takenIn(connection, error, next) : undefined;
      throw this.maker.refused(row.values, null, rule, error, taken);
    }
  }

  /** Mostly a row that is set aside, so that PostgreSQL knows nothing of it. Undefined where SQLite names no columns. */
  private takenIn(connection: LegacyConnection, error: unknown, next: LegacyRow): TakenValue | undefined {
    const names = textOf(error)
      .replace(/^.*failed: /, '')
      .split(', ');
    const columns = names.map((name) => name.slice(name.lastIndexOf('.') + 1));
    const values = columns.map((column) => next.get(column));
    if (!values.every((value) => value !== undefined)) return undefined;
    const same = columns.map((column, i) => `${quoteName(column)} = ${placeOf(values[i]!)}`).join(' AND ');
    const key = this.form.identity.map(quoteName).join(` || '/' || `);
    const [[name] = []] = connection.rows(`SELECT ${key} FROM ${this.name} WHERE ${same}`, ...values.map(bound));
    return name === undefined ? undefined : { by: String(name), columns };
  }

  /** A column's declared type may make something else of a value: that is found here, before the commit. */
  private checkStored(connection: LegacyConnection, { row, at, next }: Plan): void {
    const [bent] = this.differing(this.find(connection, at), next);
    if (bent !== undefined) throw this.maker.refused(row.values, bent, 'stored-otherwise');
  }
}

const neededOf = ({ columns }: LegacyTableInfo): ReadonlySet<string> =>
  new Set(columns.filter(({ notNull }) => notNull).map(({ name }) => name));

/** Values that PostgreSQL holds are well-formed texts without a NUL, so the driver's text is the value's. */
function bound(value: LegacyValue): SqlValue {
  if (value.storage === 'null') return null;
  if ('bytes' in value) return value.bytes.toString();
  return isMistaken(value) ? -value.value : value.value;
}

/** The driver takes what is above zero by less than 2^-52 for a zero, but not what is below: `-?` is such a double, exactly. */
const placeOf = (value: LegacyValue): string => (isMistaken(value) ? '-?' : '?');
const isMistaken = (value: LegacyValue): value is LegacyValue & { storage: 'real' } =>
  value.storage === 'real' && value.value > 0 && value.value < 1e-15;

/** Not by `instanceof`: errors of native code may come from another realm. */
const textOf = (error: unknown): string =>
  String(typeof error === 'object' && error !== null && Reflect.get(error, 'message'));

function constraintOf(error: unknown): 'unique' | 'constraint' | null {
  if (error instanceof WriteBackRefusedError) return error.rule === 'unique' ? 'unique' : null;
  const message = textOf(error);
  if (message.startsWith('UNIQUE constraint failed')) return 'unique';
  return message.includes('constraint failed') ? 'constraint' : null;
}

function raiseSequence(connection: LegacyConnection, { name, sql }: LegacyTableInfo, usedUpTo: bigint): void {
  if (!/\bAUTOINCREMENT\b/i.test(sql)) return;
  const known = connection.rows('SELECT seq FROM sqlite_sequence WHERE name = ?', name)[0]?.[0];
  if (known === undefined) connection.run('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', name, usedUpTo);
  else if (typeof known !== 'bigint' || known < usedUpTo)
    connection.run('UPDATE sqlite_sequence SET seq = ? WHERE name = ?', usedUpTo, name);
}
