import { Redis } from 'ioredis';
import { freshDatabase, freshRedis, startRedis, until, type FreshDatabase, type FreshRedis } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';
import { storeLegacyRows } from './legacy-rows';

const picks = '/v1/cache/redis/top-picks?universe=nifty50&mode=Intraday';

/** The same routes, whether caches are shared over Redis or kept in the process. */
describe.each(['redis', 'memory'])('the legacy cache routes with CACHE_DRIVER=%s', (driver) => {
  let database: FreshDatabase;
  let redis: FreshRedis;
  let api: ApiProcess;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    await storeLegacyRows(database.url);
    const settings = { DATABASE_URL: database.url, REDIS_URL: redis.url, CACHE_DRIVER: driver };
    api = await ApiProcess.start({ ...settings, MARKET_HOLIDAYS: '2026-01-26' });
  });
  afterAll(async () => {
    await api.stop();
    await Promise.all([database.drop(), redis.flush()]);
  });

  const post = async (target: string, headers = {}): Promise<Pick<Answer, 'status' | 'body'>> => {
    const response = await fetch(`${api.url}${target}`, { method: 'POST', headers });
    return { status: response.status, body: await response.json() };
  };

  it('give the newest picks from PostgreSQL, then from the cache, and say so', async () => {
    const first = await api.get(picks);
    expect(first.body).toMatchObject({
      ...{
        status: 'success',
        found: true,
        key: 'picks:latest:nifty50:Intraday',
        universe: 'nifty50',
        mode: 'Intraday',
      },
      data: { as_of: '2026-01-09T20:14:34.765817', items: { length: 5 }, universe: 'nifty50' },
    });
    expect([first.headers.get('x-cache-status'), first.headers.get('cache-status')]).toEqual([
      ...['MISS', 'Sluice; fwd=miss; stored'],
    ]);
    const second = await api.get(picks);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('cache-status')).toMatch(/^Sluice; hit; ttl=2\d\d; detail=(memory|shared)$/);
    const none = await api.get('/v1/cache/redis/top-picks?mode=Options');
    expect([none.status, none.body]).toMatchObject([200, { found: false, message: expect.any(String) }]);
  });

  it('show in the status of the top picks what the cache has', async () => {
    const { body, headers } = await api.get('/v1/top-picks/status');
    expect(body.rows[1].layers.redis).toEqual({ present: true, items: 5, key: 'picks:latest:nifty50:Intraday' });
    expect(headers.get('x-cache-status')).toBe('MISS'); // Of the other scopes there is nothing.
  });

  it('give picks by symbol', async () => {
    const { body } = await api.get('/v1/cache/redis/top-picks-heatmap?symbols=none');
    expect(body).toMatchObject({ found: true, count: 0, symbols: [], items: [] });
  });

  it.each([
    ['a NUL', '%00'],
    ['a sign of patterns', '%2A'],
    ['a colon', 'a%3Ab'],
    ['an emoji', '%F0%9F%98%80'],
    ['the longest name', 'x'.repeat(200)],
  ])('find nothing for a universe of %s', async (_what, name) => {
    const { status, body } = await api.get(`/v1/cache/redis/top-picks?universe=${name}`);
    expect([status, body.found]).toEqual([200, false]);
  });

  it('answer with nothing where no job has left anything', async () => {
    const { body } = await api.get('/v1/dashboard/overview');
    expect(body).toMatchObject({ status: 'success', intraday: { found: false, data: null } });
    for (const target of ['portfolio-monitor', 'scalping-monitor-last', 'dashboard-overview?scope=performance_7d'])
      expect((await api.get(`/v1/cache/redis/${target}`)).body).toMatchObject({ status: 'success', found: false });
    const unknown = await api.get('/v1/cache/redis/portfolio-monitor?scope=all');
    expect([unknown.status, unknown.body]).toEqual([400, { detail: 'scope must be one of: positions, watchlist' }]);
  });

  it('tell of the cache of candles', async () => {
    expect((await api.get('/v1/cache/stats')).body).toMatchObject({ cache_stats: { total_entries: 0, hit_rate: 0 } });
    expect((await api.get('/v1/cache/info?limit=500')).body).toEqual({
      status: 'success',
      total_entries: 0,
      entries: [],
    });
    expect((await api.get('/v1/cache/health')).body).toMatchObject({ health: 'poor', total_entries: 0 });
    expect((await api.get('/v1/cache/info?limit=501')).body.detail[0]).toMatchObject({ loc: ['query', 'limit'] });
    expect((await post('/v1/cache/invalidate?older_than_hours=0')).status).toBe(422);
    expect(await post('/v1/cache/invalidate?symbol=TCS')).toMatchObject({
      status: 200,
      body: { invalidated_count: 0 },
    });
    expect(await post('/v1/cache/clear')).toMatchObject({ status: 200, body: { cleared_count: 0 } });
    expect(await post('/admin/clear-cache')).toMatchObject({ status: 200, body: { ok: true } });
  });

  it('rank the scores that there are, which are none', async () => {
    const { status, body } = await api.get('/v1/agents/picks-consistent?limit=3');
    expect(status).toBe(200);
    expect(body).toMatchObject({ cache_valid: false, as_of: null, consistency_guaranteed: true });
    expect(body.universes.NIFTY50).toMatchObject({ items: [], count: 0, requested: 3, total_universe_stocks: 50 });
    expect(body.universes.BANKNIFTY.total_universe_stocks).toBe(12);
    expect((await api.get('/v1/agents/picks-consistent?limit=11')).status).toBe(422);
  });

  it.each(['/v1/cache/invalidate', '/v1/cache/clear', '/admin/clear-cache'])(
    'refuse %s to whoever is not on the machine, in the legacy shape',
    async (target) => {
      for (const headers of [{ origin: 'https://evil.example' }, { 'x-forwarded-for': '10.0.0.7' }]) {
        const { status, body } = await post(target, headers);
        expect([status, Object.keys(body)]).toEqual([403, ['detail']]);
      }
    },
  );
});

describe('the caches in Redis', () => {
  it('hold what jobs and other processes left, candles included', async () => {
    const [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
    const client = new Redis(redis.url);
    const api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    try {
      await client.set('scalping:monitor:last', '{"status":"ok"}', 'PX', 600_000);
      const { body, headers } = await api.get('/v1/cache/redis/scalping-monitor-last');
      expect(body).toEqual({
        ...{ status: 'success', found: true, key: 'scalping:monitor:last', data: { status: 'ok' } },
      });
      expect(headers.get('cache-status')).toMatch(/^Sluice; hit; ttl=\d+; detail=shared$/);
      const candles = JSON.stringify({ source: 'yahoo', rows: [{ time: '2026-01-09', close: 1 }] });
      await client.set('hist:TCS:2026-01-01:2026-01-09:1d', candles, 'PX', 82_800_000);
      await client.hset('hist:meta', { hits: 7, misses: 3 });
      expect((await api.get('/v1/cache/stats')).body.cache_stats).toMatchObject({
        ...{ hits: 7, misses: 3, hit_rate: 70, total_entries: 1, total_size_bytes: candles.length },
      });
      expect((await api.get('/v1/cache/info')).body.entries).toMatchObject([
        { symbol: 'TCS', interval: '1d', source: 'yahoo', age_hours: 1, row_count: 1 },
      ]);
      expect((await api.get('/v1/cache/health')).body).toMatchObject({ health: 'excellent', recommendations: [] });
    } finally {
      await api.stop();
      client.disconnect();
      await Promise.all([database.drop(), redis.flush()]);
    }
  });

  it('are filled again from PostgreSQL when Redis comes back empty', async () => {
    const [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
    await storeLegacyRows(database.url);
    const api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    const client = new Redis(redis.url);
    try {
      await api.get(picks);
      const keys = async () => (await client.keys('picks:latest:*')).sort();
      // A process notices only what it had seen before: it may not have looked yet.
      let looks = 0;
      await until(async () => {
        if (looks++ % 200 === 0) await client.flushall();
        return (await keys()).length === 5;
      });
      expect(await keys()).toEqual([
        ...['picks:latest:banknifty:Futures', 'picks:latest:banknifty:Intraday', 'picks:latest:banknifty:Swing'],
        ...['picks:latest:nifty50:Intraday', 'picks:latest:nifty50:Swing'],
      ]);
      const { body } = await api.get('/v1/cache/redis/top-picks?universe=banknifty&mode=futures');
      expect(body).toMatchObject({ found: true, data: { items: { length: 1 } } });
    } finally {
      const { stderr } = await api.stop();
      expect(stderr).toContain('Redis came back empty; filling the caches again');
      client.disconnect();
      await Promise.all([database.drop(), redis.stop()]);
    }
  });
});
