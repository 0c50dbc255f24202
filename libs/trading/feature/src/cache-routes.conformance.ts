import type { CacheDriver } from '@sluice/cache/testing';
import { TradingCaches, type GlobalScore, type LatestPicks, type PicksScope } from '@sluice/trading-caching';
import { CachedValuesController } from './cached-values.controller';
import { CachedValuesService } from './cached-values.service';
import { ConsistentPicksController, ConsistentPicksQuery } from './consistent-picks.controller';
import { ConsistentPicksService } from './consistent-picks.service';
import { FakeReply, openCaches } from './feature-caches.fixture';
import { GeneralCacheController } from './general-cache.controller';
import { MarketSummaryController } from './market-summary.controller';
import { MarketSummaryService } from './market-summary.service';
import { OhlcCacheController } from './ohlc-cache.controller';
import { OhlcCacheService } from './ohlc-cache.service';

const aScore = (symbol: string, blend: number, over: Partial<GlobalScore> = {}): GlobalScore => ({
  ...{ symbol, blend_score: blend, confidence: 'High', recommendation: 'Buy', is_actionable: true, agents: [] },
  ...{ recommendation_note: null, risk_reward_ratio: null, color_scheme: null, key_signals: [], reasoning: null },
  ...{ analyzed_at: '2026-01-09T05:30:00Z', ...over },
});
const candles = { source: 'yahoo', rows: [{ time: '2026-01-09T09:15:00+05:30', close: 1 }] };
const candlesOf = (symbol: string, interval = '1d') => ({ symbol, from: '2026-01-01', to: '2026-01-09', interval });

/** What the legacy cache routes answer, alike on every driver. */
export function describeCacheRoutes(driver: CacheDriver): void {
  describe(`the cache routes on ${driver.name}`, () => {
    let open: Awaited<ReturnType<typeof openCaches>>;
    let caches: TradingCaches;
    beforeEach(async () => {
      open = await openCaches(driver);
      ({ caches } = open);
    });
    afterEach(() => open.close());

    describe('cached values', () => {
      const picks: LatestPicks = {
        items: [{ symbol: 'TCS', rank: 1 }, { symbol: 'M&M', rank: 2 }, { symbol: 'INFY', rank: 3 }],
        ...{ as_of: '2026-01-09T20:14:34.765817', universe: 'nifty50', mode: 'Intraday' },
      }; // prettier-ignore
      const load = jest.fn(async ({ mode }: PicksScope) => (mode === 'Swing' ? null : picks));
      const aController = (of = caches) =>
        new CachedValuesController(new CachedValuesService(of, { load } as unknown as never));
      const scope = { universe: 'NIFTY50', mode: 'intraday' };

      beforeEach(() => load.mockClear());

      it('gives the newest picks, loaded once, and says how they were come by', async () => {
        const controller = aController();
        const [first, second] = [new FakeReply(), new FakeReply()];
        const key = 'picks:latest:nifty50:Intraday';
        const answer = { status: 'success', found: true, key, ...scope, data: picks };
        expect(await controller.getTopPicks(scope, first)).toEqual(answer);
        expect(await controller.getTopPicks(scope, second)).toEqual(answer);
        expect(load).toHaveBeenCalledTimes(1);
        expect(first.sent).toEqual({ 'cache-status': 'Sluice; fwd=miss; stored', 'x-cache-status': 'MISS' });
        expect(second.sent['cache-status']).toMatch(/^Sluice; hit; ttl=\d+; detail=memory$/);
        expect(second.sent['x-cache-status']).toBe('HIT');
      });

      it('serves the picks of before while the source fails, and says that they are stale', async () => {
        await aController().getTopPicks(scope, new FakeReply());
        await caches.latestPicks.expire([scope]);
        load.mockRejectedValueOnce(new Error('PostgreSQL is away.'));
        const reply = new FakeReply();
        expect(await aController().getTopPicks(scope, reply)).toMatchObject({ found: true, data: picks });
        expect(reply.sent['x-cache-status']).toBe('STALE');
        expect(reply.sent['cache-status']).toMatch(/^Sluice; hit; ttl=-?\d+; detail=(memory|shared)$/);
      });

      it('says that there are none, and takes an empty parameter for one that was not given', async () => {
        const controller = aController();
        expect(await controller.getTopPicks({ universe: 'nifty50', mode: 'Swing' }, new FakeReply())).toEqual({
          ...{ status: 'success', found: false, key: 'picks:latest:nifty50:Swing', universe: 'nifty50', mode: 'Swing' },
          message: 'There are no picks of this universe and mode.',
        });
        const { universe, mode } = await controller.getTopPicks({ universe: '', mode: '' }, new FakeReply());
        expect([universe, mode]).toEqual(['nifty50', 'Intraday']);
      });

      it('gives all picks by symbol, or those that were asked for in any case', async () => {
        const controller = aController();
        const all = await controller.getHeatmap(scope, new FakeReply());
        expect(all).toMatchObject({ found: true, as_of: picks.as_of, count: 3, symbols: ['INFY', 'M&M', 'TCS'] });
        const some = await controller.getHeatmap({ ...scope, symbols: ' tcs ,NONE,, infy' }, new FakeReply());
        expect(some).toMatchObject({ count: 2, symbols: ['INFY', 'TCS'], items: [{ rank: 1 }, { rank: 3 }] });
        const none = await controller.getHeatmap({ universe: 'nifty50', mode: 'Swing' }, new FakeReply());
        expect(none).toMatchObject({ found: false, message: expect.any(String) });
      });

      it('gives what the jobs left, and says of what they did not that nothing is there', async () => {
        const controller = aController();
        await caches.portfolioMonitor.set('watchlist', { entries: [] });
        const reply = new FakeReply();
        expect(await controller.getPortfolio({ scope: 'watchlist' }, reply)).toEqual({
          ...{ status: 'success', found: true, key: 'portfolio:monitor:watchlist:last', data: { entries: [] } },
        });
        expect(reply.sent['x-cache-status']).toBe('HIT');
        const absent = new FakeReply();
        expect(await controller.getPortfolio({ scope: 'positions' }, absent)).toEqual({
          ...{ status: 'success', found: false, key: 'portfolio:monitor:positions:last' },
          message: 'Nothing is cached under this key.',
        });
        expect(absent.sent).toEqual({ 'cache-status': 'Sluice; fwd=miss', 'x-cache-status': 'MISS' });
        expect(await controller.getScalping(new FakeReply())).toMatchObject({
          found: false,
          key: 'scalping:monitor:last',
        });
      });

      it('refuses a scope that no job makes, as a mistake of the caller', async () => {
        const unknown = { code: 'TRADING_SCOPE_UNKNOWN', kind: 'usage' };
        await expect(aController().getPortfolio({ scope: 'all' }, new FakeReply())).rejects.toMatchObject(unknown);
        await expect(aController().getDashboard({ scope: 'performance:7d' }, new FakeReply())).rejects.toMatchObject({
          ...unknown,
          message: 'scope must be one of: intraday, performance_7d',
        });
      });

      it('gives one overview, or both with what is missing as null', async () => {
        const controller = aController();
        await caches.dashboard.set('performance:7d', { metrics: {} });
        expect(await controller.getDashboard({ scope: 'performance_7d' }, new FakeReply())).toMatchObject({
          ...{ found: true, key: 'dashboard:overview:performance:7d', data: { metrics: {} } },
        });
        const reply = new FakeReply();
        expect(await controller.getOverview(reply)).toEqual({
          ...{ status: 'success', generated_at: expect.stringMatching(/Z$/) },
          ...{ intraday: { found: false, data: null }, performance_7d: { found: true, data: { metrics: {} } } },
        });
        expect(reply.sent['x-cache-status']).toBe('MISS');
      });

      it('answers without the shared tier: picks from the source, and no snapshots', async () => {
        const controller = aController(open.another({ away: true }));
        const reply = new FakeReply();
        expect(await controller.getTopPicks(scope, reply)).toMatchObject({ found: true, data: picks });
        expect(reply.sent).toEqual({ 'cache-status': 'Sluice; fwd=miss', 'x-cache-status': 'MISS' });
        expect(await controller.getScalping(new FakeReply())).toMatchObject({ found: false });
      });
    });

    describe('the cache of candles', () => {
      const aController = (of = caches) => new OhlcCacheController(new OhlcCacheService(of));

      it('has stats, with rates and sizes of two decimals', async () => {
        expect(await aController(open.another()).getStats()).toEqual({
          status: 'success',
          cache_stats: {
            ...{ hits: 0, misses: 0, writes: 0, invalidations: 0, hit_rate: 0 },
            ...{ total_entries: 0, total_size_bytes: 0, total_size_mb: 0 },
          },
        });
        await caches.ohlc.set(candlesOf('TCS'), candles);
        for (const symbol of ['TCS', 'TCS', 'INFY']) await open.another().ohlc.get(candlesOf(symbol));
        await caches.ohlc.get(candlesOf('TCS'));
        for (const symbol of ['A', 'B']) await caches.ohlc.get(candlesOf(symbol));
        const { cache_stats: stats } = await aController().getStats();
        expect(stats).toMatchObject({ hits: 1, misses: 2, writes: 1, hit_rate: 33.33, total_entries: 1 });
        expect(stats.total_size_bytes).toBeGreaterThan(50);
      });

      it('lists the newest entries up to the limit, under the names of the legacy index', async () => {
        await caches.ohlc.set(candlesOf('OLD'), candles, { freshMs: 86_400_000 - 9_000_000 });
        await caches.ohlc.set(candlesOf('TCS'), candles);
        const { total_entries: total, entries } = await aController().getInfo({ limit: 1 });
        expect([total, entries.length]).toEqual([2, 1]);
        expect(entries[0]).toEqual({
          ...{ cache_key: 'hist:TCS:2026-01-01:2026-01-09:1d', symbol: 'TCS', interval: '1d', source: 'yahoo' },
          ...{ from_date: '2026-01-01T00:00:00', to_date: '2026-01-09T00:00:00', age_hours: 0, row_count: 1 },
          ...{ cached_at: expect.stringMatching(/^\d{4}-.*Z$/), size_kb: expect.any(Number) },
        });
        expect((await aController().getInfo({ limit: 50 })).entries[1]).toMatchObject({
          symbol: 'OLD',
          age_hours: 2.5,
        });
      });

      it('invalidates what passes all filters, and everything without one', async () => {
        for (const symbol of ['TCS', 'INFY'])
          for (const interval of ['1d', '5m']) await caches.ohlc.set(candlesOf(symbol, interval), candles);
        const controller = aController();
        expect(await controller.invalidate({ symbol: 'TCS', interval: '5m' })).toEqual({
          ...{ status: 'success', message: '1 entry invalidated.', invalidated_count: 1 },
        });
        expect(await controller.invalidate({ older_than_hours: 1 })).toMatchObject({ invalidated_count: 0 });
        expect(await controller.invalidate({ symbol: '' })).toMatchObject({ invalidated_count: 3 });
        expect(await controller.getInfo({ limit: 50 })).toMatchObject({ total_entries: 0 });
      });

      it.each(['%zz', '%', '1d%E0', '%41'])(
        'goes past a key that another program left, with %p for an interval',
        async (last) => {
          await caches.ohlc.set(candlesOf('TCS'), candles);
          const { space } = caches.ohlc;
          const foreign = {
            op: 'set',
            key: `hist:S:2026-01-01:2026-01-02:${last}`,
            payload: 'x',
            lifeMs: 9_999,
            tags: [],
          } as const;
          await open.engine.link.call(space, (tier2) => tier2.change(space, [foreign], 'another'));
          const controller = aController();
          expect((await controller.getStats()).cache_stats).toMatchObject({ total_entries: 1 });
          expect(await controller.getInfo({ limit: 5 })).toMatchObject({ total_entries: 1 });
          expect(await controller.getHealth()).toMatchObject({ total_entries: 1 });
          expect(await controller.invalidate({ symbol: 'TCS' })).toMatchObject({ invalidated_count: 1 });
        },
      );

      it('clears everything, and its counters stay', async () => {
        await caches.ohlc.set(candlesOf('TCS'), candles);
        expect(await aController().clear()).toEqual({
          ...{ status: 'success', message: '1 entry cleared.', cleared_count: 1 },
        });
        expect((await aController().getStats()).cache_stats).toMatchObject({ writes: 1, invalidations: 1 });
      });

      it.each([
        [[1, 0], 'excellent', 0],
        [[7, 3], 'excellent', 0],
        [[1, 1], 'good', 0],
        [[3, 7], 'fair', 0],
        [[29, 71], 'poor', 1],
      ] as const)('with %j hits and misses is %s', async ([hits, misses], health, hints) => {
        await caches.ohlc.set(candlesOf('TCS'), candles);
        for (let i = 0; i < hits; i++) await caches.ohlc.get(candlesOf('TCS'));
        for (let i = 0; i < misses; i++) await caches.ohlc.get(candlesOf(`NONE${i}`));
        const answer = await aController().getHealth();
        expect(answer).toMatchObject({ status: 'success', health, total_entries: 1 });
        expect(answer.recommendations).toHaveLength(hints);
      });

      it('gives hints for an empty cache', async () => {
        expect((await aController().getHealth()).recommendations).toHaveLength(2);
      });

      it('cannot tell without the shared tier, and names no server', async () => {
        const away = aController(open.another({ away: true }));
        const error = { code: 'TRADING_CACHE_AWAY', kind: 'unavailable', message: 'Redis is not available.' };
        await expect(away.getStats()).rejects.toMatchObject(error);
        await expect(away.getInfo({ limit: 1 })).rejects.toMatchObject(error);
        await expect(away.invalidate({ symbol: 'TCS', older_than_hours: 1 })).rejects.toMatchObject(error);
        const later = { ...error, message: 'Redis is not available; the cache is cleared when it is back.' };
        await expect(away.invalidate({ symbol: 'TCS' })).rejects.toMatchObject(later);
        await expect(away.clear()).rejects.toMatchObject(later);
      });
    });

    describe('the general cache', () => {
      it('is emptied, what is kept for a closed market included, and no other cache is', async () => {
        const { general, ohlc } = caches;
        await general.getCached('yquote:TCS', async () => 1);
        await general.getCached('summary', async () => 2, { persist: true, region: 'Global' });
        await ohlc.set(candlesOf('TCS'), candles);
        const other = open.another();
        await other.general.volatile.get('yquote:TCS');
        expect(await new GeneralCacheController(caches).clear()).toEqual({
          ...{ ok: true, message: 'The general cache is empty: 2 entries deleted.' },
        });
        expect(await general.volatile.get('yquote:TCS')).toBeUndefined();
        expect(await general.persistent.get({ key: 'summary', region: 'Global' })).toBeUndefined();
        expect(await ohlc.get(candlesOf('TCS'))).toEqual(candles);
      });

      it('is not said to be empty where the shared tier has not taken it', async () => {
        const away = new GeneralCacheController(open.another({ away: true }));
        await expect(away.clear()).rejects.toMatchObject({ code: 'TRADING_CACHE_AWAY', kind: 'unavailable' });
      });
    });

    describe('the summary of a market', () => {
      const indices = [{ name: 'S&P 500', price: 6921.46 }];
      const ask = async (region: string, of = caches) => {
        const reply = new FakeReply();
        const controller = new MarketSummaryController(new MarketSummaryService(of));
        return { answer: await controller.get({ region }, reply), headers: reply.sent };
      };
      const left = (region: string, key: string, value: unknown) =>
        caches.general.persistent.set({ key, region }, value, { freshMs: 30_000 });
      const absent = { code: 'TRADING_MARKET_SUMMARY_UNKNOWN', kind: 'not-found' };

      it('is what the general cache holds, live while it is within its life', async () => {
        await left('Global', 'global_indices_summary', { indices, region: 'none' });
        const { answer, headers } = await ask('Global');
        expect(answer).toEqual({ indices, region: 'Global', data_source: 'Live' });
        expect(headers['x-cache-status']).toBe('HIT');
        await expect(ask('India')).rejects.toMatchObject(absent);
      });

      it('is that of the last trading day when its life is over, and says that it is cached', async () => {
        const key = { key: 'india_indices_summary', region: 'India' };
        await left('India', key.key, { indices });
        const id = caches.general.persistent.idOf(key);
        const lifeMs = 86_400_000;
        const { space } = caches.general.persistent;
        const { payload } = (await open.engine.link.call(space, (tier2) => tier2.read({ space, keys: [id] })))[0]!;
        await open.engine.link.call(space, (tier2) =>
          tier2.change(space, [{ op: 'set', key: id, payload: payload!, lifeMs, tags: [] }], 'another'),
        );
        const { answer, headers } = await ask('');
        expect(answer).toEqual({ indices, region: 'India', _cached: true, data_source: 'Last Trading Day (Cached)' });
        expect(headers['x-cache-status']).toBe('STALE');
      });

      it.each([
        ['nothing was left', undefined],
        ['a list was left', indices],
        ['null was left', null],
      ])('is not known where %s', async (_case, value) => {
        if (value !== undefined) await left('Global', 'global_indices_summary', value);
        await expect(ask('Global')).rejects.toMatchObject(absent);
      });

      it('is not said to be unknown where the shared tier cannot be asked', async () => {
        const error = { code: 'TRADING_CACHE_AWAY', message: 'Redis is not available.' };
        await expect(ask('Global', open.another({ away: true }))).rejects.toMatchObject(error);
      });
    });

    describe('consistent picks', () => {
      const records: Record<string, { symbols: string[]; stocks: number | null }> = {
        NIFTY50: { symbols: ['INFY', 'TCS', 'WIPRO'], stocks: 50 },
        BANKNIFTY: { symbols: ['HDFC', 'TCS'], stocks: null },
      };
      const find = jest.fn(async (name: string) => records[name.toUpperCase()] ?? { symbols: [], stocks: null });
      const ask = async (query: Partial<ConsistentPicksQuery> = {}) => {
        const service = new ConsistentPicksService(caches, { find } as unknown as never);
        const reply = new FakeReply();
        const asked = { universes: 'NIFTY50,BANKNIFTY', limit: 5, refresh: false, ...query };
        return { answer: await new ConsistentPicksController(service).get(asked, reply), headers: reply.sent };
      };

      it('ranks what the cache has, one score per symbol, and makes nothing up for the rest', async () => {
        await caches.scores.set('TCS', aScore('TCS', 60));
        await caches.scores.set('INFY', aScore('INFY', 70));
        await caches.scores.set('WIPRO', aScore('WIPRO', 99, { is_actionable: false }));
        const { answer, headers } = await ask();
        expect(answer).toMatchObject({
          ...{ as_of: null, consistency_guaranteed: true, actionable_only: true, cache_valid: false },
          universes: {
            NIFTY50: {
              items: [aScoreLike('INFY', 70, 1), aScoreLike('TCS', 60, 2)],
              ...{ count: 2, requested: 5, total_universe_stocks: 50 },
              display_message: '2 of 5 picks: no other symbol has an actionable score.',
            },
            BANKNIFTY: { items: [aScoreLike('TCS', 60, 1)], count: 1, total_universe_stocks: 2 },
          },
        });
        expect(headers['x-cache-status']).toBe('MISS');
      });

      it('is valid where every known member has a score, and tells when the last was made', async () => {
        for (const symbol of ['HDFC', 'TCS']) await caches.scores.set(symbol, aScore(symbol, 50));
        await caches.scoresTimestamp.set('cache_timestamp', '2026-01-09T05:30:00Z');
        const { answer, headers } = await ask({ universes: ' banknifty ', limit: 1 });
        expect(answer).toMatchObject({ cache_valid: true, as_of: '2026-01-09T05:30:00Z' });
        expect(answer.universes).toMatchObject({
          banknifty: { count: 1, requested: 1, display_message: 'The 1 best actionable picks.' },
        });
        expect(headers['x-cache-status']).toBe('HIT');
      });

      it('answers an unknown universe with nothing, and says that a refresh is not made', async () => {
        const { answer } = await ask({ universes: 'NOSUCH', refresh: true });
        expect(answer).toMatchObject({ cache_valid: false, note: expect.stringContaining('not made') });
        expect(answer.universes).toMatchObject({ NOSUCH: { items: [], count: 0, total_universe_stocks: 0 } });
      });

      it('asks for the members of a universe once in a while', async () => {
        find.mockClear();
        await ask();
        await ask();
        expect(find.mock.calls).toEqual([['NIFTY50'], ['BANKNIFTY']]);
      });
    });
  });
}

const aScoreLike = (symbol: string, blend: number, rank: number) => ({ symbol, blend_score: blend, rank });
