import path from 'node:path';
import { CacheEngine, cacheOf, freshFor, invalidationOf, json, OutboxRelay, RedisTier2 } from '@sluice/cache';
import { CacheOutbox, Postgres, Prisma, type CacheInvalidation } from '@sluice/postgres';
import { RedisConnection } from '@sluice/redis';
import { freshDatabase, run, startRedis, until, type FreshDatabase, type OwnRedis } from '@sluice/testing';

class RunsCache extends cacheOf({
  name: 'outbox-runs',
  version: 1,
  about: 'A cache of the tests.',
  key: (key: string) => [key],
  tags: (key) => [key.slice(0, 1)],
  store: json<string>(),
  fresh: freshFor(600_000),
}) {}

const root = path.resolve(__dirname, '../../../..');
const POLL_MS = 20;
let database: FreshDatabase;
let redis: OwnRedis;
let postgres: Postgres;
let outbox: CacheOutbox;
let closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [database, redis] = await Promise.all([
    freshDatabase(),
    startRedis({ settings: { appendonly: 'yes', appendfsync: 'no' } }), // What is written outlives a kill -9 without it.
  ]);
  postgres = new Postgres({ url: database.url });
  await postgres.rows(Prisma.sql`CREATE TABLE truth (key text PRIMARY KEY, value text NOT NULL)`);
});
beforeEach(async () => {
  outbox = new CacheOutbox(postgres);
  await postgres.rows(Prisma.sql`TRUNCATE cache_outbox, truth RESTART IDENTITY`);
});
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});
afterAll(async () => {
  await postgres.close();
  await Promise.all([database.drop(), redis.stop()]);
});

/** One process: a cache on an engine of its own, and a relay. */
function aNode(source: CacheOutbox = outbox) {
  const engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(redis.url)) });
  const cache = new RunsCache(engine);
  const relay = new OutboxRelay({ engine, outbox: source, pollMs: POLL_MS });
  closers.push(async () => {
    await relay.close();
    await engine.close();
  });
  return { engine, cache, relay };
}

const read = (key: string) => async (): Promise<string> => {
  const [row] = await postgres.rows<{ value: string }>(Prisma.sql`SELECT value FROM truth WHERE key = ${key}`);
  return row!.value;
};

/** The write and its invalidation, in one transaction. */
async function write(key: string, value: string, invalidation: CacheInvalidation, from = outbox): Promise<void> {
  await from.transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO truth VALUES (${key}, ${value}) ON CONFLICT (key) DO UPDATE SET value = ${value}`;
    await from.add(tx, invalidation);
  });
}

const isEmpty = async () => (await outbox.backlog()).waiting === 0;
const rowsOf = () =>
  postgres.rows<{ namespace: string; attempts: number; last_error: string | null }>(
    Prisma.sql`SELECT namespace, attempts, last_error FROM cache_outbox ORDER BY id`,
  );
const untilEmpty = () => until(isEmpty, { known: rowsOf });
const dueNow = () => postgres.rows(Prisma.sql`UPDATE cache_outbox SET next_attempt_at = now() RETURNING id`);

it('removes the entry once the write has committed, and the row with it', async () => {
  const { cache, relay } = aNode();
  await write('a', 'old', { namespace: 'nobody', keys: [] });
  expect(await cache.getOrLoad('a', read('a'))).toBe('old');
  await write('a', 'new', invalidationOf(cache, ['a']));
  expect(await relay.deliverDue()).toBe(1);
  expect(await cache.getOrLoad('a', read('a'))).toBe('new');
  expect(await isEmpty()).toBe(true);
  expect(relay.counters).toEqual({ delivered: 1, failed: 0, outages: 0 });
});

it('has removed the entry when the write answers: whoever reads at once finds what he wrote', async () => {
  const { cache, relay } = aNode();
  relay.start();
  for (let i = 0; i < 5; i++) {
    await write('a', `value ${i}`, invalidationOf(cache, ['a']));
    expect(await isEmpty()).toBe(true);
    expect(await cache.getOrLoad('a', read('a'))).toBe(`value ${i}`);
  }
});

it('answers a write though nobody ends with its invalidation', async () => {
  const { cache } = aNode();
  outbox.onCommitted(() => new Promise(() => undefined));
  await write('a', 'new', invalidationOf(cache, ['a']));
  expect(await read('a')()).toBe('new');
});

it('leaves nothing of a transaction that is rolled back', async () => {
  const { cache, relay } = aNode();
  await cache.set('a', 'kept');
  const writing = outbox.transaction(async (tx) => {
    await outbox.add(tx, invalidationOf(cache, ['a']));
    throw new Error('no');
  });
  await expect(writing).rejects.toThrow('no');
  expect(await rowsOf()).toEqual([]);
  expect(await relay.deliverDue()).toBe(0);
  expect(await cache.get('a')).toBe('kept');
});

it('delivers after a process was killed between its commit and the delivery', async () => {
  const { cache, relay } = aNode();
  await write('k', 'old', { namespace: 'nobody', keys: [] });
  await cache.getOrLoad('k', read('k'));
  const script = `
    require(${JSON.stringify(path.join(root, 'tools/swc-register.cjs'))});
    const { Postgres, CacheOutbox } = require('@sluice/postgres');
    const outbox = new CacheOutbox(new Postgres({ url: process.argv[1] }));
    outbox.onCommitted(() => process.kill(process.pid, 'SIGKILL'));
    outbox.transaction(async (tx) => {
      await tx.$executeRawUnsafe("UPDATE truth SET value = 'new' WHERE key = 'k'");
      await outbox.add(tx, { namespace: 'outbox-runs', keys: [process.argv[2]] });
    });`;
  const { signal } = await run(process.execPath, ['-e', script, database.url, cache.idOf('k')], { cwd: root });
  expect(signal).toBe('SIGKILL');
  expect(await cache.getOrLoad('k', read('k'))).toBe('old'); // Committed, and nobody was told: the row is all there is.
  relay.start();
  await untilEmpty();
  expect(await cache.getOrLoad('k', read('k'))).toBe('new');
});

it('delivers again what a relay had in hand when it died', async () => {
  const { cache, relay } = aNode();
  await cache.set('a', 'old');
  await write('a', 'new', invalidationOf(cache, ['a']));
  expect(await outbox.claim(['outbox-runs'], 10, 60_000)).toHaveLength(1); // And then nothing more is heard of it.
  expect(await relay.deliverDue()).toBe(0);
  await dueNow();
  expect(await relay.deliverDue()).toBe(1);
  expect(await cache.getOrLoad('a', read('a'))).toBe('new');
});

it('keeps the rows while Redis is down, and delivers them when it is back', async () => {
  const { cache, relay } = aNode();
  await cache.set('a', 'old');
  await redis.kill();
  try {
    await write('a', 'new', invalidationOf(cache, ['a']));
    await relay.deliverDue();
    expect(await rowsOf()).toEqual([{ namespace: 'outbox-runs', attempts: 1, last_error: expect.any(String) }]);
    expect(await outbox.backlog()).toMatchObject({ waiting: 1, retried: 1 });
    expect((await outbox.backlog()).lagMs).toBeGreaterThan(0);
  } finally {
    await redis.restart();
  }
  expect(await aNode().cache.getOrLoad('a', read('a'))).toBe('old'); // Redis kept it: only the row knows better.
  relay.start();
  await untilEmpty();
  expect(relay.counters.failed).toBeGreaterThan(0);
  expect(await cache.getOrLoad('a', read('a'))).toBe('new');
});

it('tells the other processes, whichever relay delivers', async () => {
  const [one, other] = [aNode(), aNode()];
  await Promise.all([one.engine.start(), other.engine.start()]);
  await until(() => one.engine.hearsOthers && other.engine.hearsOthers);
  await write('told', 'old', { namespace: 'nobody', keys: [] });
  for (const { cache } of [one, other]) expect(await cache.getOrLoad('told', read('told'))).toBe('old');
  await write('told', 'new', invalidationOf(one.cache, ['told']));
  await one.relay.deliverDue();
  await until(async () => (await other.cache.getOrLoad('told', read('told'))) === 'new');
});

it('delivers each of many rows once while two relays work on them', async () => {
  const [one, other] = [aNode(), aNode()];
  const keys = Array.from({ length: 300 }, (_none, i) => `k${i}`);
  await one.cache.setMany(keys.map((key) => ({ key, value: 'old' })));
  await outbox.transaction(async (tx) => {
    for (const key of keys) await outbox.add(tx, invalidationOf(one.cache, [key]));
  });
  one.relay.start();
  other.relay.start();
  await untilEmpty();
  await Promise.all([one.relay.close(), other.relay.close()]);
  expect(one.relay.counters.delivered + other.relay.counters.delivered).toBe(300);
  expect((await aNode().cache.getMany(keys)).filter((value) => value !== undefined)).toEqual([]);
});

it('leaves a namespace that it does not know, and delivers the rest', async () => {
  const { cache, relay } = aNode();
  await cache.set('a', 'old');
  await write('x', 'x', { namespace: 'unheard-of', keys: ['unheard-of:x'] });
  await write('a', 'new', invalidationOf(cache, ['a']));
  await relay.deliverDue();
  expect(await cache.get('a')).toBeUndefined();
  expect(await rowsOf()).toEqual([{ namespace: 'unheard-of', attempts: 0, last_error: null }]);
  expect(await outbox.backlog()).toMatchObject({ waiting: 1, retried: 0 });
});

it('keeps a row with a key of another cache, and delivers its neighbours', async () => {
  const { cache, relay } = aNode();
  await cache.set('a', 'old');
  await write('x', 'x', { namespace: cache.name, keys: ['quotes:x'] });
  await write('a', 'new', invalidationOf(cache, ['a']));
  await relay.deliverDue();
  expect(await cache.get('a')).toBeUndefined();
  const [row, ...others] = await rowsOf();
  expect(others).toEqual([]);
  expect(row).toMatchObject({ attempts: 1, last_error: 'It names a key that is not one of the cache outbox-runs.' });
  expect(relay.counters).toMatchObject({ delivered: 1, failed: 1 });
});

it('invalidates by tag and whole caches', async () => {
  const { cache, relay } = aNode();
  await cache.setMany(['a1', 'a2', 'b1'].map((key) => ({ key, value: 'old' })));
  await write('a', 'new', { namespace: cache.name, tags: ['a'] });
  await relay.deliverDue();
  expect(await cache.getMany(['a1', 'a2', 'b1'])).toEqual([undefined, undefined, 'old']);
  await write('a', 'new', { namespace: cache.name, keys: '*' });
  await relay.deliverDue();
  expect(await cache.getMany(['a1', 'a2', 'b1'])).toEqual([undefined, undefined, undefined]);
  expect(await isEmpty()).toBe(true);
});

it('does not store what was loaded before the write and arrives after the delivery', async () => {
  const { cache, relay } = aNode();
  await write('a', 'old', { namespace: 'nobody', keys: [] });
  let finish: () => void = () => undefined;
  const isHeld = new Promise<void>((go) => (finish = go));
  let hasRead: () => void = () => undefined;
  const isRead = new Promise<void>((go) => (hasRead = go));
  const late = cache.getOrLoad('a', async () => {
    const value = await read('a')();
    hasRead();
    await isHeld;
    return value;
  });
  await isRead;
  await write('a', 'new', invalidationOf(cache, ['a']));
  await relay.deliverDue();
  finish();
  await late;
  expect(await cache.getOrLoad('a', read('a'))).toBe('new');
});

it('works on at once after a commit of its own process', async () => {
  const { cache, engine } = aNode();
  const relay = new OutboxRelay({ engine, outbox, pollMs: 3_600_000 });
  closers.push(() => relay.close());
  relay.start();
  await relay.wake();
  await cache.set('a', 'old');
  await write('a', 'new', invalidationOf(cache, ['a']));
  await untilEmpty();
  expect(await cache.get('a')).toBeUndefined();
});

it('survives an outage of PostgreSQL: it says so once, and works on', async () => {
  const { engine } = aNode();
  const errors: unknown[] = [];
  const away = new Postgres({ url: 'postgresql://nobody@127.0.0.1:1/none', connectTimeoutMs: 500 });
  const relay = new OutboxRelay({ engine, outbox: new CacheOutbox(away), onError: (error) => errors.push(error) });
  await relay.wake();
  await relay.wake();
  await relay.close();
  await away.close();
  expect(errors).toEqual([expect.objectContaining({ code: 'POSTGRES_UNAVAILABLE' })]);
  expect(relay.counters.outages).toBe(2);
});
