import { Postgres, Prisma } from '@sluice/postgres';
import { CandleSource, CandlesUnavailableError, type Candle, type CandleRequest } from '../candles/candle-source';
import { ResourceApp } from '../http/resource-app.fixture';
import { picksParts } from '../picks/picks.parts';
import { policiesParts } from './policies.parts';
import { TrainingService } from './training.service';

const signal = '2026-01-09T05:00:00Z';
const candlesOfDay = [1, 2].map((i): Candle => {
  return { time: Date.parse(signal) / 1000 + i * 300, open: 100, high: 101 + i, low: 99.5, close: 100 + i };
});

class OneDay extends CandleSource {
  fails = false;

  candles({ symbol, from, to }: CandleRequest): Promise<readonly Candle[]> {
    if (this.fails) return Promise.reject(new CandlesUnavailableError('the source is away.'));
    return Promise.resolve(symbol === 'TCS' ? candlesOfDay.filter(({ time }) => time >= from && time <= to) : []);
  }
}

let app: ResourceApp;
const source = new OneDay();
beforeAll(async () => {
  app = await ResourceApp.open({
    controllers: [...picksParts.controllers, ...policiesParts.controllers],
    providers: [...picksParts.providers, ...policiesParts.providers, { provide: CandleSource, useValue: source }],
  });
  for (const [symbol, ret, day] of [
    ['TCS', 2, '2026-01-09'],
    ['NONE', -2, '2026-01-09'],
    ['TCS', 9, '2026-01-10'],
  ] as const)
    await aTrade(symbol, ret, day);
});
afterAll(() => app.close());

async function aTrade(symbol: string, ret: number, trade_date: string): Promise<void> {
  const extra_context = { bandit_ctx: 'ctx', exit_profile_id: 'tight', entry_action_id: 'now' };
  const pick = {
    symbol,
    direction: 'LONG',
    source: 's',
    mode: 'Scalping',
    signal_price: 100,
    signal_ts: signal,
    trade_date,
  };
  const { body } = await app.ask('POST', '/v1/picks', { ...pick, extra_context });
  for (const horizon of ['SCALPING', 'EOD'])
    await app.ask('PUT', `/v1/picks/${body.pick_uuid}/outcomes/${horizon}`, {
      horizon_end_ts: signal,
      ret_close_pct: ret,
    });
}

const config = {
  modes: {
    Scalping: {
      exits: {
        profiles: {
          tight: { stop: { type: 'percent', value: 0.2 } },
          wide: { target: { type: 'percent', value: 2 } },
        },
      },
    },
  },
  bandit: { Scalping: { enabled: true } },
  entry_bandit: { Scalping: { enabled: true } },
};
const aPolicy = async (): Promise<string> =>
  (await app.ask('POST', '/v1/policies', { name: 'p', config })).body.policy_id;
const train = (id: string, as_of = '2026-01-10', headers = {}) =>
  app.ask('POST', `/v1/policies/${id}/train`, { as_of }, headers);

it('learns from the days before, and finds the best profile', async () => {
  const { status, body } = await train(await aPolicy());
  expect(status).toBe(200);
  expect(body.modes).toEqual([
    {
      ...{ mode: 'Scalping', start_date: '2025-10-12', end_date: '2026-01-09', exit_trades: 2, entry_trades: 2 },
      ...{ simulated_picks: 1, picks_without_candles: 1, profiles_error: null },
    },
  ]);
  expect(body.policy.metrics).toMatchObject({
    bandit: { Scalping: { contexts: { ctx: { actions: { tight: { n: 2, q: 0, last_update: signal } } } } } },
    entry_bandit: { Scalping: { contexts: { ctx: { actions: { now: { n: 2, q: 0 } } } } } },
    exit_profiles: {
      Scalping: {
        tight: { trades: 1, hit_stop_rate: 1, avg_ret_close_pct: expect.closeTo(-0.2) },
        wide: { trades: 1, hit_target_rate: 1, avg_ret_close_pct: expect.closeTo(2), win_rate: 1 },
      },
    },
    best_exit_profiles: { Scalping: { id: 'wide', criterion: 'score' } },
    last_evaluated_at_by_mode: { Scalping: expect.stringMatching(/Z$/) },
    sample_by_mode: {
      Scalping: { start_date: '2025-10-12', end_date: '2026-01-09', mode: 'Scalping', evaluation_horizon: 'SCALPING' },
    },
  });
});

it('counts each trade once however often it is run, and finds the same', async () => {
  const id = await aPolicy();
  const found = async () => {
    const { last_evaluated_at_by_mode: _at, ...metrics } = (await train(id)).body.policy.metrics;
    return metrics;
  };
  const first = await found();
  expect(first.bandit.Scalping.contexts.ctx.actions.tight.n).toBe(2);
  expect(await found()).toEqual(first);
  const all = await Promise.all(Array.from({ length: 4 }, found));
  for (const one of all) expect(one).toEqual(first);
  expect((await train(id, '2026-01-11')).body.policy.metrics.bandit.Scalping.contexts.ctx.actions.tight.n).toBe(3);
});

it('keeps the other metrics, and the profiles of before while there are no prices', async () => {
  const id = await aPolicy();
  await app.ask('PUT', `/v1/policies/${id}/metrics`, { metrics: { mine: 1, exit_profiles: { Swing: {} } } });
  await train(id);
  source.fails = true;
  const { body } = await train(id);
  source.fails = false;
  expect(body.modes).toMatchObject([{ exit_trades: 2, simulated_picks: 0, profiles_error: 'CANDLES_UNAVAILABLE' }]);
  expect(body.policy.metrics).toMatchObject({
    mine: 1,
    exit_profiles: { Swing: {}, Scalping: { wide: { trades: 1 } } },
  });
});

it('answers a request with a key twice from one training', async () => {
  const id = await aPolicy();
  const first = await train(id, '2026-01-10', { 'idempotency-key': 'train' });
  const second = await train(id, '2026-01-10', { 'idempotency-key': 'train' });
  expect([second.body, second.headers['idempotency-replayed']]).toEqual([first.body, 'true']);
});

it('trains today where no day is given, and a policy without a plan to nothing', async () => {
  const { policy_id: id } = (await app.ask('POST', '/v1/policies', { name: 'p', config: {} })).body;
  expect((await app.ask('POST', `/v1/policies/${id}/train`, {})).body).toMatchObject({
    modes: [],
    policy: { metrics: {} },
  });
  expect((await app.ask('POST', `/v1/policies/${id}/train`)).status).toBe(200);
});

it('refuses what is no day, and trains no policy that is not there', async () => {
  expect((await train('none')).body.code).toBe('TRADING_POLICY_UNKNOWN');
  for (const as_of of ['today', 5, '2026-02-30', '0001-01-02', null])
    expect((await app.ask('POST', `/v1/policies/${await aPolicy()}/train`, { as_of })).status).toBe(422);
});

it.each([
  ['modes', { bandit: Object.fromEntries(Array.from({ length: 51 }, (_v, i) => [`m${i}`, {}])) }],
  [
    'exit profiles',
    {
      modes: {
        Swing: { exits: { profiles: Object.fromEntries(Array.from({ length: 51 }, (_v, i) => [`p${i}`, {}])) } },
      },
    },
  ],
])('trains no policy of more than fifty %s', async (_what, large) => {
  const { policy_id: id } = (await app.ask('POST', '/v1/policies', { name: 'p', config: large })).body;
  expect(await train(id)).toMatchObject({ status: 409, body: { code: 'TRADING_POLICY_TOO_LARGE' } });
});

it('lets others have their turn between the exit profiles', async () => {
  const profiles = Object.fromEntries(Array.from({ length: 50 }, (_v, i) => [`p${i}`, {}]));
  const { policy_id: id } = (
    await app.ask('POST', '/v1/policies', { name: 'p', config: { modes: { Scalping: { exits: { profiles } } } } })
  ).body;
  let [turns, isDone] = [0, false];
  const count = (): void => {
    turns += 1;
    if (!isDone) setImmediate(count);
  };
  const rows = app.get(Postgres).rows.bind(app.get(Postgres));
  // What PostgreSQL takes is many turns as well: those before its last answer are not counted.
  jest.spyOn(app.get(Postgres), 'rows').mockImplementation(async (sql) => {
    const found = await rows(sql);
    turns = 0;
    return found as never;
  });
  count();
  await app.get(TrainingService).train(id, '2026-01-10');
  isDone = true;
  jest.restoreAllMocks();
  expect(turns).toBeGreaterThanOrEqual(50);
});

it('reads what was migrated, whatever it holds', async () => {
  await app.get(Postgres).rows(Prisma.sql`
    INSERT INTO rl_policies (policy_id, name, created_at, updated_at, status, config_json, metrics_json)
    VALUES ('odd', 'odd', now(), now(), 'DRAFT', '"broken"', '[1]') RETURNING 1`);
  expect((await app.ask('GET', '/v1/policies/odd')).body).toMatchObject({ config: {}, metrics: null });
  expect((await train('odd')).body.policy.metrics).toEqual({});
});
