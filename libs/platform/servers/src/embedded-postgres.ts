import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@sluice/core';
import { Client } from 'pg';
import { DataDirInUseError, ServerStartError } from './errors';
import { freePort } from './free-port';
import { GuardedProcess } from './guarded-process';
import { findPostgresPrograms, type PostgresPrograms } from './postgres-programs';
import { awaitFreeDataDir, isServing } from './postmaster-file';
import { RestartableServer } from './restartable-server';

const START_DEADLINE_MS = 60_000;
const ATTEMPTS = 5;

export interface EmbeddedPostgresOptions {
  /** Made where it does not exist. Beside it lie `<dataDir>.log` and, with a password, `<dataDir>.password` (mode 0600). */
  readonly dataDir: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Made where it does not exist. */
  readonly database: string;
  /** `trust` lets every program of this machine in: for throw-away servers only. Decided when the folder is made. */
  readonly auth?: 'password' | 'trust';
  /** PostgreSQL settings by name, over the defaults. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** A real PostgreSQL on 127.0.0.1 that stops when this program ends, however it ends. */
export class EmbeddedPostgres extends RestartableServer {
  private constructor(
    private readonly programs: PostgresPrograms,
    private readonly options: EmbeddedPostgresOptions,
    /** Where the data really is: elsewhere than asked for where PostgreSQL's account cannot reach that. */
    readonly dataDir: string,
    private readonly password: string | null,
  ) {
    super();
  }

  /** Throws `ServerStartError`, `ServerMissingError` or `DataDirInUseError`. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const programs = await findPostgresPrograms();
    const dataDir = await programs.reachable(path.resolve(options.dataDir));
    const password = await prepareDataDir(programs, dataDir, options);
    const server = new EmbeddedPostgres(programs, options, dataDir, password);
    await server.launch();
    await server.createDatabase();
    return server;
  }

  get url(): string {
    return this.urlOf(this.options.database);
  }

  get logFile(): string {
    return `${this.dataDir}.log`;
  }

  private urlOf(database: string): string {
    const user = this.password === null ? 'postgres' : `postgres:${this.password}`;
    return `postgresql://${user}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Tries again where somebody took the free port, or where killed sessions still hold the old shared memory. */
  protected async launch(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await awaitFreeDataDir(this.dataDir);
      const port = this.port || this.options.port || (await freePort());
      const started = await this.attempt(port);
      if (started.serving) return this.serves(started.process, port);
      const log = started.process.logTail();
      if (/lock file "postmaster.pid" already exists/.test(log)) throw new DataDirInUseError(this.dataDir, null);
      const transient = /pre-existing shared memory block/.test(log) || (!this.options.port && /bind/.test(log));
      if (!transient || attempt === ATTEMPTS) throw startFailure(log);
      await delay(200 * attempt);
    }
  }

  private async attempt(port: number): Promise<{ serving: boolean; process: GuardedProcess }> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      timezone: 'UTC',
      ...this.options.settings,
      port,
    };
    const process = await GuardedProcess.start({
      ...this.programs.account,
      command: this.programs.program('postgres'),
      args: ['-D', this.dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      stopSignal: 'INT',
      logFile: this.logFile,
    });
    const deadline = Date.now() + START_DEADLINE_MS;
    while (!process.exited && Date.now() < deadline) {
      if (isServing(this.dataDir, process.pid)) return { serving: true, process };
      await delay(15);
    }
    await process.stop();
    return { serving: false, process };
  }

  private async createDatabase(): Promise<void> {
    const client = new Client({ connectionString: this.urlOf('postgres'), connectionTimeoutMillis: 10_000 });
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [this.options.database]);
      if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(this.options.database)}`);
    } catch (error) {
      await this.stop();
      throw new ServerStartError(`PostgreSQL runs but cannot be used: ${messageOf(error)}`, { cause: error });
    } finally {
      await client.end();
    }
  }
}

export const startEmbeddedPostgres = (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> =>
  EmbeddedPostgres.start(options);

/**
 * Makes the data folder under another name and renames it, so that a killed start never leaves half of one; of two starts
 * at once one wins the rename and both go on with its folder. Returns the password, null where none is needed.
 */
async function prepareDataDir(
  programs: PostgresPrograms,
  dataDir: string,
  { auth = 'password', settings = {} }: EmbeddedPostgresOptions,
): Promise<string | null> {
  const passwordFile = `${dataDir}.password`;
  if (isDataDir(dataDir)) return existsSync(passwordFile) ? readPassword(passwordFile) : null;
  mkdirSync(path.dirname(dataDir), { recursive: true });
  const password = auth === 'trust' ? null : claimPassword(passwordFile);
  const unfinished = `${dataDir}.${process.pid}-${randomBytes(4).toString('hex')}`;
  mkdirSync(unfinished, { mode: 0o700 });
  const secret = path.join(unfinished, 'secret');
  const inside = path.join(unfinished, 'data');
  try {
    writeFileSync(secret, password ?? '', { mode: 0o600 });
    const { uid, gid } = programs.account;
    if (uid !== undefined && gid !== undefined) for (const place of [unfinished, secret]) chownSync(place, uid, gid);
    const access = password === null ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${secret}`];
    const unsynced = settings.fsync === 'off' ? ['--no-sync'] : [];
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
    await programs.run('initdb', [
      '-D',
      inside,
      '-U',
      'postgres',
      '--no-instructions',
      ...locale,
      ...access,
      ...unsynced,
    ]);
    renameSync(inside, dataDir);
  } catch (error) {
    if (!isDataDir(dataDir)) throw startFailure(messageOf(error), error); // Else another start won, with this password.
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return password;
}

const isDataDir = (dataDir: string) => existsSync(path.join(dataDir, 'PG_VERSION'));
const readPassword = (file: string) => readFileSync(file, 'utf8').trim();

/** The password in the file, a new random one where there is none. The file appears whole, and the first one stays. */
function claimPassword(file: string): string {
  const unfinished = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(unfinished, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  try {
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
  return readPassword(file);
}

function startFailure(log: string, cause?: unknown): ServerStartError {
  return new ServerStartError(`PostgreSQL did not start. The end of its log:\n${log}`, { cause });
}
