import { startRedis, until } from '@sluice/testing';
import { aClient, aNode, closeAll, CountedLoader, keep } from './node.fixture';

afterEach(closeAll);

const aRedis = async (settings = {}) => keep(await startRedis({ settings }), (server) => server.stop());
/** Longer than any test: who waits for a lease that nobody gives back waits in vain. */
const forLong = { leaseMs: 3_600_000 };
const portOf = (url: string) => new URL(url).port;

describe('a Redis that is full under noeviction', () => {
  it('has a refused write reported and the old value gone; reads work, and the breaker stays closed', async () => {
    const redis = await aRedis({ 'maxmemory-policy': 'noeviction' });
    const client = aClient(redis.url);
    const { engine, quotes } = await aNode(redis.url, { tier1: false });
    await quotes.setMany([{ key: 'a', value: 'old' }, { key: 'b', value: 'stays' }]); // prettier-ignore
    await client.config('SET', 'maxmemory', '1');
    expect(await quotes.set('a', 'new')).toMatchObject({ tier2: 'failed', reason: expect.stringContaining('OOM') });
    expect(await client.exists('quotes:a')).toBe(0);
    for (let i = 0; i < 10; i++) expect(await quotes.set('a', i)).toMatchObject({ tier1: 'skipped', tier2: 'failed' });
    expect(await quotes.get('b')).toBe('stays');
    const loader = new CountedLoader();
    const answers = await Promise.all(Array.from({ length: 50 }, () => quotes.getOrLoad('a', loader.load)));
    expect([new Set(answers), loader.runs]).toEqual([new Set(['loaded']), 1]);
    expect(await quotes.delete('b')).toMatchObject({ tier2: 'written', removed: 1 });
    expect(engine.link.breaker.state).toBe('closed');
    expect(quotes.space.counters.failures.oom).toBeGreaterThan(0);
    await client.config('SET', 'maxmemory', '0');
    expect(await quotes.set('a', 'new')).toMatchObject({ tier2: 'written' });
  });

  it('has every load that it kept from being stored counted, and says that it refuses until it stores again', async () => {
    const redis = await aRedis({ 'maxmemory-policy': 'noeviction' });
    const client = aClient(redis.url);
    const { engine, quotes } = await aNode(redis.url);
    await client.config('SET', 'maxmemory', '1');
    for (let i = 0; i < 5; i++) expect(await quotes.getOrLoad(`a${i}`, () => i)).toBe(i);
    expect(quotes.space.counters).toMatchObject({ loads: 5, writes: 0, failures: { oom: 5 } });
    expect([engine.link.refusal, engine.link.breaker.state]).toEqual(['oom', 'closed']);
    await client.config('SET', 'maxmemory', '0');
    await quotes.getOrLoad('b', () => 'stored');
    expect(engine.link.refusal).toBeNull();
  });

  it('does not keep others waiting for a load whose value found no room', async () => {
    const redis = await aRedis({ 'maxmemory-policy': 'noeviction' });
    const client = aClient(redis.url);
    const { quotes } = await aNode(redis.url, forLong);
    const other = await aNode(redis.url, forLong);
    const loader = new CountedLoader().hold();
    const loading = quotes.getOrLoad('a', loader.load);
    await until(() => loader.runs === 1);
    await client.config('SET', 'maxmemory', '1');
    loader.release();
    expect(await loading).toBe('loaded');
    expect(await other.quotes.getOrLoad('a', () => 'other')).toBe('other');
  });
});

describe('a Redis that was made a read-only replica', () => {
  it('has writes queued, which arrive after the promotion', async () => {
    const [redis, primary] = [await aRedis(), await aRedis()];
    const client = aClient(redis.url);
    const { engine, quotes } = await aNode(redis.url);
    await client.replicaof('127.0.0.1', portOf(primary.url));
    await until(async () => (await client.info('replication')).includes('master_link_status:up'));
    await aClient(primary.url).set('quotes:a', '"of the primary"', 'EX', 600);
    await until(() => client.exists('quotes:a'));
    expect(await quotes.set('a', 'new')).toMatchObject({ tier1: 'written', tier2: 'queued' });
    expect(await quotes.delete('a')).toMatchObject({ tier2: 'queued', removed: null });
    const loader = new CountedLoader();
    expect(await quotes.getOrLoad('a', loader.load)).toBe('loaded');
    expect(await quotes.getOrLoad('b', loader.load)).toBe('loaded');
    expect(await client.get('quotes:a')).toBe('"of the primary"');
    expect(engine.link.breaker.state).toBe('closed');
    await client.replicaof('NO', 'ONE');
    await until(() => engine.link.pendingKeys === 0);
    expect(await client.exists('quotes:a')).toBe(0);
    expect(await quotes.set('a', 'newer')).toMatchObject({ tier2: 'written' });
  });

  it('is not waited for where it holds something corrupt, which it cannot set aside', async () => {
    const [redis, primary] = [await aRedis(), await aRedis()];
    const client = aClient(redis.url);
    const { quotes } = await aNode(redis.url, forLong);
    await client.replicaof('127.0.0.1', portOf(primary.url));
    await until(async () => (await client.info('replication')).includes('master_link_status:up'));
    await aClient(primary.url).set('quotes:a', '{torn', 'EX', 600);
    await until(() => client.exists('quotes:a'));
    expect(await quotes.getOrLoad('a', () => 'loaded')).toBe('loaded');
  });
});

describe('what another program does', () => {
  it.each([
    ['a torn payload', ['SET', 'quotes:a', '{torn', 'EX', '600']],
    ['another type', ['RPUSH', 'quotes:a', 'x']],
  ])('costs one key where it is %s: set aside and counted, the others as before', async (_what, command) => {
    const redis = await aRedis();
    const client = aClient(redis.url);
    const { engine, quotes } = await aNode(redis.url, { tier1: false });
    await quotes.set('b', 'fine');
    await client.call(...(command as [string, ...string[]]));
    expect(await quotes.get('a')).toBeUndefined();
    expect(await quotes.getOrLoad('a', () => 'loaded')).toBe('loaded');
    expect(await quotes.getMany(['a', 'b'])).toEqual(['loaded', 'fine']);
    expect(await client.exists('sluice:x:{quotes:a}')).toBe(1);
    expect(quotes.space.counters.corrupt).toBeGreaterThan(0);
    expect(engine.link.breaker.state).toBe('closed');
  });

  it('is noticed within the next look where it is FLUSHALL, and nothing loaded before is stored after it', async () => {
    const redis = await aRedis();
    const client = aClient(redis.url);
    const { quotes } = await aNode(redis.url);
    await quotes.set('a', 'old');
    const loader = new CountedLoader('old').hold();
    const loading = quotes.getOrLoad('b', loader.load);
    await until(() => loader.runs === 1);
    await client.flushall();
    loader.release();
    await loading;
    expect(await client.exists('quotes:b')).toBe(0);
    await until(async () => (await quotes.get('a')) === undefined);
    expect(await quotes.getOrLoad('a', () => 'new')).toBe('new');
  });

  it('breaks nothing where it writes to the channel of the invalidations', async () => {
    const redis = await aRedis();
    const client = aClient(redis.url);
    const { engine, quotes } = await aNode(redis.url);
    for (const text of ['', 'null', '{"n":"quotes"}', '[1]', '{"n":"quotes","f":"x","k":[1],"e":"e","s":1}'])
      await client.publish('sluice:inv', text);
    await quotes.set('a', 1);
    expect(await engine.look()).toBe(true);
    expect(await quotes.get('a')).toBe(1);
  });
});
