import { startRedis, type OwnRedis } from '@sluice/testing';
import { aClient, aNode, closeAll } from './node.fixture';

let redis: OwnRedis;
beforeAll(async () => void (redis = await startRedis()));
afterEach(closeAll);
afterAll(() => redis.stop());

const keysOf = (count: number) => Array.from({ length: count }, (_, i) => `k${i}`);
const tagged = { tags: (key: string) => [key] };

it('writes, reads and removes more entries at once than one command can hold', async () => {
  const { engine, quotes } = await aNode(redis.url);
  const keys = keysOf(25_000);
  const written = await quotes.setMany(keys.map((key, i) => ({ key, value: i })));
  expect(written).toHaveLength(keys.length);
  expect(new Set(written.map(({ tier2 }) => tier2))).toEqual(new Set(['written']));
  quotes.drop();
  expect(await quotes.getMany(keys)).toEqual(keys.map((_key, i) => i));
  expect(await quotes.deleteMany(keys)).toEqual({ tier1: 'written', tier2: 'written', removed: keys.length });
  expect([quotes.space.counters.failures, engine.link.breaker.state]).toEqual([{}, 'closed']);
});

it('loads and stores many cold keys, with no failure that its own load makes', async () => {
  const { engine, quotes } = await aNode(redis.url, { name: 'cold' });
  const keys = keysOf(10_000);
  const values = await quotes.getOrLoadMany(keys, async (missing) => missing.map((key) => key.length));
  expect(values).toEqual(keys.map(({ length }) => length));
  const { failures, writes } = quotes.space.counters;
  expect([failures, writes, engine.link.breaker.state]).toEqual([{}, keys.length, 'closed']);
});

it('writes large values in commands of a size that is answered in time', async () => {
  const { quotes } = await aNode(redis.url, { name: 'large' });
  const value = 'x'.repeat(20_000);
  const written = await quotes.setMany(keysOf(2_000).map((key) => ({ key, value })));
  expect(new Set(written.map(({ tier2 }) => tier2))).toEqual(new Set(['written']));
});

it('invalidates more tags at once than one command can hold', async () => {
  const { quotes } = await aNode(redis.url, { name: 'tagged', ...tagged });
  await quotes.set('k1', 1);
  expect(await quotes.invalidateTags(keysOf(200_000))).toEqual({ tier1: 'written', tier2: 'written' });
  expect(await quotes.get('k1')).toBeUndefined();
});

it('stores what was loaded together with one command', async () => {
  const { quotes } = await aNode(redis.url, { name: 'together' });
  const client = aClient(redis.url);
  await client.config('RESETSTAT');
  const keys = keysOf(400);
  await quotes.getOrLoadMany(keys, async (missing) => missing.map(() => 1));
  const [, calls] = /cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats')) ?? [];
  expect(quotes.space.counters.writes).toBe(400);
  expect(Number(calls)).toBeLessThan(10); // Two for the keys, and what looks at the namespace meanwhile.
  expect(await client.exists('together:k0', 'together:k399', 'sluice:l:{together:k0}')).toBe(2);
});
