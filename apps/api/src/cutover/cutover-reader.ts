import type { Settings, SecretUrl } from '@sluice/config';
import { inTime } from '@sluice/core';
import type { CutoverStatus, Probes } from '@sluice/migration';
import { PostgresUnavailableError, type MigrationHistory } from '@sluice/postgres';
import { reportRole, type RedisRole } from '@sluice/redis';

export type CutoverSettings = Pick<Settings, 'redisUrl' | 'corpusRedisUrl'> & { readonly databaseUrl: SecretUrl };

/** A look takes a fraction of a second; who waits for a lock or for a server that hangs has an answer after this. */
const MOST_WAIT_MS = 10_000;

/**
 * What `sluice cutover status` says, for a browser. The engine is loaded when somebody asks for the first time, and however many
 * ask at once, they wait for one look: it takes a connection of its own.
 */
export class CutoverReader {
  #running: Promise<CutoverStatus[]> | null = null;

  constructor(
    private readonly settings: CutoverSettings,
    private readonly history: Pick<MigrationHistory, 'read'>,
    private readonly mostWaitMs = MOST_WAIT_MS,
  ) {}

  /** Throws `POSTGRES_UNAVAILABLE`, also where it takes too long; a gate that cannot be checked is shut. */
  async read(): Promise<CutoverStatus[]> {
    this.#running ??= this.#look().finally(() => {
      this.#running = null;
    });
    const late = (): Error => new PostgresUnavailableError(new Error('No answer in time.'));
    return inTime(this.mostWaitMs, this.#running, late);
  }

  async #look(): Promise<CutoverStatus[]> {
    const [engine, { tradingDomains: domains }] = await Promise.all([
      import('@sluice/migration'),
      import('@sluice/trading-legacy'),
    ]);
    const connectionString = this.settings.databaseUrl.reveal();
    return engine.inSession({ connectionString, applicationName: 'sluice-api cutover' }, async (client) => {
      // What waits for longer is given up by the server as well, or it would be waited for by whoever asks next.
      await client.query(`SET statement_timeout = ${this.mostWaitMs}`);
      return engine.cutoverStatus({ client, domains, probes: this.#probes() });
    });
  }

  #probes(): Probes {
    const { redisUrl, corpusRedisUrl } = this.settings;
    const isOwn = corpusRedisUrl !== undefined && corpusRedisUrl !== redisUrl;
    const ask = async (url: SecretUrl, role: RedisRole) => ({ role, ...(await reportRole(url.reveal(), role)) });
    return {
      schema: () => this.history.read(),
      redis: () =>
        Promise.all([...(redisUrl ? [ask(redisUrl, 'cache')] : []), ...(isOwn ? [ask(corpusRedisUrl, 'corpus')] : [])]),
    };
  }
}
