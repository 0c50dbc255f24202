import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { DomainError } from '@sluice/core';
import { findRedisServer } from '@sluice/servers';

const execute = promisify(execFile);

export class NoRedisError extends DomainError {
  readonly code = 'TESTING_NO_REDIS';
  readonly kind = 'unavailable';

  constructor(tried: readonly string[]) {
    super(`The tests need a Redis server and this machine has none (${tried.join('; ')}).`, {
      remedy: 'Install redis-server or valkey, or set TEST_REDIS_URL to a Redis with empty databases.',
    });
  }
}

/** The path of a `redis-server`: there already, or installed from Debian as root. Throws `NoRedisError`. */
export async function ensureRedisProgram(tried: readonly string[] = [], mayInstall = isDebianRoot()): Promise<string> {
  const find = () => findRedisServer(process.env.PATH ?? '');
  const present = find();
  if (present) return present;
  const missing = [...tried, 'no redis-server or valkey-server on the PATH'];
  if (!mayInstall) throw new NoRedisError([...missing, 'it can be installed only on Debian as root']);
  process.stderr.write('Installing redis-server from the distribution, for the tests.\n');
  try {
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', 'redis-server');
  } catch (cause) {
    throw new NoRedisError([...missing, `apt-get failed: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
  const installed = find();
  if (!installed) throw new NoRedisError([...missing, 'apt-get brought no redis-server']);
  return installed;
}

const isDebianRoot = () => process.getuid?.() === 0 && existsSync('/etc/debian_version');

/** RUNLEVEL=1 tells the package's script not to start the distribution's own service. */
async function aptGet(...args: string[]): Promise<void> {
  await execute('apt-get', args, {
    timeout: 180_000,
    maxBuffer: 32 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  });
}

/** A Redis in a container, where a Docker engine answers; null where none does. */
export async function startDockerRedis(): Promise<{ url: string; stop(): Promise<void> } | null> {
  try {
    await docker(['info'], 5_000);
  } catch {
    return null; // No client or no engine: the next rung of the ladder.
  }
  const args = [
    'run',
    '--rm',
    '-d',
    '-p',
    '127.0.0.1::6379',
    'redis:8',
    'redis-server',
    '--save',
    '',
    '--databases',
    '1024',
  ];
  const id = (await docker(args, 180_000)).trim();
  const ports = await docker(['port', id, '6379/tcp']);
  return {
    url: `redis://${ports.trim().split('\n')[0] ?? ''}`,
    stop: async () => void (await docker(['rm', '-f', id])),
  };
}

/** The environment is named because Jest gives tests a copy of it. */
async function docker(args: readonly string[], timeoutMs = 30_000): Promise<string> {
  return (await execute('docker', [...args], { timeout: timeoutMs, env: process.env })).stdout;
}
