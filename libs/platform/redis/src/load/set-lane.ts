import { Cluster } from 'ioredis';
import { RedisRefusedError, redisFailure } from '../errors';
import { classOfReply } from '../failure-class';
import { openRawSocket, type RawSocket } from '../raw-socket';
import type { RedisConnection } from '../redis-connection';
import { ReplyReader, type ReplySink } from '../reply-reader';
import { setBatches, type SetBatch, type SetEntry, type SetWhen } from './set-batch';

const REOPEN_MS = 1_000;
const LOST = 'Connection is closed.';

/**
 * Sets many texts over a socket of its own, with about a third of the work that ioredis has with them: a batch is bytes of
 * the protocol, and of a reply nothing is kept but whether the entry was set. The socket is opened with the first call and
 * kept; of each call one batch is on its way, and the next is made meanwhile.
 *
 * Where it does not stand (a cluster, no further connection to be had), `set` says so and sends nothing, and whoever asks
 * goes the usual way. It falls with the connection it belongs to, so that both always talk to the same server.
 */
export class SetLane implements ReplySink {
  private socket: RawSocket | null = null;
  private opening: Promise<void> | null = null;
  private reopenAtMs = 0;
  private isClosed = false;
  /** The oldest first: the server answers in order. */
  private asked: Asked[] = [];
  private reader = new ReplyReader(this);

  constructor(private readonly connection: RedisConnection) {
    connection.client.on('close', () => this.fail(new Error(LOST)));
  }

  /**
   * Whether each was set, in the order of the entries; null where the lane does not stand. Throws `RedisRefusedError` with
   * the first refusal when its batch has been answered, and `RedisUnavailableError` where the connection breaks or no answer
   * comes in the time of a command: whether that batch was written nobody knows. Those before it were, those after it not.
   */
  async set(entries: readonly SetEntry[], when: SetWhen): Promise<boolean[] | null> {
    if (!(await this.stands())) return null;
    const outcomes: boolean[] = [];
    let answer: Promise<readonly boolean[]> | null = null;
    for (const batch of setBatches(entries, when)) {
      if (answer) outcomes.push(...(await answer));
      answer = this.ask(batch);
    }
    if (answer) outcomes.push(...(await answer));
    return outcomes;
  }

  close(): void {
    this.isClosed = true;
    this.fail(new Error(LOST));
  }

  /** For the reader only, as are the next four. */
  done(): void {
    this.told(true);
  }

  nil(): void {
    this.told(false);
  }

  error(text: string): void {
    this.current().refusal ??= text;
    this.told(false);
  }

  integer(): void {
    throw new Error('Redis sent a reply that nobody asked for.');
  }

  bulk(): void {
    this.integer();
  }

  private ask({ commands, bytes }: SetBatch): Promise<readonly boolean[]> {
    return new Promise((resolve, reject) => {
      const { socket, connection } = this;
      if (socket === null) return reject(redisFailure(new Error(LOST), connection.server));
      const asked = new Asked(commands, resolve, reject);
      asked.deadline = setTimeout(() => this.expire(asked), connection.commandMs);
      this.asked.push(asked);
      socket.stream.write(bytes);
    });
  }

  /** After a stall of this process the answer may be there already, unread. */
  private expire(asked: Asked): void {
    setImmediate(() => void (this.asked.includes(asked) && this.fail(new Error('Command timed out'))));
  }

  private receive(chunk: Buffer): void {
    try {
      this.reader.take(chunk);
    } catch (error) {
      this.fail(error);
    }
  }

  private current(): Asked {
    const [asked] = this.asked;
    if (asked === undefined) throw new Error('Redis sent a reply that nobody asked for.');
    return asked;
  }

  private told(isSet: boolean): void {
    const asked = this.current();
    asked.outcomes.push(isSet);
    if (asked.outcomes.length < asked.commands) return;
    this.asked.shift();
    clearTimeout(asked.deadline);
    if (asked.refusal === null) return asked.resolve(asked.outcomes);
    const failureClass = classOfReply(asked.refusal);
    asked.reject(new RedisRefusedError(`Redis at ${this.connection.server} refused: ${asked.refusal}`, failureClass));
    if (failureClass === 'readonly') this.fail(new Error(LOST)); // The primary may be another one by now.
  }

  /** Whoever waits is told; the next call opens it again. */
  private fail(error: unknown): void {
    const { asked } = this;
    this.socket?.close();
    this.socket = null;
    this.asked = [];
    this.reader = new ReplyReader(this);
    for (const { deadline, reject } of asked) {
      clearTimeout(deadline);
      reject(redisFailure(error, this.connection.server));
    }
  }

  private async stands(): Promise<boolean> {
    const { client, server } = this.connection;
    try {
      await this.connection.ready();
    } catch (error) {
      throw redisFailure(error, server);
    }
    const canOpen = !this.isClosed && client.status === 'ready' && !(client instanceof Cluster);
    if (this.socket === null && canOpen && performance.now() >= this.reopenAtMs)
      await (this.opening ??= this.open(client.options.db ?? 0).finally(() => (this.opening = null)));
    return this.socket !== null;
  }

  /** Never throws: without it entries go the usual way, which says what is wrong. */
  private async open(db: number): Promise<void> {
    const { connection } = this;
    try {
      const events = { data: (chunk: Buffer) => this.receive(chunk), lost: (error: Error) => this.fail(error) };
      const socket = await openRawSocket(connection.single(), connection.server, db, events);
      if (this.isClosed || connection.client.status !== 'ready') socket.close();
      else this.socket = socket;
    } catch {
      this.reopenAtMs = performance.now() + REOPEN_MS;
    }
  }
}

class Asked {
  readonly outcomes: boolean[] = [];
  refusal: string | null = null;
  deadline: NodeJS.Timeout | undefined;

  constructor(
    readonly commands: number,
    readonly resolve: (outcomes: readonly boolean[]) => void,
    readonly reject: (error: unknown) => void,
  ) {}
}
