import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freshDatabase, tempDir, type FreshDatabase, type TempDir } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';
import { storeLegacyRows } from './legacy-rows';

describe('runs and recommendations', () => {
  let database: FreshDatabase;
  let legacy: TempDir;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await freshDatabase();
    legacy = await tempDir();
    await storeLegacyRows(database.url);
    const folders = { LEGACY_DIR: legacy.path, CANDLES_DIR: legacy.path };
    api = await ApiProcess.start({ DATABASE_URL: database.url, ...folders, TOP_PICKS_RETENTION_DAYS: '7' });
  });
  afterAll(async () => {
    await api.stop();
    await legacy.remove();
    await database.drop();
  });

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(`${api.url}${path}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text === '' ? null : JSON.parse(text) };
  };

  // The contract's section 10, "expected answers on the real files".
  it('gives the latest run with picks of a universe and mode in any case', async () => {
    const { status, body } = await api.get('/v1/runs/latest?universe=NIFTY50&mode=intraday');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      as_of: '2026-01-09T20:14:34.765817',
      elapsed_seconds: 90.05039,
    });
    expect(body.items).toHaveLength(5);
    const none = await api.get('/v1/runs/latest?universe=nifty50&mode=Options');
    expect([none.status, none.body.code]).toEqual([404, 'TRADING_NO_PICKS']);
  });

  it.each([
    ['start_utc=2026-01-09T14:50:00Z', 13],
    ['start_utc=2026-01-09T20:20:00%2B05:30', 13],
    ['universe=NIFTY50&mode=INTRADAY', 6],
    ['end_utc=2026-01-09', 0],
    ['limit=1', 1],
    ['trigger=Backfill', 0],
  ])('lists runs by %s: %d', async (query, count) => {
    expect((await api.get(`/v1/runs?${query}`)).body.items).toHaveLength(count);
  });

  it('stores a run, gives it back with its payload, and its picks are the latest', async () => {
    await api.get('/v1/runs/latest?universe=e2e&mode=swing');
    const result = {
      ...{ universe: 'E2E', mode: 'swing', picks: [{ symbol: 'TCS', confidence: 'High' }], other: { kept: [1.5] } },
      ...{ generated_at: new Date(Date.now() + 19_800_000).toISOString().slice(0, -1), total_analyzed: 12 },
    };
    const key = { 'idempotency-key': 'a-run' };
    const stored = await post('/v1/runs', { trigger: 'hourly', result }, key);
    expect(stored.status).toBe(201);
    const again = await post('/v1/runs', { trigger: 'hourly', result }, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([stored.body, 'true']);
    const runId = stored.body.run_id as string;
    const read = await api.get(`/v1/runs/${encodeURIComponent(runId)}`);
    expect(read.headers.get('etag')).toMatch(/^"\d+"$/);
    expect(read.headers.get('content-type')).toContain('application/json');
    expect(read.body).toMatchObject({ run_id: runId, universe: 'e2e', mode: 'Swing', picks_count: 1, payload: result });
    let legacyAnswer = await api.get('/v1/top-picks?universe=e2e&mode=SWING&limit=3');
    for (let tries = 0; tries < 200 && legacyAnswer.body.picks_count === 0; tries++)
      legacyAnswer = await api.get('/v1/top-picks?universe=e2e&mode=SWING&limit=3'); // The relay tells the cache.
    expect(legacyAnswer.body).toMatchObject({ cached: true, picks: result.picks, metadata: { cache_status: 'fresh' } });
    const agents = await api.get('/v1/agents/picks?universe=e2e&refresh=true');
    expect(agents.body).toMatchObject({ primary_mode: 'swing', items: result.picks, cached: true });
  });

  it('logs the picks of a run once, item by item, and ends one of them', async () => {
    const payload = {
      ...{ run_id: 'e2e:Scalping:1', universe: 'e2e', mode: 'Scalping', as_of: '2026-02-02T10:00:00' },
      items: [
        { symbol: 'tcs', entry_price: 100, recommendation: 'Sell' },
        { symbol: 'A', price: 'x' },
        { symbol: 'B\0' },
        7,
      ],
    };
    const logged = await post(
      '/v1/recommendations',
      { source: 'scalping_cycle', payload },
      { 'idempotency-key': 'picks' },
    );
    expect([logged.status, logged.body.stored]).toEqual([200, 1]);
    expect(logged.body.items.map(({ status }: { status: string }) => status)).toEqual([
      ...['stored', 'refused', 'refused', 'refused'],
    ]);
    expect((await post('/v1/recommendations', { payload })).body.stored).toBe(0);
    const id = logged.body.items[0].id as number;
    const exit = { symbol: 'TCS', entry_time: '2026-02-02T04:30:00+00:00', exit_price: 99, return_pct: 1 };
    expect((await post('/v1/recommendations/exits', exit)).body).toEqual({ updated: 1, id });
    expect((await post('/v1/recommendations/exits', exit)).body).toEqual({ updated: 0, id: null });
    const { body, headers } = await api.get(`/v1/recommendations/${id}`);
    expect(headers.get('etag')).toMatch(/^"\d+"$/);
    expect(body).toMatchObject({
      ...{ symbol: 'TCS', direction: 'SHORT', generated_at_utc: '2026-02-02T04:30:00Z', entry_price: 100, pnl_pct: 1 },
      ...{ source: 'scalping_cycle', evaluated: 1, exit_price: 99, features_json: { exit_strategy: {} } },
    });
    expect(Object.keys(body)).toHaveLength(27);
    const page = await api.get('/v1/recommendations?limit=1&evaluated=true');
    expect(page.body).toMatchObject({ items: [{ id }], next: null });
    const candidate = (await post('/v1/performance/policy/candidate', {})).body.candidate;
    expect(candidate).toEqual({
      ...{ version: '1.1', base_version: '1.0' },
      groups: [{ mode: 'Scalping', policy_version: '', count: 1, avg_pnl_pct: 1 }],
    });
  });

  it('evaluates nothing where no row has a price, and says in the legacy words what is out of range', async () => {
    const { status, body } = await api.get('/v1/performance/alpha/evaluate?max_rows=10');
    expect(status).toBe(200);
    expect(body).toMatchObject({ evaluated: 0, total_candidates: 0, without_price: 0, max_rows: 10 });
    const refused = await api.get('/v1/performance/alpha/evaluate?max_rows=2001');
    expect([refused.status, refused.body.detail[0].loc]).toEqual([422, ['query', 'max_rows']]);
  });

  it('evaluates a recommendation by the candles of its day', async () => {
    const entry = { symbol: 'INFY', interval: '5m', cached_at: '2026-02-02T12:00:00' };
    await writeFile(join(legacy.path, 'metadata.json'), JSON.stringify({ INFY_5m: entry }));
    const candle = (time: string, close: number) => ({ time, open: 1, high: 1, low: 1, close });
    const data = [candle('2026-02-02T15:25:00+05:30', 103), candle('2026-02-03T09:15:00+05:30', 50)];
    await writeFile(join(legacy.path, 'INFY_5m.json'), JSON.stringify({ data, row_count: 2, columns: [] }));
    const items = [{ symbol: 'INFY', price: 100, recommendation: 'Sell' }];
    const payload = { mode: 'Intraday', as_of: '2026-02-02T10:00:00', run_id: 'e2e:evaluated', items };
    const id = (await post('/v1/recommendations', { payload })).body.items[0].id as number;
    const looked = await fetch(`${api.url}/v1/performance/alpha/evaluate`, { method: 'HEAD' });
    expect(looked.status).toBe(404); // Whoever only looks evaluates nothing.
    const { body } = await api.get('/v1/performance/alpha/evaluate');
    expect(body).toMatchObject({ evaluated: 1, total_candidates: 1, without_price: 0, max_rows: 500 });
    expect((await api.get(`/v1/recommendations/${id}`)).body).toMatchObject({
      ...{
        evaluated: 1,
        exit_price: 103,
        pnl_pct: -3,
        exit_reason: 'EOD_CLOSE',
        exit_time_utc: '2026-02-02T09:55:00Z',
      },
    });
  });

  it('adds a run that only a file tells of, and archives what is old', async () => {
    const file = 'data/top_picks_intraday/picks_e2e_Intraday_20260109_144610.json';
    await mkdir(join(legacy.path, 'data/top_picks_intraday'), { recursive: true });
    const run = { items: [{ symbol: 'TCS' }], as_of: '2026-01-09T20:14:34.765817', universe: 'e2e', mode: 'Intraday' };
    await writeFile(join(legacy.path, file), JSON.stringify(run));
    const added = await post('/v1/runs/reconciliation', {});
    expect([added.status, added.body.added]).toEqual([200, [{ file, run_id: 'e2e:Intraday:2026-01-09T14:46:10' }]]);
    expect((await post('/v1/runs/reconciliation', { dry_run: true })).body).toMatchObject({ agreeing: 1, added: [] });
    const days = Math.floor((Date.now() - Date.parse('2026-01-09T14:46:00Z')) / 86_400_000);
    const dry = await post('/v1/runs/retention', {});
    expect(dry.body).toMatchObject({ days: 7, archived: 0, remaining: 43 });
    expect((await post('/v1/runs/retention', { days: days - 1, dry_run: false })).body).toMatchObject({
      archived: 43,
      remaining: 0,
    });
    expect((await api.get('/v1/runs?universe=nifty50')).body.items).toEqual([]);
  });

  it('stores a run of no universe and no mode, and archives it again', async () => {
    const stored = await post('/v1/runs', { result: { picks: [{ symbol: 'TCS' }] } });
    expect([stored.status, stored.body.run_id]).toEqual([201, expect.stringMatching(/^::20/)]);
    expect((await api.get(`/v1/runs/${stored.body.run_id}`)).body).toMatchObject({
      universe: '',
      mode: '',
      picks_count: 1,
    });
    const made = JSON.stringify({ items: [], as_of: '2026-01-09T20:14:34', universe: '', mode: '' });
    await writeFile(join(legacy.path, 'data/top_picks_intraday/picks_x_y_20260109_144611.json'), made);
    expect((await post('/v1/runs/reconciliation', {})).body.added).toHaveLength(1);
    expect((await post('/v1/runs/retention', { dry_run: false })).body).toMatchObject({ archived: 1, remaining: 0 });
  });

  const deep = `{"result":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  it.each<[string, string, unknown]>([
    ['no payload', '/v1/recommendations', {}],
    ['a payload that is none', '/v1/recommendations', { payload: [] }],
    ['a mode that is no text', '/v1/recommendations', { payload: { mode: 7e3, universe: [], items: [{}] } }],
    ['half a character in the head', '/v1/recommendations', { payload: { universe: '\ud83d', items: [] } }],
    ['an unknown field', '/v1/recommendations', { payload: {}, other: 1 }],
    ['an exit without a symbol', '/v1/recommendations/exits', { exit_price: 1 }],
    ['a price of text', '/v1/recommendations/exits', { symbol: 'A', exit_price: 'NaN' }],
    ['an infinite price', '/v1/recommendations/exits', '{"symbol":"A","exit_price":1e999}'],
    ['an exit time that is none', '/v1/recommendations/exits', { symbol: 'A', exit_time: 'soon' }],
    ['an overlong symbol', '/v1/recommendations/exits', { symbol: 'A'.repeat(201) }],
    ['no result', '/v1/runs', { trigger: 'x' }],
    ['a huge count', '/v1/runs', { result: { total_analyzed: 1e300 } }],
    ['NUL in a pick', '/v1/runs', { result: { picks: [{ note: '\0' }] } }],
    ['a deep body', '/v1/runs', deep],
    ['days below zero', '/v1/runs/retention', { days: -1 }],
    ['a dry run of text', '/v1/runs/reconciliation', { dry_run: 'perhaps' }],
  ])('refuses %s', async (_what, path, body) => {
    for (const headers of [{}, { 'idempotency-key': 'bad' }]) {
      const answer = await post(path, body, headers);
      expect([answer.status, answer.body.status]).toEqual([422, 422]);
    }
  });

  it.each([
    ['/v1/recommendations?limit=0', 422],
    ['/v1/recommendations?cursor=x', 422],
    ['/v1/recommendations?evaluated=perhaps', 422],
    ['/v1/recommendations/x', 422],
    ['/v1/recommendations/999999999999999999', 404],
    ['/v1/recommendations/9999999999999999999', 422],
    ['/v1/runs?start_utc=garbage', 422],
    ['/v1/runs?universe=%00', 422],
    ['/v1/runs/nobody', 404],
    ['/v1/runs/%00', 422],
    ['/v1/runs/latest?mode=%00', 422],
    ['/v1/top-picks?limit=11', 422],
    ['/v1/agents/picks?limit=0', 422],
  ])('answers %s with %d', async (path, status) => expect((await api.get(path)).status).toBe(status));

  it.each([
    '/v1/top-picks?universe=%00&mode=%00',
    '/v1/agents/picks?universe=%00',
    '/v1/agents/picks?primary_mode=%00',
  ])('finds nothing for %s', async (path) => expect((await api.get(path)).body).toMatchObject({ cached: false }));
});
