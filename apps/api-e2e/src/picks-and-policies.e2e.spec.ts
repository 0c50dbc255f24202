import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';

const day = '2026-01-09';
const at = (time: string): number => Date.parse(`${day}T${time}Z`) / 1000;
const candle = (time: string, high: number, low: number, close: number) => {
  return { time: at(time), open: close, high, low, close };
};

/** Candles of one day, as the legacy cache of charts left them. */
async function writeCandles(folder: string): Promise<void> {
  const files = {
    tcs: { symbol: 'TCS', interval: '5m', rows: [candle('05:00:00', 104, 98, 101), candle('05:05:00', 106, 99, 103)] },
    nifty: { symbol: 'NIFTY', interval: '5m', rows: [candle('05:00:00', 1, 1, 100), candle('05:05:00', 1, 1, 102)] },
  };
  const metadata = Object.entries(files).map(([key, { symbol, interval }]) => [
    key,
    { symbol, interval, cached_at: day },
  ]);
  await writeFile(path.join(folder, 'metadata.json'), JSON.stringify(Object.fromEntries(metadata)));
  for (const [key, { rows }] of Object.entries(files))
    await writeFile(path.join(folder, `${key}.json`), JSON.stringify({ data: rows }));
}

describe('picks and policies', () => {
  let database: FreshDatabase;
  let folder: TempDir;
  let api: ApiProcess;

  beforeAll(async () => {
    [database, folder] = await Promise.all([freshDatabase(), tempDir()]);
    await writeCandles(folder.path);
    api = await ApiProcess.start({ DATABASE_URL: database.url, CANDLES_DIR: folder.path });
  });
  afterAll(async () => {
    await api.stop();
    await Promise.all([database.drop(), folder.remove()]);
  });

  const send = async (method: string, target: string, body: unknown, headers = {}): Promise<Omit<Answer, 'text'>> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${api.url}${target}`, {
      ...{ method, body: text, headers: { 'content-type': 'application/json', ...headers } },
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const aPick = (over: object = {}) => ({
    ...{ symbol: 'TCS', direction: 'LONG', source: 'TOP_PICKS_hourly', mode: 'Intraday', signal_price: 100 },
    ...{ recommended_target: 105, recommended_stop: 97, signal_ts: `${day}T05:00:00Z` },
    extra_context: { bandit_ctx: 'Intraday|Bull|LowVol|Moderate', exit_profile_id: 'tight' },
    ...{ contributions: [{ agent_name: 'trend', score: 75 }], ...over },
  });

  it('judge a pick by the candles of its day, learn from it, and make the policy active', async () => {
    const logged = await send('POST', '/v1/picks', aPick(), { 'idempotency-key': 'first' });
    const again = await send('POST', '/v1/picks', aPick(), { 'idempotency-key': 'first' });
    expect([logged.status, again.headers.get('idempotency-replayed'), again.body]).toEqual([201, 'true', logged.body]);
    const judged = await send('POST', '/v1/picks/outcomes/compute', { from: day, to: day });
    expect(judged).toMatchObject({ status: 200, body: { computed: 1, days: [{ trade_date: day, picks: 1 }] } });
    const pick = await api.get(String(logged.headers.get('location')));
    expect(pick.body).toMatchObject({
      contributions: [{ agent_name: 'trend', score: 75 }],
      outcomes: [{ evaluation_horizon: 'EOD', ret_close_pct: 3, ret_vs_benchmark_pct: 1, outcome_label: 'WIN' }],
    });
    const profiles = { tight: { stop: { type: 'percent', value: 1 } }, wide: {} };
    const config = { modes: { Intraday: { exits: { profiles } } }, evaluation: { Intraday: { timeframe: '5m' } } };
    const policy = await send('POST', '/v1/policies', { name: 'v1', config: { ...config, bandit: { Intraday: {} } } });
    const target = `/v1/policies/${policy.body.policy_id}`;
    const trained = await send('POST', `${target}/train`, { as_of: '2026-01-10' });
    expect(trained.body.policy.metrics).toMatchObject({
      best_exit_profiles: { Intraday: { id: 'wide' } },
      bandit: {
        Intraday: { contexts: { 'Intraday|Bull|LowVol|Moderate|Unknown|Unknown': { actions: { tight: { n: 1 } } } } },
      },
    });
    expect((await send('POST', `${target}/activate`, {})).body).toMatchObject({ status: 'ACTIVE' });
    const report = await api.get('/v1/analytics/rl-metrics');
    expect(report.body).toMatchObject({
      policy: { name: 'v1' },
      modes: [{ mode: 'Intraday', bandit: { contexts: 1 } }],
    });
  });

  it('compute no levels without daily candles', async () => {
    const { status, body, headers } = await api.get('/v1/levels/TCS/D');
    expect([status, body.code, headers.get('x-cache-status')]).toEqual([404, 'TRADING_LEVELS_UNKNOWN', 'MISS']);
  });

  it.each([
    ['no JSON', '{"symbol":', 400],
    [
      'a price of NaN',
      JSON.stringify(aPick({ signal_price: 0 })).replace('"signal_price":0', '"signal_price":NaN'),
      400,
    ],
    [
      'a price beyond a double',
      JSON.stringify(aPick({ signal_price: 0 })).replace('"signal_price":0', '"signal_price":1e999'),
      422,
    ],
    ['half a character', aPick({ symbol: '\ud83d' }), 422],
    ['NUL', aPick({ extra_context: { a: '\0' } }), 422],
    ['no pick', [], 422],
  ])('refuse %s with problem details', async (_what, body, status) => {
    const refused = await send('POST', '/v1/picks', body);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('answer the report on policies in the legacy shape, its errors too', async () => {
    expect(await api.get('/v1/analytics/rl-metrics?view=daily&start_date=x')).toMatchObject({
      ...{ status: 400, body: { detail: expect.stringContaining('start_date') } },
    });
  });
});
