import { redisFailure, type RedisConnection } from '@sluice/redis';
import { assertStorable, hashText, type CacheStore, type CacheStoreEntry } from './cache-store';

/** One pipeline holds at most this much, so that it is answered well within the time limit of a command. */
const CHUNK_COMMANDS = 500;
const CHUNK_BYTES = 1024 * 1024;

type Command = [name: string, ...args: (string | number)[]];

/** A hash with its life in one step; with a first argument other than '' only where there is nothing. */
const SET_HASH = `
  if ARGV[1] ~= '' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], unpack(ARGV, 3))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 'OK'`;

/** Entries in Redis, many per round trip. Keys stand alone, so it works on a cluster's node as well. */
export class RedisCacheStore implements CacheStore {
  readonly driver = 'redis';

  /** The store closes the connection. */
  constructor(private readonly connection: RedisConnection) {}

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    const answers = await this.send(
      keys.map((key) => ['get', key]),
      isOtherType,
    );
    return answers as (string | null)[];
  }

  async getHashes(keys: readonly string[]): Promise<(string | null)[]> {
    const answers = await this.send(
      keys.map((key) => ['hgetall', key]),
      isOtherType,
    );
    const fields = answers.map((answer) => Object.entries((answer ?? {}) as Record<string, string>));
    return fields.map((found) => (found.length === 0 ? null : hashText(found)));
  }

  async ttlMsMany(keys: readonly string[]): Promise<(number | null)[]> {
    const answers = (await this.send(keys.map((key) => ['pttl', key]))) as number[];
    return answers.map((ttlMs) => (ttlMs === -2 ? null : ttlMs === -1 ? Infinity : ttlMs)); // -2: no key, -1: no end.
  }

  async setMany(entries: readonly CacheStoreEntry[]): Promise<void> {
    assertStorable(entries);
    await this.send(entries.map((entry) => setCommand(entry, '')));
  }

  async addMany(entries: readonly CacheStoreEntry[]): Promise<boolean[]> {
    assertStorable(entries);
    const answers = await this.send(entries.map((entry) => setCommand(entry, 'NX')));
    return answers.map((answer) => answer === 'OK');
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const answers = (await this.send(keys.map((key) => ['unlink', key]))) as number[];
    return answers.reduce((sum, deleted) => sum + deleted, 0);
  }

  ping(): Promise<void> {
    return this.connection.ping();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /**
   * The answers in the order of the commands, null for an error that `isNothing` lets pass; the first other error is
   * thrown when its chunk has been answered.
   */
  private async send(commands: Command[], isNothing: (error: Error) => boolean = () => false): Promise<unknown[]> {
    const { client, server } = this.connection;
    const answers: unknown[] = [];
    try {
      await this.connection.ready();
      for (const chunk of chunks(commands)) {
        for (const [error, answer] of (await client.pipeline(chunk).exec()) ?? []) {
          if (error && !isNothing(error)) throw error;
          answers.push(error ? null : answer);
        }
      }
    } catch (error) {
      throw redisFailure(error, server);
    }
    return answers;
  }
}

function setCommand({ key, value, ttlMs, type }: CacheStoreEntry, when: '' | 'NX'): Command {
  if (type === 'hash') return ['eval', SET_HASH, 1, key, when, ttlMs, ...fieldsOf(value)];
  return when === '' ? ['set', key, value, 'PX', ttlMs] : ['set', key, value, 'PX', ttlMs, when];
}

const fieldsOf = (value: string): string[] => Object.entries(JSON.parse(value) as Record<string, string>).flat();

const isOtherType = (error: Error): boolean => error.message.startsWith('WRONGTYPE');

function* chunks(commands: readonly Command[]): Generator<Command[]> {
  let chunk: Command[] = [];
  let bytes = 0;
  for (const command of commands) {
    const size = command.reduce<number>((sum, part) => sum + String(part).length, 0);
    if (chunk.length > 0 && (chunk.length === CHUNK_COMMANDS || bytes + size > CHUNK_BYTES)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(command);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
