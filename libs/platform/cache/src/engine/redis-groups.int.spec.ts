import { startRedisCluster, startRedisSentinel, until } from '@sluice/testing';
import { aNode, closeAll, CountedLoader, keep } from './node.fixture';

afterEach(closeAll);

describe('a cluster of three nodes', () => {
  it('serves everything that one server does', async () => {
    const cluster = keep(await startRedisCluster(), (opened) => opened.stop());
    const [one, two] = [await aNode(cluster.url), await aNode(cluster.url)];
    const keys = Array.from({ length: 60 }, (_, i) => `k${i}`);
    const items = keys.map((key, i) => ({ key, value: i }));
    const written = await one.quotes.setMany(items);
    expect(new Set(written.map(({ tier2, reason }) => reason ?? tier2))).toEqual(new Set(['written']));
    expect(await two.quotes.getMany(keys)).toEqual(keys.map((_key, i) => i));
    expect(await one.quotes.delete('k0')).toMatchObject({ tier2: 'written', removed: 1 });
    await until(async () => (await two.quotes.get('k0')) === undefined);

    const loader = new CountedLoader().hold();
    const answers = [one, two].flatMap(({ quotes }) =>
      Array.from({ length: 250 }, () => quotes.getOrLoad('cold', loader.load)),
    );
    await until(() => loader.runs > 0);
    loader.release();
    expect([new Set(await Promise.all(answers)), loader.runs]).toEqual([new Set(['loaded']), 1]);

    const old = new CountedLoader('old').hold();
    const loading = one.quotes.getOrLoad('late', old.load);
    await until(() => old.runs === 1);
    expect(await two.quotes.clear()).toMatchObject({ tier2: 'written', removed: 60 });
    old.release();
    await loading;
    await until(async () => (await one.quotes.getMany([...keys, 'late'])).every((value) => value === undefined));
    expect(await two.quotes.getOrLoadMany(['k1', 'k2'], async (asked) => [...asked])).toEqual(['k1', 'k2']);
    expect(one.engine.link.breaker.state).toBe('closed');
  });

  it('goes on with the loader while a node is down, and with the cluster after it', async () => {
    const cluster = keep(await startRedisCluster(), (opened) => opened.stop());
    const { engine, quotes } = await aNode(cluster.url);
    const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
    await cluster.nodes[1]!.kill();
    for (const key of keys) expect(await quotes.getOrLoad(key, () => key)).toBe(key);
    await cluster.waitForState('fail');
    expect(await quotes.delete('k0')).toMatchObject({ tier2: 'queued' });
    await cluster.nodes[1]!.restart();
    await cluster.waitForState('ok');
    await until(async () => (await engine.look()) && engine.link.pendingKeys === 0);
    for (const key of keys) expect(await quotes.set(key, 1)).toMatchObject({ tier2: 'written' });
  });
});

it('goes on by itself after a failover of a Sentinel group, asked for or not', async () => {
  const group = keep(await startRedisSentinel(), (opened) => opened.stop());
  const [one, two] = [await aNode(group.url), await aNode(group.url)];
  const goesOn = async (value: string) => {
    await until(async () => (await one.quotes.set('a', value)).tier2 === 'written');
    await until(async () => two.engine.hearsOthers && (await two.engine.look()));
    await until(async () => (await two.quotes.get('a')) === value);
    expect(await two.quotes.delete('a')).toMatchObject({ tier2: 'written', removed: 1 });
    await until(async () => (await one.quotes.get('a')) === undefined);
  };
  await goesOn('first');
  await group.failover();
  await goesOn('after the failover');
  await group.replica.kill();
  for (let i = 0; i < 5; i++) expect(await one.quotes.getOrLoad(`cold${i}`, () => i)).toBe(i);
  await group.waitForPrimary(group.primary);
  await goesOn('after the death');
});
