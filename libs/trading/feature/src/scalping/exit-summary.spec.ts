import { findExit, summaryOf } from './exit-summary';

const anExit = (over: object = {}) => ({
  ...{
    symbol: 'TCS',
    entry_time: '2026-01-09T05:00:00+00:00',
    return_pct: 1.25,
    hold_duration_mins: 10,
    exit_reason: 'TARGET_HIT',
  },
  ...over,
});

it('adds exits up; one of exactly 0 is lost, one without a return neither', () => {
  const exits = [
    anExit(),
    anExit({ return_pct: 0, exit_reason: 'TIME_EXIT' }),
    anExit({ return_pct: null, exit_reason: '' }),
  ];
  expect(summaryOf(exits)).toEqual({
    ...{ total_exits: 3, winning_exits: 1, losing_exits: 1, win_rate: 33.3, avg_return: 0.62, avg_hold_time_mins: 10 },
    exit_reason_breakdown: { TARGET_HIT: 1, TIME_EXIT: 1, UNKNOWN: 1 },
  });
});

it('adds nothing up to zeros, and takes what is no exit for one without anything', () => {
  expect(summaryOf([])).toMatchObject({ total_exits: 0, win_rate: 0, avg_return: 0, exit_reason_breakdown: {} });
  expect(summaryOf([null, 'x'])).toMatchObject({ total_exits: 2, winning_exits: 0, losing_exits: 0 });
});

const readMs = (text: string): number | null => (text ? Date.parse(text) : null);
const at = Date.parse('2026-01-09T05:00:00Z');
const exits = [
  anExit({ id: 1 }),
  anExit({ id: 2, entry_time: '2026-01-09T05:01:30Z' }),
  anExit({ id: 3, symbol: 'INFY' }),
];

it.each([
  ['the first of the symbol without a time', 'TCS', null, { id: 1 }],
  ['the nearest', 'TCS', at + 80_000, { id: 2 }],
  ['one that is two minutes away', 'TCS', at + 90_000 + 120_000, { id: 2 }],
])('finds %s', (_what, symbol, time, found) => expect(findExit(exits, symbol, time, readMs)).toMatchObject(found));

it.each([
  ['more than two minutes away', 'TCS', at + 90_000 + 120_001],
  ['of another symbol', 'NONE', null],
])('finds none %s', (_what, symbol, time) => expect(findExit(exits, symbol, time, readMs)).toBeNull());
