import Redis, { Cluster, type RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-url';

export interface RedisTimes {
  /** Until a connection stands, for each host that is tried; 1000. */
  readonly connectMs?: number;
  /** Until a command is answered; 500. */
  readonly commandMs?: number;
}

export type RedisLimits = Required<RedisTimes>;

export const limitsOf = ({ connectMs = 1_000, commandMs = 500 }: RedisTimes): RedisLimits => ({ connectMs, commandMs });

const LONGEST_RECONNECT_MS = 2_000;
/** A cluster's map is read again that often; ioredis does it at once only after MOVED. */
const SLOTS_REFRESH_MS = 1_000;
/** How long a socket may take to say goodbye before it is destroyed: a silent peer never does. */
const GOODBYE_MS = 200;

/** 100 ms at first, doubling to 2 s. */
export const backOffMs = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_MS);

/**
 * A client that has not connected yet. Commands that cannot be sent now fail now: nothing is queued, repeated or waited
 * for, in a cluster either.
 */
export function openClient(address: RedisAddress, limits: RedisLimits): Redis | Cluster {
  if (address.kind !== 'cluster')
    return new Redis({ ...connectionOptions(address.options, limits), retryStrategy: backOffMs });
  const isSecure = address.options.tls !== undefined;
  const cluster = new Cluster([...address.nodes], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: backOffMs,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    maxRedirections: 4,
    slotsRefreshTimeout: limits.commandMs,
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    // ioredis would resolve the names itself, and no certificate names an IP address.
    ...(isSecure ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
    redisOptions: connectionOptions(address.options, limits),
  });
  // ioredis would connect to a node with the first command for it, and refuse the others meanwhile. Not before the cluster is
  // ready, which it finds out by such a command.
  cluster.on('ready', () => cluster.nodes('master').forEach(connectNow));
  cluster.on('+node', (node: Redis) => cluster.status === 'ready' && connectNow(node));
  return cluster;
}

/** A node that cannot be reached is dropped by ioredis, and found again. */
function connectNow(node: Redis): void {
  if (node.status === 'wait') node.connect().catch(() => undefined);
}

/** One connection to one server, which does not come back by itself. Of a cluster it is the node that is given. */
export function openSingle(
  address: RedisAddress,
  limits: RedisLimits,
  node: { host?: string | undefined; port?: number | undefined } = {},
): Redis {
  const options = connectionOptions(address.options, limits);
  const { host = '127.0.0.1', port = 6379 } = node;
  const place = address.kind === 'cluster' ? { host, port } : {};
  return new Redis({ ...options, ...place, retryStrategy: null, sentinelRetryStrategy: () => null });
}

function connectionOptions(options: RedisOptions, limits: RedisLimits): RedisOptions {
  return {
    ...options,
    lazyConnect: true,
    connectTimeout: limits.connectMs,
    commandTimeout: limits.commandMs,
    sentinelCommandTimeout: limits.commandMs,
    sentinelRetryStrategy: backOffMs,
    disconnectTimeout: GOODBYE_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    keepAlive: 5_000,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}
