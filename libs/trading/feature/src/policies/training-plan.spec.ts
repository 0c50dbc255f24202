import { intervalOf, trainingPlan } from './training-plan';

it('takes the legacy defaults of each mode, up to the day before', () => {
  const names = ['Scalping', 'intraday', 'Swing', 'Options', 'Futures', 'Other', 'constructor'];
  const modes = Object.fromEntries(names.map((name) => [name, {}]));
  const plans = trainingPlan({ modes }, '2026-03-01');
  expect(plans.map(({ mode, from, timeframe, horizon }) => [mode, from, timeframe, horizon])).toEqual([
    ['Scalping', '2025-12-01', '1D', 'SCALPING'],
    ['Intraday', '2025-12-31', '15m', 'EOD'],
    ['Swing', '2025-09-02', '1D', 'EOD'],
    ['Options', '2025-12-31', '5m', 'EOD'],
    ['Futures', '2025-12-31', '5m', 'EOD'],
    ['Other', '2025-12-01', '1D', 'EOD'],
    ['constructor', '2025-12-01', '1D', 'EOD'],
  ]);
  expect(plans.every(({ to }) => to === '2026-02-28')).toBe(true);
});

it('takes what the configuration says, and learns what it does not switch off', () => {
  const config = {
    modes: { scalping: { exits: { profiles: { tight: 1 } } } },
    evaluation: { Scalping: { lookback_days: 7, timeframe: '5m', evaluation_horizon: 'X' } },
    bandit: { Scalping: { enabled: true }, Swing: { enabled: false } },
    entry_bandit: { Swing: {} },
  };
  expect(trainingPlan(config, '2026-03-01')).toMatchObject([
    {
      ...{ mode: 'Scalping', from: '2026-02-22', timeframe: '5m', horizon: 'X', exitHorizon: 'SCALPING' },
      ...{ profiles: [['tight', 1]], hasExitBandit: true, hasEntryBandit: false },
    },
    { mode: 'Swing', profiles: [], hasExitBandit: false, hasEntryBandit: true, exitHorizon: 'EOD' },
  ]);
});

it.each([null, {}, { modes: [] }, { modes: 'x', bandit: 1 }])('plans nothing of %j', (config) => {
  expect(trainingPlan(config, '2026-03-01')).toEqual([]);
});

it.each([0, -1, 1.5, 1e6, '7'])('takes a lookback of %p days for none', (lookback_days) => {
  const [plan] = trainingPlan({ modes: { Other: {} }, evaluation: { Other: { lookback_days } } }, '2026-03-01');
  expect(plan?.from).toBe('2025-12-01');
});

it.each([
  ['1D', '5m'],
  ['15m', '15m'],
  ['1M', '60m'],
  ['constructor', '5m'],
])('looks at a chart of %s by candles of %s', (chart, interval) => expect(intervalOf(chart)).toBe(interval));
