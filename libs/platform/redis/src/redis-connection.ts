import { setImmediate as turn } from 'node:timers/promises';
import type { DomainError } from '@sluice/core';
import { Cluster, type Redis } from 'ioredis';
import { redisFailure, RedisUnavailableError } from './errors';
import { isErrorReply } from './failure-class';
import { limitsOf, openClient, openSingle, type RedisLimits, type RedisTimes } from './redis-client';
import { RedisSubscriber, type SubscriberEvents } from './redis-subscriber';
import { parseRedisUrl, type RedisAddress } from './redis-url';

/** How often a connection is asked whether it lives: with the time limit of a command, 5 s until a dead one is replaced. */
const HEARTBEAT_MS = 2_000;

/**
 * One connection to one Redis: a server, the primary of a Sentinel group, or a cluster. It reconnects by itself for as
 * long as it is open; meanwhile commands fail at once instead of piling up, because a cache that is waited for is worse
 * than none. A peer that has gone silent is noticed by a heartbeat and replaced.
 */
export class RedisConnection {
  /** For the cache engine only. What it throws goes through `redisFailure` before anybody sees it. */
  readonly client: Redis | Cluster;
  /** Hosts, ports and database, without credentials. */
  readonly server: string;

  /** Why the last connect failed, for a better message than "connection is closed". */
  private reason: Error | null = null;
  private firstConnect: Promise<void> | null = null;
  private isConnectTried = false;
  private heartbeat: NodeJS.Timeout | null = null;

  private constructor(
    private readonly address: RedisAddress,
    private readonly limits: RedisLimits,
  ) {
    this.server = address.server;
    this.client = openClient(address, limits);
    this.client.on('error', (error: Error) => (this.reason = error));
    this.client.on('ready', () => {
      this.reason = null;
      this.heartbeat ??= setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    });
  }

  /**
   * Connects; throws `RedisUrlError`, `RedisUnavailableError`, or `RedisRefusedError` (credentials, database number).
   * Use `opened` where the program goes on without Redis.
   */
  static async open(url: string, times: RedisTimes = {}): Promise<RedisConnection> {
    const connection = RedisConnection.opened(url, times);
    try {
      await connection.ping();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Connects in the background when first used; throws `RedisUrlError` only. */
  static opened(url: string, times: RedisTimes = {}): RedisConnection {
    return new RedisConnection(parseRedisUrl(url), limitsOf(times));
  }

  /** The keys are spread over several servers: what is done in one step shares a slot. */
  get isCluster(): boolean {
    return this.address.kind === 'cluster';
  }

  /** Until a command is answered. */
  get commandMs(): number {
    return this.limits.commandMs;
  }

  /** Another connection to the same address, for what must not be shared. Whoever asks for it closes it. */
  duplicate(times: RedisTimes = {}): RedisConnection {
    return new RedisConnection(this.address, { ...this.limits, ...times });
  }

  /** Listens on channels over a connection of its own, and goes on until it is closed. Starts at once; throws nothing. */
  subscriber(channels: readonly string[], events: SubscriberEvents): RedisSubscriber {
    return new RedisSubscriber(() => this.single(), channels, events);
  }

  /**
   * One connection that has not connected yet and does not come back: to the server, to the primary that the sentinels
   * name, or to a node of the cluster, any of them where none is given. Whoever asks for it disconnects it.
   */
  single(node: { host?: string | undefined; port?: number | undefined } = this.anyNode()): Redis {
    return openSingle(this.address, this.limits, node);
  }

  private anyNode(): { host?: string | undefined; port?: number | undefined } {
    if (this.address.kind !== 'cluster') return {};
    const known = this.client instanceof Cluster ? this.client.nodes('master').map(({ options }) => options) : [];
    const nodes = known.length > 0 ? known : this.address.nodes;
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    return typeof node === 'object' ? node : {};
  }

  /** Makes the first connect, once for all who ask; later it is ioredis that reconnects, and nobody waits. */
  async ready(): Promise<void> {
    if (this.isConnectTried) return;
    this.firstConnect ??= this.connect().finally(() => (this.isConnectTried = true));
    await this.firstConnect;
  }

  private async connect(): Promise<void> {
    await this.connected();
    // A node that is away is no reason to wait for it: its commands will say so.
    if (this.client instanceof Cluster)
      await Promise.allSettled(this.client.nodes('master').map((node) => node.ping()));
    const { db = 0 } = this.address.options;
    if (db === 0) return;
    try {
      await this.client.select(db);
    } catch (error) {
      this.client.disconnect(); // ioredis passes over the refusal of a database number, and would go on in database 0.
      throw error;
    }
  }

  /** Until it stands, fails for the first time, or takes too long; in the last two cases it is tried on and on. */
  private connected(): Promise<void> {
    const { address, limits } = this;
    const hosts = address.kind === 'cluster' ? address.nodes.length : (address.options.sentinels?.length ?? 0);
    const limitMs = limits.connectMs * (hosts + 1) + limits.commandMs;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => reject(new RedisUnavailableError(`Redis at ${this.server} did not answer in ${limitMs} ms.`, 'timeout')),
        limitMs,
      );
      const failed = (error: Error) => reject(error);
      this.client.once('error', failed);
      this.client
        .connect()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(deadline);
          this.client.off('error', failed);
        });
    });
  }

  /**
   * Of a cluster it asks every primary, and whether all slots are served. Throws `RedisUnavailableError` or `RedisRefusedError`. A connection that does not
   * answer is replaced by a new one.
   */
  async ping(): Promise<void> {
    try {
      await this.ready();
      await this.pingAll();
    } catch (error) {
      throw this.failure(this.reason ?? error);
    }
  }

  /** The coded form of what a command threw. While the connection is away it is why, such as a password that is wrong. */
  failure(error: unknown): DomainError {
    const isAway = this.client.status !== 'ready' && !isErrorReply(error);
    return redisFailure((isAway && this.reason) || error, this.server);
  }

  private async pingAll(): Promise<void> {
    const { client } = this;
    if (!(client instanceof Cluster)) return ping(client);
    const nodes = client.status === 'ready' ? client.nodes('master') : [];
    const state = client.cluster('INFO'); // Where there is no node, it says why.
    await Promise.all([state, ...nodes.map(ping)]);
    if (!/cluster_state:ok/.test(await state))
      throw new RedisUnavailableError(`The Redis Cluster at ${this.server} does not serve all slots.`, 'cluster');
  }

  /** The ping itself replaces what does not answer; the reconnect then says why it is away. */
  private async beat(): Promise<void> {
    if (this.client.status === 'ready') await this.pingAll().catch(() => undefined);
  }

  /** Says goodbye where that is possible; safe to call again. */
  async close(): Promise<void> {
    if (this.heartbeat) clearInterval(this.heartbeat);
    try {
      if (this.client.status === 'ready') await this.client.quit();
    } catch (error) {
      this.reason = error instanceof Error ? error : null; // It went away by itself, which is what was asked for.
    } finally {
      this.client.disconnect();
    }
  }
}

async function ping(client: Redis): Promise<void> {
  const { stream } = client;
  const heardBytes = stream?.bytesRead ?? 0;
  try {
    await client.ping();
  } catch (error) {
    await turn(); // After a stall of this process the answer may be there already, unread.
    const isSilent = client.stream === stream && stream.bytesRead === heardBytes;
    // A peer that vanished without a word: the kernel would keep trying for minutes.
    if (isSilent && client.status === 'ready' && !isErrorReply(error)) client.disconnect(true);
    throw error;
  }
}
