import type { Redis } from 'ioredis';
import { RedisUnavailableError, redisFailure } from '../errors';
import { openRawSocket, type RawSocket } from '../raw-socket';
import { ReplyCollector, type Reply } from './reply';

/** 500 values take a few milliseconds; a server that is busy that long with something else is as good as away. */
const ANSWER_MS = 10_000;

interface Request {
  readonly replies: ReplyCollector;
  readonly resolve: (replies: 'success' | readonly Reply[]) => void;
  readonly reject: (error: Error) => void;
  readonly deadline: NodeJS.Timeout;
}

/** One request at a time, so what is in flight is bounded by its size. */
export class RawLane {
  private request: Request | null = null;
  private failure: Error | null = null;
  private socket!: RawSocket;

  private constructor(private readonly server: string) {}

  /** `client` has not connected yet, and nobody else uses it. Throws the errors of `RedisConnection.open`. */
  static async open(client: Redis, server: string, db: number): Promise<RawLane> {
    const lane = new RawLane(server);
    const events = { data: (chunk: Buffer) => lane.receive(chunk), lost: (error: Error) => lane.fail(error) };
    lane.socket = await openRawSocket(client, server, db, events);
    return lane;
  }

  /**
   * Sends the parts and waits for so many replies. `expected` are the bytes of success: where they come, no reply is read
   * one by one. Throws `RedisUnavailableError` when the connection breaks or stays silent; it is unusable then.
   */
  ask(parts: readonly (string | Buffer)[], count: number, expected: Buffer): Promise<'success' | readonly Reply[]> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      const deadline = setTimeout(() => this.fail(new Error(`timed out after ${ANSWER_MS} ms`)), ANSWER_MS);
      this.request = { replies: new ReplyCollector(expected, count), resolve, reject, deadline };
      const { stream } = this.socket;
      stream.cork();
      for (const part of parts) stream.write(part);
      stream.uncork();
    });
  }

  close(): void {
    this.failure ??= new RedisUnavailableError(`The load to Redis at ${this.server} has ended.`);
    this.socket.close();
  }

  private receive(chunk: Buffer): void {
    const { request } = this;
    if (!request) return this.fail(new Error('Redis sent a reply that nobody asked for.'));
    try {
      const replies = request.replies.take(chunk);
      if (replies) this.end(request, () => request.resolve(replies));
    } catch (error) {
      this.fail(error);
    }
  }

  private end(request: Request, settle: () => void): void {
    this.request = null;
    clearTimeout(request.deadline);
    settle();
  }

  private fail(error: unknown): void {
    const failure = (this.failure ??= redisFailure(error, this.server));
    this.socket.close();
    const { request } = this;
    if (request) this.end(request, () => request.reject(failure));
  }
}
