import type { Candle } from '../candles/candle-source';
import { benchmarkReturn, captureRatio, dayOutcome, outcomeLabel } from './outcome.rules';

const aCandle = (high: number, low: number, close: number, time = 0): Candle => ({
  time,
  open: close,
  high,
  low,
  close,
});
const day = [aCandle(104, 98, 101), aCandle(106, 99, 103, 300)];
const aPick = { direction: 'LONG', signal_price: 100, recommended_target: 105, recommended_stop: 97 };

it.each([
  [null, null],
  [0.51, 'WIN'],
  [0.5, 'BREAKEVEN'],
  [0, 'BREAKEVEN'],
  [-0.5, 'BREAKEVEN'],
  [-0.500001, 'LOSS'],
])('labels a return of %p as %p', (ret, label) => expect(outcomeLabel(ret)).toBe(label));

it.each([
  [3, 6, 0.5],
  [8, 6, 1],
  [-3, 2, 0],
  [0, 2, 0],
  [-3, 0, null],
  [-3, -1, null],
])('captured of a return of %p with %p to be had: %p', (ret, runup, ratio) =>
  expect(captureRatio(ret, runup)).toBe(ratio),
);

const benchmark = { symbol: 'NIFTY', retPct: benchmarkReturn([aCandle(0, 0, 100), aCandle(0, 0, 102)])! };

// [run] of the contract, also below.
it("judges a long pick as the legacy contract's example does", () => {
  expect(dayOutcome(aPick, day, benchmark)).toEqual({
    ...{ price_close: 103, price_high: 106, price_low: 98 },
    ...{ ret_close_pct: 3, max_runup_pct: 6, max_drawdown_pct: -2 },
    ...{ benchmark_symbol: 'NIFTY', benchmark_ret_pct: 2, ret_vs_benchmark_pct: 1 },
    ...{ hit_target: true, hit_stop: false, outcome_label: 'WIN', notes: { capture_ratio: 0.5 } },
  });
});

it("judges a short pick as the legacy contract's example does", () => {
  expect(dayOutcome({ ...aPick, direction: 'SHORT' }, day, benchmark)).toMatchObject({
    ...{ ret_close_pct: -3, max_runup_pct: 2, max_drawdown_pct: -6 },
    ...{ benchmark_ret_pct: 2, ret_vs_benchmark_pct: -5, hit_target: true, hit_stop: true },
    ...{ outcome_label: 'LOSS', notes: { capture_ratio: 0 } },
  });
});

it('says of a level that is not there, and of a benchmark that is not there, nothing', () => {
  const pick = { ...aPick, recommended_target: null, recommended_stop: null };
  expect(dayOutcome(pick, day, null)).toMatchObject({
    ...{ hit_target: null, hit_stop: null },
    ...{ benchmark_symbol: null, benchmark_ret_pct: null, ret_vs_benchmark_pct: null },
  });
});

it.each([
  ['without candles', aPick, []],
  ['at a price of 0', { ...aPick, signal_price: 0 }, day],
  ['at an infinite price', { ...aPick, signal_price: Infinity }, day],
])('judges nothing %s', (_what, pick, candles) => expect(dayOutcome(pick, candles, null)).toBeNull());

it('knows no benchmark without candles, and none from 0', () => {
  expect(benchmarkReturn([])).toBeNull();
  expect(benchmarkReturn([aCandle(0, 0, 0), aCandle(1, 1, 1)])).toBeNull();
});
