import type { RunResult, RunTotals, RunWindow } from '@sluice/trading-persistence';
import { WinningTradesService } from './winning-trades.service';

const aResult = (over: Partial<RunResult> = {}): RunResult => ({
  ...{ run_id: 'nifty50:Swing:x', universe: 'nifty50', mode: 'Swing', generated_at_utc: '2026-01-09T14:47:36Z' },
  pick: { symbol: 'tcs', rank: 1, recommendation: 'Sell', price: 100, score_blend: 61.6, scores: { trend: 75 } },
  ...{
    evaluated: true,
    exit_price: 99,
    exit_time_utc: '2026-01-14T14:47:36Z',
    exit_reason: 'FIXED_DAYS_5',
    pnl_pct: 1,
  },
  ...over,
});
const anAnswer = async (totals: RunTotals, results: RunResult[] = [], universe = 'nifty50') => {
  const windows: RunWindow[] = [];
  const service = new WinningTradesService(
    {
      list: (window) => (windows.push(window), Promise.resolve(results)),
      totals: (window) => (windows.push(window), Promise.resolve(totals)),
    },
    { nowMs: () => Date.parse('2026-01-15T12:00:00Z') },
  );
  return { answer: await service.of(universe, 7), windows };
};
const none = { recommendations: 0, trades: 0, wins: 0, pnlSum: 0 };

it('asks for the runs of a universe in any case, by true time', async () => {
  const window = { universe: 'nifty50', since: '2026-01-08T12:00:00Z' };
  const { answer, windows } = await anAnswer(none, [], 'NIFTY50');
  expect(windows).toEqual([window, window]);
  expect(answer).toMatchObject({ universe: 'NIFTY50', lookback_days: 7, generated_at: '2026-01-15T12:00:00Z' });
});

it('counts a result of 0 as lost, and rounds half to even', async () => {
  const { answer } = await anAnswer({ recommendations: 10, trades: 8, wins: 1, pnlSum: 1 });
  expect(answer.metrics).toEqual({
    ...{ total_recommendations: 10, total_trades: 8, wins: 1, losses: 7, win_rate: 12.5, avg_pnl_pct: 0.12 },
  });
});

it('has zeros where nothing has ended', async () => {
  expect((await anAnswer(none)).answer.metrics).toMatchObject({ losses: 0, win_rate: 0, avg_pnl_pct: 0 });
});

it('tells of a pick as the dataset does, with its scores', async () => {
  const { answer } = await anAnswer(none, [aResult()]);
  expect(answer.recommendations).toEqual([
    {
      ...{ symbol: 'TCS', mode: 'Swing', universe: 'nifty50', recommendation: 'Sell', direction: 'SHORT' },
      ...{ generated_at_utc: '2026-01-09T14:47:36Z', entry_price: 100, stop_loss_price: null, target_price: null },
      ...{ score_blend: 61.6, confidence: null, scores: { trend: 75 }, run_id: 'nifty50:Swing:x', rank_in_run: 1 },
      ...{
        evaluated: 1,
        exit_price: 99,
        exit_time_utc: '2026-01-14T14:47:36Z',
        exit_reason: 'FIXED_DAYS_5',
        pnl_pct: 1,
      },
    },
  ]);
});

it('passes over what is no pick, and has no scores where there are none', async () => {
  const bare = aResult({ pick: { symbol: 'INFY', scores: [1] }, evaluated: false, pnl_pct: null });
  const { answer } = await anAnswer(none, [aResult({ pick: null }), aResult({ pick: { price: 1 } }), bare]);
  expect(answer.recommendations).toEqual([expect.objectContaining({ symbol: 'INFY', scores: {}, evaluated: 0 })]);
});
