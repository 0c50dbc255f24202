import { ANY_DISTANCE, exitOutcome, nearestPick } from './exit.rules';

const entryMs = Date.parse('2026-01-09T05:00:00Z');
const aPick = (name: string, minutes: number, price: number) => ({
  name,
  signal_ts: new Date(entryMs + minutes * 60_000).toISOString(),
  signal_price: price,
});
const exit = { entryMs, entryPrice: 100 };
const close = { minutes: 10, pct: 1 };

it('takes the pick with the lowest score of minutes and price', () => {
  const picks = [aPick('near in time', 1, 104), aPick('near in price', 5, 100.5)];
  expect(nearestPick(exit, picks, ANY_DISTANCE)).toMatchObject({
    candidate: { name: 'near in price' },
    score: expect.closeTo(5 + (0.5 / 100.5) * 500),
  });
});

it('takes the first of a tie', () => {
  expect(nearestPick(exit, [aPick('a', -2, 100), aPick('b', 2, 100)], close)?.candidate.name).toBe('a');
});

it('counts 120 minutes at most, and 200 for the price', () => {
  expect(nearestPick(exit, [aPick('a', 600, 1)], ANY_DISTANCE)?.score).toBe(320);
});

it('takes the only pick of the day however far it is, where that is asked for, and not else', () => {
  const far = [aPick('far', 300, 50)];
  expect(nearestPick(exit, far, ANY_DISTANCE)?.candidate.name).toBe('far');
  expect(nearestPick(exit, far, close)).toBeNull();
});

it.each([
  ['10 minutes, which is within 10', 10, 100, 'p'],
  ['10.1 minutes', 10.1, 100, undefined],
  ['a price that is half as high', 0, 50, undefined],
])('with a tolerance: %s', (_what, minutes, price, name) => {
  expect(nearestPick(exit, [aPick('p', minutes, price)], close)?.candidate.name).toBe(name);
});

it('counts a difference of exactly the tolerated percents as within', () => {
  expect(nearestPick({ entryMs, entryPrice: 101 }, [aPick('p', 0, 100)], close)?.pct).toBe(1);
});

it.each([null, 0, -5])('looks at the time alone where the entry price is %p', (entryPrice) => {
  expect(nearestPick({ entryMs, entryPrice }, [aPick('p', 3, 1)], close)).toMatchObject({ pct: null, score: 3 });
});

it('tells the outcome of an exit', () => {
  const told = { exitPrice: 101.5, returnPct: 1.5, reason: 'target_hit', endTs: '2026-01-09T05:20:00Z' };
  expect(exitOutcome(told, 'SCALPING')).toEqual({
    ...{ evaluation_horizon: 'SCALPING', horizon_end_ts: told.endTs, price_close: 101.5, ret_close_pct: 1.5 },
    ...{ price_high: null, price_low: null, max_runup_pct: null, max_drawdown_pct: null },
    ...{ benchmark_symbol: null, benchmark_ret_pct: null, ret_vs_benchmark_pct: null },
    ...{ hit_target: true, hit_stop: null, outcome_label: 'WIN' },
    notes: { exit_reason: 'TARGET_HIT', capture_ratio: 1 },
  });
});

it.each([
  [-1, 'STOP_LOSS', true, 0, 'LOSS'],
  [0, 'TIME_EXIT', null, null, 'BREAKEVEN'],
  [null, null, null, null, null],
])('tells of a return of %p by %p', (returnPct, reason, hit_stop, capture_ratio, outcome_label) => {
  const outcome = exitOutcome({ exitPrice: null, returnPct, reason, endTs: '' }, 'SCALPING');
  expect(outcome).toMatchObject({
    hit_target: null,
    hit_stop,
    outcome_label,
    notes: { exit_reason: reason, capture_ratio },
  });
});
