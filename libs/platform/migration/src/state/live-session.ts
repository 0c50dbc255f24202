import type { Client } from 'pg';
import { classify } from './postgres-errors';
import { closeSession, openSession, reopenSession, type SessionOptions } from './session';

/** A session that is opened again when the server went away between two pieces of work. */
export class LiveSession {
  private constructor(
    private readonly options: SessionOptions,
    private readonly durable: boolean,
    private client: Client,
  ) {}

  /** `durable` as for `openSession`. */
  static async open(options: SessionOptions, durable = true): Promise<LiveSession> {
    return new LiveSession(options, durable, await openSession(options, durable));
  }

  /** The connection of the last `live`, whether it answers or not. */
  get current(): Client {
    return this.client;
  }

  /** A connection that answers now. Throws `PostgresAwayError` where there is none for a minute. */
  async live(signal?: AbortSignal): Promise<Client> {
    try {
      await this.client.query('SELECT 1');
    } catch (error) {
      if (classify(error) !== 'connection') throw error;
      await closeSession(this.client);
      this.client = await reopenSession(this.options, this.durable, signal);
    }
    return this.client;
  }

  async close(): Promise<void> {
    await closeSession(this.client);
  }
}
