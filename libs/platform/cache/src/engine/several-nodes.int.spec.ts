import path from 'node:path';
import { freshRedis, run, startRedis, tcpProxy, until } from '@sluice/testing';
import { cacheOf } from '../declare/cache-of';
import {
  aClient,
  aNode,
  closeAll,
  CountedLoader,
  impatient,
  keep,
  quotesDeclaration,
  type TestNode,
} from './node.fixture';

afterEach(closeAll);

const aRedis = async () => keep(await startRedis(), (server) => server.stop());
const aProxy = async (url: string) => keep(await tcpProxy(url), (proxy) => proxy.close());

/** Holds the value in its memory, after every message about it. */
async function holds({ engine, quotes }: TestNode, value: unknown, url: string): Promise<void> {
  const told = Number(await aClient(url).hget('sluice:n:quotes', 'seq'));
  await until(() => quotes.space.state?.seq === told);
  expect(await quotes.get('a')).toBe(value);
  expect(engine.tier1.find('quotes:a')?.value).toBe(value);
}

const REGISTER = path.resolve(__dirname, '../../../../../tools/swc-register.cjs');
const CHILD = path.join(__dirname, 'node-child.fixture.ts');
const child = (args: readonly (string | number)[], onStart: (pid: number) => void = () => undefined) =>
  run(process.execPath, ['-r', REGISTER, CHILD, ...args.map(String)], { onStart });

describe('one cold key', () => {
  it('is loaded once by two engines with 500 callers each', async () => {
    const { url } = await freshRedis();
    const [one, two] = [await aNode(url), await aNode(url)];
    const loader = new CountedLoader().hold();
    const answers = [one, two].flatMap(({ quotes }) =>
      Array.from({ length: 500 }, () => quotes.getOrLoad('cold', loader.load)),
    );
    await until(() => loader.runs > 0);
    loader.release();
    expect([new Set(await Promise.all(answers)), loader.runs]).toEqual([new Set(['loaded']), 1]);
  });

  it('is loaded once by four processes with 250 callers each', async () => {
    const { url } = await freshRedis();
    const client = aClient(url);
    const children = Promise.all(Array.from({ length: 4 }, () => child([url, 250, 300, 60_000])));
    await until(async () => (await client.get('ready')) === '4');
    await client.set('go', 1);
    const results = await children;
    expect(results.map(({ code, stdout, stderr }) => ({ code, stdout, stderr }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 0, stdout: '[250,"value 1"]', stderr: '' })),
    );
    expect(await client.get('loads')).toBe('1');
  });

  it('is loaded by another process after the lease of one that was killed', async () => {
    const { url } = await freshRedis();
    const client = aClient(url);
    const { quotes } = await aNode(url, { leaseMs: 600 });
    let pid = 0;
    const dying = child([url, 1, 600_000, 600], (started) => (pid = started));
    await client.set('go', 1);
    await until(() => client.exists('loads'));
    const loader = new CountedLoader('other');
    const answer = quotes.getOrLoad('cold', loader.load);
    await until(() => quotes.runningLoads === 1);
    expect(loader.runs).toBe(0);
    process.kill(pid, 'SIGKILL');
    expect((await dying).signal).toBe('SIGKILL');
    expect(await answer).toBe('other');
    expect(await client.get('quotes:cold')).toBe('"other"');
  });

  it('keeps the value of the one that went on when the late holder of the lease comes back', async () => {
    const redis = await aRedis();
    const proxy = await aProxy(redis.url);
    const late = await aNode(proxy.url, { leaseMs: 300 });
    const { quotes } = await aNode(redis.url, { leaseMs: 300 });
    const loader = new CountedLoader('late').hold();
    const loading = late.quotes.getOrLoad('cold', loader.load);
    await until(() => loader.runs === 1);
    proxy.hang();
    expect(await quotes.getOrLoad('cold', () => 'new')).toBe('new');
    proxy.heal();
    await until(() => late.engine.look());
    loader.release();
    expect(await loading).toBe('late');
    expect(await aClient(redis.url).get('quotes:cold')).toBe('"new"');
    expect(await late.quotes.getOrLoad('cold', () => 'again')).toBe('new');
  });

  it('has its loader fail once for 1000 waiters, is not tried during the back-off, and is after it', async () => {
    const { url } = await freshRedis();
    const [one, two] = [await aNode(url, { backoffMs: 3_000 }), await aNode(url, { backoffMs: 3_000 })];
    let runs = 0;
    const fail = async (): Promise<never> => {
      runs++;
      throw new Error('no source');
    };
    const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, () => one.quotes.getOrLoad('a', fail)));
    expect(outcomes.filter((o) => o.status === 'rejected' && (o.reason as Error).message === 'no source')).toHaveLength(1_000); // prettier-ignore
    for (const { quotes } of [one, two])
      await expect(quotes.getOrLoad('a', fail)).rejects.toMatchObject({ code: 'CACHE_LOAD_BACKOFF' });
    expect(runs).toBe(1);
    await until(async () => (await two.quotes.getOrLoad('a', () => 'there').catch(() => null)) === 'there');
  });
});

describe('a delete', () => {
  it.each(['the same', 'another'])('of %s process while a load runs lets the old value nowhere', async (whose) => {
    const { url } = await freshRedis();
    const [one, two] = [await aNode(url), await aNode(url)];
    const loader = new CountedLoader('old').hold();
    const loading = one.quotes.getOrLoad('a', loader.load);
    await until(() => loader.runs === 1);
    await (whose === 'another' ? two : one).quotes.delete('a');
    const after = one.quotes.getOrLoad('b', () => 'b'); // A message that was sent before has arrived by then.
    await after;
    loader.release();
    expect(await loading).toBe('old');
    expect(await aClient(url).exists('quotes:a')).toBe(0);
    for (const { quotes } of [one, two]) expect(await quotes.getOrLoad('a', () => 'new')).toBe('new');
    expect(one.quotes.space.counters.overtaken).toBe(1);
  });

  it('during an outage stays deleted on every node after it', async () => {
    const redis = await aRedis();
    const proxy = await aProxy(redis.url);
    const one = await aNode(proxy.url);
    const two = await aNode(redis.url);
    await one.quotes.set('a', 'old');
    await holds(two, 'old', redis.url);
    proxy.drop();
    expect(await one.quotes.delete('a')).toMatchObject({ tier2: 'queued' });
    expect(await one.quotes.get('a')).toBeUndefined();
    proxy.heal();
    await until(() => one.engine.link.pendingKeys === 0);
    await until(async () => (await two.quotes.get('a')) === undefined);
    expect(await aClient(redis.url).exists('quotes:a')).toBe(0);
    for (const { quotes } of [one, two]) expect(await quotes.get('a')).toBeUndefined();
    expect(await two.quotes.getOrLoad('a', () => 'new')).toBe('new');
    expect(await one.quotes.get('a')).toBe('new');
  });

  it('that waits for delivery keeps a load that began before it from being stored', async () => {
    const redis = await aRedis();
    const { engine, quotes } = await aNode(redis.url);
    const loader = new CountedLoader('old').hold();
    const loading = quotes.getOrLoad('a', loader.load);
    await until(() => loader.runs === 1);
    engine.link.queue(quotes.space, ['quotes:a']);
    loader.release();
    await loading;
    expect(await aClient(redis.url).exists('quotes:a')).toBe(0);
  });
});

describe('a node that is cut off from the messages of the others', () => {
  it('notices within a look that it missed one, and drops that namespace and no other', async () => {
    const redis = await aRedis();
    const ear = await aProxy(redis.url);
    const cut = await aNode(redis.url, {}, { earUrl: ear.url });
    const other = new (cacheOf<string, unknown>({ ...quotesDeclaration, name: 'other' }))(cut.engine);
    await cut.engine.look();
    const { drops } = other.space;
    const teller = await aNode(redis.url);
    await teller.quotes.set('a', 'old');
    await holds(cut, 'old', redis.url);
    ear.hang();
    await teller.quotes.set('a', 'new');
    expect(await cut.quotes.get('a')).toBe('old');
    await until(async () => (await cut.quotes.get('a')) === 'new');
    expect(cut.quotes.space.counters.gaps).toBe(1);
    expect(other.space.drops).toBe(drops);
  });

  it('serves nothing from its memory past the ceiling when it cannot look either', async () => {
    const redis = await aRedis();
    const proxy = await aProxy(redis.url);
    const cut = await aNode(proxy.url, { staleCeilingMs: 500 }, impatient);
    const teller = await aNode(redis.url);
    await teller.quotes.set('a', 'old');
    await holds(cut, 'old', redis.url);
    proxy.hang();
    await teller.quotes.set('a', 'new');
    await until(async () => (await cut.quotes.get('a')) !== 'old');
    expect(await cut.quotes.getOrLoad('a', () => 'loaded')).toBe('loaded');
  });

  it('is at worst a little slower where messages come twice, late or in another order', async () => {
    const redis = await aRedis();
    const client = aClient(redis.url);
    const [one, two] = [await aNode(redis.url), await aNode(redis.url)];
    await one.quotes.set('a', 1);
    const { epoch, seq } = one.quotes.space.state!;
    await client.hincrby('sluice:n:quotes', 'seq', 2); // As who told them would have.
    for (const s of [seq, seq - 1, seq + 2, seq + 1, seq])
      await client.publish('sluice:inv', JSON.stringify({ n: 'quotes', f: 'x', k: ['quotes:a'], e: epoch, s }));
    for (const { engine, quotes } of [one, two]) {
      expect(await engine.look()).toBe(true);
      expect(await quotes.get('a')).toBe(1);
    }
    await one.quotes.set('a', 2);
    await until(async () => (await two.quotes.get('a')) === 2);
  });
});
