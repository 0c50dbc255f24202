import Redis from 'ioredis';
import { freshDatabase, freshRedis, type FreshRedis } from '@sluice/testing';
import { sluice, sluiceJson } from './sluice';
import { query } from './target';

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
});

it.each([
  ['clear', [name]],
  ['delete', [name, key('a')]],
  ['expire', [name, key('a')]],
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
  await redis.set('picks:latest:nifty50:Intraday', '{"n":1}', 'PX', 3_600_000);
  const done = await json('expire', 'picks:latest', 'picks:latest:nifty50:Intraday', 'picks:latest:nifty50:Swing');
  expect(done.document).toEqual({ name: 'picks:latest', dryRun: false, expired: 1, deleted: 0 });
  expect(await redis.exists('picks:latest:nifty50:Intraday')).toBe(1);
});

it('says that entries are deleted where they cannot become stale', async () => {
  await put('a');
  expect((await run('expire', name, key('a'), '--dry-run')).stdout).toBe('1 key would be deleted.\n');
  expect((await run('expire', name, key('a'))).stderr).toContain('keeps no stale values');
  const { document } = await json('expire', name, key('a'), key('z'), '--yes');
  expect(document).toEqual({ name, dryRun: false, expired: 0, deleted: 1 });
  expect(await redis.exists(key('a'))).toBe(0);
});

it('deletes every entry with a tag, and wants either tags or keys', async () => {
  const named = await json<{ deleted: unknown }>(
    'delete',
    'hist',
    '--tag',
    'symbol:TCS',
    '--tag',
    'symbol:INFY',
    '--yes',
  );
  expect([named.code, named.document]).toEqual([
    0,
    { name: 'hist', dryRun: false, tags: ['symbol:TCS', 'symbol:INFY'], deleted: null },
  ]);
  expect(named.stderr).toContain('"what":"invalidate-tag","cache":"hist"');
  const fields = await redis.hkeys('sluice:n:hist');
  expect(fields).toEqual(expect.arrayContaining(['t:symbol:TCS', 't:symbol:INFY']));
  expect((await json('delete', 'hist', '--tag', 'symbol:M&M', '--dry-run')).document).toMatchObject({ dryRun: true });
  expect(await redis.hexists('sluice:n:hist', 't:symbol:M&M')).toBe(0);
  expect((await run('delete', 'hist', '--tag', 'a')).stderr).toContain('--yes');
  const { document } = await json<{ error: { code: string } }>('delete', name, '--tag', 'a', '--yes');
  expect(document.error.code).toBe('CACHE_WITHOUT_TAGS');
  for (const args of [
    ['delete', name],
    ['delete', name, key('a'), '--tag', 'b'],
  ])
    expect(await run(...args, '--yes')).toMatchObject({ code: 2, stderr: expect.stringContaining('and not both') });
});

describe('warm', () => {
  const picks = '{"picks": [{"symbol": "TCS"}], "generated_at": "2026-01-09T20:14:34.765817"}';
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  const warm = (...args: string[]) => sluice(['cache', 'warm', ...args], { ...on(), database: database.url });
  const warmJson = async (...args: string[]) => {
    const { stdout, ...rest } = await warm(...args, '--json');
    return { ...rest, document: JSON.parse(stdout) };
  };

  beforeAll(async () => {
    database = await freshDatabase();
    for (const mode of ['Intraday', 'Swing', 'Options'])
      await query(
        database.url,
        `INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, picks_count, payload)
         VALUES ($1, 'nifty50', $1, '2026-01-09T14:46:10Z', 'hourly', $2, $3)`,
        [mode, mode === 'Options' ? 0 : 1, picks],
      );
  });
  afterAll(() => database.drop());

  it('loads what is absent from PostgreSQL, and replaces nothing that is there', async () => {
    const written = '{"items":[],"as_of":"newer","universe":"nifty50","mode":"Swing"}';
    await redis.set('picks:latest:nifty50:Swing', written, 'PX', 3_300_000);
    const counts = { name: 'picks:latest', total: 2, present: 1, failed: 0, failure: null };
    expect(await warmJson('--dry-run')).toMatchObject({
      ...{ code: 0, document: { dryRun: true, caches: [{ ...counts, loaded: 0 }] } },
    });
    expect(await redis.exists('picks:latest:nifty50:Intraday')).toBe(0);
    const asked = await warm();
    expect([asked.code, asked.stderr]).toEqual([2, expect.stringMatching(/Load what is absent \(1\) .*--yes/s)]);
    expect((await warmJson('picks:latest', '--yes')).document.caches).toEqual([{ ...counts, loaded: 1 }]);
    expect(JSON.parse((await redis.get('picks:latest:nifty50:Intraday')) ?? '')).toMatchObject({
      ...{ items: [{ symbol: 'TCS' }], as_of: '2026-01-09T20:14:34.765817', run_id: 'Intraday' },
    });
    expect(await redis.get('picks:latest:nifty50:Swing')).toBe(written);
    const { code, stdout } = await warm(); // Nothing is absent, so that nobody is asked.
    expect([code, stdout]).toEqual([0, expect.stringContaining('picks:latest')]);
  });

  it('refuses a cache that PostgreSQL cannot fill, and ends with 6 without PostgreSQL', async () => {
    expect(await warmJson('hist', '--yes')).toMatchObject({
      code: 2,
      document: { error: { code: 'CACHE_NOT_WARMABLE' } },
    });
    const away = { ...on(), database: 'postgresql://127.0.0.1:1/none' };
    expect((await sluice(['cache', 'warm', '--yes'], away)).code).toBe(6);
    expect((await sluice(['cache', 'warm', '--yes'], on())).stderr).toContain('CONFIG_MISSING');
    const empty = await freshDatabase({ migrated: false });
    const refused = await sluice(['cache', 'warm', '--yes'], { ...on(), database: empty.url });
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('CLI_DATABASE_NOT_MIGRATED')]);
    await empty.drop();
  });
});

it('says of what outlives everybody that it has no end', async () => {
  const { document } = await json<{ fresh: string }>('policy', 'memory:context');
  expect(document.fresh).toBe('no end');
  await redis.set('memory:context:plan', '1', 'PX', 200 * 365 * 86_400_000);
  expect((await run('inspect', 'memory:context', 'memory:context:plan')).stdout).toContain('life   no end');
});
