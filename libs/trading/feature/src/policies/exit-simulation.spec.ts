import { simulateExit, type Entry } from './exit-simulation';
import { bestProfile, profileResult, profileScore } from './profile.rules';

const entry: Entry = { direction: 'LONG', price: 100, atS: 1000 };
const aCandle = (high: number, low: number, close: number, time = 1000) => ({ time, open: close, high, low, close });
const percent = (stop: number, target: number) => ({
  stop: { type: 'percent', value: stop },
  target: { type: 'percent', value: target },
});

it.each([
  ['the target', percent(2, 3), { retPct: 3, reason: 'target', capture: 1 }],
  ['the stop, where a candle reached both', percent(1, 3), { retPct: -1, reason: 'stop', drawdownPct: -1 }],
  [
    'the target, where it comes first',
    { ...percent(1, 3), exit_priority: { order: ['TARGET_HIT'] } },
    { reason: 'target' },
  ],
  ['the last close', percent(9, 9), { retPct: 0, reason: 'close', drawdownPct: -1.5 }],
  ['a stop at a price', { stop: { type: 'price', value: 99 } }, { retPct: -1, reason: 'stop' }],
  [
    'a target in risks',
    { stop: { type: 'atr_multiple', value: 2 }, target: { type: 'rr_multiple', value: 2 } },
    { retPct: 4, reason: 'target' },
  ],
  ['nothing, where the profile is none', null, { reason: 'close' }],
])('leaves at %s', (_what, profile, expected) => {
  const candles = [aCandle(104, 98.5, 102), aCandle(101, 99, 100, 1300)];
  expect(simulateExit(entry, candles, profile)).toMatchObject(expected);
});

const trailing = {
  enabled: true,
  activation_type: 'percent',
  activation_value: 2,
  trail_type: 'percent',
  trail_value: 1,
};

it('trails the best gain of the candles before', () => {
  const candles = [aCandle(103, 100, 103), aCandle(104, 101.5, 102, 1300)];
  expect(simulateExit(entry, candles, { trailing })).toMatchObject({ retPct: 2, reason: 'trailing' });
  const off = { trailing: { ...trailing, enabled: false } };
  expect(simulateExit(entry, candles, off)).toMatchObject({ reason: 'close' });
});

it('leaves after the longest time, at the close', () => {
  const candles = [aCandle(101, 99, 100), aCandle(101, 99, 100.5, 1600), aCandle(101, 99, 99.5, 1900)];
  const profile = { time_stop: { enabled: true, max_hold_minutes: 10 } };
  expect(simulateExit(entry, candles, profile)).toMatchObject({ retPct: 0.5, reason: 'time' });
});

it('looks at a short from the other side', () => {
  const short = { ...entry, direction: 'SHORT' };
  expect(simulateExit(short, [aCandle(100.5, 96, 97)], percent(1, 3))).toMatchObject({ retPct: 3, reason: 'target' });
});

it('does not look at candles before the entry, and says nothing without candles or price', () => {
  expect(simulateExit(entry, [aCandle(200, 1, 100, 999)], null)).toBeNull();
  expect(simulateExit({ ...entry, price: 0 }, [aCandle(1, 1, 1)], null)).toBeNull();
});

it('adds the trades of a profile up', () => {
  const trades = [
    { retPct: 3, drawdownPct: -1, capture: 1, reason: 'target' as const },
    { retPct: -1, drawdownPct: -3, capture: null, reason: 'stop' as const },
  ];
  expect(profileResult(trades)).toEqual({
    ...{ trades: 2, avg_ret_close_pct: 1, avg_max_drawdown_pct: -2, win_rate: 0.5, hit_target_rate: 0.5 },
    ...{ hit_stop_rate: 0.5, avg_capture_ratio: 1, score: 1 + 0.5 - 1 - 15 },
  });
  expect(profileResult([])).toBeNull();
});

it('scores a deeper drawdown lower', () => {
  const result = {
    trades: 1,
    avg_ret_close_pct: 1,
    win_rate: 1,
    hit_target_rate: 0,
    hit_stop_rate: 0,
    avg_capture_ratio: 0,
  };
  const scoreOf = (avg_max_drawdown_pct: number) => profileScore({ ...result, avg_max_drawdown_pct });
  expect(scoreOf(-4)).toBeLessThan(scoreOf(-1));
});

it('knows the best profile, the first of a tie', () => {
  const scored = (score: number) => ({
    ...profileResult([{ retPct: 0, drawdownPct: 0, capture: 0, reason: 'close' }])!,
    score,
  });
  expect(
    bestProfile([
      ['a', scored(1)],
      ['b', scored(2)],
      ['c', scored(2)],
    ]),
  ).toBe('b');
  expect(bestProfile([])).toBeNull();
});
