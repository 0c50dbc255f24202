import { startRedis, tcpProxy, until } from '@sluice/testing';
import { aClient, aNode, closeAll, CountedLoader, impatient, keep, timed } from './node.fixture';
import { SharedLocks } from './shared-locks';

/** A few times the limit of a command, and far below the seconds that a client waits without one. */
const ANSWERED_MS = 5_000;

afterEach(closeAll);

const aRedis = async (settings = {}) => keep(await startRedis({ settings }), (server) => server.stop());

it('answers a cold key within the hard limit and the loader while Redis is frozen, and heals alone', async () => {
  const redis = await aRedis();
  const { engine, quotes } = await aNode(redis.url, { tier1: false }, impatient);
  await quotes.set('warm', 1);
  redis.freeze();
  const loader = new CountedLoader();
  expect(await timed(() => quotes.getOrLoad('cold', loader.load))).toBeLessThan(ANSWERED_MS);
  expect(await timed(() => quotes.getOrLoadMany(['c1', 'c2'], async () => [1, 2]))).toBeLessThan(ANSWERED_MS);
  const many = Array.from({ length: 300 }, (_, i) => quotes.getOrLoad(`many${i}`, () => i));
  expect(await timed(async () => expect(await Promise.all(many)).toHaveLength(300))).toBeLessThan(ANSWERED_MS);
  expect(await timed(() => quotes.get('warm'))).toBeLessThan(ANSWERED_MS);
  expect(await quotes.set('warm', 2)).toMatchObject({ tier2: 'queued' });
  redis.thaw();
  await until(async () => (await engine.look()) && engine.link.pendingKeys === 0);
  expect(engine.link.breaker.state).toBe('closed');
  expect(await quotes.set('warm', 3)).toEqual({ tier1: 'skipped', tier2: 'written', removed: 0 });
  expect(await quotes.get('warm')).toBe(3);
});

it('leaves no key blocked for others by a lease that was granted to nobody while Redis was frozen', async () => {
  const redis = await aRedis();
  const forLong = { leaseMs: 3_600_000 }; // Who waited for it would wait in vain.
  const { quotes } = await aNode(redis.url, forLong, impatient);
  const other = await aNode(redis.url, forLong, impatient);
  await quotes.getOrLoad('warm', () => 'so that Redis knows the script');
  redis.freeze();
  expect(await quotes.getOrLoad('cold', () => 'alone')).toBe('alone');
  redis.thaw();
  await until(() => other.engine.look());
  expect(await other.quotes.getOrLoad('cold', () => 'other')).toBe('other');
});

it('leaves no lock to nobody that a frozen Redis granted after its asker gave up', async () => {
  const redis = await aRedis();
  const [{ engine }, other] = [await aNode(redis.url, {}, impatient), await aNode(redis.url)];
  const locks = new SharedLocks(engine, 60_000);
  await locks.run('lock:a', async () => 'so that Redis knows the script');
  redis.freeze();
  expect(await locks.run('lock:a', async ({ fence }) => fence)).toEqual({ value: null });
  redis.thaw();
  await until(() => other.engine.look());
  expect(await new SharedLocks(other.engine, 60_000).run('lock:a', async () => 'mine')).toEqual({ value: 'mine' });
});

it('takes a value back that a frozen Redis sets after its writer gave up', async () => {
  const redis = await aRedis();
  const { engine, quotes } = await aNode(redis.url, {}, impatient);
  await quotes.set('a', 'so that Redis knows the script');
  const client = aClient(redis.url);
  await client.ping();
  redis.freeze();
  const change = { op: 'set', key: 'quotes:a', payload: '"late"', lifeMs: 60_000, tags: [] } as const;
  const writing = engine.link.call(quotes.space, (tier2) => tier2.change(quotes.space, [change], 'me'));
  await expect(writing).rejects.toMatchObject({ failure: 'timeout' });
  redis.thaw();
  await until(async () => (await client.get('quotes:a').catch(() => 'away')) === null);
});

it('serves from memory when Redis is killed, says what is queued, opens the breaker, and goes on when it is back', async () => {
  const redis = await aRedis();
  const { engine, quotes } = await aNode(redis.url, { staleCeilingMs: 60_000 });
  await quotes.set('a', 1);
  await redis.kill();
  expect(await quotes.get('a')).toBe(1);
  expect(await quotes.set('b', 2)).toMatchObject({ tier1: 'written', tier2: 'queued', reason: expect.any(String) });
  expect(await quotes.get('b')).toBe(2);
  expect(await quotes.delete('a')).toMatchObject({ tier2: 'queued', removed: null });
  expect(await quotes.get('a')).toBeUndefined();
  for (let i = 0; i < 10; i++) expect(await quotes.getOrLoad(`cold${i}`, () => i)).toBe(i);
  expect(engine.link.breaker.state).toBe('open');
  expect(quotes.space.counters.failures.network).toBeGreaterThan(0);
  await redis.restart();
  await until(async () => (await engine.look()) && engine.link.pendingKeys === 0);
  expect(await quotes.set('a', 3)).toMatchObject({ tier2: 'written' });
  expect(engine.link.breaker.state).toBe('closed');
});

it('notices that Redis came back empty, drops its memory, and loads again under the limit', async () => {
  const redis = await aRedis();
  const { engine, quotes } = await aNode(redis.url, { maxLoads: 3 });
  await quotes.setMany(Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, value: 'before' })));
  await redis.restart();
  const { drops } = quotes.space;
  await until(() => engine.look());
  await until(() => quotes.space.drops > drops);
  let running = 0;
  let most = 0;
  let loads = 0;
  const load = async (): Promise<string> => {
    loads++;
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    return 'after';
  };
  const keys = Array.from({ length: 40 }, (_, i) => `k${i % 20}`);
  expect(new Set(await Promise.all(keys.map((key) => quotes.getOrLoad(key, load))))).toEqual(new Set(['after']));
  expect({ loads, most }).toEqual({ loads: 20, most: 3 });
});

it('stores no value that was loaded before Redis came back empty', async () => {
  const redis = await aRedis();
  const { engine, quotes } = await aNode(redis.url);
  const loader = new CountedLoader('old').hold();
  const loading = quotes.getOrLoad('a', loader.load);
  await until(() => loader.runs === 1);
  await redis.restart();
  await until(() => engine.look());
  loader.release();
  expect(await loading).toBe('old');
  expect(await aClient(redis.url).exists('quotes:a')).toBe(0);
  expect(await quotes.get('a')).toBeUndefined();
});

it('answers from the loader while Redis is slower than the hard limit, and a stale value at once', async () => {
  const redis = await aRedis();
  const proxy = keep(await tcpProxy(redis.url), (opened) => opened.close());
  const { quotes } = await aNode(proxy.url, { graceMs: 60_000 }, impatient);
  await quotes.getOrLoad('stale', () => 'first', { freshMs: 1 });
  proxy.slow(1_000);
  expect(await timed(() => quotes.getOrLoad('cold', () => 1))).toBeLessThan(ANSWERED_MS);
  expect(await quotes.getOrLoadAnswer('stale', () => 'second')).toMatchObject({
    value: 'first',
    state: 'stale',
    tier: 1,
  });
  await until(async () => (await quotes.getOrLoad('stale', () => 'second')) === 'second');
});

it('goes on over a new connection when the old one hangs without a word', async () => {
  const redis = await aRedis();
  const proxy = keep(await tcpProxy(redis.url), (opened) => opened.close());
  const { engine, quotes } = await aNode(proxy.url, {}, impatient);
  await quotes.set('a', 1);
  proxy.hang();
  expect(await timed(() => quotes.getOrLoad('cold', () => 1))).toBeLessThan(ANSWERED_MS);
  await until(() => !engine.hearsOthers);
  proxy.heal();
  await until(async () => engine.hearsOthers && (await engine.look()));
  expect(await quotes.set('a', 2)).toMatchObject({ tier2: 'written' });
});

it('works alone where Redis no longer takes its password, without a word of it', async () => {
  const redis = await aRedis({ requirepass: 'secret' });
  const { engine, quotes } = await aNode(redis.url.replace('//', '//:secret@'));
  const operator = aClient(redis.url.replace('//', '//:secret@'));
  await operator.config('SET', 'requirepass', 'other');
  await operator.client('KILL', 'SKIPME', 'yes');
  await until(() => !engine.hearsOthers);
  for (let i = 0; i < 5; i++) expect(await quotes.getOrLoad(`cold${i}`, () => i)).toBe(i);
  expect(await quotes.set('a', 1)).toMatchObject({ tier2: 'queued', reason: expect.not.stringContaining('secret') });
  await until(async () => (await quotes.get('a'), quotes.space.counters.failures.auth));
  await operator.config('SET', 'requirepass', 'secret');
  await until(async () => (await engine.look()) && engine.link.pendingKeys === 0);
  expect(await quotes.set('a', 2)).toMatchObject({ tier2: 'written' });
});
