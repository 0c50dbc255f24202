import { RedisRefusedError } from '../errors';
import { classOfReply } from '../failure-class';
import { outcomeOf, type BatchOutcome, type Lane } from './lane';
import type { RawLane } from './raw-lane';
import type { Reply } from './reply';
import { respCommand, type RespBatch } from './resp';

const OK = '+OK\r\n';
const NOTHING = Buffer.alloc(0);

/**
 * `WATCH` before the values are read, `MULTI ... EXEC` around them. The transaction costs the server about a sixth more
 * than the bare commands; in exchange no reader ever sees a value that has been overtaken, as between a write and its undoing.
 */
export class GuardedLane implements Lane {
  private readonly watching: string;
  private readonly begin = respCommand('MULTI');
  private readonly end: string;
  private expected = { commands: 0, bytes: NOTHING };

  constructor(
    private readonly lane: RawLane,
    private readonly server: string,
    guard: string,
  ) {
    this.watching = respCommand('WATCH', guard);
    this.end = respCommand('EXEC') + this.watching;
  }

  async watch(): Promise<void> {
    const replies = await this.lane.ask([this.watching], 1, Buffer.from(OK));
    if (replies !== 'success') this.assertWatching(replies[0]);
  }

  async write<Id>(batch: RespBatch<Id>): Promise<BatchOutcome<Id>> {
    const { id, commands, resp } = batch;
    const parts = typeof resp === 'string' ? [this.begin + resp + this.end] : [this.begin, resp, this.end];
    const replies = await this.lane.ask(parts, commands + 3, this.success(commands));
    if (replies === 'success') return { id, commands, state: 'written' };
    const [executed, watched] = replies.slice(-2);
    this.assertWatching(watched);
    if (executed?.kind === 'nil') return { id, commands, state: 'overtaken' };
    const carriedOut = executed?.kind === 'array' ? executed.items : replies.slice(0, -1);
    return outcomeOf(batch, carriedOut);
  }

  close(): void {
    this.lane.close();
  }

  /** What Redis says when every command was a SET that was carried out. */
  private success(commands: number): Buffer {
    if (this.expected.commands !== commands) {
      const text = `${OK}${'+QUEUED\r\n'.repeat(commands)}*${commands}\r\n${OK.repeat(commands)}${OK}`;
      this.expected = { commands, bytes: Buffer.from(text) };
    }
    return this.expected.bytes;
  }

  /** Without it the next batch would be written whatever has happened meanwhile. */
  private assertWatching(reply: Reply | undefined): void {
    if (reply?.kind === 'value') return;
    const text = reply?.kind === 'error' ? reply.text : 'no answer to WATCH';
    throw new RedisRefusedError(`Redis at ${this.server} refused to watch the guard: ${text}`, classOfReply(text));
  }
}

/** Nothing else writes: the commands as they are. */
export class PlainLane implements Lane {
  private expected = { commands: 0, bytes: NOTHING };

  constructor(private readonly lane: RawLane) {}

  async watch(): Promise<void> {
    // There is nothing to watch.
  }

  async write<Id>(batch: RespBatch<Id>): Promise<BatchOutcome<Id>> {
    const { commands, resp } = batch;
    if (this.expected.commands !== commands) this.expected = { commands, bytes: Buffer.from(OK.repeat(commands)) };
    const replies = await this.lane.ask([resp], commands, this.expected.bytes);
    return outcomeOf(batch, replies === 'success' ? [] : replies);
  }

  close(): void {
    this.lane.close();
  }
}
