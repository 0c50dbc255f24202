import Redis from 'ioredis';
import { freshRedis, type FreshRedis } from '@sluice/testing';
import { sluice, sluiceJson } from './sluice';

let server: FreshRedis;
let redis: Redis;
const name = 'context:memory';
const key = (one: string | number) => `${name}:session:${one}`;
const on = () => ({ redis: server.url });
const run = (...args: string[]) => sluice(['cache', ...args], on());
const json = async <T>(...args: string[]) => sluiceJson<T>(['cache', ...args], on());

beforeAll(async () => {
  server = await freshRedis();
  redis = new Redis(server.url);
});
beforeEach(() => server.flush());
afterAll(() => redis.disconnect());

const put = (one: string | number, text = '{"n":1}') => redis.set(key(one), text, 'PX', 3_600_000);

it('lists every declared cache with its keys and its life', async () => {
  const { code, document } = await json<{ name: string; keys: string; fresh: string }[]>('list');
  expect(code).toBe(0);
  expect(document).toContainEqual(expect.objectContaining({ name: 'sr', keys: 'sr:*', fresh: expect.any(String) }));
  expect((await run('list')).stdout).toContain('context:memory:*');
});

it('shows an entry with what is left of its life', async () => {
  await put('a');
  const { document } = await json<{ state: string; value: unknown; lifeMs: number }>('inspect', name, key('a'));
  expect(document).toMatchObject({ state: 'fresh', value: { n: 1 } });
  expect(document.lifeMs).toBeGreaterThan(3_500_000);
  const { code, stderr } = await run('inspect', name, key('none'));
  expect([code, stderr]).toEqual([2, expect.stringContaining('no such entry')]);
});

it('counts, lists by page and clears the keys of one cache and of no other', async () => {
  for (let n = 0; n < 700; n++) await put(n);
  await redis.set('sr:TCS:D', '{}');
  const keys: string[] = [];
  let cursor = '0';
  do {
    const { document } = await json<{ cursor: string; keys: string[] }>(
      'keys',
      name,
      '--limit',
      '300',
      '--cursor',
      cursor,
    );
    keys.push(...document.keys);
    ({ cursor } = document);
  } while (cursor !== '0');
  expect(new Set(keys).size).toBe(700);
  expect((await json('clear', name, '--dry-run')).document).toEqual({ name, dryRun: true, cleared: 700 });
  expect(await redis.exists(key(0))).toBe(1);
  const { code, document, stderr } = await json('clear', name, '--yes');
  expect({ code, document }).toEqual({ code: 0, document: { name, dryRun: false, cleared: 700 } });
  expect(stderr).toMatch(/audit \{"who":"\S+ pid \d+","what":"clear","cache":"context:memory"/);
  expect([await redis.exists(key(0)), await redis.exists('sr:TCS:D')]).toEqual([0, 1]);
}, 60_000);

it.each([
  ['clear', [name]],
  ['delete', [name, key('a')]],
])('does not %s without --yes where nobody can be asked', async (command, args) => {
  await put('a');
  const { code, stdout, stderr } = await run(command, ...args);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') });
  expect(await redis.exists(key('a'))).toBe(1);
});

it('deletes the named keys, and nothing where one is of another cache', async () => {
  await put('a');
  await put('b');
  expect((await json('delete', name, key('a'), key('z'), '--dry-run')).document).toMatchObject({ deleted: 1 });
  const refused = await json<{ error: { code: string } }>('delete', name, key('a'), 'sr:TCS:D', '--yes');
  expect([refused.code, refused.document.error.code]).toEqual([2, 'CACHE_KEY_FOREIGN']);
  expect(await redis.exists(key('a'))).toBe(1);
  expect((await json('delete', name, key('a'), '--yes')).document).toMatchObject({ deleted: 1 });
  expect([await redis.exists(key('a')), await redis.exists(key('b'))]).toEqual([0, 1]);
});

it('ends with 5 where an entry does not decode or has no end, and names it', async () => {
  await put('a');
  expect((await run('verify', name)).code).toBe(0);
  await put('broken', '{');
  await redis.set(key('endless'), '{}');
  const { code, document } = await json<{ findings: unknown[] }[]>('verify', name);
  expect(code).toBe(5);
  expect(document[0]).toMatchObject({ entries: 3, corrupt: 1, endless: 1 });
  expect(document[0]?.findings).toHaveLength(2);
  expect((await run('verify', name)).stdout).toContain(`corrupt: ${key('broken')}`);
});

it('says which caches there are where a name is none, and that Redis is away where it is', async () => {
  const { code, document } = await json<{ error: { code: string; remedy: string } }>('policy', 'nosuch');
  expect(document.error).toMatchObject({ code: 'CACHE_UNKNOWN', remedy: expect.stringContaining('sr') });
  expect(code).toBe(2);
  expect((await sluice(['cache', 'stats'], { redis: 'redis://127.0.0.1:1' })).code).toBe(6);
  expect((await sluice(['cache', 'stats'])).code).toBe(2);
});

it('expires entries, and says how many there were', async () => {
  await put('a');
  expect((await json('expire', name, key('a'), key('z'))).document).toEqual({ name, dryRun: false, expired: 1 });
});
