import { loadSettings } from '@sluice/config';
import { changeModes, migrationDefaults, runMigration, type Mode } from '@sluice/migration';
import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import { makeSampleTree, tradingDomains, tradingTables } from '@sluice/trading-legacy';
import type { Client } from 'pg';
import { startApi, type RunningApi } from '../start-api';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // The shape is what a test is about, so each test looks into it by itself.
  readonly body: ReturnType<typeof JSON.parse>;
}

/** The API in this process over a database of its own, and the hand that changes the modes of its domains. */
export class ApiWithDomains {
  private constructor(
    readonly database: FreshDatabase,
    /** For looking, and for changing modes. */
    readonly client: Client,
    private readonly api: RunningApi,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<ApiWithDomains> {
    const database = await freshDatabase();
    const client = await connectedClient(database.url);
    const given = { DATABASE_URL: database.url, API_AUTH: 'loopback', PORT: '0', LOG_LEVEL: 'error', ...env };
    return new ApiWithDomains(database, client, await startApi(loadSettings(given)));
  }

  /** A second process' API, as it were, over the same database. */
  another(env: Readonly<Record<string, string>>): Promise<RunningApi> {
    const given = { DATABASE_URL: this.database.url, API_AUTH: 'loopback', PORT: '0', LOG_LEVEL: 'error', ...env };
    return startApi(loadSettings(given));
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(`${this.api.url}${path}`, {
      method,
      headers: { ...json, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
  }

  get = (path: string, headers?: Record<string, string>): Promise<Answer> => this.ask('GET', path, undefined, headers);

  /** Of one domain, or of all; they are in one mode then. */
  async move(to: Mode, names: readonly string[] = tradingDomains.map(({ name }) => name)): Promise<void> {
    const { rows } = await this.client.query<{ name: string; mode: Mode }>('SELECT name, mode FROM migration_domains');
    const changes = tradingDomains
      .filter(({ name }) => names.includes(name))
      .map((domain) => ({
        ...{ domain, to, actor: 'a test', reason: 'a test' },
        from: rows.find(({ name }) => name === domain.name)?.mode ?? null,
      }));
    await changeModes(this.client, changes);
  }

  async stop(): Promise<void> {
    await this.api.close();
    await this.client.end();
    await this.database.drop();
  }
}

/** A legacy tree of `rows` rows that end now, and its copy in PostgreSQL. */
export async function migratedTree(dir: string, databaseUrl: string, rows: number): Promise<void> {
  makeSampleTree({ dir, seed: 5, rows, hazards: false, nowMs: Date.now(), files: false });
  await runMigration('migrate', {
    ...migrationDefaults,
    ...{ root: dir, tables: tradingDomains.flatMap(({ tables }) => tables), known: tradingTables },
    ...{ connectionString: databaseUrl, holder: 'a test', version: 'test', signal: new AbortController().signal },
  });
}
