import type { Redis } from 'ioredis';
import { backOffMs } from './redis-client';

/** What a subscriber tells. None of these may throw. */
export interface SubscriberEvents {
  message(channel: string, text: string): void;
  /** Every channel is subscribed: nothing is missed from here on, until `down`. What was sent before was missed. */
  up(): void;
  /** The connection is gone or silent: messages are missed from here on, until `up`. */
  down(): void;
}

const HEARTBEAT_MS = 2_000;

/**
 * Listens on channels. Redis keeps no messages, so this tells exactly when it was listening. Each time the connection is
 * lost it opens another one, of a cluster to any node: a message reaches all of them. A connection without messages looks
 * like a dead one, so it is asked every 2 s.
 */
export class RedisSubscriber {
  private client: Redis | null = null;
  private attempt = 0;
  private retry: NodeJS.Timeout | null = null;
  private readonly heartbeat: NodeJS.Timeout;
  private isListening = false;
  private isClosed = false;

  /** `open` gives a connection that has not connected yet and does not come back by itself. */
  constructor(
    private readonly open: () => Redis,
    private readonly channels: readonly string[],
    private readonly events: SubscriberEvents,
  ) {
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    this.connect();
  }

  get isUp(): boolean {
    return this.isListening;
  }

  /** No event comes after this, not even `down`. */
  close(): void {
    this.isClosed = true;
    this.isListening = false;
    clearInterval(this.heartbeat);
    if (this.retry) clearTimeout(this.retry);
    this.client?.disconnect();
  }

  private connect(): void {
    this.retry = null;
    const client = this.open();
    this.client = client;
    client.on('message', (channel: string, text: string) => {
      if (this.isListening && client === this.client) this.events.message(channel, text);
    });
    client.on('error', () => this.lost(client));
    client.once('end', () => this.lost(client));
    client
      .connect()
      .then(() => client.subscribe(...this.channels))
      .then(() => this.listening(client))
      .catch(() => this.lost(client));
  }

  private listening(client: Redis): void {
    if (this.isClosed || client !== this.client) return;
    this.attempt = 0;
    this.isListening = true;
    this.events.up();
  }

  private lost(client: Redis): void {
    if (client !== this.client) return;
    this.client = null;
    client.disconnect();
    if (this.isClosed) return;
    this.attempt += 1;
    this.retry = setTimeout(() => this.connect(), backOffMs(this.attempt)).unref();
    if (!this.isListening) return;
    this.isListening = false;
    this.events.down();
  }

  private async beat(): Promise<void> {
    const { client } = this;
    if (!client || !this.isListening) return;
    try {
      await client.ping();
    } catch (error) {
      if (error) this.lost(client);
    }
  }
}
