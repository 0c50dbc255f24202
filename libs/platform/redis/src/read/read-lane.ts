import { isUtf8 } from 'node:buffer';
import { Cluster } from 'ioredis';
import { messageOf } from '@sluice/core';
import { RedisUnavailableError } from '../errors';
import type { RedisConnection } from '../redis-connection';
import { openRawSocket, type RawSocket } from '../raw-socket';
import { ReplyReader } from '../reply-reader';

/** What the keys hold, in their order. */
export interface LiveValues {
  /** Null where there is none; bytes for a text that is no UTF-8. */
  readonly values: readonly (string | Buffer | null)[];
  /** Of the same keys just before: milliseconds left, -1 without end, -2 where there was none. */
  readonly livesMs: readonly number[];
}

export type ValueKind = 'text' | 'bytes';

/** So many keys are sent at once, while the rest is still being asked for: both sides are then busy at the same time. */
const KEYS_PER_WRITE = 64;
/**
 * And so many where nothing is on its way. Of 16 who ask, answered together, all would otherwise ask together again: then
 * either side sleeps while the other works, and waking up is what such a turn mostly takes.
 */
const KEYS_WHILE_IDLE = 8;
const REOPEN_MS = 1_000;

/**
 * Reads values with their remaining lives over a socket of its own, several times cheaper than through ioredis: what is
 * asked for in one turn of the event loop leaves in few writes, and of the replies only the values become objects.
 *
 * For each read it sends `PTTL` and then `GET`, or many `PTTL` and one `MGET`. They are two steps, and somebody may write
 * between them; as the life is read first, a value is never older than its life says. Why that is
 * enough: `docs/decisions/0017-quick-reads.md`.
 *
 * It is an extra: where it does not stand (not opened yet, broken, a cluster), `read` says so at once, and whoever asks goes
 * the usual way. It falls with the connection it belongs to, so that both always talk to the same server, and opens again by
 * itself.
 */
export class ReadLane {
  private socket: RawSocket | null = null;
  private isOpening = false;
  private isClosed = false;
  private reopenAtMs = 0;
  private asked: Asked[] = [];
  private answered = 0;
  private unsent = '';
  private unsentKeys = 0;
  private isAscii = true;
  private deadline: NodeJS.Timeout | null = null;
  private reader = new ReplyReader(this);

  /** `coded` makes of an error what those who read are to get. */
  constructor(
    private readonly connection: RedisConnection,
    private readonly coded: (error: RedisUnavailableError) => unknown = (error) => error,
  ) {
    connection.client.on('close', () => this.drop());
  }

  /**
   * What `use` makes of the answer; null where the lane does not stand. The answer is null where the lane broke meanwhile or
   * Redis refused: both times ask the usual way. Throws `RedisUnavailableError` where none came within the time of a command.
   */
  read<T>(
    keys: readonly string[],
    kind: ValueKind,
    use: (live: LiveValues | null) => T | Promise<T>,
  ): Promise<T> | null {
    if (this.socket === null) return this.reopen();
    return new Promise((resolve, reject) => {
      if (this.unsentKeys === 0) process.nextTick(this.flush);
      const settle = (live: LiveValues | null) => {
        try {
          resolve(use(live));
        } catch (error) {
          reject(error);
        }
      };
      this.asked.push(new Asked(keys.length, kind === 'text', settle, reject));
      this.write(keys);
      if (this.unsentKeys >= (this.isAwaited ? KEYS_PER_WRITE : KEYS_WHILE_IDLE)) this.flush();
    });
  }

  close(): void {
    this.isClosed = true;
    this.drop();
  }

  /** For the reader only, as are the next three. */
  integer(value: number): void {
    this.current().livesMs.push(value);
  }

  bulk(bytes: Buffer, start: number, end: number): void {
    const asked = this.current();
    const value = asked.isText ? textOr(bytes, start, end) : Buffer.from(bytes.subarray(start, end));
    this.took(asked, value);
  }

  nil(): void {
    this.took(this.current(), null);
  }

  error(): void {
    const asked = this.current();
    asked.isRefused = true;
    if (asked.livesMs.length < asked.count) asked.livesMs.push(0);
    else this.settle(asked);
  }

  private write(keys: readonly string[]): void {
    this.unsentKeys += keys.length;
    let lives = '';
    let names = '';
    for (const key of keys) {
      const bytes = Buffer.byteLength(key);
      if (bytes !== key.length) this.isAscii = false;
      const name = `$${bytes}\r\n${key}\r\n`;
      lives += `*2\r\n$4\r\nPTTL\r\n${name}`;
      names += name;
    }
    const get = keys.length === 1 ? '*2\r\n$3\r\nGET\r\n' : `*${keys.length + 1}\r\n$4\r\nMGET\r\n`;
    this.unsent += lives + get + names;
  }

  private readonly flush = (): void => {
    const { socket, unsent } = this;
    if (socket === null || unsent === '') return;
    socket.stream.write(unsent, this.isAscii ? 'latin1' : 'utf8');
    this.unsent = '';
    this.unsentKeys = 0;
    this.isAscii = true;
    const sentMs = performance.now();
    for (let at = this.asked.length - 1; at >= 0 && this.asked[at]!.sentMs === 0; at--) this.asked[at]!.sentMs = sentMs;
    if (this.deadline === null) this.watch(this.connection.commandMs);
  };

  private receive(chunk: Buffer): void {
    try {
      this.reader.take(chunk);
    } catch (error) {
      this.fail(new RedisUnavailableError(`Redis at ${this.connection.server}: ${messageOf(error)}`));
    }
    if (this.answered === this.asked.length) this.asked = [];
    else if (this.answered > 0) this.asked.splice(0, this.answered);
    this.answered = 0;
  }

  /** The server has something to answer. */
  private get isAwaited(): boolean {
    return (this.asked[this.answered]?.sentMs ?? 0) > 0;
  }

  private current(): Asked {
    const asked = this.asked[this.answered];
    if (asked === undefined) throw new Error('Redis sent a reply that nobody asked for.');
    return asked;
  }

  private took(asked: Asked, value: string | Buffer | null): void {
    asked.values.push(value);
    if (asked.values.length === asked.count) this.settle(asked);
  }

  private settle(asked: Asked): void {
    this.answered++;
    asked.settle(asked.isRefused ? null : asked);
  }

  /** One timer for all: it looks whether the oldest has waited too long. */
  private watch(ms: number): void {
    this.deadline = setTimeout(() => {
      // After a stall of this process the answer may be there already, unread.
      setImmediate(() => {
        this.deadline = null;
        const [oldest] = this.asked;
        if (!oldest) return;
        const leftMs = oldest.sentMs + this.connection.commandMs - performance.now();
        if (leftMs > 0) this.watch(leftMs);
        else this.fail(new RedisUnavailableError(`Redis at ${this.connection.server} did not answer in ${this.connection.commandMs} ms.`, 'timeout')); // prettier-ignore
      });
    }, ms).unref();
  }

  private fail(error: RedisUnavailableError): void {
    const asked = this.abandoned();
    const coded = this.coded(error);
    for (const { reject } of asked) reject(coded);
  }

  /** Whoever waits asks the usual way. */
  private drop(): void {
    for (const { settle } of this.abandoned()) settle(null);
  }

  private abandoned(): Asked[] {
    const asked = this.asked.slice(this.answered);
    this.socket?.close();
    this.socket = null;
    this.reopenAtMs = performance.now() + REOPEN_MS;
    this.asked = [];
    this.answered = 0;
    this.unsent = '';
    this.unsentKeys = 0;
    this.isAscii = true;
    this.reader = new ReplyReader(this);
    return asked;
  }

  private reopen(): null {
    const { client } = this.connection;
    const isDue = !this.isOpening && !this.isClosed && performance.now() >= this.reopenAtMs;
    if (isDue && client.status === 'ready' && !(client instanceof Cluster)) {
      this.isOpening = true;
      void this.open(client.options.db ?? 0).finally(() => (this.isOpening = false));
    }
    return null;
  }

  /** Never throws: without it reads go the usual way, which says what is wrong. */
  private async open(db: number): Promise<void> {
    const { connection } = this;
    try {
      const events = { data: (chunk: Buffer) => this.receive(chunk), lost: () => this.drop() };
      const socket = await openRawSocket(connection.single(), connection.server, db, events);
      if (this.isClosed || connection.client.status !== 'ready') socket.close();
      else this.socket = socket;
    } catch {
      this.reopenAtMs = performance.now() + REOPEN_MS;
    }
  }
}

/** Bytes that are no UTF-8 stay bytes: as text with U+FFFD in it they would be taken for a value. */
function textOr(bytes: Buffer, start: number, end: number): string | Buffer {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\ufffd') || isUtf8(bytes.subarray(start, end))) return text;
  return Buffer.from(bytes.subarray(start, end));
}

class Asked implements LiveValues {
  readonly livesMs: number[] = [];
  readonly values: (string | Buffer | null)[] = [];
  isRefused = false;
  sentMs = 0;

  constructor(
    readonly count: number,
    readonly isText: boolean,
    readonly settle: (live: LiveValues | null) => void,
    readonly reject: (error: unknown) => void,
  ) {}
}
