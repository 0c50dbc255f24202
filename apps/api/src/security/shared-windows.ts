import { type Clock, messageOf } from '@sluice/core';
import type { RedisConnection } from '@sluice/redis';
import type { Log } from '../log';

/** After a failure Redis is not asked for so long: nobody waits twice for one that is away. */
const AWAY_MS = 2_000;
/** A counter is wanted until its window ends; clocks of processes may differ. */
const KEPT_MS = 120_000;

/** Adds, and gives the counter its end with the first addition, in one step: no counter is ever without one. */
const ADD = `
local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
if sum == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return sum`;

/** Counters that all processes share. */
export interface Windows {
  /** The sum after adding; null where it cannot be had. */
  add(who: string, window: number, count: number): Promise<number | null>;
}

/** The counters in Redis. Without Redis there are none, and each process goes by its own. */
export class SharedWindows implements Windows {
  private awayUntilMs = 0;

  constructor(
    private readonly connection: RedisConnection,
    private readonly clock: Clock,
    private readonly log: Pick<Log, 'event'>,
  ) {}

  async add(who: string, window: number, count: number): Promise<number | null> {
    if (this.clock.nowMs() < this.awayUntilMs) return null;
    try {
      await this.connection.ready();
      return Number(await this.connection.client.eval(ADD, 1, `sluice-rate:${who}:${window}`, count, KEPT_MS));
    } catch (error) {
      this.away(error);
      return null;
    }
  }

  /** Ahead of the first request; later the connection comes back by itself. */
  async connect(): Promise<void> {
    try {
      await this.connection.ready();
    } catch (error) {
      this.away(error);
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private away(error: unknown): void {
    this.awayUntilMs = this.clock.nowMs() + AWAY_MS;
    const reason = messageOf(this.connection.failure(error));
    this.log.event('debug', 'requests are counted by this process alone', { error: reason });
  }
}
