import type { Settings, SecretUrl } from '@sluice/config';
import type { CutoverStatus, Probes } from '@sluice/migration';
import type { MigrationHistory } from '@sluice/postgres';
import { reportRole, type RedisRole } from '@sluice/redis';

export type CutoverSettings = Pick<Settings, 'redisUrl' | 'corpusRedisUrl'> & { readonly databaseUrl: SecretUrl };

/**
 * What `sluice cutover status` says, for a browser. The engine is loaded when somebody asks for the first time, and however many
 * ask at once, they wait for one look: it takes a connection of its own.
 */
export class CutoverReader {
  #running: Promise<CutoverStatus[]> | null = null;

  constructor(
    private readonly settings: CutoverSettings,
    private readonly history: Pick<MigrationHistory, 'read'>,
  ) {}

  /** Throws `POSTGRES_UNAVAILABLE`; a gate that cannot be checked is shut. */
  read(): Promise<CutoverStatus[]> {
    this.#running ??= this.#look().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #look(): Promise<CutoverStatus[]> {
    const [engine, { tradingDomains: domains }] = await Promise.all([
      import('@sluice/migration'),
      import('@sluice/trading-legacy'),
    ]);
    const connectionString = this.settings.databaseUrl.reveal();
    const client = await engine.openSession({ connectionString, applicationName: 'sluice-api cutover' });
    try {
      return await engine.cutoverStatus({ client, domains, probes: this.#probes() });
    } finally {
      await engine.closeSession(client);
    }
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
