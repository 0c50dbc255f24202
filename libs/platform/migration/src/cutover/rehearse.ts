import { mkdirSync, rmSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DomainError, messageOf, systemClock } from '@sluice/core';
import type { Client } from 'pg';
import { tagOf } from '../backup/backup-options';
import { planLegacy, withContent } from '../backup/save-legacy';
import { readSchemaSql } from '../backup/schema-sql';
import { inTrialDatabase } from '../backup/trial-database';
import type { Domain } from '../domains/domain';
import { follow } from '../follow/run-follow';
import { installChangeLogs } from '../follow/change-logs';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import { migrationDefaults, type SourceOptions } from '../run/migration-options';
import { runMigration } from '../run/run-migration';
import { withRight, type Right } from '../state/lock';
import { InterruptedError } from '../state/migration.errors';
import { inSession } from '../state/session';
import { listTableStates } from '../state/table-state';
import type { WriteBack } from '../write-back/write-back';
import { advance, rollBack, type CutoverOptions } from './change-mode';
import { RehearsalFailedError, RehearsalHeldError } from './cutover.errors';
import { assertFollowed, filesOf, requireSources } from './followed-file';
import { deleteRehearsed, writeRehearsed } from './rehearsal-writes';
import { domainDigest, recordRehearsals, type Rehearsal } from './rehearsals';

/** A right of its own: a rehearsal of an hour must not keep anybody from a rollback. */
const TO_REHEARSE: Right = { lock: 5, refuse: (holder) => new RehearsalHeldError(holder) };

export interface RehearseOptions extends Omit<CutoverOptions, 'gates' | 'carry' | 'onPoint'> {
  readonly version: string;
  readonly writeBacks: readonly WriteBack[];
  /** The Prisma migrations of this release. */
  readonly migrationsDir: string;
  /** Told of each step, with how long the one before it took. */
  readonly onStep?: (step: string) => void;
}

/**
 * Goes the whole way there and back on a copy: the domains' legacy files as they are now in a temporary folder, a database of
 * its own on the same server, copied and proven, followed, taken to `cutover` with writes in PostgreSQL in every mode, and
 * rolled back, which compares every row. Records for each domain how it went. Nothing of the files or the database is
 * touched, but for that record; the role needs CREATEDB. Throws `CUTOVER_REHEARSAL_FAILED`, and `CUTOVER_OTHER_FILE`: what was
 * gone with other files says nothing of the way of these.
 */
export async function rehearse(options: RehearseOptions): Promise<Omit<Rehearsal, 'rehearsedAt'>[]> {
  const applicationName = `sluice rehearse ${options.by} ${options.holder}`;
  return withRight(TO_REHEARSE, { connectionString: options.connectionString, applicationName }, async (client) => {
    const fileOf = filesOf(options);
    for (const domain of options.domains) await assertFollowed(client, domain, fileOf, { orCopied: true });
    return new RehearsalRun(options, client).run();
  });
}

class RehearsalRun {
  private readonly tables: readonly LegacyTable[];
  private readonly took: Record<string, number> = {};
  private step = 'begin';
  private sinceMs = performance.now();

  constructor(
    private readonly options: RehearseOptions,
    private readonly client: Client,
  ) {
    this.tables = options.domains.flatMap((domain) => domain.tables);
  }

  async run(): Promise<Omit<Rehearsal, 'rehearsedAt'>[]> {
    const { migrations } = await readSchemaSql(this.client, this.options.migrationsDir);
    const schemaVersion = migrations.at(-1) ?? 'none';
    let failure: unknown = null;
    try {
      await this.onCopy();
    } catch (error) {
      failure = error;
    }
    const failedAt = this.step;
    this.enter('end');
    const because = failure === null ? {} : { failedAt, why: messageOf(failure) };
    const records = this.options.domains.map((domain) => ({
      ...{ domain: domain.name, schemaVersion, mappingDigest: domainDigest(domain), rehearsedBy: this.options.by },
      ...{ passed: failure === null, detail: { tookMs: this.took, ...because } },
    }));
    if (this.options.signal.aborted) throw new InterruptedError(); // That says nothing of the way.
    await recordRehearsals(this.client, records);
    if (failure !== null) throw new RehearsalFailedError(failedAt, failure);
    return records;
  }

  private enter(step: string): void {
    this.took[this.step] = Math.round(performance.now() - this.sinceMs);
    [this.step, this.sinceMs] = [step, performance.now()];
    this.options.onStep?.(step);
  }

  /** Whatever a killed rehearsal left, its folder and its database, the next one removes. */
  private async onCopy(): Promise<void> {
    const root = path.join(tmpdir(), `sluice-rehearsal-${await tagOf(this.client)}`);
    try {
      this.enter('copy the legacy files');
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root, { mode: 0o700 });
      const source = await this.copyFiles(root);
      this.enter('make a database');
      await inTrialDatabase(this.client, this.options.connectionString, 'sluice_cutover', (url) => this.onDatabase(url, source)); // prettier-ignore
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }

  /** Each file as it is at one moment, wherever it lies, under one root. */
  private async copyFiles(root: string): Promise<SourceOptions> {
    const { options, tables } = this;
    const search = { ...options, tables };
    const { files } = requireSources(search);
    const copies = new Map<string, string>();
    for (const file of planLegacy(search).files) {
      const copy = path.join(root, file.path);
      mkdirSync(path.dirname(copy), { recursive: true });
      await withContent(file, options.signal, async ({ chunks }) => {
        const handle = await openFile(copy, 'wx', 0o600);
        try {
          for (const chunk of chunks) await handle.write(chunk);
        } finally {
          await handle.close();
        }
      });
      copies.set(file.origin, copy);
    }
    const places = files.flatMap(({ file, tables: own }) => own.map(({ name }) => [name, copies.get(file)!] as const)); // prettier-ignore
    return { root, workingDirs: [], files: Object.fromEntries(places), required: false, zone: options.zone };
  }

  private async onDatabase(url: string, source: SourceOptions): Promise<void> {
    const { options, tables } = this;
    const { sql } = await readSchemaSql(this.client, options.migrationsDir);
    await inSession({ connectionString: url, applicationName: `sluice rehearsal ${options.holder}` }, async (copy) => {
      await copy.query(sql);
      this.enter('install change logs');
      await installChangeLogs({ ...source, tables, known: options.known, signal: options.signal });
      this.enter('migrate and verify');
      await this.migrate(url, source);
      await this.thereAndBack(url, source, copy);
    });
  }

  private async migrate(url: string, source: SourceOptions): Promise<void> {
    const { known, holder, version, signal } = this.options;
    const states = await listTableStates(this.client);
    const names = new Set(this.tables.map((table) => table.name));
    const choices: Choices = Object.assign({}, ...states.filter(({ name }) => names.has(name)).map((state) => state.choices)); // prettier-ignore
    const report = await runMigration('migrate', {
      ...migrationDefaults,
      ...source,
      ...{ tables: this.tables, known, connectionString: url, holder, version, choices, signal },
    });
    if (report.exitCode === 5) throw new Error('The copy differs from its files.');
  }

  private async thereAndBack(url: string, source: SourceOptions, copy: Client): Promise<void> {
    const { options } = this;
    const stop = new AbortController();
    const following = this.follow(url, source, AbortSignal.any([stop.signal, options.signal]));
    const lost = following.then(
      () => new Promise<never>(() => undefined), // It was told to stop.
      (error: unknown) => Promise.reject(error as Error),
    );
    lost.catch(() => undefined); // Whoever waits for the way hears of it.
    try {
      await Promise.race([lost, this.way({ ...options, ...source, connectionString: url, gates: [], carry: () => Promise.resolve() }, copy)]); // prettier-ignore
    } finally {
      stop.abort();
      await following.catch(() => undefined); // Its end was asked for, or is thrown above.
    }
  }

  private async follow(url: string, source: SourceOptions, signal: AbortSignal): Promise<void> {
    const { known, holder, writeBacks } = this.options;
    try {
      await follow({
        ...source,
        ...{ tables: this.tables, known },
        ...{ connectionString: url, holder, cache: null, clock: systemClock, once: false, recheck: false, signal },
        ...{ history: { keep: 'retention', days: undefined }, writeBacks, onEvent: () => undefined },
      });
    } catch (error) {
      if (!(signal.aborted && error instanceof DomainError && error.kind === 'interrupted')) throw error;
    }
  }

  private async way(options: CutoverOptions, copy: Client): Promise<void> {
    const { domains } = this.options;
    for (const to of ['legacy', 'dual', 'shadow', 'cutover'] as const) {
      this.enter(`advance to ${to}`);
      await advance({ ...options, to });
      if (to !== 'legacy') await this.write(copy, domains);
    }
    await deleteRehearsed(copy, domains);
    this.enter('roll back');
    await rollBack(options);
  }

  private async write(copy: Client, domains: readonly Domain[]): Promise<void> {
    for (const { tables } of domains) for (const table of tables) await writeRehearsed(copy, table);
  }
}
