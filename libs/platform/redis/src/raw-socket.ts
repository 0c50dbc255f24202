import type { Redis } from 'ioredis';
import { redisFailure } from './errors';

export interface RawSocket {
  readonly stream: Redis['stream'];
  close(): void;
}

export interface RawSocketEvents {
  data(chunk: Buffer): void;
  /** It broke; what is on its way gets no answer. Not told for a `close()` of our own. */
  lost(error: Error): void;
}

/**
 * A connection that ioredis has made (address, TLS, password, database, sentinels) and whose socket is then ours: we write
 * bytes of the protocol and read the replies. `client` has not connected yet, and nobody else uses it. Throws the errors of
 * `RedisConnection.open`.
 */
export async function openRawSocket(
  client: Redis,
  server: string,
  db: number,
  events: RawSocketEvents,
): Promise<RawSocket> {
  let reason: Error | null = null;
  client.on('error', (error: Error) => (reason = error));
  try {
    await client.connect();
    if (db > 0) await client.select(db); // ioredis passes over its refusal when it connects.
  } catch (error) {
    client.disconnect();
    throw redisFailure(reason ?? error, server);
  }
  const { stream } = client;
  let isOpen = true;
  const close = () => {
    isOpen = false;
    stream.destroy();
    client.disconnect();
  };
  const lost = (error: Error) => {
    if (!isOpen) return;
    close();
    events.lost(error);
  };
  stream.removeAllListeners('data'); // The parser of ioredis would take our replies for answers to nothing.
  stream.on('data', (chunk: Buffer) => void (isOpen && events.data(chunk)));
  stream.on('error', lost);
  stream.once('close', () => lost(new Error('Connection is closed.')));
  return { stream, close };
}
