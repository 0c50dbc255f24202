import { CandleSource, NoCandleSource } from '../candles/candle-source';
import { ResourceApp } from '../http/resource-app.fixture';
import { dayAfter } from '../india-day';
import { picksParts } from '../picks/picks.parts';
import { policiesParts } from './policies.parts';

let app: ResourceApp;
beforeAll(async () => {
  const source = { provide: CandleSource, useClass: NoCandleSource };
  app = await ResourceApp.open({
    controllers: [...picksParts.controllers, ...policiesParts.controllers],
    providers: [...picksParts.providers, ...policiesParts.providers, source],
  });
});
afterAll(() => app.close());

const route = '/v1/analytics/rl-metrics';
const get = (query: string) => app.ask('GET', `${route}?${query}`);

async function judged(mode: string, trade_date: string, outcome: object, horizon = 'EOD'): Promise<void> {
  const pick = { symbol: 'TCS', direction: 'LONG', source: 's', mode, signal_price: 1, trade_date };
  const { body } = await app.ask('POST', '/v1/picks', pick);
  const ends = { horizon_end_ts: '2026-01-09T10:00:00Z' };
  await app.ask('PUT', `/v1/picks/${body.pick_uuid}/outcomes/${horizon}`, { ...ends, ...outcome });
}

it('knows nothing where no policy is active', async () => {
  expect((await get('')).body).toEqual({ policy: null, modes: [] });
});

it('shows what the active policy knows of each mode, or of one', async () => {
  const { body: policy } = await app.ask('POST', '/v1/policies', { name: 'p', config: { secret: 1 } });
  const metrics = {
    exit_profiles: { Scalping: { tight: { trades: 3, score: 1 }, wide: { trades: 3, score: 2 } } },
    best_exit_profiles: { Scalping: { id: 'wide', criterion: 'score' } },
    last_evaluated_at_by_mode: { Scalping: '2026-01-09T10:00:00Z' },
    sample_by_mode: { Scalping: { mode: 'Scalping' } },
    bandit: { Intraday: { contexts: { a: { actions: { x: {}, y: {} } }, b: { actions: { x: {} } } } } },
  };
  await app.ask('PUT', `/v1/policies/${policy.policy_id}/metrics`, { metrics });
  await app.ask('POST', `/v1/policies/${policy.policy_id}/activate`);
  const { body } = await get('view=policy');
  expect(body).toEqual({
    policy: {
      ...{ policy_id: policy.policy_id, name: 'p', status: 'ACTIVE', created_at: policy.created_at },
      ...{ updated_at: expect.any(String), activated_at: expect.any(String), deactivated_at: null },
    },
    modes: [
      { mode: 'Intraday', last_evaluated_at: null, sample: null, profiles: [], bandit: { contexts: 2, actions: 3 } },
      {
        ...{ mode: 'Scalping', last_evaluated_at: '2026-01-09T10:00:00Z', sample: { mode: 'Scalping' } },
        profiles: [
          { id: 'wide', trades: 3, score: 2, is_best: true },
          { id: 'tight', trades: 3, score: 1, is_best: false },
        ],
        bandit: { contexts: 0, actions: 0 },
      },
    ],
  });
  expect((await get('mode=scalping')).body.modes).toEqual([body.modes[1]]);
});

it('shows the days, the newest first, by their end-of-day outcomes', async () => {
  await judged('Swing', '2026-01-08', { ret_close_pct: 2, max_drawdown_pct: -1, hit_target: true });
  await judged('Intraday', '2026-01-09', { ret_close_pct: 1, hit_target: true, hit_stop: false });
  await judged('Intraday', '2026-01-09', { ret_close_pct: -2, max_drawdown_pct: -3, hit_stop: true });
  await judged('Intraday', '2026-01-09', {});
  await judged('Intraday', '2026-01-09', { ret_close_pct: 50 }, 'SCALPING');
  await judged('Intraday', '2026-01-02', { ret_close_pct: 9 });
  const { body } = await get('view=daily&end_date=2026-01-09&start_date=2026-01-03');
  const third = expect.closeTo(100 / 3);
  expect(body.daily).toEqual([
    {
      ...{ date: '2026-01-09', mode: 'Intraday', trades: 3, avg_ret_close_pct: -0.5, avg_max_drawdown_pct: -3 },
      ...{ win_rate: third, hit_target_rate: third, hit_stop_rate: third },
    },
    {
      ...{ date: '2026-01-08', mode: 'Swing', trades: 1, avg_ret_close_pct: 2, avg_max_drawdown_pct: -1 },
      ...{ win_rate: 100, hit_target_rate: 100, hit_stop_rate: 0 },
    },
  ]);
  expect((await get('view=daily&end_date=2026-01-09')).body).toEqual(body);
  expect((await get('view=daily&end_date=2026-01-09&mode=swing')).body.daily).toEqual([]);
  expect((await get('view=daily&end_date=2026-01-09&mode=Swing')).body.daily).toHaveLength(1);
});

it('ends today where no day is given', async () => {
  const today = new Date().toISOString().slice(0, 10);
  await judged('Options', dayAfter(today, -6), { ret_close_pct: 1 });
  await judged('Options', dayAfter(today, -7), { ret_close_pct: 1 });
  expect((await get('view=daily&mode=Options')).body.daily).toHaveLength(1);
});

it.each(['start_date=x', 'end_date=2026-02-30', 'end_date=0001-01-02', 'start_date=2026-01-02&end_date=2026-01-01'])(
  'refuses %s',
  async (days) =>
    expect(await get(`view=daily&${days}`)).toMatchObject({ status: 400, body: { code: 'TRADING_METRICS_DAYS' } }),
);

it('finds nothing for a mode of NUL', async () => {
  expect((await get('view=daily&mode=%00')).body.daily).toEqual([]);
});
