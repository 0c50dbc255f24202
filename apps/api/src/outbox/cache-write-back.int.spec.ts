import path from 'node:path';
import { CacheEngine, cacheOf, freshFor, json, OutboxRelay, RedisTier2, WriteBackRelay } from '@sluice/cache';
import { CacheOutbox, CacheWriteBack, Postgres, Prisma } from '@sluice/postgres';
import { RedisConnection } from '@sluice/redis';
import { freshDatabase, freshRedis, run, until, type FreshDatabase } from '@sluice/testing';

const declaration = {
  name: 'totals',
  version: 1,
  about: 'A cache of the tests.',
  key: (key: string) => [key],
  store: json<number>(),
  fresh: freshFor(600_000),
  maxQueuedWrites: 500,
} as const;

const root = path.resolve(__dirname, '../../../..');
let database: FreshDatabase;
let redis: Awaited<ReturnType<typeof freshRedis>>;
let postgres: Postgres;
let queue: CacheWriteBack;
const closers: (() => Promise<void>)[] = [];

type Tx = Prisma.TransactionClient;
const write = async (tx: Tx, [key]: readonly string[], value: unknown): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO totals VALUES (${key}, ${Number(value)}, 1)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, writes = totals.writes + 1`;
};

beforeAll(async () => {
  [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
  postgres = new Postgres({ url: database.url });
  queue = new CacheWriteBack(postgres);
  await postgres.rows(Prisma.sql`CREATE TABLE totals (key text PRIMARY KEY, value int8 NOT NULL, writes int NOT NULL)`);
});
beforeEach(async () => {
  await postgres.rows(Prisma.sql`TRUNCATE cache_write_back, cache_outbox, totals RESTART IDENTITY`);
  await redis.flush();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(async () => {
  await postgres.close();
  await database.drop();
});

/** One process: a cache on an engine of its own, and both relays. */
function aNode(writer = write, over: Partial<typeof declaration> | { maxQueuedWrites: number } = {}) {
  const engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(redis.url)), writeBack: queue });
  const cache = new (cacheOf<string, number>({ ...declaration, ...over }))(engine);
  const relay = new WriteBackRelay<Tx>({ engine, queue, writers: { totals: writer }, pollMs: 20 });
  const outbox = new OutboxRelay({ engine, outbox: new CacheOutbox(postgres) });
  closers.push(async () => {
    await relay.close();
    await engine.close();
  });
  return { engine, cache, relay, outbox };
}

const totals = () =>
  postgres.rows<{ key: string; value: bigint; writes: number }>(Prisma.sql`SELECT * FROM totals ORDER BY key`);
const dueNow = () => postgres.rows(Prisma.sql`UPDATE cache_write_back SET next_attempt_at = now() RETURNING id`);
const load = (key: string) => async () =>
  Number((await totals()).find((total) => total.key === key)?.value ?? 0); // prettier-ignore

it('writes the last of many values once, and removes the entry with it', async () => {
  const { cache, relay, outbox } = aNode();
  for (let value = 1; value <= 20; value++) await cache.writeBack('a', value);
  expect(await queue.backlog()).toMatchObject({ waiting: 20, retried: 0 });
  expect(await relay.writeNext()).toBe(true);
  expect(await relay.writeNext()).toBe(false);
  expect(await totals()).toEqual([{ key: 'a', value: 20n, writes: 1 }]);
  expect((await queue.backlog()).waiting).toBe(0);
  expect(await outbox.deliverDue()).toBe(1);
  expect(await cache.get('a')).toBeUndefined();
  expect(await cache.getOrLoad('a', load('a'))).toBe(20);
});

it('answers with what waits where Redis has lost it', async () => {
  const { cache } = aNode();
  await cache.writeBack('a', 7);
  await redis.flush();
  expect(await aNode().cache.getOrLoad('a', load('a'))).toBe(7);
});

it('tries again later what the source does not take, in its place, and writes the others meanwhile', async () => {
  const errors = new Set(['a']);
  const { cache, relay } = aNode(async (tx, parts, value) => {
    await write(tx, parts, value);
    if (errors.has(parts[0]!)) throw new Error('not now');
  });
  await cache.writeBack('a', 1);
  await cache.writeBack('b', 2);
  while (await relay.writeNext());
  expect(await totals()).toEqual([{ key: 'b', value: 2n, writes: 1 }]);
  expect(relay.counters).toEqual({ written: 1, failed: 1, outages: 0 });
  expect(await queue.backlog()).toMatchObject({ waiting: 1, retried: 1 });
  await cache.writeBack('a', 3); // It waits as long as the one before it.
  expect(await relay.writeNext()).toBe(false);
  errors.clear();
  await dueNow();
  while (await relay.writeNext());
  expect(await totals()).toEqual([{ key: 'a', value: 3n, writes: 1 }, { key: 'b', value: 2n, writes: 1 }]); // prettier-ignore
});

it('takes no more than the bound, of all processes together', async () => {
  const [one, other] = [aNode(write, { maxQueuedWrites: 2 }), aNode(write, { maxQueuedWrites: 2 })];
  await one.cache.writeBack('a', 1);
  await other.cache.writeBack('b', 1);
  const full = { code: 'CACHE_WRITE_BACK_FULL' };
  await expect(one.cache.writeBack('c', 1)).rejects.toMatchObject(full);
  await one.relay.writeNext();
  expect(await one.cache.writeBack('c', 1)).toMatchObject({ source: 'queued' });
});

it('leaves what is of another version, or has no writer here', async () => {
  const { cache } = aNode();
  await cache.writeBack('a', 1);
  expect(await aNode(write, { version: 2 } as never).relay.writeNext()).toBe(false);
  const { engine } = aNode();
  expect(await new WriteBackRelay({ engine, queue, writers: {} }).writeNext()).toBe(false);
});

it('never writes an older value over a newer while two relays and two writers work', async () => {
  const seen = new Map<string, number>();
  const back: string[] = [];
  const writer = async (tx: Tx, parts: readonly string[], value: unknown) => {
    await write(tx, parts, value);
    if (Number(value) < (seen.get(parts[0]!) ?? 0)) back.push(`${parts[0]} ${String(value)}`);
    seen.set(parts[0]!, Number(value));
  };
  const [one, other] = [aNode(writer), aNode(writer)];
  for (const { relay } of [one, other]) relay.start();
  const keys = ['a', 'b', 'c'];
  for (let value = 1; value <= 30; value++)
    await Promise.all(keys.map((key, i) => [one, other][(value + i) % 2]!.cache.writeBack(key, value)));
  await until(async () => (await queue.backlog()).waiting === 0);
  expect((await totals()).map(({ value }) => value)).toEqual([30n, 30n, 30n]);
  expect(back).toEqual([]);
});

/** Writes 1, 2, 3 ... of three keys back as fast as it can, tells each that was taken, and drains them meanwhile. */
const child = `
  require(${JSON.stringify(path.join(root, 'tools/swc-register.cjs'))});
  const { CacheEngine, cacheOf, freshFor, json, RedisTier2, WriteBackRelay } = require('@sluice/cache');
  const { CacheWriteBack, Postgres } = require('@sluice/postgres');
  const { RedisConnection } = require('@sluice/redis');
  const { writeSync } = require('node:fs');
  const [, database, redis, killAfter] = process.argv;
  const queue = new CacheWriteBack(new Postgres({ url: database }));
  const engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(redis)), writeBack: queue });
  const cache = new (cacheOf({ name: 'totals', version: 1, about: 'A test.', key: (key) => [key], store: json(),
    fresh: freshFor(600000), maxQueuedWrites: 500 }))(engine);
  const write = (tx, [key], value) => tx.$executeRawUnsafe("INSERT INTO totals VALUES ($1, $2, 1) ON CONFLICT (key) " +
    "DO UPDATE SET value = excluded.value, writes = totals.writes + 1", key, value);
  new WriteBackRelay({ engine, queue, writers: { totals: write }, pollMs: 5 }).start();
  let count = 0;
  const told = () => { if (++count === Number(killAfter)) setTimeout(() => process.kill(process.pid, 'SIGKILL'), count % 7); };
  const loop = async (key) => { for (let value = 1; ; value++) { await cache.writeBack(key, value); writeSync(1, key + value + '\\n'); told(); } };
  for (const key of ['a', 'b', 'c']) void loop(key);`;

it.each([31, 60, 180])(
  'loses nothing that was acknowledged when its process is killed after %i writes',
  async (killAfter) => {
    const { signal, stdout } = await run(process.execPath, ['-e', child, database.url, redis.url, String(killAfter)], { cwd: root }); // prettier-ignore
    expect(signal).toBe('SIGKILL');
    const taken = new Map(stdout.split('\n').filter(Boolean).map((line) => [line[0]!, Number(line.slice(1))])); // prettier-ignore
    expect(taken.size).toBe(3);
    const { cache, relay, outbox } = aNode();
    await until(async () => (await relay.writeNext(), (await queue.backlog()).waiting === 0));
    while ((await outbox.deliverDue()) > 0);
    for (const { key, value } of await totals()) {
      expect(Number(value)).toBeGreaterThanOrEqual(taken.get(key)!); // The last one may have been taken and not yet told.
      expect(await cache.getOrLoad(key, load(key))).toBe(Number(value));
    }
  },
);
