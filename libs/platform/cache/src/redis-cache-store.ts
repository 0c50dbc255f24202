import { randomUUID } from 'node:crypto';
import { nodeGroups, redisFailure, SetLane, type RedisConnection, type SetWhen } from '@sluice/redis';
import { assertStorable, hashText, type CacheStore, type CacheStoreEntry } from './cache-store';
import { spaceKey, stampKey, tagField } from './tier2/tier2-keys';

/** One pipeline holds at most this much, so that it is answered well within the time limit of a command. */
const CHUNK_COMMANDS = 500;
const CHUNK_BYTES = 1024 * 1024;

type Command = [name: string, ...args: (string | number)[]];
type Answer = [error: Error | null, answer: unknown];

/** Behind the name, or behind a script and the number of its keys. */
const keyOf = ([name, ...args]: Command): string => String(name === 'eval' ? args[2] : args[0]);

/**
 * KEYS: entry, companion. ARGV: '' or 'NX', 'hash' or '', life, what the companion must say or '', payload. An entry with
 * another companion was invalidated and is none.
 */
const SET = `
  local key, companion, stamp = KEYS[1], KEYS[2], ARGV[4]
  if ARGV[1] ~= '' and redis.call('EXISTS', key) == 1 and (stamp == '' or redis.call('GET', companion) == stamp) then
    return 0
  end
  if ARGV[2] == 'hash' then
    redis.call('DEL', key)
    redis.call('HSET', key, unpack(ARGV, 5))
    redis.call('PEXPIRE', key, ARGV[3])
  else
    redis.call('SET', key, ARGV[5], 'PX', ARGV[3])
  end
  if stamp ~= '' then redis.call('SET', companion, stamp, 'PX', ARGV[3]) end
  return 'OK'`;

/** Entries in Redis, many per round trip. Keys stand alone, so in a cluster each goes to its own node. */
export class RedisCacheStore implements CacheStore {
  readonly driver = 'redis';
  private readonly lane: SetLane;

  /** The store closes the connection. */
  constructor(private readonly connection: RedisConnection) {
    this.lane = new SetLane(connection);
  }

  async getMany(keys: readonly string[]): Promise<(string | null)[]> {
    const answers = await this.send(
      keys.map((key) => ['get', key]),
      isOtherType,
    );
    return answers as (string | null)[];
  }

  async readMany(entries: readonly Pick<CacheStoreEntry, 'key' | 'type' | 'tags'>[]): Promise<(string | null)[]> {
    const read = entries.map(({ key, type }): Command => [type === 'hash' ? 'hgetall' : 'get', key]);
    const stamps = await this.stampsOf(entries);
    const answers = await this.send(read, isOtherType);
    const companions = await this.send(entries.map(({ key }) => ['get', stampKey(key)]));
    return answers.map((answer, at) => {
      if (stamps[at] !== '' && companions[at] !== stamps[at]) return null;
      return entries[at]?.type === 'hash' ? fieldsText(answer) : (answer as string | null);
    });
  }

  async ttlMsMany(keys: readonly string[]): Promise<(number | null)[]> {
    const answers = (await this.send(keys.map((key) => ['pttl', key]))) as number[];
    return answers.map((ttlMs) => (ttlMs === -2 ? null : ttlMs === -1 ? Infinity : ttlMs)); // -2: no key, -1: no end.
  }

  async setMany(entries: readonly CacheStoreEntry[]): Promise<void> {
    await this.write(entries, '');
  }

  addMany(entries: readonly CacheStoreEntry[]): Promise<boolean[]> {
    return this.write(entries, 'NX');
  }

  async deleteMany(keys: readonly string[]): Promise<number> {
    const answers = (await this.send(keys.map((key) => ['unlink', key]))) as number[];
    return answers.reduce((sum, deleted) => sum + deleted, 0);
  }

  ping(): Promise<void> {
    return this.connection.ping();
  }

  close(): Promise<void> {
    this.lane.close();
    return this.connection.close();
  }

  /** Texts without tags by the quick lane; with others among them all go one way, which keeps their order. */
  private async write(entries: readonly CacheStoreEntry[], when: SetWhen): Promise<boolean[]> {
    assertStorable(entries);
    const isPlain = entries.every(({ type, tags }) => type === undefined && tags === undefined);
    const outcomes = isPlain ? await this.lane.set(entries, when) : null;
    if (outcomes) return outcomes;
    const stamps = await this.stampsOf(entries);
    const answers = await this.send(entries.map((entry, at) => setCommand(entry, when, stamps[at] ?? '')));
    return answers.map((answer) => answer === 'OK');
  }

  /** What the companion of each entry must say, '' without tags: the namespace's epoch and the generations of the tags. */
  private async stampsOf(entries: readonly Pick<CacheStoreEntry, 'tags'>[]): Promise<string[]> {
    const tagged = entries.flatMap(({ tags }) => tags ?? []);
    const stamps = new Map<string, Map<string, string>>();
    for (const cache of new Set(tagged.map((own) => own.cache))) {
      const names = [...new Set(tagged.flatMap((own) => (own.cache === cache ? own.tags : [])))];
      await this.send([['hsetnx', spaceKey(cache), 'epoch', randomUUID()]]);
      const [known] = await this.send([['hmget', spaceKey(cache), 'epoch', ...names.map(tagField)]]);
      const values = (known as (string | null)[]).map((value) => value ?? '');
      stamps.set(cache, new Map(['epoch', ...names.map(tagField)].map((field, at) => [field, values[at] ?? ''])));
    }
    return entries.map(({ tags }) => {
      if (!tags) return '';
      return ['epoch', ...tags.tags.map(tagField)].map((field) => stamps.get(tags.cache)?.get(field) ?? '').join(' ');
    });
  }

  /**
   * The answers in the order of the commands, null for an error that `isNothing` lets pass; the first other error is
   * thrown when its chunk has been answered.
   */
  private async send(commands: Command[], isNothing: (error: Error) => boolean = () => false): Promise<unknown[]> {
    const answers: unknown[] = [];
    try {
      await this.connection.ready();
      for (const chunk of chunks(commands)) {
        for (const [error, answer] of await this.sendChunk(chunk)) {
          if (error && !isNothing(error)) throw error;
          answers.push(error ? null : answer);
        }
      }
    } catch (error) {
      throw redisFailure(error, this.connection.server);
    }
    return answers;
  }

  /** One pipeline for each server that has keys of the chunk. */
  private async sendChunk(chunk: readonly Command[]): Promise<Answer[]> {
    const { client } = this.connection;
    const answers: Answer[] = [];
    const groups = nodeGroups(client, chunk.map(keyOf));
    const pipelines = groups.map(async (group) => {
      const told = (await client.pipeline(group.map((at) => chunk[at]!)).exec()) ?? [];
      group.forEach((at, i) => (answers[at] = told[i]!));
    });
    await Promise.all(pipelines);
    return answers;
  }
}

function setCommand({ key, value, ttlMs, type }: CacheStoreEntry, when: SetWhen, stamp: string): Command {
  if (type === undefined && stamp === '')
    return when === '' ? ['set', key, value, 'PX', ttlMs] : ['set', key, value, 'PX', ttlMs, when];
  const payload = type === 'hash' ? fieldsOf(value) : [value];
  return ['eval', SET, 2, key, stampKey(key), when, type ?? '', ttlMs, stamp, ...payload];
}

function fieldsText(answer: unknown): string | null {
  const fields = Object.entries((answer ?? {}) as Record<string, string>);
  return fields.length === 0 ? null : hashText(fields);
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
