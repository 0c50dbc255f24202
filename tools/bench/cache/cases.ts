import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { json, RedisCacheStore } from '@sluice/cache';
import { RedisConnection } from '@sluice/redis';
import Redis from 'ioredis';
import { entrants, isPick, LIFE_MS, pickOf, type Contestant, type Entrant, type Setup } from './contestants';
import { byCallers, effortOf, sumOf, type Effort } from './effort';

const KEYS = 1_000;
const LAPS = 10;
const KEYS_AT_ONCE = 100;
const LOADED_PER_PIPELINE = 1_000;
/** As many as the migration gives the store at once. */
const LOADED_PER_CALL = 500;

export interface Timed {
  readonly case: string;
  readonly contestant: string;
  readonly effort: Effort;
}

/** Where it all happens: one server, and a connection for looking at it. */
export interface Place {
  readonly url: string;
  readonly server: Redis;
  /** Part of the usual number of operations. */
  readonly part: number;
}

interface ReadCase {
  readonly name: string;
  readonly tiers: Setup['tiers'];
  readonly isMiss?: boolean;
  readonly ops: Readonly<Record<number, number>>;
}

export const CALLERS = [1, 16, 128] as const;

export const READ_CASES: readonly ReadCase[] = [
  { name: 'tier-1 hit', tiers: 'memory first', ops: { 1: 100_000, 16: 100_000, 128: 100_000 } },
  { name: 'tier-2 hit', tiers: 'redis only', ops: { 1: 10_000, 16: 20_000, 128: 40_000 } },
  { name: 'miss', tiers: 'memory first', isMiss: true, ops: { 1: 300, 16: 3_000, 128: 8_000 } },
];

export const opened = (entrant: Entrant, place: Place, tiers: Setup['tiers'], load: Setup['load']) =>
  entrant.open({ url: place.url, tiers, load });

/**
 * One round of one case, with all contestants open. They take turns lap by lap, another one first in each: what a round trip
 * costs is mostly waking up, and how long that takes on this machine changes within seconds. First a lap that is not counted.
 */
export async function readRound(place: Place, { name, tiers, isMiss = false, ops }: ReadCase): Promise<Timed[]> {
  await place.server.flushall();
  const load = async (key: string) => {
    if (isMiss) await delay(1);
    return pickOf(Number(key.slice(key.lastIndexOf('-') + 1)));
  };
  const racers: Racer[] = [];
  try {
    for (const [at, entrant] of entrants.entries()) {
      const own = isMiss ? entrant.shared : tiers;
      if (!own || !entrant.plays.includes(own)) continue;
      const keys = Array.from({ length: KEYS }, (_, i) => `key-${at}-${i}`);
      const contestant = await opened(entrant, place, own, load);
      racers.push({ name: entrant.name, contestant, keys });
      await byCallers(16, KEYS, (i) => contestant.get(keys[i]!));
    }
    const results: Timed[] = [];
    for (const callers of CALLERS) {
      const count = Math.ceil((ops[callers]! * place.part) / LAPS);
      const efforts = await laps(place, racers, callers, count, isMiss);
      for (const racer of racers)
        results.push({ case: `${name}, ${callers}`, contestant: racer.name, effort: sumOf(efforts.get(racer)!) });
    }
    return results;
  } finally {
    for (const { contestant } of racers) await contestant.close();
  }
}

interface Racer {
  readonly name: string;
  readonly contestant: Contestant;
  /** Of its own, because some share a server without a prefix. */
  readonly keys: readonly string[];
}

async function laps(
  place: Place,
  racers: readonly Racer[],
  callers: number,
  count: number,
  isMiss: boolean,
): Promise<Map<Racer, Effort[]>> {
  const efforts = new Map(racers.map((racer): [Racer, Effort[]] => [racer, []]));
  for (let lap = 0; lap <= LAPS; lap++) {
    const first = lap % racers.length;
    for (const racer of [...racers.slice(first), ...racers.slice(0, first)]) {
      const { contestant, keys } = racer;
      const cold = `${keys[0]!}-${randomUUID()}`;
      const keyOf = isMiss ? (i: number) => `${cold}-${i}` : (i: number) => keys[i % KEYS]!;
      const effort = await effortOf(count, place.server, () =>
        byCallers(callers, count, (i) => contestant.get(keyOf(i))),
      );
      if (lap > 0) efforts.get(racer)!.push(effort);
    }
  }
  return efforts;
}

/** 100 keys in one round trip, one caller. */
export async function manyRound(place: Place): Promise<Timed[]> {
  const results: Timed[] = [];
  const count = Math.round(1_000 * place.part);
  for (const entrant of entrants) {
    if (!entrant.plays.includes('redis only')) continue;
    await place.server.flushall();
    const contestant = await opened(entrant, place, 'redis only', async (key) => pickOf(Number(key.slice(4))));
    try {
      if (!contestant.getMany) continue;
      const keys = Array.from({ length: KEYS_AT_ONCE }, (_, i) => `key-${i}`);
      for (const key of keys) await contestant.get(key);
      const work = () => byCallers(1, count, () => contestant.getMany!(keys));
      await work();
      results.push({
        case: 'getMany of 100',
        contestant: entrant.name,
        effort: await effortOf(count, place.server, work),
      });
    } finally {
      await contestant.close();
    }
  }
  return results;
}

/**
 * Small values with a TTL into an empty server: texts that are there, as the migration has them of legacy rows, and values
 * that both make into JSON first, with the checks of a trading cache.
 */
export async function bulkRound(place: Place): Promise<Timed[]> {
  const store = json({ check: isPick });
  return [
    ...(await bulkOf(place, 'bulk load', textOf)),
    ...(await bulkOf(place, 'bulk load, JSON made', (i) => store.encode(pickOf(i)))),
  ];
}

const [TEXT_HEAD, TEXT_TAIL] = JSON.stringify({ ...pickOf(7), id: 'ID' }).split('"ID"');

/** The JSON of a pick, for next to nothing. */
const textOf = (i: number): string => `${TEXT_HEAD}${i}${TEXT_TAIL}`;

async function bulkOf(place: Place, name: string, valueOf: (i: number) => string): Promise<Timed[]> {
  const count = Math.round(1_000_000 * place.part);
  const entry: EntryOf = (i) => ({ key: `bulk:${i}`, value: valueOf(i), ttlMs: LIFE_MS });
  const lanes: [string, () => Promise<void>][] = [
    ['sluice', () => storeLoad(place.url, count, 2, entry)],
    ['sluice, one call at a time', () => storeLoad(place.url, count, 1, entry)],
    ['ioredis pipeline of 1,000', () => pipelineLoad(place.url, count, entry)],
  ];
  const results: Timed[] = [];
  for (const [contestant, load] of lanes) {
    await place.server.flushall();
    results.push({ case: name, contestant, effort: await effortOf(count, place.server, load) });
    if ((await place.server.dbsize()) !== count) throw new Error(`${contestant} did not load ${count} values.`);
  }
  await place.server.flushall();
  return results;
}

type EntryOf = (i: number) => { key: string; value: string; ttlMs: number };

/** With two calls at once, one makes its values while Redis is at work for the other; the migration makes one at a time. */
async function storeLoad(url: string, count: number, callsAtOnce: number, entry: EntryOf): Promise<void> {
  const store = new RedisCacheStore(await RedisConnection.open(url));
  await byCallers(callsAtOnce, Math.ceil(count / LOADED_PER_CALL), (call) => {
    const from = call * LOADED_PER_CALL;
    const size = Math.min(LOADED_PER_CALL, count - from);
    return store.setMany(Array.from({ length: size }, (_, i) => entry(from + i)));
  });
  await store.close();
}

async function pipelineLoad(url: string, count: number, entry: EntryOf): Promise<void> {
  const client = new Redis(url);
  for (let from = 0; from < count; from += LOADED_PER_PIPELINE) {
    const pipeline = client.pipeline();
    for (let i = from; i < Math.min(from + LOADED_PER_PIPELINE, count); i++) {
      const { key, value, ttlMs } = entry(i);
      pipeline.set(key, value, 'PX', ttlMs);
    }
    await pipeline.exec();
  }
  client.disconnect();
}

/** Bytes of heap for one entry of memory, with its value; each in a process of its own. */
export async function entryBytes(place: Place): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const { name, plays } of entrants) {
    if (!plays.includes('memory first')) continue;
    await place.server.flushall();
    const script = path.join(__dirname, 'memory-child.cjs');
    const child = fork(script, [place.url, name], { execArgv: ['--expose-gc'] });
    bytes[name] = await new Promise<number>((resolve, reject) => {
      child.once('message', (answer) => resolve(Number(answer)));
      child.once('exit', (code) => reject(new Error(`Measuring the memory of ${name} ended with ${code}.`)));
    });
  }
  return bytes;
}

const FROZEN_LIMIT_MS = 8_000;

export interface Frozen {
  readonly contestant: string;
  /** Null where nobody was answered within the limit. */
  readonly answeredMs: number | null;
  readonly outcome: string;
}

/** A cold key while the server is stopped: how long until there is a value or an error. */
export async function frozen(place: Place, pid: number): Promise<Frozen[]> {
  await place.server.flushall();
  const open: [string, Contestant][] = [];
  for (const entrant of entrants) {
    if (!entrant.shared) continue;
    const contestant = await opened(entrant, place, entrant.shared, async () => pickOf(1));
    await contestant.get('warm');
    open.push([entrant.name, contestant]);
  }
  const results: Frozen[] = [];
  process.kill(pid, 'SIGSTOP');
  try {
    for (const [name, contestant] of open) {
      const startedMs = performance.now();
      const asked = contestant.get('cold').then(() => 'value', () => 'error'); // prettier-ignore
      const outcome = await Promise.race([asked, delay(FROZEN_LIMIT_MS).then(() => 'nothing')]);
      const answeredMs = outcome === 'nothing' ? null : Math.round(performance.now() - startedMs);
      results.push({ contestant: name, answeredMs, outcome });
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await delay(500);
  for (const [, contestant] of open) await contestant.close();
  return results;
}
