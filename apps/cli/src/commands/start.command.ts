import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { startApi } from '@sluice/api';
import { openCacheStore } from '@sluice/cache';
import { SecretUrl, type Settings } from '@sluice/config';
import { DomainError } from '@sluice/core';
import { findRedisServer, startEmbeddedPostgres, startLocalRedis } from '@sluice/servers';
import { makeSampleTree } from '@sluice/trading-legacy';
import { exitCodes } from '../exit-codes';
import type { Context } from '../context';
import { runAndReport } from '../migration';
import { formatCount } from '../output/table';
import { projectRoot } from '../prisma-cli';
import { applyMigrations } from './db-migrate.command';

const STEPS = 5;

/**
 * The main job in one go: PostgreSQL, Redis, schema, legacy files in, everything verified, API up. What it needs and is
 * not given it brings itself; everything that it started it stops again, in the reverse order, also after a failure.
 */
export default async function start(context: Context): Promise<number> {
  const stops: (() => Promise<void>)[] = [];
  try {
    return await new MainJob(context, (stop) => stops.push(stop)).run();
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

class MainJob {
  private readonly home = path.join(projectRoot(), '.sluice');
  private step = 0;

  constructor(
    private readonly context: Context,
    private readonly onStop: (stop: () => Promise<void>) => void,
  ) {}

  async run(): Promise<number> {
    const legacyDir = this.context.settings.legacyDir;
    const settings: Settings = {
      ...this.context.settings,
      legacyDir: legacyDir ? path.resolve(legacyDir) : path.join(this.home, 'sample'),
    };
    const databaseUrl = await this.postgres(settings);
    const redisUrl = await this.redis(settings);
    await this.schema(databaseUrl);
    if (!legacyDir) this.sample(path.join(this.home, 'sample'));
    const ready: Settings = { ...settings, databaseUrl, redisUrl };
    const cache = await openCacheStore(redisUrl?.reveal());
    this.onStop(() => cache.close());
    this.say('legacy files', `${settings.legacyDir}: copy and verify`);
    const { report, exitCode } = await runAndReport('migrate', { ...this.context, settings: ready }, { cache });
    if (report.exitCode === exitCodes.differs) return exitCode;
    return this.serve(ready);
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
    if (settings.redisUrl) {
      this.say('Redis', settings.redisUrl.toString());
      return settings.redisUrl;
    }
    const program = findRedisServer(settings.searchPath);
    if (!program) {
      this.say('Redis', 'none given and no redis-server found: caches live in this process');
      return undefined;
    }
    const server = await startLocalRedis(program, { dataDir: path.join(this.home, 'redis') });
    this.onStop(() => server.stop());
    this.say('Redis', `${path.basename(program)}, ${server.url}`);
    return new SecretUrl(server.url);
  }

  private async schema(databaseUrl: SecretUrl): Promise<void> {
    const applied = await applyMigrations(databaseUrl.reveal());
    this.say('schema', applied.length > 0 ? `applied ${applied.join(', ')}` : 'up to date');
  }

  /** The sample is made once; a later start finds it and resumes on it. */
  private sample(dir: string): void {
    if (existsSync(path.join(dir, 'cache'))) return;
    const { rows, files } = makeSampleTree({ dir, seed: 1, hazards: true, nowMs: Date.now() });
    this.context.log(
      `      a sample legacy tree of ${formatCount(rows)} rows in ${files.length} files was made in ${dir}`,
    );
  }

  private async serve(settings: Settings): Promise<number> {
    const { signal } = this.context;
    if (signal.aborted) return this.context.stoppedBy();
    const api = await startApi(settings).catch((error: unknown) => {
      throw isAddressInUse(error) ? new PortTakenError(settings.port) : error;
    });
    this.onStop(() => api.close());
    this.say('API', `${api.url} · OpenAPI: ${api.url}/docs · health: ${api.url}/health`);
    this.context.log('      Ctrl-C stops everything.');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.context.log('      Stopping: requests in flight, the API, the servers that were started here.');
    return exitCodes.done;
  }

  private say(what: string, text: string): void {
    this.step += 1;
    this.context.log(`[${this.step}/${STEPS}] ${what}: ${text}`);
  }
}

/** Each legacy root has its own database, so that the sample and the real files never mix. */
const databaseNameOf = (legacyDir: string | undefined): string =>
  legacyDir ? `sluice_${createHash('sha256').update(path.resolve(legacyDir)).digest('hex').slice(0, 8)}` : 'sluice';

const isAddressInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

class PortTakenError extends DomainError {
  readonly code = 'API_PORT_TAKEN';
  readonly kind = 'unavailable';
  constructor(port: number) {
    super(`Port ${port} is taken by another program.`, { remedy: 'Choose another one with --port or PORT.' });
  }
}
