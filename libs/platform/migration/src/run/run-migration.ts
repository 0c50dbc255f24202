import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { DomainError } from '@sluice/core';
import { LegacyDatabase } from '@sluice/legacy';
import { checkDrift, findSources, NoLegacyFilesError, type FoundSources } from '../inspect';
import { appendAudit } from '../state/audit';
import { MigrationLock } from '../state/lock';
import { finishRun, startRun } from '../state/run-state';
import { LiveSession } from '../state/live-session';
import { expected } from '../state/expected-error';
import type { SessionOptions } from '../state/session';
import { listTableStates } from '../state/table-state';
import type { MigrationOptions } from './migration-options';
import { emptyReport, exitCodeOf, type MigrationReport, type TableReport } from './migration-report';
import { checkParents, checkUntouched, emptyTargets, withDependents } from './restart';
import { TableRun } from './table-run';
import { checkTarget } from './target-shape';

/**
 * Copies the legacy files into their targets and proves every row (`migrate`), or only proves (`verify`). Everything that
 * can be refused is refused before the first write; from then on every range is one transaction with its checkpoint, so
 * that the run may end anywhere and the next one goes on from there. Throws coded errors; differences and quarantined
 * rows are not errors but the report's exit code.
 */
export async function runMigration(command: 'migrate' | 'verify', options: MigrationOptions): Promise<MigrationReport> {
  const sources = findSources(options);
  refuseEmptyTree(sources, options);
  refuseDrift(sources);
  const session: SessionOptions = {
    connectionString: options.connectionString,
    applicationName: `sluice ${command} ${options.holder}`,
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

/** A folder without a single legacy file is a mistyped folder, not a finished migration. */
function refuseEmptyTree(sources: FoundSources, options: MigrationOptions): void {
  if (sources.files.length > 0) return;
  const any = findSources({ ...options, tables: options.known, required: false });
  if (any.files.length === 0) throw new NoLegacyFilesError(options.root);
}

/** Every file is opened and compared with its mappings before anything is written anywhere. */
function refuseDrift(sources: FoundSources): void {
  for (const { file, tables, ignored } of sources.files) {
    const database = LegacyDatabase.open(file, { snapshot: 'in-place' });
    try {
      checkDrift(database, tables, ignored);
    } finally {
      database.close();
    }
  }
}

class MigrationRun {
  private readonly id = randomUUID();
  private readonly startedAt = new Date();
  private readonly reports: TableReport[] = [];

  constructor(
    private readonly command: 'migrate' | 'verify',
    private readonly options: MigrationOptions,
    private readonly sources: FoundSources,
    private readonly session: SessionOptions,
    private readonly lock: MigrationLock,
    private readonly control: LiveSession,
  ) {}

  async run(): Promise<MigrationReport> {
    const { command, options } = this;
    const client = await this.control.live();
    await checkTarget(client, options.tables);
    if (options.restart) await this.restart();
    if (command === 'migrate') {
      await checkUntouched(client, options.tables);
      await checkParents(client, options.tables);
    }
    await startRun(client, { id: this.id, command, holder: options.holder, version: options.version });
    try {
      for (const { table } of this.sources.missing) this.reports.push(emptyReport(table, 'missing'));
      for (const source of this.sources.files) await this.runFile(source);
      const report = this.report();
      await this.note(`${command}.finished`, { runId: this.id, exitCode: report.exitCode, counts: countsOf(report) });
      await finishRun(await this.control.live(), this.id, { status: 'finished', exitCode: report.exitCode, report });
      return report;
    } catch (error) {
      await this.recordFailure(error);
      throw error;
    }
  }

  private async runFile({ file, tables }: FoundSources['files'][number]): Promise<void> {
    const { options } = this;
    const database = LegacyDatabase.open(file, { snapshot: options.snapshot });
    try {
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
          table,
          known: known.get(table.name),
        });
        this.reports.push(await (this.command === 'migrate' ? run.migrate() : run.check()));
      }
      database.assertSame();
    } finally {
      database.close();
    }
  }

  private async restart(): Promise<void> {
    const emptied = withDependents(this.options.tables, this.options.known);
    await emptyTargets(await this.control.live(), emptied);
    await this.note('migrate.restarted', { tables: emptied.map(({ name }) => name) });
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
    const { options } = this;
    await appendAudit(await this.control.live(), { actor: options.holder, action, subject: options.root, detail });
  }

  private report(): MigrationReport {
    return {
      runId: this.id,
      command: this.command,
      version: this.options.version,
      root: this.options.root,
      startedAt: this.startedAt.toISOString(),
      finishedAt: new Date().toISOString(),
      choices: this.options.choices,
      tables: this.reports,
      notes: [...this.sources.notes, ...this.sources.missing.map(({ table, reason }) => `${table.name}: ${reason}`)],
      exitCode: exitCodeOf(this.reports),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

const countsOf = (report: MigrationReport): Record<string, unknown> =>
  Object.fromEntries(
    report.tables.map(({ table, rowsSource, rowsTarget, quarantined, verification }) => [
      table,
      { rowsSource, rowsTarget, quarantined, digest: verification?.digest ?? null },
    ]),
  );
