import Redis from 'ioredis';
import { redisFailure } from './errors';
import { parseRedisUrl } from './redis-url';

export interface RedisTimes {
  /** Until a connection stands; 1000. */
  readonly connectMs?: number;
  /** Until a command is answered; 500. */
  readonly commandMs?: number;
}

const LONGEST_RECONNECT_MS = 2_000;

/**
 * One connection to one Redis. It reconnects by itself for as long as it is open; meanwhile commands fail at once instead
 * of piling up, because a cache that is waited for is worse than none.
 */
export class RedisConnection {
  private constructor(
    /** For the cache engine only. What it throws goes through `redisFailure` before anybody sees it. */
    readonly client: Redis,
    /** Host, port and database, without credentials. */
    readonly server: string,
  ) {}

  /**
   * Connects; throws `RedisUrlError`, `RedisUnavailableError`, or `RedisRefusedError` (credentials, database number).
   * Use `opened` where the program goes on without Redis.
   */
  static async open(url: string, times: RedisTimes = {}): Promise<RedisConnection> {
    const connection = RedisConnection.opened(url, times);
    try {
      await connection.ready();
      await connection.client.ping();
      return connection;
    } catch (error) {
      connection.client.disconnect();
      throw redisFailure(connection.reason ?? error, connection.server);
    }
  }

  /** Connects in the background when first used; throws `RedisUrlError` only. */
  static opened(url: string, times: RedisTimes = {}): RedisConnection {
    const { options, server } = parseRedisUrl(url);
    const client = new Redis({
      ...options,
      lazyConnect: true,
      connectTimeout: times.connectMs ?? 1_000,
      commandTimeout: times.commandMs ?? 500,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      keepAlive: 5_000,
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), LONGEST_RECONNECT_MS),
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    const connection = new RedisConnection(client, server);
    client.on('error', (error: Error) => (connection.reason = error));
    client.on('ready', () => (connection.reason = null));
    return connection;
  }

  /** Why the last connect failed, for a better message than "connection is closed". */
  private reason: Error | null = null;
  private firstConnect: Promise<void> | null = null;
  private isConnectTried = false;

  /** Makes the first connect, once for all who ask; later it is ioredis that reconnects, and nobody waits. */
  async ready(): Promise<void> {
    if (this.isConnectTried) return;
    this.firstConnect ??= this.connect().finally(() => (this.isConnectTried = true));
    await this.firstConnect;
  }

  /** ioredis passes over the refusal of a database number, and would go on in database 0. */
  private async connect(): Promise<void> {
    await this.client.connect();
    const { db = 0 } = this.client.options;
    if (db === 0) return;
    try {
      await this.client.select(db);
    } catch (error) {
      this.client.disconnect();
      throw error;
    }
  }

  /** Throws `RedisUnavailableError` or `RedisRefusedError`. A connection that does not answer is replaced by a new one. */
  async ping(): Promise<void> {
    try {
      await this.ready();
      await this.client.ping();
    } catch (error) {
      // A peer that vanished without a word: the kernel would keep trying for minutes.
      if (this.client.status === 'ready' && !isReply(error)) this.client.disconnect(true);
      throw redisFailure(this.reason ?? error, this.server);
    }
  }

  /** Says goodbye where that is possible; safe to call again. */
  async close(): Promise<void> {
    try {
      if (this.client.status === 'ready') await this.client.quit();
    } catch (error) {
      this.reason = error instanceof Error ? error : null; // It went away by itself, which is what was asked for.
    } finally {
      this.client.disconnect();
    }
  }
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
