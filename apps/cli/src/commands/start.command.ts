import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { MemoryTier2, systemScheduler } from '@sluice/cache';
import { isLoopbackHost, SecretUrl, type Settings } from '@sluice/config';
import { messageOf } from '@sluice/core';
import { InterruptedError, isEqual, type MigrationReport, noteServed, servedSince } from '@sluice/migration';
import { findRedisServer, startEmbeddedPostgres, startLocalRedis } from '@sluice/servers';
import { makeSampleTree } from '@sluice/trading-legacy';
import { openStore } from '../cache';
import { exitCodes } from '../exit-codes';
import { endCode, type Context } from '../context';
import { withDatabase } from '../database';
import { runShown } from '../migration';
import { bigintAsText } from '../output/progress';
import { formatReport } from '../output/report-table';
import { countOf } from '../output/table';
import { projectRoot } from '../prisma-cli';
import { environmentHint, writeEnvironmentFile } from '../start/environment-file';
import { StateLock } from '../start/state-lock';
import { applyMigrations } from './db-migrate.command';

const STEPS = 5;
/** As the caches' Redis of docker-compose.yml: full, it makes room instead of refusing writes. */
const CACHE_REDIS = { maxmemory: '512mb', 'maxmemory-policy': 'allkeys-lru' };

type Stop = () => Promise<void> | void;

/**
 * The main job in one go: PostgreSQL, Redis, schema, legacy files in, everything verified, API up. What it needs and is
 * not given it brings itself; everything that it started it stops again, in the reverse order, also after a failure.
 * Stopped while it serves it ends with 0; before that with 130 or 143, and the next start goes on.
 */
export default async function start(context: Context): Promise<number> {
  const stops: Stop[] = [];
  try {
    return await new MainJob(context, (stop) => stops.push(stop)).run();
  } finally {
    await stopAll(stops, context);
  }
}

/** One that cannot be stopped must not keep the others running. */
async function stopAll(stops: readonly Stop[], context: Context): Promise<void> {
  for (const stop of [...stops].reverse()) {
    try {
      await stop();
    } catch (error) {
      context.log(`      Not stopped cleanly: ${messageOf(error)}`);
    }
  }
}

class MainJob {
  private readonly home: string;
  /** The caches where there is no Redis: what the migration leaves here is what the API finds. */
  private readonly memory = new MemoryTier2(systemScheduler);
  private step = 0;

  constructor(
    private readonly context: Context,
    private readonly onStop: (stop: Stop) => void,
  ) {
    this.home = path.resolve(context.settings.stateDir ?? path.join(projectRoot(), '.sluice'));
  }

  async run(): Promise<number> {
    const { legacyDir } = this.context.settings;
    const lock = StateLock.take(this.home, this.context.holder);
    this.onStop(() => lock.release());
    const settings = await this.bring({
      ...this.context.settings,
      legacyDir: legacyDir ? path.resolve(legacyDir) : path.join(this.home, 'sample'),
    });
    this.onStop(this.tellOthers(settings));
    if (!legacyDir) this.sample(path.join(this.home, 'sample'));
    const report = await this.migrate(settings);
    const mayServe = report.exitCode !== exitCodes.differs || (await this.wasServed(settings, report));
    return mayServe ? this.serve(settings, report) : this.refuseToServe(report);
  }

  /** The servers with the newest schema. */
  private async bring(settings: Settings): Promise<Settings> {
    const databaseUrl = await this.postgres(settings);
    this.unlessStopped();
    const redisUrl = await this.redis(settings);
    this.unlessStopped();
    const applied = await applyMigrations(databaseUrl.reveal());
    this.say('schema', applied.length > 0 ? `applied ${applied.join(', ')}` : 'up to date');
    this.unlessStopped();
    return { ...settings, databaseUrl, redisUrl, http: { ...settings.http, auth: authOf(settings) } };
  }

  private async postgres(settings: Settings): Promise<SecretUrl> {
    if (settings.databaseUrl) {
      this.say('PostgreSQL', settings.databaseUrl.toString());
      return settings.databaseUrl;
    }
    const server = await startEmbeddedPostgres({
      dataDir: path.join(this.home, 'postgres'),
      database: databaseNameOf(this.context.settings.legacyDir),
      settings: { shared_buffers: '256MB', max_wal_size: '4GB' },
    });
    this.onStop(() => server.stop());
    const url = new SecretUrl(server.url);
    this.say('PostgreSQL', `embedded, ${url.toString()}`);
    return url;
  }

  private async redis(settings: Settings): Promise<SecretUrl | undefined> {
    if (settings.cacheDriver === 'memory') {
      this.say('Redis', 'none, as CACHE_DRIVER says: caches live in this process');
      return undefined;
    }
    if (settings.redisUrl) {
      this.say('Redis', settings.redisUrl.toString());
      return settings.redisUrl;
    }
    const program = findRedisServer(settings.searchPath);
    if (!program) {
      this.say('Redis', 'none given and no redis-server found: caches live in this process');
      return undefined;
    }
    const server = await startLocalRedis(program, { dataDir: path.join(this.home, 'redis'), settings: CACHE_REDIS });
    this.onStop(() => server.stop());
    this.say('Redis', `${path.basename(program)}, ${server.url}`);
    return new SecretUrl(server.url);
  }

  /** Gives the function that takes it back. */
  private tellOthers(settings: Settings): Stop {
    const file = path.join(this.home, 'env');
    const remove = writeEnvironmentFile(file, settings);
    this.context.log(`      Other commands meanwhile: ${environmentHint(file, process.cwd())}`);
    if (!settings.redisUrl) this.context.log('      They leave the cache tables alone, which live in this process.');
    return remove;
  }

  /** The sample is made once, under another name until it is whole; a later start finds it and resumes on it. */
  private sample(dir: string): void {
    if (existsSync(dir)) return;
    const unfinished = `${dir}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const { rows, files } = makeSampleTree({ dir: unfinished, seed: 1, hazards: true, nowMs: Date.now() });
    renameSync(unfinished, dir);
    this.context.log(`      A sample tree of ${countOf(rows, 'row')} in ${files.length} files was made in ${dir}.`);
  }

  private async migrate(settings: Settings): Promise<MigrationReport> {
    this.say('legacy files', `${settings.legacyDir}: copy and verify`);
    const cache = await openStore(settings.redisUrl, this.memory);
    this.onStop(() => cache.close());
    const report = await runShown('migrate', { ...this.context, settings }, { cache });
    if (!this.context.options.json) this.context.print(formatReport(report));
    return report;
  }

  /**
   * Whether the tables that differ were served since they were copied: then the API has changed them, as it is there to do. A
   * cache has no say: whoever sets an entry changes it.
   */
  private async wasServed(settings: Settings, report: MigrationReport): Promise<boolean> {
    const differing = report.tables.filter((table) => table.verification !== null && !isEqual(table));
    const names = differing.filter(({ target }) => target === 'postgres').map(({ table }) => table);
    const since = await withDatabase({ ...this.context, settings }, 'start', (client) => servedSince(client, names));
    if (since === null) return false;
    this.context.log(
      `      The API has served these tables since ${since.toISOString().slice(0, 16).replace('T', ' ')} UTC, so that they may differ.`,
    );
    return true;
  }

  private refuseToServe(report: MigrationReport): number {
    this.printJson({ api: null, report });
    this.context.log('      The API is not started, because the target differs from the legacy files (exit 5).');
    return report.exitCode;
  }

  private async serve(settings: Settings, report: MigrationReport): Promise<number> {
    const { signal } = this.context;
    this.unlessStopped();
    const { startApi } = await import('@sluice/api'); // Late: it takes longer to load than everything before it.
    const { url, close } = await startApi(settings, { memory: this.memory });
    this.onStop(close);
    this.unlessStopped();
    const { holder } = this.context;
    await withDatabase({ ...this.context, settings }, 'start', (client) =>
      noteServed(client, holder, settings.legacyDir ?? this.home),
    );
    this.say('API', `${url} · OpenAPI: ${url}/docs · health: ${url}/health`);
    this.context.log('      Ctrl-C stops everything.');
    this.printJson({ api: { url, docs: `${url}/docs`, health: `${url}/health` }, report });
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.context.log('      Stopping: requests in flight, the API, the servers that were started here.');
    return endCode(this.context);
  }

  /** One document for the whole command, when it is known how it goes on. */
  private printJson(document: unknown): void {
    if (this.context.options.json) this.context.print(JSON.stringify(document, bigintAsText, 2));
  }

  private unlessStopped(): void {
    if (this.context.signal.aborted) throw new InterruptedError();
  }

  private say(what: string, text: string): void {
    this.step += 1;
    this.context.log(`[${this.step}/${STEPS}] ${what}: ${text}`);
  }
}

/** Where only this machine can connect nobody needs a key, unless it was told. */
const authOf = ({ http, host }: Settings): 'keys' | 'loopback' =>
  http.auth ?? (isLoopbackHost(host) ? 'loopback' : 'keys');

/** Each legacy root has its own database, so that the sample and the real files never mix. */
const databaseNameOf = (legacyDir: string | undefined): string =>
  legacyDir ? `sluice_${createHash('sha256').update(path.resolve(legacyDir)).digest('hex').slice(0, 8)}` : 'sluice';
