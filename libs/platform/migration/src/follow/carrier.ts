import { isDiskFull, LogMissingError, type SentEntry } from '@sluice/legacy';
import { DomainError, messageOf } from '@sluice/core';
import type { Client } from 'pg';
import { renewIds } from '../domains/domain-ids';
import { noteDivergences } from '../domains/divergences';
import { domainsOf, twoWayTables, type TableDomain } from '../domains/table-domains';
import { SchemaDriftError } from '../inspect';
import type { Choices } from '../mapping/legacy-table';
import { inTransaction } from '../state/transaction';
import { LegacyFile } from '../write-back/legacy-file';
import { LegacyTableWriter } from '../write-back/legacy-table-writer';
import { readTargetRows } from '../write-back/target-rows';
import type { WriteBack } from '../write-back/write-back';
import { WriteBackRefusedError } from '../write-back/write-back.errors';
import type { FollowedTable, ReadFollowed } from './followed-table';
import { makeRoom } from './make-room';
import {
  buryEntries,
  dueEntries,
  isQueued,
  nextDueSeconds,
  putOff,
  sentEntries,
  wakeEntries,
  type OutboxEntry,
} from './outbox';
import { assertNoted, noteOf, rememberedNote } from './sent-note';
import { settleCarried } from './settle-carried';
import { writeCarried, type Carried, type CarriedFile, type CarriedTable } from './write-carried';

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
  readonly readRows: ReadFollowed;
  /** What the file says was carried into it last. */
  readonly readSent: () => Promise<readonly SentEntry[]>;
  readonly signal: AbortSignal;
  /** In whole words. */
  readonly onNote: (text: string) => void;
  readonly onCarried: (entries: number) => void;
}

/**
 * Carries what is queued in PostgreSQL into one legacy file. Of a row what it is now is written, so the order of a key's
 * entries never matters. The transaction of the file that has the rows notes the entries; then they are deleted in PostgreSQL,
 * and who comes after a crash between the two deletes the noted ones first.
 */
export class OutboxCarrier {
  private readonly target: CarriedFile;
  private domains: ReadonlyMap<string, TableDomain> = new Map();
  private isRecovered = false;
  /** The last note of the file, as PostgreSQL knows it; undefined until it was compared, or while nobody knows. */
  private noted: string | null | undefined;
  private renewedMs = -Infinity;
  private lookedMs = -Infinity;
  private saidCode: string | null = null;

  constructor(private readonly parts: CarrierParts) {
    const file = new LegacyFile(parts.file, { busyMs: BUSY_MS, signal: parts.signal });
    const tables = new Map(
      parts.tables.flatMap((followed): [string, CarriedTable][] => {
        const form = parts.writeBacks.find(({ table }) => table.name === followed.table.name);
        if (!form || followed.table.target.kind !== 'postgres') return [];
        const options = { choices: parts.choicesOf(followed.table), neighbours: parts.neighbours };
        return [[followed.table.name, { followed, writer: new LegacyTableWriter(file, form, options) }]];
      }),
    );
    this.target = { file, generation: parts.generation, tables };
  }

  /** How the domains of the tables stand, as the last look found it. */
  get state(): 'none' | 'one-way' | 'two-way' {
    if (twoWayTables(this.domains).length > 0) return 'two-way';
    return this.domains.size > 0 ? 'one-way' : 'none';
  }

  /**
   * Before the first batch, and after a connection was lost: what the file has already leaves the queue. Throws
   * `FOLLOW_SOURCE_CHANGED` or `FOLLOW_DATABASE_OLDER` where file and PostgreSQL do not agree on what was carried last.
   */
  async recover(): Promise<void> {
    this.isRecovered = false;
    const client = await this.parts.client();
    this.noted = await rememberedNote(client, this.parts.generation);
    await this.look(client);
    if (this.state === 'two-way') await this.forgetSent(client);
    else if (this.noted !== undefined) this.assertCarried(noteOf(await this.parts.readSent()));
  }

  /** Throws as `recover` where a batch was read from a file with another note. */
  assertCarried(note: string | null): void {
    if (this.noted !== undefined) assertNoted(this.parts.file, note, this.noted);
  }

  /**
   * Carries what is due, up to a few hundred rows, with the log applied up to `position`. True where something was carried or
   * settled. A file that cannot be written to puts everything off, and throws nothing. Throws
   * `LEGACY_SCHEMA_DRIFT`, `FOLLOW_LOG_MISSING`, and PostgreSQL's errors.
   */
  async turn(position: bigint): Promise<boolean> {
    const isFresh = performance.now() - this.lookedMs < LOOK_MS;
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

  /** The next turn looks at them. */
  forgetModes(): void {
    this.lookedMs = -Infinity;
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
    return twoWayTables(this.domains).filter((name) => this.target.tables.has(name));
  }

  private async look(client: Client): Promise<void> {
    this.domains = await domainsOf(client, [...this.target.tables.keys()]);
    this.lookedMs = performance.now();
  }

  private async forgetSent(client: Client): Promise<void> {
    const sent = await this.parts.readSent();
    const entries = sent.length > 0 ? await sentEntries(client, sent) : [];
    // What is still queued was carried just before the end of whoever did it.
    const note = noteOf(sent);
    if (entries.length > 0 || this.noted === undefined) this.noted = note;
    this.assertCarried(note);
    if (entries.length > 0) await this.complete(client, { entries, results: new Map() });
    this.isRecovered = true;
  }

  private tell(code: string, error: unknown): void {
    if (this.saidCode !== code) this.parts.onNote(`Not written yet: ${messageOf(error)}`);
    this.saidCode = code;
  }

  private async renew(client: Client): Promise<void> {
    if (performance.now() - this.renewedMs < RENEW_MS) return;
    this.renewedMs = performance.now();
    for (const name of this.carried()) {
      const { table } = this.target.tables.get(name)!.followed;
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
    const assertCarried = (note: string | null): void => this.assertCarried(note);
    const carried = await writeCarried(client, this.target, { entries, position, assertCarried });
    if (carried.entries.length > 0) this.noted = noteOf(carried.entries);
    return carried;
  }

  private complete(client: Client, carried: Carried): Promise<void> {
    const { readRows } = this.parts;
    return settleCarried(client, this.target, carried, { note: this.noted ?? null, readRows });
  }

  /** The row stays as it is on both sides, and a person hears of it. */
  private async refuse(client: Client, entries: readonly OutboxEntry[], refused: WriteBackRefusedError): Promise<void> {
    const [{ table, key, attempts, isRefused }] = entries as readonly [OutboxEntry];
    const tries = isRefused ? attempts + 1 : 1;
    const where = refused.column === null ? table : `${table}.${refused.column}`;
    const error = `${refused.code} ${where}: ${refused.why}`;
    const { followed } = this.target.tables.get(table)!;
    const domain = this.domains.get(table)!;
    if (refused.rule === 'unique') {
      // Another row that gives the value away may wait since the file was locked, or be in the other half.
      const isWoken = (await wakeEntries(client, this.carried())) > 0;
      const isGivenAway = refused.takenBy !== null && (await isQueued(client, table, refused.takenBy));
      if (isWoken || isGivenAway || tries < TRIES_OF_UNIQUE) return putOff(client, entries, error, tries);
      if (await makeRoom(client, { followed, domain, key, inTheWay: refused.takenBy }, this.parts.readRows))
        return putOff(client, entries, error, 1);
    }
    const rows = await readTargetRows(client, followed.table, [key]);
    await inTransaction(client, async () => {
      await buryEntries(client, entries, error);
      await noteDivergences(client, [
        {
          ...{ domain: domain.name, table, key, kind: 'refused', winner: null, legacyRow: null },
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
  return isDiskFull(error) ? 'LEGACY_NO_ROOM' : null;
}
