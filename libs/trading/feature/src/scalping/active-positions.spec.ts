import type { ScalpingTrade, StoredTopPicksRun } from '@sluice/trading-persistence';
import { allExits, exitsSince, openOf, readRun } from './active-positions';

const aRun = (picks: unknown, over: object = {}): StoredTopPicksRun => ({
  id: 1,
  run: {
    ...{ run_id: 'nifty50:Scalping:x', universe: 'nifty50', mode: 'Scalping', trigger: 'scalping_cycle' },
    ...{ generated_at_utc: '2026-01-09T04:10:23.933306', total_analyzed: 50, filtered_count: 1, picks_count: 1 },
    ...{ elapsed_sec: 30, ...over },
  },
  payload: JSON.stringify({ generated_at: '2026-01-09T09:38:26', universe: ['odd'], picks }),
});
const strategy = { target_price: 101, stop_loss_price: '99.5', max_hold_mins: 30 };
const aPick = { symbol: 'tcs', rank: 1, recommendation: 'Strong Sell', entry_price: 100, exit_strategy: strategy };
const readMs = (text: string): number | null => (Number.isNaN(Date.parse(text)) ? null : Date.parse(text));
const anExit = (entry_time: string, over: object = {}) => ({ symbol: 'TCS', entry_time, ...over });

it('takes the picks of a run for positions that were entered when the run was stored', () => {
  expect(readRun(aRun([aPick])).positions).toEqual([
    {
      ...{ symbol: 'TCS', universe: 'nifty50', mode: 'Scalping', recommendation: 'Strong Sell', direction: 'SHORT' },
      ...{ entry_time: '2026-01-09T04:10:23.933306+00:00', entry_price: 100, target_price: 101, stop_loss_price: 99.5 },
      ...{ exit_strategy: strategy, rank: 1, run_id: 'nifty50:Scalping:x' },
    },
  ]);
});

it('tells of the run', () => {
  expect(readRun(aRun([aPick])).meta).toEqual({
    ...{ universe: 'nifty50', run_id: 'nifty50:Scalping:x', as_of: '2026-01-09T09:38:26', picks_count: 1 },
    generated_at_utc: '2026-01-09T04:10:23.933306Z',
  });
});

it('falls back on the price of the quote, and has no strategy where the pick has none', () => {
  const { entry_price: _entry, exit_strategy: _strategy, ...bare } = aPick;
  const [position] = readRun(aRun([{ ...bare, price: 98 }])).positions;
  expect(position).toMatchObject({ entry_price: 98, exit_strategy: null, target_price: null });
});

it.each([
  ['without a price', { ...aPick, entry_price: 0 }],
  ['with a price below 0', { ...aPick, entry_price: -1 }],
  ['with a price that is no number', { ...aPick, entry_price: 'x' }],
  ['without a symbol', { ...aPick, symbol: '' }],
  ['that is no object', 'TCS'],
])('passes a pick over %s', (_what, pick) => {
  expect(readRun(aRun([pick, aPick])).positions).toHaveLength(1);
});

it('finds no positions in a payload without a list of picks', () => {
  expect(readRun(aRun(null)).positions).toEqual([]);
  expect(readRun({ ...aRun([aPick]), payload: null }).positions).toEqual([]);
});

it.each([
  ['2026-01-09T04:12:23+00:00', 0],
  ['2026-01-09T04:12:24+00:00', 1],
  ['2026-01-09T04:08:24Z', 0],
  ['noon', 1],
])('an exit that was entered at %s leaves %d open', (entry, open) => {
  const { positions } = readRun(aRun([aPick]));
  expect(openOf(positions, [anExit(entry)], readMs)).toHaveLength(open);
  expect(openOf(positions, [anExit(entry, { symbol: 'INFY' })], readMs)).toHaveLength(1);
});

it('adds those exits of the pick log that the files do not tell of', () => {
  const trade: ScalpingTrade = {
    ...{ symbol: 'TCS', signal_ts: '2026-01-09T04:10:00Z', signal_price: 100, recommendation: 'Buy' },
    ...{ horizon_end_ts: '2026-01-09T04:28:30Z', price_close: 101, ret_close_pct: 1, exit_reason: 'TARGET_HIT' },
  };
  expect(allExits([anExit('2026-01-09T04:11:00Z')], [trade], readMs)).toEqual([anExit('2026-01-09T04:11:00Z')]);
  expect(allExits([anExit('2026-01-09T05:11:00Z')], [trade], readMs)[1]).toEqual({
    ...{ symbol: 'TCS', entry_time: '2026-01-09T04:10:00Z', entry_price: 100, exit_time: '2026-01-09T04:28:30Z' },
    ...{ exit_price: 101, exit_reason: 'TARGET_HIT', return_pct: 1, hold_duration_mins: 18.5, mode: 'Scalping' },
    recommendation: 'Buy',
  });
});

it('gives the exits since a time, the last one first', () => {
  const exits = ['2026-01-09T04:00:00Z', '2026-01-09T04:20:00Z', '2026-01-09T04:30:00Z', 'noon'].map((exit_time) => ({
    exit_time,
  }));
  expect(exitsSince([{}, ...exits], Date.parse('2026-01-09T04:20:00Z'), readMs)).toEqual([exits[2], exits[1]]);
});
