import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CacheStore } from '@sluice/cache';
import { DomainError, messageOf, type Clock } from '@sluice/core';
import { FollowSourceError, rollBackJournal } from '@sluice/legacy';
import type { Client } from 'pg';
import { closedTables } from '../domains/domain-state';
import { findSources, NoLegacyFilesError, type FoundFile } from '../inspect';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { SourceOptions } from '../run/migration-options';
import { withDependents } from '../run/restart';
import { appendAudit } from '../state/audit';
import { expected } from '../state/expected-error';
import { LiveSession } from '../state/live-session';
import { MigrationLock } from '../state/lock';
import { InterruptedError } from '../state/migration.errors';
import type { SessionOptions } from '../state/session';
import { listTableStates, type TableState } from '../state/table-state';
import type { WriteBack } from '../write-back/write-back';
import { OutboxCarrier } from './carrier';
import type { ChangeBatch } from './change-feed';
import { FollowFile } from './follow-file';
import { FollowNotReadyError } from './follow.errors';
import {
  beginFollow,
  listCopies,
  listFollowStates,
  loadCheckpoint,
  markFollow,
  ownersOf,
  type CopyState,
  type FollowState,
} from './follow-state';
import type { FollowedTable, HistoryPolicy } from './followed-table';
import { openChangeLog } from './open-change-log';
import { openFamily } from './open-family';
import type { FollowedSource, OpenSource } from './open-source';
import { TO_FOLLOW } from './right';

export interface FollowOptions extends SourceOptions {
  readonly tables: readonly LegacyTable[];
  /** All mappings, also those that this run leaves out. */
  readonly known: readonly LegacyTable[];
  readonly connectionString: string;
  readonly holder: string;
  /** Null: tables that go to a cache are not followed. */
  readonly cache: CacheStore | null;
  readonly clock: Clock;
  readonly history: HistoryPolicy;
  /** True: ends when everything is applied. */
  readonly once: boolean;
  /** True: whatever is remembered of the files, everything is compared first. */
  readonly recheck: boolean;
  readonly signal: AbortSignal;
  /** How the changes of a database are found; by its change log unless told otherwise. */
  readonly openSource?: OpenSource;
  /** How rows of PostgreSQL are written into the files, where both sides write. */
  readonly writeBacks?: readonly WriteBack[];
  readonly onEvent: (event: FollowEvent) => void;
}

export type FollowEvent =
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'following';
      readonly file: string;
      readonly tables: readonly string[];
      readonly whole: readonly string[];
    }
  /** Changes of PostgreSQL that were written into the file. */
  | { readonly type: 'carried'; readonly file: string; readonly changes: number }
  | {
      readonly type: 'applied';
      readonly file: string;
      readonly changes: number;
      readonly lagRows: number;
      readonly position: bigint;
    };

/**
 * Applies what the legacy program changes in its files, until the signal, or with `once` until nothing is left, or where there
 * is nothing to follow because every table is PostgreSQL's alone: whoever starts it again and again would do so for ever. Every
 * file is followed for itself; what ends one ends all. Throws coded errors: `FOLLOW_NOT_READY`, `FOLLOW_LOG_MISSING`,
 * `FOLLOW_SOURCE_CHANGED`, `FOLLOW_LOCK_HELD`, `FOLLOW_LOST`, `LEGACY_SCHEMA_DRIFT`, and `MIGRATION_INTERRUPTED` after the
 * batch that was under way. Gives the states at the end.
 */
export async function follow(options: FollowOptions): Promise<FollowState[]> {
  const session: SessionOptions = {
    connectionString: options.connectionString,
    applicationName: `sluice follow ${options.holder}`,
    writer: 'follow',
  };
  const lock = await MigrationLock.acquire(session, TO_FOLLOW);
  try {
    return await new FollowRun(options, session, lock).run();
  } catch (error) {
    throw expected(error);
  } finally {
    await lock.release();
  }
}

/** The same few statements run again and again over a handful of rows: what would take long is to plan and compile them. */
const PLANNING = 'SET jit = off; SET plan_cache_mode = force_generic_plan';

class FollowRun {
  private readonly id = randomUUID();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  /** Closed tables that were written to. */
  private readonly late = new Set<string>();
  /** Every table is closed: the logs are looked through once, for the sake of late writes, and that is the end. */
  private isOver = false;

  constructor(
    private readonly options: FollowOptions,
    private readonly session: SessionOptions,
    private readonly lock: MigrationLock,
  ) {
    this.signal = AbortSignal.any([options.signal, this.stop.signal]);
  }

  async run(): Promise<FollowState[]> {
    const { options } = this;
    const control = await LiveSession.open(this.session);
    try {
      const copies = new Map((await listCopies(await control.live())).map((copy) => [copy.table, copy]));
      this.finishKilled(await listFollowStates(await control.live()));
      const files = this.files(await closedTables(await control.live()), copies);
      const states = new Map((await listTableStates(await control.live())).map((state) => [state.name, state]));
      refuseUnready(files, copies);
      await appendAudit(await control.live(), { actor: options.holder, action: 'follow.started', subject: options.root,
        detail: { tables: files.flatMap(({ tables }) => tables.map(({ name }) => name)) } }); // prettier-ignore
      const ends = await Promise.allSettled(files.map((file) => this.guarded(file, copies, states, control)));
      const failures = ends.filter((end) => end.status === 'rejected').map((end) => end.reason as unknown);
      const reason = failures.map(codeOf).find((code) => code !== undefined) ?? null;
      const audit = { actor: options.holder, action: 'follow.ended', subject: options.root, detail: { reason } };
      const failure = failures.find((one) => codeOf(one) !== undefined) ?? failures[0];
      if (failure !== undefined && !(options.signal.aborted && codeOf(failure) === undefined))
        throw await this.after(failure, () => control.live(AbortSignal.abort()), audit);
      await appendAudit(await control.live(), audit);
      if (options.signal.aborted) throw new InterruptedError();
      return await listFollowStates(await control.live());
    } finally {
      await control.close();
    }
  }

  /** Notes why it ended, where the database can still be told. */
  private async after(
    failure: unknown,
    live: () => ReturnType<LiveSession['live']>,
    audit: Parameters<typeof appendAudit>[1],
  ): Promise<unknown> {
    try {
      await appendAudit(await live(), audit);
    } catch {
      this.options.onEvent({ type: 'note', text: 'The end of this run could not be recorded.' });
    }
    return failure;
  }

  /**
   * The follower writes into the files, too, and may have been killed meanwhile: nobody could read such a file until somebody
   * writes.
   */
  private finishKilled(states: readonly FollowState[]): void {
    const { root, openSource } = this.options;
    if (openSource) return; // It does not write.
    const logged = states.filter(({ feed }) => feed === 'change-log');
    for (const file of new Set(logged.map(({ sourcePath }) => path.resolve(root, sourcePath)))) rollBackJournal(file);
  }

  /**
   * A file that rows were copied from and that is gone is no detail. What is PostgreSQL's alone by now is not carried any more:
   * its log is still read, for the sake of what the legacy program writes all the same.
   */
  private files(closed: ReadonlyMap<string, string>, copies: Copies): FoundFile[] {
    const { options } = this;
    const all = withDependents(options.tables, options.known);
    const asked = options.openSource ? all.filter(({ name }) => !closed.has(name)) : all;
    const left = all.flatMap(({ name }) => closed.get(name) ?? []);
    this.isOver = left.length === all.length && left.length > 0;
    if (left.length > 0) this.note(leftOut([...new Set(left)], { isOver: this.isOver, isWatch: options.openSource !== undefined })); // prettier-ignore
    if (this.isOver && (options.openSource || !existsSync(options.root))) return [];
    const tables = asked.filter(({ target }) => target.kind === 'postgres' || options.cache);
    const later = asked.filter((table) => !tables.includes(table)).map(({ name }) => name);
    if (later.length > 0) this.note(`Not followed, because no Redis is given (REDIS_URL): ${later.join(', ')}.`);
    const sources = findSources({ ...options, tables });
    const [lost] = sources.missing.filter(({ table }) => copies.has(table.name) && !closed.has(table.name));
    if (lost) throw new FollowSourceError(path.join(options.root, lost.table.source.file), 'it is not there any more');
    for (const note of [...sources.notes, ...sources.missing.map(({ table, reason }) => `${table.name}: ${reason}`)])
      this.note(note);
    const files = sources.files.filter((file) => file.tables.length > 0);
    if (files.length === 0 && !this.isOver) throw new NoLegacyFilesError(options.root);
    return files;
  }

  /** What ends one file ends the others too, after the batches that are under way, unless all of it is PostgreSQL's alone. */
  private async guarded(file: FoundFile, copies: Copies, states: States, control: LiveSession): Promise<void> {
    try {
      await this.followFile(file, copies, states);
    } catch (error) {
      if (!this.signal.aborted && codeOf(error) !== undefined) {
        const closed = await closedTables(await control.live(this.signal));
        if (file.tables.every(({ name }) => closed.has(name))) {
          this.note(`${path.relative(this.options.root, file.file)}: not looked at any more: ${messageOf(error)}`);
          return;
        }
      }
      this.stop.abort();
      throw error;
    }
  }

  private async followFile(file: FoundFile, copies: Copies, states: States): Promise<void> {
    // A commit need not be on the disk before the next: rows and position are lost together, and the log still has them.
    const session = await LiveSession.open(this.session, false);
    try {
      await session.current.query(PLANNING);
      const client = (): ReturnType<LiveSession['live']> => Promise.resolve(session.current);
      const openSource = file.family ? openFamily : (this.options.openSource ?? openChangeLog);
      const choicesOf = (table: LegacyTable): Choices => states.get(table.name)?.choices ?? {};
      const source = await openSource({ file, choicesOf, client, signal: this.signal });
      try {
        await this.followSource(file, source, session, { copies, choicesOf });
      } finally {
        source.close();
      }
    } finally {
      await session.close();
    }
  }

  private async followSource(
    file: FoundFile,
    source: FollowedSource,
    session: LiveSession,
    { copies, choicesOf }: Known,
  ): Promise<void> {
    const { options, signal } = this;
    const client = (): ReturnType<LiveSession['live']> => Promise.resolve(session.current);
    const shown = path.relative(options.root, file.file);
    const names = file.tables.map(({ name }) => name);
    const { whole, owners } = await this.begin(await client(), file, source, copies);
    const vouched = names.filter((name) => !whole.some((table) => table.name === name));
    options.onEvent({ type: 'following', file: shown, tables: names, whole: whole.map(({ name }) => name) });
    const tables = file.tables.map((table): FollowedTable => ({ table, plan: copies.get(table.name)!.plan, exact: source.exactOf(table) })); // prettier-ignore
    const feed = source.feed(whole, owners);
    const onBatch = ({ changes, lagRows, checkpoint }: ChangeBatch): void => {
      const count = changes.reduce((sum, { keys }) => sum + keys.length, 0);
      options.onEvent({ type: 'applied', file: shown, changes: count, lagRows, position: checkpoint.position });
    };
    const { cache, clock, history } = options;
    const once = options.once || this.isOver;
    try {
      const resumedAt = vouched.length === 0 ? null : await loadCheckpoint(await client(), this.id, vouched);
      await feed.resume(resumedAt);
      const carrier =
        source.kind === 'change-log'
          ? new OutboxCarrier({
              ...{ file: file.file, generation: source.generation, tables, choicesOf, client, signal },
              writeBacks: options.writeBacks ?? [],
              neighbours: [...file.tables.map((table) => table.source.table), ...file.ignored],
              readRows: (followed, keys) => source.read(() => [...followed.exact.byKeys(keys)], signal),
              onNote: (text) => this.note(`${shown}: ${text}`),
              onCarried: (changes) => options.onEvent({ type: 'carried', file: shown, changes }),
            })
          : null;
      await new FollowFile({
        ...{ run: this.id, tables, live: source, client, cache, clock, history, signal, feed, once, onBatch },
        ...{ resumedAt, carrier, onLate: (table) => this.tellLate(table) },
        onWait: (text) => this.note(`${shown}: ${text}`),
        reconnect: async () => {
          await (await session.live(signal)).query(PLANNING);
          await this.lock.ensure(signal);
        },
      }).run();
      await markFollow(await session.live(AbortSignal.abort()), this.id, names, { lagRows: null, state: 'ended' });
    } catch (error) {
      await this.markFailed(session, names, error);
      throw error;
    } finally {
      await feed.close();
    }
  }

  /**
   * Takes the tables over and gives those that have to be compared as a whole, because nothing vouches for them, with the names
   * under which a feed before has kept what it knew of these tables alone.
   */
  private async begin(
    client: Client,
    { file, tables }: FoundFile,
    source: FollowedSource,
    copies: Copies,
  ): Promise<{ readonly whole: LegacyTable[]; readonly owners: string[] }> {
    const { holder, root, recheck } = this.options;
    const { kind, generation } = source;
    const before = new Map((await listFollowStates(client)).map((state) => [state.table, state]));
    const whole = tables.filter(({ name }) => {
      const [copy, state] = [copies.get(name)!, before.get(name)];
      if (recheck) return true;
      if (kind === 'watch' && copy.isStamped && state?.plan !== copy.plan) return false; // Nobody has followed this copy.
      if (state?.plan !== copy.plan || state.feed !== kind || state.generation !== generation)
        return copy.log?.generation !== generation;
      return state.checkpoint.detail['whole'] === true;
    });
    const begun = tables.map((table) => {
      const { plan, log } = copies.get(table.name)!;
      const isWhole = whole.includes(table);
      const position = isWhole ? 0n : (log?.position ?? 0n);
      return { table: table.name, plan, sourcePath: path.relative(root, file), position, isWhole };
    });
    await beginFollow(client, { run: this.id, holder, feed: kind, generation }, begun);
    const names = tables.map(({ name }) => name);
    return { whole, owners: ownersOf([...before.values()], names) };
  }

  private async markFailed(session: LiveSession, names: readonly string[], error: unknown): Promise<void> {
    const reason = codeOf(error) ?? 'INTERNAL';
    try {
      const client = await session.live(AbortSignal.abort());
      await markFollow(client, this.id, names, { lagRows: null, state: 'failed', reason });
    } catch {
      this.note('Why it ended could not be recorded.');
    }
  }

  private tellLate(table: string): void {
    if (!this.late.has(table))
      this.note(
        `${table}: the legacy program still writes it, and it is carried nowhere; see \`sluice divergences list\`.`,
      );
    this.late.add(table);
  }

  private note(text: string): void {
    this.options.onEvent({ type: 'note', text });
  }
}

type Copies = ReadonlyMap<string, CopyState>;
type States = ReadonlyMap<string, TableState>;

interface Known {
  readonly copies: Copies;
  readonly choicesOf: (table: LegacyTable) => Choices;
}

/** What becomes of the tables of closed domains, in whole words. */
function leftOut(domains: readonly string[], { isOver, isWatch }: { isOver: boolean; isWatch: boolean }): string {
  const unseen = ' What the legacy program still writes to them nobody sees: that needs the change log.';
  return `${isOver ? 'Nothing is left to follow' : 'Not carried'}, because PostgreSQL alone has them now: ${domains.join(', ')}.${isWatch ? unseen : ''}`;
}

const codeOf = (error: unknown): string | undefined => (error instanceof DomainError ? error.code : undefined);

/** Only what is copied and was found equal since is worth following: the rest of the way would start from a mistake. */
function refuseUnready(files: readonly FoundFile[], copies: Copies): void {
  const reasons = files.flatMap(({ tables }) =>
    tables.flatMap(({ name }) => {
      const copy = copies.get(name);
      if (!copy) return [`${name} has not been migrated yet`];
      if (copy.status !== 'copied') return [`the copy of ${name} has not been finished`];
      return copy.proven ? [] : [`${name} was not found equal since it was copied`];
    }),
  );
  if (reasons.length > 0) throw new FollowNotReadyError(reasons);
}
