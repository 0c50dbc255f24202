import { startRedis, freshDatabase, type OwnRedis } from '@sluice/testing';
import { ApiProcess } from './api-process';

/** The hot routes answer as their controllers do. A parameter that is not plain asks the controller for the same thing. */
describe('a hot route', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let redis: OwnRedis;
  let api: ApiProcess;
  let runId = '';

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
    api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    const result = { universe: 'nifty50', mode: 'Intraday', picks: [{ symbol: 'TCS', price: 75.5, name: 'Größe' }] };
    const stored = await fetch(`${api.url}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ result }),
    });
    expect(stored.status).toBe(201);
    runId = ((await stored.json()) as { run_id: string }).run_id;
  });
  afterAll(async () => {
    await api.stop();
    await Promise.all([redis.stop(), database.drop()]);
  });

  it('gives the latest picks, from memory and from Redis, as the plain one does', async () => {
    const plain = await api.get('/v1/runs/latest?universe=nifty50&mode=Swing&mode=Intraday');
    const hot = await api.get('/v1/runs/latest?universe=nifty50&mode=Intraday');
    expect([hot.status, hot.text]).toEqual([200, plain.text]);
    expect(hot.body).toMatchObject({ run_id: runId, items: [{ symbol: 'TCS', price: 75.5, name: 'Größe' }] });
    expect(hot.headers.get('x-cache-status')).toBe('HIT');
    expect(hot.headers.get('content-type')).toBe(plain.headers.get('content-type'));
    expect(hot.headers.get('x-request-id')).toBeTruthy();
    await api.stop();
    const sites = { API_CORS_ORIGINS: 'https://a.example' };
    api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url, ...sites });
    const shared = await api.get('/v1/runs/latest?universe=nifty50&mode=Intraday');
    expect([shared.text, shared.headers.get('cache-status')]).toEqual([
      plain.text,
      expect.stringContaining('detail=shared'),
    ]);
  });

  it('answers from memory with the headers that the plain one sends', async () => {
    const headersOf = async (target: string): Promise<Record<string, string>> => {
      const { status, headers } = await api.get(target);
      const kept = [...headers].filter(([name]) => !['date', 'x-request-id', 'cache-status'].includes(name));
      return { status: String(status), ...Object.fromEntries(kept) };
    };
    const hot = '/v1/runs/latest?universe=nifty50&mode=Intraday';
    expect(await headersOf(hot)).toEqual(await headersOf('/v1/runs/latest?universe=nifty50&mode=Swing&mode=Intraday'));
  });

  it('gives a run as the plain one does', async () => {
    const target = `/v1/runs/${encodeURIComponent(runId)}`;
    const [hot, plain] = [await api.get(target), await api.get(`${target}?plain=no`)];
    expect([hot.status, hot.text, hot.headers.get('etag')]).toEqual([200, plain.text, plain.headers.get('etag')]);
    expect(hot.body).toMatchObject({ run_id: runId, picks_count: 1, payload: { universe: 'nifty50' } });
  });

  it('leaves absence and odd parameters to the plain one, and fails as it does', async () => {
    const none = await api.get('/v1/runs/latest?universe=nifty50&mode=Futures');
    expect([none.status, none.body.code]).toEqual([404, 'TRADING_NO_PICKS']);
    const absent = await api.get('/v1/runs/none');
    expect([absent.status, absent.body.code]).toEqual([404, 'TRADING_RUN_NOT_FOUND']);
    const candles = await api.get('/v1/candles/TCS?interval=1d&from=2026-01-01&to=2026-01-09');
    expect([candles.status, candles.body.code]).toEqual([503, 'CANDLES_UNAVAILABLE']);
    const backwards = await api.get('/v1/candles/TCS?interval=1d&from=2026-01-09&to=2026-01-01');
    expect([backwards.status, backwards.body.code]).toEqual([422, 'API_REQUEST_INVALID']);
  });

  it('is behind the gate', async () => {
    const guarded = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url, API_AUTH: 'keys' });
    try {
      for (const target of ['/v1/runs/latest', `/v1/runs/${encodeURIComponent(runId)}`])
        expect((await guarded.get(target)).status).toBe(401);
    } finally {
      await guarded.stop();
    }
  });
});
