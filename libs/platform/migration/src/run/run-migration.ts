import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { DomainError } from '@sluice/core';
import { findSources, NoLegacyFilesError, type FoundSources } from '../inspect';
import type { LegacyTable } from '../mapping/legacy-table';
import { peakMemoryBytes } from '../peak-memory';
import { appendAudit, type AuditEntry } from '../state/audit';
import { isSameFile, knownFiles, type SeenFile } from '../state/known-file';
import { MigrationLock } from '../state/lock';
import { finishRun, startRun } from '../state/run-state';
import { thisDatabase, type ThisDatabase } from '../state/this-database';
import { LiveSession } from '../state/live-session';
import { expected } from '../state/expected-error';
import type { SessionOptions } from '../state/session';
import { listTableStates, type TableState } from '../state/table-state';
import type { MigrationOptions } from './migration-options';
import { emptyReport, exitCodeOf, type MigrationReport, type TableReport } from './migration-report';
import { closeSources, openSources, type OpenSource } from './open-sources';
import {
  changedReadings,
  checkParents,
  checkSourcesThere,
  checkUntouched,
  emptyTargets,
  withDependents,
} from './restart';
import { damageOf } from './salvage-report';
import { seenFile } from './seen-file';
import { TableRun } from './table-run';
import { checkTarget } from './target-shape';

/**
 * Copies the legacy files into their targets and proves every row (`migrate`), or only proves (`verify`). Everything that
 * can be refused is refused before the first write; from then on every range is one transaction with its checkpoint, so
 * that the run may end anywhere and the next one goes on from there. Throws coded errors; differences and quarantined
 * rows are not errors but the report's exit code.
 */
export async function runMigration(command: 'migrate' | 'verify', asked: MigrationOptions): Promise<MigrationReport> {
  const options = withRestarted(asked);
  const sources = findSources(withDamaged(command, options));
  refuseEmptyTree(sources, withDamaged(command, options));
  const session: SessionOptions = {
    connectionString: options.connectionString,
    applicationName: `sluice ${command} ${options.holder}`,
    writer: 'migrate',
  };
  const lock = await MigrationLock.acquire(session);
  try {
    const control = await LiveSession.open(session);
    try {
      return await new MigrationRun(command, options, sources, session, lock, control).run();
    } finally {
      await control.close();
    }
  } catch (error) {
    throw expected(error);
  } finally {
    await lock.release();
  }
}

/** A verification looks at a damaged file, too: it may be one that was salvaged. */
const withDamaged = (command: 'migrate' | 'verify', options: MigrationOptions): MigrationOptions =>
  command === 'verify' ? { ...options, salvage: true } : options;

/** What refers to a table that begins anew is emptied with it, so it is copied again with it. */
function withRestarted(options: MigrationOptions): MigrationOptions {
  if (!options.restart) return options;
  const tables = withDependents(options.tables, options.known);
  const others = tables.filter((table) => !options.tables.includes(table)).map(({ name }) => name);
  if (others.length > 0) options.onEvent({ type: 'note', text: `Begun anew as well, because they refer to what is: ${others.join(', ')}` }); // prettier-ignore
  return { ...options, tables };
}

/** A folder without a single legacy file is a mistyped folder, not a finished migration. */
function refuseEmptyTree(sources: FoundSources, options: MigrationOptions): void {
  if (sources.files.length > 0) return;
  const any = findSources({ ...options, tables: options.known, required: false });
  if (any.files.length === 0) throw new NoLegacyFilesError(options.root);
}

class MigrationRun {
  private readonly id = randomUUID();
  private readonly startedAt = new Date();
  private readonly reports: TableReport[] = [];
  private readonly notes: string[] = [];

  constructor(
    private readonly command: 'migrate' | 'verify',
    private readonly options: MigrationOptions,
    private readonly sources: FoundSources,
    private readonly session: SessionOptions,
    private readonly lock: MigrationLock,
    private readonly control: LiveSession,
  ) {}

  async run(): Promise<MigrationReport> {
    const { snapshot, signal, salvage } = this.options;
    const opened = await openSources(this.sources.files, {
      snapshot,
      signal,
      ...(salvage
        ? { salvage: 'asked' }
        : this.command === 'verify'
          ? { salvage: { recorded: () => this.recorded() } }
          : {}),
    });
    try {
      return await this.runOn(opened);
    } finally {
      closeSources(opened);
    }
  }

  /** The fingerprints of what was copied so far. */
  private async recorded(): Promise<unknown[]> {
    return (await listTableStates(await this.control.live())).map(({ fingerprint }) => fingerprint);
  }

  private async runOn(opened: readonly OpenSource[]): Promise<MigrationReport> {
    const { command, options } = this;
    const client = await this.control.live();
    await checkTarget(client, options.tables);
    await checkSourcesThere(client, this.sources.missing);
    // Before anything is written: a schema of another release takes no entry.
    await this.note(`${command}.started`, { runId: this.id, tables: options.tables.map(({ name }) => name) });
    this.tellNothing();
    if (options.restart) await this.restart();
    if (command === 'migrate') {
      await checkUntouched(client, options.tables);
      await checkParents(client, options.tables);
    }
    const database = await thisDatabase(client);
    await startRun(client, { id: this.id, command, holder: options.holder, version: options.version });
    try {
      for (const { table } of this.sources.missing) this.reports.push(emptyReport(table, 'missing'));
      for (const source of opened) await this.runFile(source);
      const report = this.report(await listTableStates(await this.control.live()), database);
      await this.note(`${command}.finished`, { runId: this.id, exitCode: report.exitCode, counts: countsOf(report) });
      await finishRun(await this.control.live(), this.id, { status: 'finished', exitCode: report.exitCode, report });
      return report;
    } catch (error) {
      await this.recordFailure(error);
      throw error;
    }
  }

  /** A missing file is no error; a run that finds none of its files ends with 0, and says so where nobody can miss it. */
  private tellNothing(): void {
    const { command, options, sources } = this;
    if (sources.missing.length < options.tables.length) return;
    const text = `There is nothing to ${command}: ${this.absent().join('. ')}`;
    options.onEvent({ type: 'warning', text });
  }

  /** Which tables have no legacy file, and where it was looked for. */
  private absent(): string[] {
    const { missing, searched } = this.sources;
    return missing.length === 0 ? [] : [...missing.map(({ table, reason }) => `${table.name}: ${reason}`), searched];
  }

  /** Closes the file as soon as its tables are done: a private copy takes room. */
  private async runFile({ file, tables, database }: OpenSource): Promise<void> {
    const { options } = this;
    try {
      const seen = seenFile(database, tables);
      if (this.command === 'verify' && seen) await this.tellOther(file, seen, tables);
      const known = new Map((await listTableStates(await this.control.live())).map((state) => [state.name, state]));
      for (const table of tables) {
        const run = new TableRun({
          options,
          runId: this.id,
          control: this.control,
          session: this.session,
          lock: this.lock,
          database,
          sourcePath: path.relative(options.root, file),
          file: seen,
          table,
          known: known.get(table.name),
          damage: database.damage && damageOf(database.damage, table, table === tables[0]),
        });
        this.reports.push(await (this.command === 'migrate' ? run.migrate() : run.check()));
      }
      database.assertSame();
    } finally {
      database.close();
    }
  }

  /** Its comparison is as good as any other, but says nothing of the file that the legacy program writes. */
  private async tellOther(file: string, seen: SeenFile, tables: readonly LegacyTable[]): Promise<void> {
    const known = await knownFiles(await this.control.live(), tables.map(({ name }) => name)); // prettier-ignore
    const followed = [...known.values()].find((one) => one.isFollowed && !isSameFile(seen, one));
    if (!followed) return;
    const text = `${file} is not the file that \`sluice follow\` follows (${followed.path}), or has another change log than then: this comparison opens no gate of the cutover.`;
    this.notes.push(text);
    this.options.onEvent({ type: 'warning', text });
  }

  private async restart(): Promise<void> {
    const client = await this.control.live();
    const { tables } = this.options;
    const forgotten = await listTableStates(client);
    const detail = { tables: tables.map(({ name }) => name) };
    await emptyTargets(client, tables, this.entry('migrate.restarted', detail));
    for (const state of forgotten.filter(({ name }) => tables.some((table) => table.name === name))) {
      for (const text of changedReadings(state.choices, this.options.choices)) {
        this.notes.push(text);
        this.options.onEvent({ type: 'warning', text });
      }
    }
  }

  private async recordFailure(error: unknown): Promise<void> {
    const interrupted = error instanceof DomainError && error.kind === 'interrupted';
    const code = error instanceof DomainError ? error.code : 'INTERNAL';
    const end = { status: interrupted ? 'interrupted' : 'failed', exitCode: 1, report: { error: { code } } } as const;
    try {
      await finishRun(await this.control.live(AbortSignal.abort()), this.id, end);
    } catch {
      // The database is what failed: the next run finds this one open and marks it as interrupted.
      this.options.onEvent({ type: 'note', text: 'The end of this run could not be recorded.' });
    }
  }

  private async note(action: string, detail: Record<string, unknown>): Promise<void> {
    await appendAudit(await this.control.live(), this.entry(action, detail));
  }

  private entry(action: string, detail: Record<string, unknown>): AuditEntry {
    const { holder, root } = this.options;
    return { actor: holder, action, subject: root, detail };
  }

  private report(states: readonly TableState[], database: ThisDatabase): MigrationReport {
    const { options, sources } = this;
    const chosen = states.filter(({ name }) => options.tables.some((table) => table.name === name));
    return {
      runId: this.id,
      command: this.command,
      version: options.version,
      root: options.root,
      database,
      startedAt: this.startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      choices: Object.fromEntries(chosen.flatMap(({ choices }) => Object.entries(choices))),
      tables: this.reports,
      notes: [...this.notes, ...sources.notes, ...this.absent()],
      exitCode: exitCodeOf(this.reports),
      peakMemoryBytes: peakMemoryBytes(),
    };
  }
}

const countsOf = (report: MigrationReport): Record<string, unknown> =>
  Object.fromEntries(
    report.tables.map(({ table, rowsSource, rowsTarget, quarantined, verification, salvage }) => [
      table,
      { rowsSource, rowsTarget, quarantined, digest: verification?.digest ?? null, ...(salvage ? { salvage } : {}) },
    ]),
  );
