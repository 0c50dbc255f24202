import { CacheEngine, invalidationOf, OutboxRelay, RedisTier2 } from '@sluice/cache';
import { CacheOutbox, Postgres } from '@sluice/postgres';
import { RedisConnection } from '@sluice/redis';
import { freshDatabase, freshRedis, type FreshDatabase } from '@sluice/testing';
import { LatestPicksCache, type LatestPicks, type PicksScope } from '@sluice/trading-caching';
import { type TopPicksResult, TopPicksRunWriter } from '@sluice/trading-persistence';
import { LatestPicksSource } from './latest-picks.source';

describe('the latest picks of a scope', () => {
  let database: FreshDatabase;
  let postgres: Postgres;
  let engine: CacheEngine;
  let relay: OutboxRelay;
  let latest: LatestPicksCache;
  let writer: TopPicksRunWriter;
  let outbox: CacheOutbox;

  beforeAll(async () => {
    const redis = await freshRedis();
    database = await freshDatabase();
    postgres = new Postgres({ url: database.url });
    engine = new CacheEngine({ tier2: new RedisTier2(RedisConnection.opened(redis.url)) });
    latest = new LatestPicksCache(engine);
    outbox = new CacheOutbox(postgres);
    relay = new OutboxRelay({ engine, outbox });
    writer = new TopPicksRunWriter(outbox, (scope) => invalidationOf(latest, [scope]));
  });
  afterAll(async () => {
    await relay.close();
    await engine.close();
    await postgres.close();
    await database.drop();
  });

  const storeRun = (result: TopPicksResult) => outbox.transaction((tx) => writer.storeRun(tx, result, 'manual'));
  const read = (scope: PicksScope) =>
    latest.getOrLoad(scope, (): Promise<LatestPicks | null> => LatestPicksSource.over(postgres).load(scope));

  it.each([
    ['nifty50', 'Intraday', 'NIFTY50', 'intraday'],
    ['banknifty', 'Mean-Reversion', 'BankNifty', 'mean-REVERSION'],
  ])('are those of the new run, also where %s %s was empty before', async (universe, mode, asGiven, modeAsGiven) => {
    const scope = { universe, mode };
    expect(await read(scope)).toBeNull();
    for (const symbol of ['TCS', 'INFY']) {
      await storeRun({ universe: asGiven, mode: modeAsGiven, picks: [{ symbol }] });
      expect(await relay.deliverDue()).toBe(1);
      expect((await read(scope))?.items).toEqual([{ symbol }]);
    }
  });

  it('stay cached when a run of another scope is stored', async () => {
    const scope = { universe: 'nifty50', mode: 'Swing' };
    await latest.set(scope, { ...scope, items: ['kept'], as_of: '' });
    await storeRun({ universe: 'nifty50', mode: 'Options', picks: [] });
    await relay.deliverDue();
    expect((await latest.get(scope))?.items).toEqual(['kept']);
  });
});
