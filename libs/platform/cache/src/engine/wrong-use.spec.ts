import { MemoryTier2 } from '../tier2/memory-tier2';
import { CacheEngine } from './cache-engine';
import { Quotes, QuotesOfDay } from './quotes.fixture';
import { systemScheduler } from './scheduler';

const engine = new CacheEngine({ tier2: new MemoryTier2(systemScheduler) });
const quotes = new Quotes(engine);
const daily = new QuotesOfDay(engine);
engine.reserve('quotes:meta');
afterAll(() => engine.close());

it.each([[null], [undefined], [1], [{}], [[1]], [['a', 1]]])('refuses the key %j, with a code', async (key) => {
  const refused = { code: 'CACHE_KEY_INVALID' };
  await expect(quotes.get(key as never)).rejects.toMatchObject(refused);
  await expect(quotes.set(key as never, 1)).rejects.toMatchObject(refused);
});

it('refuses a life of null, of a caller and of a loader', async () => {
  const refused = { code: 'CACHE_OPTION_INVALID' };
  await expect(quotes.set('A', 1, { freshMs: null as never })).rejects.toMatchObject(refused);
  const loading = quotes.getOrLoad('B', ({ keepFor }) => {
    keepFor(null as never);
    return 1;
  });
  await expect(loading).rejects.toMatchObject(refused);
});

it('keeps a cache away from the keys of one with a longer name, and from what is reserved', async () => {
  const refused = { code: 'CACHE_KEY_INVALID' };
  await daily.set('A', 1);
  for (const key of ['day:A', 'day', 'meta']) {
    await expect(quotes.set(key, 2)).rejects.toMatchObject(refused);
    await expect(quotes.get(key)).rejects.toMatchObject(refused);
    await expect(quotes.delete(key)).rejects.toMatchObject(refused);
  }
  await quotes.set('days', 3);
  expect([await daily.get('A'), await quotes.get('days')]).toEqual([1, 3]);
});

it.each([NaN, Infinity, -Infinity, -0])('refuses the value %p, of a caller and of a loader', async (value) => {
  const refused = { code: 'CACHE_VALUE_INVALID' };
  await expect(quotes.set('A', value)).rejects.toMatchObject(refused);
  await expect(quotes.getOrLoad(`of ${value}`, () => value)).rejects.toMatchObject(refused);
  expect(await quotes.get('A')).toBeUndefined();
});
