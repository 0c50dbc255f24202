import { createServer, type Server } from 'node:http';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type AddressInfo } from 'node:net';
import { messageOf } from '@sluice/core';
import { findRedisServer, startEmbeddedPostgres, startLocalRedis } from '@sluice/servers';
import { Client } from 'pg';
import { applyMigrations, migrationsDigest } from './migrations';
import { THROW_AWAY_POSTGRES } from './own-servers';
import { ensureRedisProgram, startDockerRedis } from './redis-program';
import { serverDir, type TempDir } from './temp-dir';

/** Where the test processes find the run's desk. */
export const DESK_VARIABLE = 'SLUICE_TEST_DESK';

interface SharedServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface PostgresAnswer {
  readonly url: string;
  /** The database that holds the migrated schema, to be copied. */
  readonly template: string;
}

/**
 * The desk of a test run, in Jest's own process: test processes ask it over HTTP, and the first question for PostgreSQL
 * or Redis starts that server, one for all. A run of unit tests alone asks nothing and pays nothing.
 */
export class TestDesk {
  private readonly answers = new Map<string, Promise<unknown>>();
  private readonly servers: SharedServer[] = [];
  private readonly http: Server;
  private dir: Promise<TempDir> | null = null;

  private constructor() {
    this.http = createServer((request, response) => {
      const answer = this.answer(request.url ?? '');
      answer.then(
        (value) => response.end(JSON.stringify(value)),
        (error: unknown) => response.writeHead(500).end(messageOf(error)),
      );
    });
    this.http.unref();
  }

  /** Opens the desk and tells its address to the processes that this one starts. */
  static async open(): Promise<TestDesk> {
    const desk = new TestDesk();
    await new Promise<void>((resolve) => desk.http.listen(0, '127.0.0.1', resolve));
    process.env[DESK_VARIABLE] = `http://127.0.0.1:${(desk.http.address() as AddressInfo).port}`;
    return desk;
  }

  async close(): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await Promise.allSettled(this.answers.values());
    await Promise.all(this.servers.map((server) => server.stop()));
    await (await this.dir)?.remove();
  }

  private answer(question: string): Promise<unknown> {
    if (question === '/postgres') return this.once(question, () => this.postgres());
    if (question === '/redis') return this.once(question, () => this.redis());
    return Promise.reject(new Error(`The test desk has no ${question}.`));
  }

  private once<T>(name: string, make: () => Promise<T>): Promise<unknown> {
    const known = this.answers.get(name) ?? make();
    this.answers.set(name, known);
    return known;
  }

  private async place(name: string): Promise<string> {
    this.dir ??= serverDir();
    return path.join((await this.dir).path, name);
  }

  private keep<T extends SharedServer>(server: T): T {
    this.servers.push(server);
    return server;
  }

  private async postgres(): Promise<PostgresAnswer> {
    const url = process.env.TEST_DATABASE_URL ?? (await this.ownPostgres()).url;
    return { url, template: await makeTemplate(url) };
  }

  private async ownPostgres(): Promise<SharedServer> {
    const dataDir = await this.place('pg');
    const settings = THROW_AWAY_POSTGRES;
    return this.keep(await startEmbeddedPostgres({ dataDir, database: 'run', auth: 'trust', settings }));
  }

  /** The ladder: a given server, one of this machine, a container, one installed from the distribution. */
  private async redis(): Promise<{ url: string }> {
    if (process.env.TEST_REDIS_URL) return { url: process.env.TEST_REDIS_URL };
    if (!findRedisServer(process.env.PATH ?? '')) {
      const container = await startDockerRedis();
      if (container) return { url: this.keep(container).url };
    }
    const program = await ensureRedisProgram(['no Docker engine answers']);
    const dataDir = await this.place('redis');
    return { url: this.keep(await startLocalRedis(program, { dataDir, settings: { databases: 1024 } })).url };
  }
}

/** Made under another name and renamed, so that a broken migration leaves no half template on a server that stays. */
async function makeTemplate(url: string): Promise<string> {
  const template = `sluice_template_${migrationsDigest()}`;
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const known = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (known.rowCount) return template;
    const unfinished = `${template}_${randomUUID().slice(0, 8)}`;
    await client.query(`CREATE DATABASE ${unfinished}`);
    try {
      await applyMigrations(withDatabase(url, unfinished));
      await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
    } catch (error) {
      await client.query(`DROP DATABASE ${unfinished} WITH (FORCE)`);
      const duplicate = (error as { code?: string }).code === '42P04'; // Another run made it first.
      if (!duplicate) throw error;
    }
    return template;
  } finally {
    await client.end();
  }
}

/** The same server's address with another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}
