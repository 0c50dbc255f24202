import { startRedis, until } from '@sluice/testing';
import { aClient, aNode, closeAll, keep } from './node.fixture';

afterEach(closeAll);

const aRedis = async () => keep(await startRedis({ settings: { save: '900 1' } }), (server) => server.stop());
const seqOf = async (url: string) => Number(await aClient(url).hget('sluice:n:quotes', 'seq'));

describe('a Redis that comes back with the data of a snapshot', () => {
  it('brings back no value that was deleted since, and its number is followed again', async () => {
    const redis = await aRedis();
    const [one, two] = [await aNode(redis.url), await aNode(redis.url)];
    await one.quotes.set('gone', 'deleted later');
    await aClient(redis.url).save();
    await one.quotes.delete('gone');
    for (let i = 0; i < 5; i++) await one.quotes.delete(`other ${i}`);
    const told = await seqOf(redis.url);
    for (const { quotes } of [one, two]) await until(() => quotes.space.state?.seq === told);
    await redis.kill();
    await redis.restart();
    await until(() => one.engine.look());
    await until(() => two.engine.look());
    for (const { quotes } of [one, two]) {
      expect(await quotes.get('gone')).toBeUndefined();
      expect(quotes.space.counters.gaps).toBeGreaterThan(0);
    }
    expect(await seqOf(redis.url)).toBeLessThan(told);

    await until(() => one.engine.hearsOthers && two.engine.hearsOthers);
    await one.quotes.set('a', 'old');
    await until(async () => (await two.quotes.get('a')) === 'old');
    await until(async () => two.quotes.space.state?.seq === (await seqOf(redis.url)));
    await aClient(redis.url).client('KILL', 'TYPE', 'pubsub');
    await one.quotes.set('a', 'new');
    await until(async () => (await two.quotes.get('a')) === 'new');
  });
});

it('a forged message with a huge number hides no later one for longer than a look', async () => {
  const redis = await aRedis();
  const [one, two] = [await aNode(redis.url), await aNode(redis.url)];
  await one.quotes.set('a', 'old');
  const { epoch } = one.quotes.space.state!;
  const forged = { n: 'quotes', f: 'x', k: ['quotes:z'], e: epoch, s: 1e9 };
  await aClient(redis.url).publish('sluice:inv', JSON.stringify(forged));
  await until(() => two.quotes.space.state?.seq === 1e9);
  expect(await two.engine.look()).toBe(true);
  await until(() => one.quotes.space.state?.epoch !== epoch && two.quotes.space.state?.epoch !== epoch);
  for (const { quotes } of [one, two]) expect(quotes.space.state!.seq).toBe(1);
});
