import { systemClock, type Clock } from '@sluice/core';
import { Cluster, type Redis } from 'ioredis';
import { redisFailure } from './errors';
import { isErrorReply } from './failure-class';
import type { RedisConnection } from './redis-connection';

/** What a Redis is used for: a cache may lose keys, a corpus and a queue may not. */
export type RedisRole = 'cache' | 'corpus' | 'queue';

export interface RedisFinding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly check: 'version' | 'eviction' | 'persistence' | 'clock' | 'run' | 'topology';
  readonly says: string;
  readonly remedy?: string;
}

type Info = ReadonlyMap<string, string>;

const LEAST_VERSION = [6, 2] as const;
const MOST_SKEW_MS = 1_000;

/**
 * Compares a server with its role, of a cluster every primary. What the server does not let us read (a managed Redis, an
 * ACL) is a warning. Throws only where Redis is away: `RedisUnavailableError`, `RedisRefusedError`.
 */
export async function checkRedis(
  connection: RedisConnection,
  role: RedisRole,
  clock: Clock = systemClock,
): Promise<RedisFinding[]> {
  await connection.ping();
  const { client, server } = connection;
  try {
    if (!(client instanceof Cluster)) return await checkServer(client, role, clock, false);
    const nodes = client.nodes('master');
    const findings = await Promise.all(nodes.map((node) => checkServer(node, role, clock, true)));
    return findings.flatMap((found, index) => found.map((finding) => ofNode(nodes[index], finding)));
  } catch (error) {
    throw redisFailure(error, server);
  }
}

const ofNode = (node: Redis | undefined, finding: RedisFinding): RedisFinding => ({
  ...finding,
  says: `${node?.options.host}:${node?.options.port}: ${finding.says}`,
});

async function checkServer(client: Redis, role: RedisRole, clock: Clock, isCluster: boolean): Promise<RedisFinding[]> {
  const info = await unlessRefused(client.info());
  const time = await readTime(client, clock);
  const skew = time ? skewFinding(time) : unreadable('clock', 'TIME');
  return [...(info === null ? [unreadable('version', 'INFO')] : infoFindings(parseInfo(info), role, isCluster)), skew];
}

/** From the text of INFO; pure, so that every version's and every role's outcome can be shown. */
export function infoFindings(info: Info, role: RedisRole, isCluster: boolean): RedisFinding[] {
  return [
    versionFinding(info),
    topologyFinding(info, isCluster),
    evictionFinding(info, role),
    persistenceFinding(info, role),
    runFinding(info),
  ];
}

export function parseInfo(text: string): Info {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function versionFinding(info: Info): RedisFinding {
  const version = info.get('redis_version');
  if (!version) return unreadable('version', 'redis_version');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_VERSION;
  const isOld = major < leastMajor || (major === leastMajor && minor < leastMinor);
  if (!isOld) return { level: 'ok', check: 'version', says: `version ${version}` };
  const least = LEAST_VERSION.join('.');
  return {
    level: 'error',
    check: 'version',
    says: `version ${version} is older than ${least}`,
    remedy: `Use Redis ${least} or newer, or Valkey.`,
  };
}

function topologyFinding(info: Info, isCluster: boolean): RedisFinding {
  const check = 'topology';
  if (info.get('loading') === '1')
    return { level: 'warning', check, says: 'it is still loading its data', remedy: 'Wait until it has.' };
  if (info.get('role') === 'slave')
    return {
      level: 'error',
      check,
      says: 'a replica, which takes no writes',
      remedy: 'Give the address of the primary.',
    };
  if (!isCluster && info.get('cluster_enabled') === '1')
    return {
      level: 'error',
      check,
      says: 'a node of a cluster',
      remedy: 'Write the address as redis-cluster://host,host.',
    };
  return { level: 'ok', check, says: isCluster ? 'a primary of a cluster' : 'a primary' };
}

function evictionFinding(info: Info, role: RedisRole): RedisFinding {
  const check = 'eviction';
  const policy = info.get('maxmemory_policy');
  const limit = info.get('maxmemory');
  if (!policy || !limit) return unreadable(check, 'maxmemory-policy');
  const hasLimit = limit !== '0';
  const says = `maxmemory-policy ${policy}, ${hasLimit ? `${limit} bytes at most` : 'no memory limit'}`;
  if (role !== 'cache') {
    if (policy === 'noeviction') return { level: 'ok', check, says };
    return {
      level: 'error',
      check,
      says: `${says}: a ${role} may lose keys`,
      remedy: 'Set maxmemory-policy noeviction.',
    };
  }
  if (policy !== 'noeviction' && hasLimit) return { level: 'ok', check, says };
  return {
    level: 'warning',
    check,
    says: `${says}: a full cache refuses writes instead of making room`,
    remedy: 'Set maxmemory, and maxmemory-policy allkeys-lru.',
  };
}

function persistenceFinding(info: Info, role: RedisRole): RedisFinding {
  const check = 'persistence';
  const aof = info.get('aof_enabled');
  if (role === 'cache') return { level: 'ok', check, says: 'a cache needs none' };
  if (aof === undefined) return unreadable(check, 'appendonly');
  if (aof !== '1')
    return {
      level: 'error',
      check,
      says: `appendonly no: a ${role} is lost with the server`,
      remedy: 'Set appendonly yes.',
    };
  if (info.get('aof_last_write_status') === 'err')
    return { level: 'error', check, says: 'the append-only file could not be written', remedy: 'Look at its disk.' };
  return { level: 'ok', check, says: 'appendonly yes' };
}

function runFinding(info: Info): RedisFinding {
  const [id, upSeconds] = [info.get('run_id'), info.get('uptime_in_seconds')];
  if (!id) return unreadable('run', 'run_id');
  return { level: 'ok', check: 'run', says: `run ${id}${upSeconds ? `, up for ${upSeconds} s` : ''}` };
}

interface ServerTime {
  readonly skewMs: number;
  /** The answer was as much as this on its way, at most. */
  readonly toleranceMs: number;
}

async function readTime(client: Redis, clock: Clock): Promise<ServerTime | null> {
  const sentMs = clock.nowMs();
  const time = await unlessRefused(client.time());
  if (time === null) return null;
  const answeredMs = clock.nowMs();
  const [seconds = 0, micros = 0] = time.map(Number);
  const serverMs = seconds * 1_000 + micros / 1_000;
  return { skewMs: serverMs - (sentMs + answeredMs) / 2, toleranceMs: (answeredMs - sentMs) / 2 };
}

function skewFinding({ skewMs, toleranceMs }: ServerTime): RedisFinding {
  const says = `its clock is ${Math.abs(Math.round(skewMs))} ms ${skewMs < 0 ? 'behind' : 'ahead of'} ours`;
  if (Math.abs(skewMs) - toleranceMs <= MOST_SKEW_MS) return { level: 'ok', check: 'clock', says };
  return { level: 'warning', check: 'clock', says, remedy: 'Let both machines follow a time server.' };
}

function unreadable(check: RedisFinding['check'], what: string): RedisFinding {
  return {
    level: 'warning',
    check,
    says: `${what} cannot be read, so nothing is known about it`,
    remedy: 'Allow INFO and TIME to the user, or look at the settings yourself.',
  };
}

async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isErrorReply(error)) return null;
    throw error;
  }
}
