import type { Answer } from '@sluice/cache';
import type { LatestPicks, OhlcCandles, OhlcKey } from '@sluice/trading-caching';
import { type HotAnswer, type HotRequest, HotRoutes } from './hot-routes';

const PICKS: LatestPicks = {
  items: [{ symbol: 'TCS' }],
  as_of: '2026-01-09T19:56:26',
  universe: 'nifty50',
  mode: 'Intraday',
};
const CANDLES: OhlcCandles = { source: 'yahoo', rows: [{ time: '2026-01-09', close: NaN }] };
const hit = <V>(value: V): Answer<V> => ({ value, state: 'hit', tier: 1, freshForMs: 9_500, isStored: true });

function someRoutes(found: { picks?: LatestPicks | null; candles?: OhlcCandles | null; isHeld?: boolean } = {}) {
  const { picks = PICKS, candles = CANDLES, isHeld = true } = found;
  const asked: unknown[] = [];
  const routes = new HotRoutes({
    values: {
      latestPicks: async (universe: string, mode: string) => {
        asked.push([universe, mode]);
        return hit(picks);
      },
      heldLatestPicks: (universe: string, mode: string) => {
        asked.push([universe, mode]);
        return () => (isHeld ? hit(picks) : undefined);
      },
    },
    candles: {
      read: async (key: OhlcKey) => {
        asked.push(key);
        return hit(candles);
      },
      held: (key: OhlcKey) => {
        asked.push(key);
        return () => (isHeld ? hit(candles) : undefined);
      },
    },
    runs: {
      get: async (runId: string) => {
        asked.push(runId);
        return { version: '741', text: '{"run_id":"a"}' };
      },
    },
  });
  return {
    asked,
    held: (target: string) => routes.held(target),
    ask: (pattern: string, request: Partial<HotRequest> = {}) =>
      routes.answer(pattern, { query: {}, params: {}, ...request }),
  };
}

const json = (answer: HotAnswer | null): unknown => (answer ? JSON.parse(answer.body.toString()) : null);

describe('the latest picks', () => {
  const path = '/v1/runs/latest';

  it('are the cached value, with how it was come by', async () => {
    const { ask, asked } = someRoutes();
    const answer = await ask(path, { query: { universe: 'BANKNIFTY', mode: 'swing' } });
    expect(json(answer)).toEqual(PICKS);
    expect(answer?.headers).toEqual({ 'cache-status': 'Sluice; hit; ttl=9; detail=memory', 'x-cache-status': 'HIT' });
    expect(asked).toEqual([['BANKNIFTY', 'swing']]);
  });

  it('have the defaults of the plain route, and the same text each time', async () => {
    const { ask, asked } = someRoutes();
    const [first, second] = [await ask(path), await ask(path)];
    expect(asked[0]).toEqual(['nifty50', 'Intraday']);
    expect(second?.body).toBe(first?.body);
  });

  it('are left to the plain route where there are none', async () => {
    await expect(someRoutes({ picks: null }).ask(path)).resolves.toBeNull();
  });

  it.each([
    ['an unknown parameter', { limit: '5' }],
    ['a parameter that is given twice', { mode: ['a', 'b'] }],
    ['an empty parameter', { mode: '' }],
    ['a long parameter', { mode: 'x'.repeat(65) }],
    ['characters that a rule could be about', { mode: 'a\0b' }],
  ])('are left to the plain route: %s', (_what, query) => {
    const { ask, asked } = someRoutes();
    expect(ask(path, { query })).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe('candles', () => {
  const path = '/v1/candles/:symbol';
  const query = { interval: '1d', from: '2026-01-01', to: '2026-01-09' };
  const params = { symbol: 'TCS/NS' };

  it('are the cached rows behind what was asked for; what was no number is null', async () => {
    const { ask, asked } = someRoutes();
    const answer = await ask(path, { query: { ...query, source: 'yahoo' }, params: { symbol: 'TCS' } });
    const rows = [{ time: '2026-01-09', close: null }];
    expect(json(answer)).toEqual({ symbol: 'TCS', ...query, source: 'yahoo', rows });
    expect(asked).toEqual([{ symbol: 'TCS', ...query, source: 'yahoo' }]);
  });

  it('are behind what was asked for, however the same rows were asked for before', async () => {
    const { ask } = someRoutes();
    for (const from of ['2026-01-01', '2026-01-01T00:00', '2026-01-01']) {
      const answer = await ask(path, { query: { ...query, from }, params: { symbol: 'TCS' } });
      expect(json(answer)).toMatchObject({ symbol: 'TCS', ...query, from, rows: [{ close: null }] });
    }
  });

  it.each([
    ['no candles', someRoutes({ candles: null }), { query, params: { symbol: 'TCS' } }, true],
    [
      'no interval',
      someRoutes(),
      { query: { from: '2026-01-01', to: '2026-01-09' }, params: { symbol: 'TCS' } },
      false,
    ],
    ['a time of another form', someRoutes(), { query: { ...query, to: 'now' }, params: { symbol: 'TCS' } }, false],
    [
      'a source of another form',
      someRoutes(),
      { query: { ...query, source: 'a b' }, params: { symbol: 'TCS' } },
      false,
    ],
    ['a symbol that is not plain', someRoutes(), { query, params }, false],
  ])('are left to the plain route: %s', async (_what, { ask, asked }, request, isAsked) => {
    await expect(Promise.resolve(ask(path, request))).resolves.toBeNull();
    expect(asked.length > 0).toBe(isAsked);
  });
});

it('answers a run as it was read, with its entity tag', async () => {
  const { ask, asked } = someRoutes();
  const answer = await ask('/v1/runs/:run_id', { params: { run_id: 'nifty50:Intraday:2026-01-09T14:46:10.340830' } });
  expect(answer).toEqual({ body: '{"run_id":"a"}', headers: { etag: '"741"' } });
  expect(asked).toEqual(['nifty50:Intraday:2026-01-09T14:46:10.340830']);
  expect(ask('/v1/runs/:run_id', { params: { run_id: 'a' }, query: { any: 'thing' } })).toBeNull();
});

it('answers no other route', () => {
  const { ask } = someRoutes();
  expect(ask('/v1/runs')).toBeNull();
});

describe('what memory holds', () => {
  const picks = '/v1/runs/latest';
  const candles = '/v1/candles/TCS?interval=1d&from=2026-01-01&to=2026-01-09';

  it('is what the route answers', async () => {
    const { ask, held } = someRoutes();
    const query = { interval: '1d', from: '2026-01-01', to: '2026-01-09' };
    const answers = [
      await ask('/v1/runs/latest', { query: { mode: 'Swing' } }),
      await ask('/v1/candles/:symbol', { query, params: { symbol: 'TCS' } }),
    ];
    expect([held(`${picks}?mode=Swing`), held(candles)]).toEqual([
      { route: '/v1/runs/latest', path: '/v1/runs/latest', ...answers[0] },
      { route: '/v1/candles/:symbol', path: '/v1/candles/TCS', ...answers[1] },
    ]);
  });

  it.each([
    [picks, ['nifty50', 'Intraday']],
    [`${picks}?`, ['nifty50', 'Intraday']],
    [`${picks}?mode=Swing&universe=banknifty`, ['banknifty', 'Swing']],
    [`${candles}&source=yahoo`, expect.objectContaining({ symbol: 'TCS', source: 'yahoo' })],
  ])('is looked for by what %s says', (target, key) => {
    const { asked, held } = someRoutes();
    held(target);
    expect(asked).toEqual([key]);
  });

  it.each([
    ...[
      `${picks}/`,
      `${picks}?mode=a&mode=b`,
      `${picks}?mode=%41`,
      `${picks}?mode=a+b`,
      `${picks}?mode=`,
      `${picks}?x=1`,
    ],
    ...[`${picks}?__proto__=a`, `${picks}?mode`, `${picks}#a`, `//v1/runs/latest`, `/v1/candles/TCS`],
    ...[
      '/v1/candles/A%2FB?interval=1d&from=2026-01-01&to=2026-01-09',
      candles.replace('1d', '1-d'),
      '/v1/runs/a',
      '',
      '*',
    ],
  ])('is not looked for where the request is not plain: %s', (target) => {
    const { asked, held } = someRoutes();
    expect(held(target)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is null where nothing is held, and where it is held that there is nothing', () => {
    for (const { held } of [someRoutes({ isHeld: false }), someRoutes({ picks: null, candles: null })])
      expect([held(picks), held(candles)]).toEqual([null, null]);
  });
});
