import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Postgres, Prisma } from '@sluice/postgres';
import { freshDatabase, freshRedis, tempDir, type FreshDatabase, type FreshRedis } from '@sluice/testing';
import { ApiProcess, type Answer } from './api-process';
import { storeLegacyRows } from './legacy-rows';

/** Two exits of one symbol, as the legacy exit tracker wrote them. */
const exits = ['04:20:00', '06:00:00'].map((time, i) => ({
  ...{ symbol: 'TCS', entry_time: `2026-01-09T${time}+00:00`, entry_price: 100, exit_price: 101 - i },
  ...{ exit_time: `2026-01-09T0${6 + i}:30:00.000001Z`, exit_reason: 'TARGET_HIT', return_pct: 1 - i },
  ...{ hold_duration_mins: 20.5, mode: 'Scalping', recommendation: 'Buy' },
}));

/** Each row of the contract's section 9: that the path is there, with its parameters, defaults, ranges, shape and misses. */
describe('the routes of the legacy contract', () => {
  let legacy: Awaited<ReturnType<typeof tempDir>>;
  let database: FreshDatabase;
  let redis: FreshRedis;
  let api: ApiProcess;

  beforeAll(async () => {
    [database, redis, legacy] = await Promise.all([freshDatabase(), freshRedis(), tempDir()]);
    await storeLegacyRows(database.url);
    const folder = path.join(legacy.path, 'data/scalping_exits');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'exits_20260109.json'), JSON.stringify({ date: '2026-01-09', exits }));
    api = await ApiProcess.start({ DATABASE_URL: database.url, REDIS_URL: redis.url, LEGACY_DIR: legacy.path });
    await storeRunOfToday();
  });
  afterAll(async () => {
    await api.stop();
    await Promise.all([database.drop(), redis.flush(), legacy.remove()]);
  });

  const post = async (target: string, body?: unknown): Promise<Answer> => {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${api.url}${target}`, { method: 'POST', headers, ...sent });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
  };
  const ask = (request: string): Promise<Answer> => {
    const [method, target = ''] = request.split(' ');
    return method === 'POST' ? post(target) : api.get(target);
  };
  /** India's wall clock now, as the engine writes it. */
  const storeRunOfToday = async (): Promise<void> => {
    const generatedAt = new Date(Date.now() + 330 * 60_000).toISOString().replace('Z', '000');
    const picks = ['High', 'Medium', 'Low'].map((confidence, i) => ({ rank: i + 1, symbol: `S${i}`, confidence }));
    const result = {
      ...{ date: generatedAt.slice(0, 10), generated_at: generatedAt, universe: 'nifty50', mode: 'Swing' },
      ...{ total_analyzed: 50, passed_filter: 3, picks_count: 3, picks, metadata: { analysis_time_seconds: 30.5 } },
    };
    expect((await post('/v1/runs', { trigger: 'hourly', result })).status).toBe(201);
  };

  const storeOddNumbers = async (): Promise<void> => {
    const postgres = new Postgres({ url: database.url, poolSize: 1 });
    await postgres.rows(Prisma.sql`
      INSERT INTO ai_recommendations (symbol, mode, universe, source, recommendation, direction, generated_at_utc,
                                      entry_price, target_price, score_blend)
      VALUES ('ODD', 'Swing', 'NONE', 'x', 'Buy', 'LONG', '2026-01-09T00:00:00Z', 'Infinity', '-Infinity', 'NaN')`);
    await postgres.rows(Prisma.sql`
      INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, elapsed_sec, payload)
      VALUES ('odd', 'none', 'Swing', '2026-01-08T00:00:00Z', 'odd', 'Infinity', '{}')`);
    await postgres.close();
  };

  const dataset = ['items', 'count', 'filters', 'pagination', 'generated_at'];
  const topPicks = [
    ...['date', 'generated_at', 'universe', 'mode', 'picks_count', 'picks', 'cached', 'cache_age_seconds'],
    ...['last_updated', 'next_refresh', 'metadata'],
  ];
  const agentPicks = [
    ...['items', 'as_of', 'universe', 'risk_profile', 'primary_mode', 'auxiliary_modes', 'mode_info', 'cached'],
    ...['session_date', 'previous_session'],
  ];
  const found = ['status', 'found', 'key', 'universe', 'mode'];
  const positions = ['status', 'count', 'positions', 'scalping_top_picks_meta'];
  const exitFacts = ['status', 'total_exits', 'winning_exits', 'losing_exits', 'win_rate', 'avg_return'];
  const exitRest = ['avg_hold_time_mins', 'exit_reason_breakdown'];

  it.each([
    ['GET /v1/performance/alpha/dataset', dataset],
    ['GET /v1/performance/alpha/evaluate', ['evaluated', 'total_candidates', 'without_price', 'max_rows', 'generated_at']],
    ['GET /v1/performance/alpha/by-mode', ['modes', 'total_trades', 'overall_avg_pnl_pct', 'lookback_days', 'generated_at']],
    ['POST /v1/performance/policy/candidate', ['candidate', 'generated_at']],
    ['GET /v1/top-picks', topPicks],
    ['GET /v1/top-picks?mode=Options', topPicks],
    ['GET /v1/top-picks/status', ['universes', 'modes', 'rows', 'generated_at']],
    ['GET /v1/agents/picks', agentPicks],
    ['GET /v1/agents/picks?universe=none&session_id=s&refresh=true&primary_mode=Swing', agentPicks],
    ['GET /v1/analytics/top-picks-history', ['runs', 'count', 'filters', 'generated_at']],
    ['GET /v1/cache/redis/top-picks', [...found, 'data']],
    ['GET /v1/cache/redis/top-picks?mode=Options', [...found, 'message']],
    ['GET /v1/cache/redis/top-picks-heatmap', [...found, 'as_of', 'count', 'symbols', 'items']],
    ['GET /v1/cache/redis/top-picks-heatmap?mode=Options', [...found, 'message']],
    ['GET /v1/analytics/rl-metrics', ['policy', 'modes']],
    ['GET /v1/analytics/rl-metrics?view=daily', ['policy', 'daily']],
    ['GET /v1/scalping/active-positions', positions],
    ['GET /v1/scalping/active-positions?include_recent_exits=true', [...positions, 'recent_exits', 'recent_exits_count']],
    ['GET /v1/scalping/daily-summary', [...exitFacts, ...exitRest, 'date']],
    ['GET /v1/scalping/stats', [...exitFacts, ...exitRest, 'days']],
    ['GET /v1/scalping/exits/tcs?date=2026-01-09', ['status', 'found', 'symbol', 'date', 'exit']],
    ['GET /v1/scalping/exits/INFY?date=2026-01-09', ['status', 'found', 'symbol', 'date', 'message']],
    ['GET /v1/cache/stats', ['status', 'cache_stats']],
    ['GET /v1/cache/info', ['status', 'total_entries', 'entries']],
    ['GET /v1/cache/health', ['status', 'health', 'hit_rate', 'total_entries', 'size_mb', 'recommendations']],
    ['POST /v1/cache/invalidate?symbol=TCS&interval=1d&older_than_hours=1', ['status', 'message', 'invalidated_count']],
    ['POST /v1/cache/clear', ['status', 'message', 'cleared_count']],
    ['GET /v1/agents/picks-consistent', ['universes', 'as_of', 'consistency_guaranteed', 'actionable_only', 'cache_valid', 'note']],
    ['POST /admin/clear-cache', ['ok', 'message']],
    ['GET /v1/memory/session/nobody', ['session_id', 'data']],
    ['GET /v1/cache/redis/portfolio-monitor', ['status', 'found', 'key', 'message']],
    ['GET /v1/cache/redis/portfolio-monitor?scope=watchlist', ['status', 'found', 'key', 'message']],
    ['GET /v1/cache/redis/scalping-monitor-last', ['status', 'found', 'key', 'message']],
    ['GET /v1/cache/redis/dashboard-overview', ['status', 'found', 'key', 'message']],
    ['GET /v1/cache/redis/dashboard-overview?scope=performance_7d', ['status', 'found', 'key', 'message']],
    ['GET /v1/dashboard/overview', ['status', 'generated_at', 'intraday', 'performance_7d']],
  ])('%s answers with the members of before', async (request, members) => {
    const { status, body } = await ask(request);
    expect([status, Object.keys(body).sort()]).toEqual([200, [...members].sort()]);
  }); // prettier-ignore

  it.each([
    ['/v1/performance/alpha/dataset', { filters: { mode: null, symbol: null, evaluated_only: true }, pagination: { limit: 100, offset: 0 } }],
    ['/v1/performance/alpha/evaluate', { max_rows: 500 }],
    ['/v1/performance/alpha/by-mode', { lookback_days: 30 }],
    ['/v1/top-picks', { universe: 'nifty50', mode: 'Swing', picks_count: 2, cached: true, picks: [{ symbol: 'S0' }, { symbol: 'S1' }], metadata: { analysis_time_seconds: 30.5, cache_status: 'fresh' } }],
    ['/v1/agents/picks', { universe: 'NIFTY50', items: { length: 3 }, cached: true, previous_session: false }],
    ['/v1/analytics/top-picks-history', { count: 43, filters: { universe: null, mode: null, trigger: null, start_utc: null, end_utc: null } }],
    ['/v1/cache/redis/top-picks', { found: true, universe: 'nifty50', mode: 'Intraday', data: { items: { length: 5 } } }],
    ['/v1/cache/redis/top-picks-heatmap?symbols=s3,S1', { count: 2, symbols: ['S1', 'S3'] }],
    ['/v1/analytics/rl-metrics', { policy: null, modes: [] }],
    ['/v1/scalping/stats', { days: 7 }],
    ['/v1/scalping/daily-summary?date=2026-01-09', { total_exits: 2, winning_exits: 1, win_rate: 50, avg_hold_time_mins: 20.5 }],
    ['/v1/scalping/exits/TCS?date=2026-01-09&entry_time=2026-01-09T06:01:59Z', { found: true, exit: { exit_price: 100 } }],
    ['/v1/scalping/exits/TCS?date=2026-01-09&entry_time=2026-01-09T06:02:01Z', { found: false }],
    ['/v1/agents/picks-consistent', { universes: { NIFTY50: { items: [], requested: 5 }, BANKNIFTY: { count: 0 } } }],
    ['/v1/dashboard/overview', { intraday: { found: false, data: null }, performance_7d: { found: false, data: null } }],
  ])('%s has the defaults and the values of before', async (target, answer) => {
    expect((await api.get(target)).body).toMatchObject(answer);
  }); // prettier-ignore

  const ranges: [target: string, parameter: string, least: number, most: number | null][] = [
    ['/v1/performance/alpha/dataset', 'limit', 1, 500],
    ['/v1/performance/alpha/dataset', 'offset', 0, null],
    ['/v1/performance/alpha/evaluate', 'max_rows', 1, 2000],
    ['/v1/performance/alpha/by-mode', 'lookback_days', 1, 365],
    ['/v1/performance/winning-trades', 'lookback_days', 1, 30],
    ['/v1/performance/winning-strategies', 'lookback_days', 1, 30],
    ['/v1/top-picks', 'limit', 1, 10],
    ['/v1/agents/picks', 'limit', 1, 10],
    ['/v1/agents/picks-consistent', 'limit', 1, 10],
    ['/v1/analytics/top-picks-history', 'limit', 1, 5000],
    ['/v1/scalping/active-positions', 'lookback_hours', 1, 24],
    ['/v1/scalping/active-positions', 'recent_exit_minutes', 5, 240],
    ['/v1/scalping/stats', 'days', 1, 30],
    ['/v1/cache/info', 'limit', 1, 500],
  ];

  it.each(ranges)('%s takes %s from %d to %p, and refuses what is beyond', async (target, parameter, least, most) => {
    const statusOf = async (value: number) => (await api.get(`${target}?${parameter}=${value}`)).status;
    expect(await statusOf(least)).toBe(200);
    const below = await api.get(`${target}?${parameter}=${least - 1}`);
    const problem = { loc: ['query', parameter], msg: expect.any(String), type: 'greater_than_equal' };
    expect([below.status, below.body]).toEqual([422, { detail: [problem] }]);
    if (most !== null) expect([await statusOf(most), await statusOf(most + 1)]).toEqual([200, 422]);
  });

  it.each([
    ['POST /v1/cache/invalidate?older_than_hours=0', 422, [{ loc: ['query', 'older_than_hours'] }]],
    ['GET /v1/scalping/exits/TCS', 422, [{ loc: ['query', 'date'], type: 'missing' }]],
    ['GET /v1/analytics/rl-metrics?view=daily&start_date=2026-01-32', 400, expect.any(String)],
    ['GET /v1/analytics/rl-metrics?view=daily&start_date=2026-01-10&end_date=2026-01-09', 400, expect.any(String)],
    ['GET /v1/cache/redis/portfolio-monitor?scope=other', 400, expect.any(String)],
    ['GET /v1/cache/redis/dashboard-overview?scope=performance:7d', 400, expect.any(String)],
    ['GET /v1/market/summary', 404, expect.any(String)],
    ['POST /v1/memory/upsert', 422, [{ loc: ['body'], type: 'missing' }]],
  ])('%s is refused with %d and a detail', async (request, status, detail) => {
    const answer = await ask(request);
    expect([answer.status, answer.body]).toEqual([status, { detail: expect.anything() }]);
    expect(answer.body).toMatchObject({ detail });
  });

  describe('with the examples of the contract', () => {
    // [run] of section 10: get_latest_run_for("NIFTY50", "intraday") and ("nifty50", "Options").
    it('gives the newest run that has picks, in any case, and none where no run has some', async () => {
      const { body } = await api.get('/v1/cache/redis/top-picks?universe=NIFTY50&mode=intraday');
      expect(body.data).toMatchObject({
        ...{ items: { length: 5 }, as_of: '2026-01-09T20:14:34.765817', elapsed_seconds: 90.05039 },
        ...{ universe: 'nifty50', mode: 'Intraday' },
      });
      const none = await api.get('/v1/cache/redis/top-picks?universe=nifty50&mode=Options');
      expect(none.body).toMatchObject({ found: false });
    });

    // [run] of section 7: FastAPI answered 500 when it was asked to return one.
    it('tells numbers that JSON has no word for as null', async () => {
      await storeOddNumbers();
      const { body } = await api.get('/v1/performance/alpha/dataset?symbol=ODD&evaluated_only=false');
      expect(body.items).toMatchObject([{ entry_price: null, target_price: null, score_blend: null }]);
      const { runs } = (await api.get('/v1/analytics/top-picks-history?trigger=odd')).body;
      expect(runs).toMatchObject([{ elapsed_sec: null }]);
    });

    // [run] of section 3.B: 2.0 was no whole number to the legacy writer. JSON does not tell it from 2.
    it.each([
      ['2.0', 2],
      ['2.5', null],
    ])('stores the rank %s as %p', async (rank, stored) => {
      const symbol = `R${rank.replace('.', '')}`;
      const body = `{"payload": {"mode": "Swing", "items": [{"symbol": "${symbol}", "rank": ${rank}}]}}`;
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(`${api.url}/v1/recommendations`, { method: 'POST', headers, body })).status).toBe(200);
      const { items } = (await api.get(`/v1/performance/alpha/dataset?symbol=${symbol}&evaluated_only=false`)).body;
      expect(items).toMatchObject([{ rank_in_run: stored }]);
    });
  });

  it('merges a session and tells it again', async () => {
    await post('/v1/memory/upsert', { session_id: 's/1', data: { risk: 'Low', keep: { a: 1 } } });
    const merged = { session_id: 's/1', data: { risk: null, keep: { a: 1 } } };
    expect(await post('/v1/memory/upsert', { session_id: 's/1', data: { risk: null } })).toMatchObject({
      body: merged,
    });
    expect((await api.get('/v1/memory/session/s%2F1')).body).toEqual(merged);
  });

  /** Why is in docs/legacy-differences.md, "Routes that are not there". */
  it.each([
    ...['GET /v1/chart/historical?symbol=TCS', 'GET /v1/redis/status', 'GET /v1/redis/keys', 'GET /v1/redis/key/a'],
    ...['POST /v1/redis/flush?confirm=true', 'POST /v1/scalping/monitor'],
  ])('%s is not there', async (request) => expect(await ask(request)).toMatchObject({ status: 404 }));
});
