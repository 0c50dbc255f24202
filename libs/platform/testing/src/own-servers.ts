import path from 'node:path';
import { EmbeddedPostgres, startEmbeddedPostgres, startLocalRedis, type LocalRedis } from '@sluice/servers';
import { signalTree } from './frozen-process';
import { applyMigrations } from './migrations';
import { ensureRedisProgram } from './redis-program';
import { serverDir } from './temp-dir';

/** A server of the test's own, for faults. `stop` also removes its files; a test that forgets it leaves no process. */
export interface OwnServer {
  readonly url: string;
  /** Null while it is down. */
  readonly pid: number | null;
  /** Stops it cleanly (however it is) and starts it on the same port. */
  restart(): Promise<void>;
  /** SIGKILL, as a crash. `restart` brings it back. */
  kill(): Promise<void>;
  /** Connections stay open and nothing answers, until `thaw`. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}
export type OwnPostgres = OwnServer;
export type OwnRedis = OwnServer;

type Settings = Readonly<Record<string, string | number>>;

/** PostgreSQL settings for data that nobody will miss: nothing waits for the disk. */
export const THROW_AWAY_POSTGRES: Settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: 200,
  max_wal_size: '2GB',
  autovacuum: 'off',
};

/** With `migrated: false` its database is empty. `settings` go over the throw-away ones (for a crash: `fsync: 'on'`). */
export async function startPostgres(options: { migrated?: boolean; settings?: Settings } = {}): Promise<OwnPostgres> {
  const dir = await serverDir();
  const server = await startEmbeddedPostgres({
    dataDir: path.join(dir.path, 'pg'),
    database: 'test',
    auth: 'trust',
    settings: { ...THROW_AWAY_POSTGRES, ...options.settings },
  });
  if (options.migrated !== false) await applyMigrations(server.url);
  return ownServer(server, dir.remove);
}

/**
 * Empty after each restart, unless `settings` turn persistence on: `{ appendonly: 'yes' }`. Settings are those of redis.conf,
 * such as `maxmemory`, `maxmemory-policy`, `requirepass` (`url` does not have it), `replicaof: '127.0.0.1 6379'`.
 */
export async function startRedis(options: { settings?: Settings } = {}): Promise<OwnRedis> {
  const dir = await serverDir();
  const server = await startLocalRedis(await ensureRedisProgram(), {
    dataDir: dir.path,
    settings: options.settings ?? {},
  });
  return ownServer(server, dir.remove);
}

/** A started server with the faults on demand; `removeFiles` comes after its stop. */
export function ownServer(server: EmbeddedPostgres | LocalRedis, removeFiles: () => Promise<void>): OwnServer {
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    if (server.pid !== null) signalTree(server.pid, name);
  };
  return {
    get url() {
      return server.url;
    },
    get pid() {
      return server.pid;
    },
    restart: () => server.restart(),
    kill: () => server.kill(),
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    stop: async () => {
      await server.stop();
      await removeFiles();
    },
  };
}
