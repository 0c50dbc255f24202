import { createClient, type Paths } from '@sluice/client';
import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { ApiProcess } from './api-process';
import { storeEvaluated, storeLegacyRows } from './legacy-rows';

describe('the legacy read routes', () => {
  let database: FreshDatabase;
  let api: ApiProcess;

  beforeAll(async () => {
    database = await freshDatabase();
    await storeLegacyRows(database.url);
    api = await ApiProcess.start({ DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await api.stop();
    await database.drop();
  });

  const history = async (query: string) => {
    const { status, body } = await api.get(`/v1/analytics/top-picks-history?${query}`);
    expect(status).toBe(200);
    return body;
  };
  type DatasetQuery = Paths['/v1/performance/alpha/dataset']['get']['parameters']['query'];
  const dataset = async (query: DatasetQuery = {}) => {
    const { data } = await createClient({ url: api.url }).GET('/v1/performance/alpha/dataset', { params: { query } });
    if (!data) throw new Error('There was no dataset.');
    return data;
  };

  describe('/v1/analytics/top-picks-history', () => {
    // [run] of the contract's section 10, "expected answers on the real files". Two of them are answered otherwise today.
    it.each([
      ['start_utc=2026-01-09T14:50:00Z', 13],
      ['universe=NIFTY50&mode=INTRADAY', 6],
      ['start_utc=garbage', 42],
      ['end_utc=2026-01-09', 0],
      ['trigger=Backfill', 0],
      ['trigger=backfill', 42],
      ['limit=1', 1],
      ['', 42],
    ])('answers %p with %d runs', async (query, count) => {
      const body = await history(query);
      expect(body.count).toBe(count);
      expect(body.runs).toHaveLength(count);
    });

    it('converts a bound with an offset, where the legacy service compared the text and found nothing', async () => {
      expect((await history('start_utc=2026-01-09T20:20:00%2B05:30')).count).toBe(13);
    });

    it('gives ten columns, newest first, the time without a zone mark', async () => {
      const { runs } = await history('universe=nifty50&mode=intraday');
      expect(Object.keys(runs[0])).toEqual([
        ...['run_id', 'universe', 'mode', 'generated_at_utc', 'trigger', 'total_analyzed', 'filtered_count'],
        ...['picks_count', 'elapsed_sec', 'payload'],
      ]);
      expect(runs[0]).toMatchObject({
        ...{ run_id: 'nifty50:Intraday:2026-01-09T14:46:10.340830', generated_at_utc: '2026-01-09T14:46:10.340830' },
        ...{ total_analyzed: 50, picks_count: 5, elapsed_sec: 90.05039 },
        payload: { generated_at: '2026-01-09T20:14:34.765817', picks: { length: 5 } },
      });
    });

    it('carries the control totals of all runs', async () => {
      const { runs } = await history('include_payload=false');
      const sum = (column: string): number =>
        runs.reduce((total: number, run: Record<string, number>) => total + (run[column] ?? NaN), 0);
      expect([sum('picks_count'), sum('total_analyzed')]).toEqual([43, 1340]);
      expect(runs[0]).not.toHaveProperty('payload');
      expect([runs[0].generated_at_utc, runs[41].generated_at_utc]).toEqual([
        '2026-01-09T14:52:53.868476',
        '2026-01-09T14:28:23.933306',
      ]);
    });

    it('echoes the filters as they were sent', async () => {
      const { filters, generated_at: generatedAt } = await history('universe=NIFTY50&end_utc=soon');
      expect(filters).toEqual({ universe: 'NIFTY50', mode: null, trigger: null, start_utc: null, end_utc: 'soon' });
      expect(Math.abs(Date.parse(generatedAt) - Date.now())).toBeLessThan(60_000);
    });
  });

  describe('/v1/performance/alpha/dataset', () => {
    it('is empty by default, because nothing is evaluated', async () => {
      expect(await dataset()).toMatchObject({ items: [], count: 0, filters: { evaluated_only: true } });
    });

    it('gives all 43 rows on request, with the time as labelled and to the microsecond', async () => {
      const { items, count } = await dataset({ evaluated_only: false });
      expect(count).toBe(43);
      expect(items[0]).toMatchObject({ generated_at_utc: '2026-01-09T20:20:38.713817Z', evaluated: 0, rank_in_run: 2 });
      expect(Object.keys(items[0] ?? {})).toHaveLength(22);
      const ranks = items.map((item) => item.rank_in_run ?? NaN);
      expect(ranks.reduce((sum, rank) => sum + rank, 0)).toBe(120);
    });

    it('pages without a gap or a repeat although the rows of a run share their time', async () => {
      const pages = await Promise.all(
        [0, 10, 20, 30, 40].map((n) => dataset({ evaluated_only: false, limit: 10, offset: n })),
      );
      const ids = pages.flatMap(({ items }) => items.map(({ id }) => id));
      expect(new Set(ids).size).toBe(43);
      expect(pages[4]).toMatchObject({ count: 3, pagination: { limit: 10, offset: 40 } });
    });

    it('finds a symbol in any case and a mode only in its own', async () => {
      expect((await dataset({ evaluated_only: false, symbol: 's6' })).items).toHaveLength(1);
      expect((await dataset({ evaluated_only: false, mode: 'swing' })).items).toHaveLength(0);
    });
  });

  describe('/v1/performance/alpha/by-mode', () => {
    it('totals what was evaluated in the window, rounded as Python rounds', async () => {
      await storeEvaluated(database.url, 'Swing', [0.12, 0.13, -1, 3]);
      const { body } = await api.get('/v1/performance/alpha/by-mode?lookback_days=7');
      expect(body).toMatchObject({ total_trades: 4, overall_avg_pnl_pct: 0.56, lookback_days: 7 });
      expect(body.modes).toEqual([
        {
          ...{ mode: 'Swing', trades: 4, wins: 3, losses: 1, win_rate: 75 },
          ...{ avg_pnl_pct: 0.56, median_pnl_pct: 0.12 },
        },
      ]);
      expect((await dataset()).items[0]).toMatchObject({
        evaluated: 1,
        exit_time_utc: '2026-01-09T10:00:00.000005Z',
      });
    });
  });

  describe('/v1/top-picks/status', () => {
    it('has ten rows and shows stored picks of an old session as present but not effective', async () => {
      const { body } = await api.get('/v1/top-picks/status');
      expect(body.rows).toHaveLength(10);
      expect(body.rows[1]).toEqual({
        universe: 'nifty50',
        mode: 'Intraday',
        effective: { has_cache: false, items_count: 0, as_of: null, age_minutes: null },
        layers: {
          memory: { present: false, items: 0 },
          redis: { present: false, key: 'picks:latest:nifty50:Intraday', items: 0 },
          sqlite: { present: true, items: 5 },
        },
      });
      expect(body.rows[3].layers.sqlite).toEqual({ present: false, items: 0 });
    });
  });

  describe('parameters out of range', () => {
    it.each([
      ['/v1/performance/alpha/dataset?limit=0', 'limit', 'greater_than_equal'],
      ['/v1/performance/alpha/dataset?limit=501', 'limit', 'less_than_equal'],
      ['/v1/performance/alpha/dataset?limit=ten', 'limit', 'int_parsing'],
      ['/v1/performance/alpha/dataset?offset=-1', 'offset', 'greater_than_equal'],
      ['/v1/performance/alpha/dataset?offset=1.5', 'offset', 'int_parsing'],
      ['/v1/performance/alpha/dataset?evaluated_only=perhaps', 'evaluated_only', 'bool_parsing'],
      ['/v1/performance/alpha/by-mode?lookback_days=0', 'lookback_days', 'greater_than_equal'],
      ['/v1/performance/alpha/by-mode?lookback_days=366', 'lookback_days', 'less_than_equal'],
      ['/v1/performance/alpha/by-mode?lookback_days=', 'lookback_days', 'int_parsing'],
      ['/v1/analytics/top-picks-history?limit=0', 'limit', 'greater_than_equal'],
      ['/v1/analytics/top-picks-history?limit=5001', 'limit', 'less_than_equal'],
      ['/v1/analytics/top-picks-history?limit=1e3', 'limit', 'int_parsing'],
      ['/v1/analytics/top-picks-history?include_payload=2', 'include_payload', 'bool_parsing'],
    ])('%s is refused as the legacy service refused it', async (target, parameter, type) => {
      const { status, body, headers } = await api.get(target);
      expect(status).toBe(422);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(body).toEqual({ detail: [{ loc: ['query', parameter], msg: expect.any(String), type }] });
    });

    it.each(['mode=%00', 'symbol=%27%3B--', 'offset=99999999999999999999'])(
      '%s finds nothing and breaks nothing',
      async (query) => {
        const { status, body } = await api.get(`/v1/performance/alpha/dataset?evaluated_only=false&${query}`);
        expect([status, body.count]).toEqual([200, 0]);
      },
    );
  });
});
