import type { Client } from 'pg';
import { DomainError } from '@sluice/core';
import { newClient, takeSettings } from '@sluice/postgres/session';
import { expected } from './expected-error';
import { InterruptedError } from './migration.errors';
import { classify } from './postgres-errors';

/** How long a server that went away is waited for before the run stops with a valid checkpoint. */
export const RECONNECT_MS = 60_000;

export interface SessionOptions {
  readonly connectionString: string;
  /** Shown in pg_stat_activity; the lock names its holder by it. */
  readonly applicationName: string;
  /** What the tables of a domain let this session do (`sluice_guard`); without it, it writes as the API does. */
  readonly writer?: 'follow' | 'migrate';
}

/**
 * A connection for the engine. `durable: false` lets a commit return before it is on disk: a loader's rows and its
 * checkpoint then share that fate, and the durable commit that ends a table makes all of them lasting. Throws what
 * `expected` makes of a server that is away, busy, or does not take the address.
 */
export async function openSession(options: SessionOptions, durable = true): Promise<Client> {
  const client = newClient({
    connectionString: options.connectionString,
    application_name: options.applicationName.slice(0, 63),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Without a listener a lost socket would end the process; the failed query tells its caller.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await takeSettings(client, options.connectionString, { durable });
    if (options.writer) await client.query("SELECT set_config('sluice.writer', $1, false)", [options.writer]);
    return client;
  } catch (error) {
    await closeSession(client);
    throw expected(error);
  }
}

/** Ends a session; one that is already lost has ended by itself. */
export async function closeSession(client: Client): Promise<void> {
  try {
    await client.end();
  } catch (error) {
    if (classify(error) !== 'connection') throw error;
  }
}

/** Does the work on a connection of its own, which ends with it, whatever happens. Throws as `openSession` and as the work does. */
export async function inSession<Result>(
  options: SessionOptions,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = await openSession(options);
  try {
    return await work(client);
  } finally {
    await closeSession(client);
  }
}

/**
 * Opens a session again, waiting for a server that restarts. Throws why it could not after `RECONNECT_MS`, and
 * `InterruptedError` when told to stop waiting.
 */
export async function reopenSession(options: SessionOptions, durable: boolean, signal?: AbortSignal): Promise<Client> {
  const deadline = performance.now() + RECONNECT_MS;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
    try {
      return await openSession(options, durable);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'unavailable' || performance.now() > deadline) throw error;
      if (signal?.aborted) throw new InterruptedError();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
