import {
  changedSince,
  ensureTwoWay,
  FollowSourceError,
  forgetEcho,
  lastEntry,
  LogMissingError,
  logNumbers,
  noteSent,
  readSent,
  sqliteErrorCode,
  systemErrorCode,
} from '@sluice/legacy';
import { DomainError, messageOf } from '@sluice/core';
import type { Client } from 'pg';
import { renewIds } from '../domains/domain-ids';
import { noteDivergences } from '../domains/divergences';
import { domainsOf, twoWayTables, type TableDomain } from '../domains/table-domains';
import type { ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import { SchemaDriftError } from '../inspect';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { keepOriginals } from '../state/quarantine';
import { inTransaction } from '../state/transaction';
import { LegacyFile, type LegacySession } from '../write-back/legacy-file';
import { LegacyTableWriter, type PreparedChanges, type WriteResult } from '../write-back/legacy-table-writer';
import { readTargetRows } from '../write-back/target-rows';
import type { WriteBack } from '../write-back/write-back';
import { WriteBackRefusedError } from '../write-back/write-back.errors';
import { otherForms, takeForms, type OtherForms } from './carried-forms';
import type { FollowedTable } from './followed-table';
import {
  buryEntries,
  deleteEntries,
  dueEntries,
  nextDueSeconds,
  putOff,
  sentEntries,
  wakeEntries,
  type OutboxEntry,
} from './outbox';
import { noteIn, noteOf, rememberedNote, rememberNote } from './sent-note';

/** Entries that are carried in one transaction of the file. */
const MOST = 200;
/** The write lock is not waited for as long as the legacy program would: the changes of the file stand still meanwhile. */
const BUSY_MS = 1_000;
/** A unique value that is in the way may be about to go with a change of the file that comes next. */
const TRIES_OF_UNIQUE = 4;
const RENEW_MS = 15_000;
/** How often the modes are asked for. Whoever ends a two-way mode waits until nothing is queued any more. */
const LOOK_MS = 1_000;

export interface CarrierParts {
  /** Absolute. */
  readonly file: string;
  readonly generation: string;
  /** In the order of the mappings, parents before children. */
  readonly tables: readonly FollowedTable[];
  readonly writeBacks: readonly WriteBack[];
  readonly choicesOf: (table: FollowedTable['table']) => Choices;
  /** Other tables that the file may hold. */
  readonly neighbours: readonly string[];
  readonly client: () => Promise<Client>;
  readonly readRows: (followed: FollowedTable, keys: readonly bigint[]) => Promise<readonly ExactRow[]>;
  readonly signal: AbortSignal;
  /** In whole words. */
  readonly onNote: (text: string) => void;
  readonly onCarried: (entries: number) => void;
}

interface CarriedTable {
  readonly followed: FollowedTable;
  readonly writer: LegacyTableWriter;
}

/** Entries of one table, of which the rows are read. */
interface Load extends CarriedTable {
  readonly entries: readonly OutboxEntry[];
  readonly prepared: PreparedChanges;
}

/** What a transaction of the file has done. */
interface Carried {
  readonly entries: readonly OutboxEntry[];
  readonly results: ReadonlyMap<string, WriteResult>;
}

/**
 * Carries what is queued in PostgreSQL into one legacy file. Of a row what it is now is written, so the order of a key's
 * entries never matters. In one transaction of the file: rows that the legacy program has changed beyond the applied position
 * are left alone (the next batch decides), the others are written, the echo in the change log is taken out, and the entries
 * are noted. Then they are deleted in PostgreSQL; who comes after a crash between the two deletes the noted ones first.
 */
export class OutboxCarrier {
  private readonly file: LegacyFile;
  private readonly tables: ReadonlyMap<string, CarriedTable>;
  private domains: ReadonlyMap<string, TableDomain> = new Map();
  private isRecovered = false;
  /** The last note of the file, as PostgreSQL knows it; undefined until it was compared. */
  private noted: string | null | undefined;
  private renewedMs = 0;
  private lookedMs = 0;
  private saidCode: string | null = null;

  constructor(private readonly parts: CarrierParts) {
    this.file = new LegacyFile(parts.file, { busyMs: BUSY_MS, signal: parts.signal });
    this.tables = new Map(
      parts.tables.flatMap((followed): [string, CarriedTable][] => {
        const form = parts.writeBacks.find(({ table }) => table.name === followed.table.name);
        if (!form || followed.table.target.kind !== 'postgres') return [];
        const options = { choices: parts.choicesOf(followed.table), neighbours: parts.neighbours };
        return [[followed.table.name, { followed, writer: new LegacyTableWriter(this.file, form, options) }]];
      }),
    );
  }

  /** How the domains of the tables stand, as the last look found it. */
  get state(): 'none' | 'one-way' | 'two-way' {
    if (twoWayTables(this.domains).length > 0) return 'two-way';
    return this.domains.size > 0 ? 'one-way' : 'none';
  }

  /**
   * Before the first batch, and after a connection was lost: what the file has already leaves the queue. Throws
   * `FOLLOW_SOURCE_CHANGED` where the file lacks what was carried into it.
   */
  async recover(): Promise<void> {
    this.isRecovered = false;
    this.noted = undefined;
    const client = await this.parts.client();
    await this.look(client);
    if (this.state === 'two-way') await this.forgetSent(client);
  }

  /** Throws `FOLLOW_SOURCE_CHANGED` where a batch was read from a file that lacks what was carried into it. */
  assertCarried(note: string | null): void {
    if (this.noted === undefined || note === this.noted) return;
    throw new FollowSourceError(
      this.parts.file,
      'it lacks what was carried into it last, as an older state of it does',
    );
  }

  /**
   * Carries what is due, up to a few hundred rows, with the log applied up to `position`. True where something was carried or
   * settled. A file that cannot be written to puts everything off, and throws nothing. Throws
   * `LEGACY_SCHEMA_DRIFT`, `FOLLOW_LOG_MISSING`, and PostgreSQL's errors.
   */
  async turn(position: bigint): Promise<boolean> {
    const isFresh = Date.now() - this.lookedMs < LOOK_MS;
    if (this.state !== 'two-way' && isFresh) return false;
    const client = await this.parts.client();
    if (!isFresh) await this.look(client);
    if (this.state !== 'two-way') return false;
    if (!this.isRecovered) await this.forgetSent(client);
    await this.renew(client);
    const due = await dueEntries(client, this.carried(), MOST);
    if (due.length === 0) return false;
    try {
      return await this.carry(client, due, position);
    } catch (error) {
      const code = fileFault(error);
      if (code === null) throw error;
      await putOff(client, due, code);
      this.tell(code, error);
      return false;
    }
  }

  /** Until nothing is due. */
  async drain(position: bigint): Promise<void> {
    while (await this.turn(position));
  }

  /** In how many seconds something is due again; null where nothing waits. */
  async nextDueSeconds(): Promise<number | null> {
    return this.state === 'two-way' ? nextDueSeconds(await this.parts.client(), this.carried()) : null;
  }

  /** Tables whose rows go both ways now. */
  private carried(): string[] {
    return twoWayTables(this.domains).filter((name) => this.tables.has(name));
  }

  private async look(client: Client): Promise<void> {
    this.domains = await domainsOf(client, [...this.tables.keys()]);
    this.lookedMs = Date.now();
  }

  private async forgetSent(client: Client): Promise<void> {
    const sent = await this.file.session((session) => session.reading((connection) => readSent(connection)));
    const entries = sent.length > 0 ? await sentEntries(client, sent) : [];
    // What is still queued was carried just before the end of whoever did it.
    const note = noteOf(sent);
    this.noted = (entries.length > 0 ? null : await rememberedNote(client, this.parts.generation)) ?? note;
    this.assertCarried(note);
    if (entries.length > 0) await this.complete(client, { entries, results: new Map() });
    this.isRecovered = true;
  }

  private tell(code: string, error: unknown): void {
    if (this.saidCode !== code) this.parts.onNote(`Not written yet: ${messageOf(error)}`);
    this.saidCode = code;
  }

  private async renew(client: Client): Promise<void> {
    if (Date.now() - this.renewedMs < RENEW_MS) return;
    this.renewedMs = Date.now();
    for (const name of this.carried()) {
      const { table } = this.tables.get(name)!.followed;
      try {
        await renewIds(client, this.domains.get(name)!.name, table, this.parts.file);
      } catch (error) {
        const code = fileFault(error);
        if (code === null) throw error;
        this.tell(code, error); // A tenth of the block is left.
      }
    }
  }

  /** By halves, until a row that the file refuses stands alone. */
  private async carry(client: Client, entries: readonly OutboxEntry[], position: bigint): Promise<boolean> {
    try {
      const carried = await this.write(client, entries, position);
      if (carried.entries.length === 0) return false;
      await this.complete(client, carried);
      this.parts.onCarried(carried.entries.length);
      this.saidCode = null;
      return true;
    } catch (error) {
      if (!(error instanceof WriteBackRefusedError)) throw error;
      const keys = [...new Set(entries.map(({ table, key }) => `${table} ${key}`))];
      if (keys.length === 1) {
        await this.refuse(client, entries, error);
        return true;
      }
      const first = new Set(keys.slice(0, Math.ceil(keys.length / 2)));
      const isFirst = ({ table, key }: OutboxEntry): boolean => first.has(`${table} ${key}`);
      const one = await this.carry(client, entries.filter(isFirst), position);
      const other = await this.carry(client, entries.filter((entry) => !isFirst(entry)), position); // prettier-ignore
      return one || other;
    }
  }

  private async write(client: Client, entries: readonly OutboxEntry[], position: bigint): Promise<Carried> {
    const carried = await this.file.session(async (session): Promise<Carried> => {
      const loads: Load[] = [];
      for (const [name, table] of this.tables) {
        const own = entries.filter((entry) => entry.table === name);
        if (own.length > 0) loads.push({ ...table, entries: own, prepared: await this.prepare(client, session, table, own) }); // prettier-ignore
      }
      return session.writing((connection) => {
        const { generation, numbers } = logNumbers(connection);
        if (generation !== this.parts.generation) throw new LogMissingError(this.parts.file, 'it was installed anew');
        ensureTwoWay(connection);
        this.assertCarried(noteIn(connection));
        const last = lastEntry(connection);
        const due = loads.map((load) => {
          const { source } = load.followed.table;
          const keys = load.entries.map(({ key }) => key);
          const changed = changedSince(connection, position, numbers.get(source.table)!, keys);
          return { ...load, changed, without: new Set([...changed].map(String)) };
        });
        const results = new Map<string, WriteResult>();
        const deleted = new Map<string, number>();
        for (const { followed, writer, prepared, without } of [...due].reverse())
          deleted.set(followed.table.name, writer.takeOut(connection, prepared, without));
        for (const { followed: { table }, writer, prepared, without } of due)
          results.set(table.name, { ...writer.putIn(connection, prepared, without), deleted: deleted.get(table.name)! }); // prettier-ignore
        forgetEcho(connection, last);
        const carried = due.flatMap((load) => load.entries.filter(({ key }) => !load.changed.has(key)));
        if (carried.length > 0) noteSent(connection, carried);
        return { entries: carried, results };
      });
    });
    if (carried.entries.length > 0) this.noted = noteOf(carried.entries);
    return carried;
  }

  /** Rows that are kept as history were deleted in the file, and do not come back to it. */
  private async prepare(
    client: Client,
    session: LegacySession,
    { followed: { table }, writer }: CarriedTable,
    entries: readonly OutboxEntry[],
  ): Promise<PreparedChanges> {
    const keys = [...new Set(entries.map(({ key }) => key))];
    const rows = await readTargetRows(client, table, keys);
    const { rows: kept } = await client.query<{ key: string }>(
      'SELECT row_key::text AS key FROM migration_kept WHERE table_name = $1 AND row_key = ANY($2::bigint[])',
      [table.name, keys.map(String)],
    );
    const isKept = new Set(kept.map(({ key }) => BigInt(key)));
    return writer.prepare(session, {
      upserts: keys.flatMap((key) => (isKept.has(key) ? [] : (rows.get(key) ?? []))),
      deletes: keys.filter((key) => !rows.has(key)).map((key) => ({ [table.source.key]: key.toString() })),
    });
  }

  /**
   * What was carried leaves the queue, lastingly: only then the note in the file may be overwritten. With it the originals of
   * the rows become those of what lies in the file now, the counts of the copy go on, and numbers take the file's form.
   */
  private async complete(client: Client, { entries, results }: Carried): Promise<void> {
    const read = new Map<string, readonly ExactRow[]>();
    const forms: OtherForms[] = [];
    for (const [name, { followed }] of this.tables) {
      const keys = [...new Set(entries.filter(({ table }) => table === name).map(({ key }) => key))];
      if (keys.length === 0) continue;
      const rows = await this.parts.readRows(followed, keys);
      read.set(name, rows);
      const other = await otherForms(client, followed, rows);
      if (other) forms.push(other);
    }
    await inTransaction(client, async () => {
      await client.query('SET LOCAL synchronous_commit = on');
      await deleteEntries(client, entries);
      await rememberNote(client, this.parts.generation, this.noted ?? null);
      for (const [name, rows] of read) {
        const keys = entries.filter(({ table }) => table === name).map(({ key }) => key.toString());
        await this.settle(client, name, keys, rows, results.get(name));
        await this.forgetHistory(client, this.tables.get(name)!.followed.table, keys);
      }
      await takeForms(client, forms);
    });
  }

  private async settle(
    client: Client,
    name: string,
    keys: readonly string[],
    rows: readonly ExactRow[],
    result: WriteResult | undefined,
  ): Promise<void> {
    const present = rows.map(({ key }) => key.toString());
    await client.query(
      `WITH originals AS (DELETE FROM migration_originals WHERE table_name = $1 AND row_key = ANY($2::text[]) AND
           (row_key = ANY($3::text[]) OR NOT EXISTS (SELECT 1 FROM migration_kept h WHERE h.table_name = $1 AND h.row_key::text = migration_originals.row_key))),
         mended AS (UPDATE migration_quarantine SET replayed_at = now() WHERE table_name = $1 AND row_key = ANY($2::text[]) AND replayed_at IS NULL)
       UPDATE migration_tables SET rows_copied = rows_copied + $4, rows_source = rows_source + $4 WHERE name = $1 AND $4 <> 0`,
      [name, keys, present, (result?.inserted ?? 0) - (result?.deleted ?? 0)],
    );
    await keepOriginals(client, name, rows.flatMap((row) => ('originals' in row ? [row] : []))); // prettier-ignore
  }

  /** Of rows that were kept, and that PostgreSQL has deleted since. */
  private async forgetHistory(
    client: Client,
    { name, source, target }: LegacyTable,
    keys: readonly string[],
  ): Promise<void> {
    if (target.kind !== 'postgres') return;
    await client.query(
      `DELETE FROM migration_kept k WHERE k.table_name = $1 AND k.row_key = ANY($2::bigint[])
         AND NOT EXISTS (SELECT 1 FROM ${quoteName(target.table)} t WHERE t.${quoteName(source.key)} = k.row_key)`,
      [name, keys],
    );
  }

  /** The row stays as it is on both sides, and a person hears of it. */
  private async refuse(client: Client, entries: readonly OutboxEntry[], refused: WriteBackRefusedError): Promise<void> {
    const [{ table, key, attempts, isRefused }] = entries as readonly [OutboxEntry];
    const tries = isRefused ? attempts + 1 : 1;
    const where = refused.column === null ? table : `${table}.${refused.column}`;
    const error = `${refused.code} ${where}: ${refused.rule}`;
    if (refused.rule === 'unique') {
      // Another row that gives the value away may wait since the file was locked.
      const isWoken = (await wakeEntries(client, this.carried())) > 0;
      if (isWoken || tries < TRIES_OF_UNIQUE) return putOff(client, entries, error, tries);
    }
    const { followed } = this.tables.get(table)!;
    const rows = await readTargetRows(client, followed.table, [key]);
    await inTransaction(client, async () => {
      await buryEntries(client, entries, error);
      await noteDivergences(client, [
        {
          ...{ domain: this.domains.get(table)!.name, table, key, kind: 'refused', winner: null, legacyRow: null },
          targetRow: rows.get(key)?.values ?? null,
        },
      ]);
    });
    this.parts.onNote(`${refused.message} It stays in PostgreSQL alone; see \`sluice divergences\`.`);
  }
}

/** What is wrong with the file and may be mended by waiting; null for everything else. */
function fileFault(error: unknown): string | null {
  if (error instanceof SchemaDriftError || error instanceof LogMissingError) return null;
  if (error instanceof DomainError && /^(LEGACY|WRITE_BACK)_/.test(error.code)) return error.code;
  if (sqliteErrorCode(error) === 13 || systemErrorCode(error) === 'ENOSPC') return 'LEGACY_NO_ROOM';
  return null;
}
