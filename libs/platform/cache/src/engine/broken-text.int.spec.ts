import { startRedis, until, type OwnRedis } from '@sluice/testing';
import { field } from '../codec/hash-field';
import { hash } from '../codec/hash';
import { raw } from '../codec/raw';
import { sortedSet } from '../codec/sorted-set';
import type { CacheDeclaration } from '../declare/policy';
import { aClient, aNode, closeAll } from './node.fixture';

let redis: OwnRedis;
beforeAll(async () => void (redis = await startRedis()));
afterEach(closeAll);
afterAll(() => redis.stop());

/** Half of an `é`, which a decoder of UTF-8 shows as U+FFFD. */
const BROKEN = Buffer.from([0x22, 0xc3, 0x22]);
const note = { note: 'known' };

const caches: [string, Partial<CacheDeclaration<string, unknown>>, value: unknown][] = [
  ['JSON', { name: 'json' }, 'known'],
  ['JSON with tags', { name: 'tagged', tags: (key) => [key] }, 'known'],
  ['text', { name: 'raw', store: raw() as CacheDeclaration<string, unknown>['store'] }, 'known'],
  ['a hash', { name: 'hash', store: hash<typeof note>({ fields: { note: field.text } }) as never }, note],
  ['a sorted set', { name: 'set', store: sortedSet() as never }, [{ member: 'known', score: 1 }]],
];

it.each(caches)('takes what is no UTF-8 for corrupt, in %s', async (_name, declaration, value) => {
  const { quotes } = await aNode(redis.url, { ...declaration, tier1: false });
  const client = aClient(redis.url);
  const id = `${quotes.name}:A`;
  await quotes.set('A', value);
  await until(async () => (await quotes.get('A')) !== undefined);
  const breakIt = async () => {
    const type = await client.type(id);
    if (type === 'hash') await client.hset(id, 'note', BROKEN);
    else if (type === 'zset') await client.zadd(id, 2, BROKEN);
    else await client.set(id, BROKEN, 'KEEPTTL');
  };

  await breakIt();
  const { counters } = quotes.space;
  const corrupt = counters.corrupt;
  expect(await quotes.get('A')).toBeUndefined();
  expect(counters.corrupt).toBe(corrupt + 1);
  expect((await quotes.inspect(id))?.tier2).toMatchObject({ state: 'corrupt', value: null });
  expect(await quotes.getOrLoad('A', () => value)).toEqual(value);
  expect(await quotes.get('A')).toEqual(value);
});

it.each(caches)('keeps a real U+FFFD, in %s', async (_name, declaration) => {
  const { quotes } = await aNode(redis.url, { ...declaration, tier1: false });
  const odd = '\ufffd é';
  const value = { hash: { note: odd }, set: [{ member: odd, score: 1 }] }[quotes.name] ?? odd;
  await quotes.set('A', value);
  for (let i = 0; i < 5; i++) expect(await quotes.get('A')).toEqual(value);
  expect(quotes.space.counters.corrupt).toBe(0);
});
