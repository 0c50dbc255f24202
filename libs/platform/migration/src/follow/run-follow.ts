import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { DomainError, messageOf } from '@sluice/core';
import { rollBackJournal } from '@sluice/legacy';
import type { Client } from 'pg';
import { closedTables } from '../domains/domain-state';
import type { FoundFile } from '../inspect';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { appendAudit } from '../state/audit';
import { expected } from '../state/expected-error';
import { LiveSession } from '../state/live-session';
import { MigrationLock } from '../state/lock';
import { InterruptedError } from '../state/migration.errors';
import type { SessionOptions } from '../state/session';
import { listTableStates } from '../state/table-state';
import { OutboxCarrier } from './carrier';
import type { ChangeBatch } from './change-feed';
import { FollowFile } from './follow-file';
import { findFollowed, type Copies } from './follow-files';
import type { FollowOptions } from './follow-options';
import {
  listCopies,
  listFollowStates,
  loadCheckpoint,
  markFollow,
  markRefused,
  type FollowState,
} from './follow-state';
import type { FollowedTable } from './followed-table';
import { openChangeLog } from './open-change-log';
import { openFamily } from './open-family';
import type { FollowedSource, OpenSourceParts } from './open-source';
import { refuseReplaced } from './replaced-file';
import { TO_FOLLOW } from './right';
import { takeOver } from './take-over';

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

/**
 * Whoever has a row locked for long, or a table, is waited for so long at a time: in between it is said, and what is queued for
 * the file goes on. Most batches are one statement, which asks nobody for the mode first.
 */
const PATIENCE = 'SET lock_timeout = 2000';

class FollowRun {
  private readonly id = randomUUID();
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  /** Closed tables that were written to. */
  private readonly late = new Set<string>();

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
      const before = await listFollowStates(await control.live());
      this.finishKilled(before);
      const { files, isOver } = findFollowed(options, await closedTables(await control.live()), copies);
      const states = new Map((await listTableStates(await control.live())).map((state) => [state.name, state]));
      const choicesOf = ({ name }: LegacyTable): Choices => states.get(name)?.choices ?? {};
      await appendAudit(await control.live(), { actor: options.holder, action: 'follow.started', subject: options.root,
        detail: { tables: files.flatMap(({ tables }) => tables.map(({ name }) => name)) } }); // prettier-ignore
      const known = { before, copies, choicesOf, once: options.once || isOver };
      const ends = await Promise.allSettled(files.map((file) => this.guarded(file, known, control)));
      const failures = ends.filter((end) => end.status === 'rejected').map((end) => end.reason as unknown);
      const failure = failures.find((one) => codeOf(one) !== undefined) ?? failures[0];
      const reason = codeOf(failure) ?? null;
      const audit = { actor: options.holder, action: 'follow.ended', subject: options.root, detail: { reason } };
      if (failure !== undefined && !(options.signal.aborted && reason === null))
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
      this.note('The end of this run could not be recorded.');
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

  /** What ends one file ends the others too, after the batches that are under way, unless all of it is PostgreSQL's alone. */
  private async guarded(file: FoundFile, known: Known, control: LiveSession): Promise<void> {
    try {
      await this.followFile(file, known);
    } catch (error) {
      if (!this.signal.aborted && codeOf(error) !== undefined) {
        const closed = await closedTables(await control.live(this.signal));
        if (file.tables.every(({ name }) => closed.has(name))) {
          this.say(file, `not looked at any more: ${messageOf(error)}`);
          return;
        }
      }
      this.stop.abort();
      throw error;
    }
  }

  private async followFile(file: FoundFile, known: Known): Promise<void> {
    // A commit need not be on the disk before the next: rows and position are lost together, and the log still has them.
    const session = await LiveSession.open(this.session, false);
    try {
      await session.current.query(PLANNING);
      const client = currentOf(session);
      const onNote = (text: string): void => this.say(file, text);
      const source = await this.open({ file, choicesOf: known.choicesOf, client, signal: this.signal, onNote }, known);
      try {
        await this.followSource(file, source, session, known);
      } finally {
        source.close();
      }
    } finally {
      await session.close();
    }
  }

  /** What keeps a file from being followed is its tables' state from then on. */
  private async open(parts: OpenSourceParts, { before, copies }: Known): Promise<FollowedSource> {
    const { file, client, signal } = parts;
    const openSource = file.family ? openFamily : (this.options.openSource ?? openChangeLog);
    try {
      if (!file.family && !this.options.recheck) refuseReplaced(file, before, copies);
      return await openSource(parts);
    } catch (error) {
      const reason = codeOf(error);
      if (reason !== undefined && !signal.aborted)
        await markRefused(await client(), file.tables.map(({ name }) => name), reason); // prettier-ignore
      throw error;
    }
  }

  private async followSource(
    file: FoundFile,
    source: FollowedSource,
    session: LiveSession,
    { copies, choicesOf, once }: Known,
  ): Promise<void> {
    const { options, signal } = this;
    const client = currentOf(session);
    const shown = path.relative(options.root, file.file);
    const names = file.tables.map(({ name }) => name);
    const say = (text: string): void => this.say(file, text);
    const { whole, owners, history } = await takeOver(session.current, { run: this.id, file, source, copies }, options);
    await session.current.query(PATIENCE);
    const vouched = names.filter((name) => !whole.some((table) => table.name === name));
    options.onEvent({ type: 'following', file: shown, tables: names, whole: whole.map(({ name }) => name) });
    const tables = file.tables.map((table): FollowedTable => ({ table, plan: copies.get(table.name)!.plan, exact: source.exactOf(table) })); // prettier-ignore
    const feed = source.feed(whole, owners);
    const onBatch = ({ changes, lagRows, checkpoint }: ChangeBatch): void => {
      const count = changes.reduce((sum, { keys }) => sum + keys.length, 0);
      options.onEvent({ type: 'applied', file: shown, changes: count, lagRows, position: checkpoint.position });
    };
    const { cache, clock } = options;
    try {
      const resumedAt = vouched.length === 0 ? null : await loadCheckpoint(session.current, this.id, vouched);
      await feed.resume(resumedAt);
      const carrier =
        source.kind === 'change-log'
          ? new OutboxCarrier({
              ...{ file: file.file, generation: source.generation, tables, choicesOf, client, signal },
              writeBacks: options.writeBacks ?? [],
              neighbours: [...file.tables.map((table) => table.source.table), ...file.ignored],
              readRows: (followed, keys) => source.read(() => [...followed.exact.byKeys(keys)], signal),
              readSent: () => source.read(() => source.sent?.() ?? [], signal),
              onNote: say,
              onCarried: (changes) => options.onEvent({ type: 'carried', file: shown, changes }),
            })
          : null;
      await new FollowFile({
        ...{ run: this.id, tables, live: source, client, cache, clock, history, signal, feed, once, onBatch },
        ...{ resumedAt, carrier, onWait: say, onLate: (table) => this.tellLate(table) },
        reconnect: async () => {
          await (await session.live(signal)).query(`${PLANNING}; ${PATIENCE}`);
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

  /** Of one file. */
  private say({ file }: FoundFile, text: string): void {
    this.note(`${path.relative(this.options.root, file)}: ${text}`);
  }

  private note(text: string): void {
    this.options.onEvent({ type: 'note', text });
  }
}

/** What PostgreSQL knew when this began. */
interface Known {
  /** Who followed before. */
  readonly before: readonly FollowState[];
  readonly copies: Copies;
  readonly choicesOf: (table: LegacyTable) => Choices;
  readonly once: boolean;
}

const currentOf =
  (session: LiveSession): (() => Promise<Client>) =>
  () =>
    Promise.resolve(session.current);

const codeOf = (error: unknown): string | undefined => (error instanceof DomainError ? error.code : undefined);
