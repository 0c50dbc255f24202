import type { TradeRow } from '@sluice/trading-persistence';
import { contextOf, entryLesson, entryReward, exitLesson, exitReward, learn, type Reward } from './bandit.rules';

const aReward = (over: Partial<Reward> = {}): Reward => ({
  retPct: 0,
  drawdownPct: 0,
  capture: 0,
  isStopped: false,
  ...over,
});

it.each([
  ['nothing', {}, 0],
  ['a return of 1 %', { retPct: 1 }, 0.25],
  ['a return of 2 % counts as the most', { retPct: 9 }, 0.5],
  ['a loss', { retPct: -9 }, -0.5],
  ['all that could be had', { capture: 1 }, 0.3],
  ['a drawdown of 2 %', { drawdownPct: -2 }, -0.05],
  ['a drawdown above 0, which is none', { drawdownPct: 2 }, 0],
  ['a stop', { isStopped: true }, -0.1],
  ['the worst', { retPct: -9, drawdownPct: -9, isStopped: true }, -0.7],
])('rewards an exit for %s', (_what, over, reward) => expect(exitReward(aReward(over))).toBeCloseTo(reward, 12));

it.each([
  ['a return of 1 %', { retPct: 1 }, 0.3],
  ['what was captured not at all', { capture: 1 }, 0],
  ['a drawdown of 2 %', { drawdownPct: -2 }, -0.1],
  ['the worst', { retPct: -9, drawdownPct: -9, isStopped: true }, -1],
])('rewards an entry for %s', (_what, over, reward) => expect(entryReward(aReward(over))).toBeCloseTo(reward, 12));

const context = { bandit_ctx: 'Scalping|Bull|LowVol|Moderate', exit_profile_id: 'tight', entry_action_id: 'now' };
const aTrade = (over: Partial<TradeRow> = {}): TradeRow => ({
  ...{ mode: 'Scalping', extra_context: context, ret_close_pct: 1, max_drawdown_pct: null, hit_stop: null },
  ...{ notes: { capture_ratio: 1 }, horizon_end_ts: '2026-01-09T10:00:00Z', ...over },
});

it('keeps the mean of the rewards, and when the last of its trades ended', () => {
  const trades = [
    aTrade(),
    aTrade({
      ret_close_pct: -2,
      notes: null,
      hit_stop: true,
      max_drawdown_pct: -4,
      horizon_end_ts: '2026-01-08T10:00:00Z',
    }),
  ];
  const { bandit, trades: counted } = learn(trades, exitLesson);
  expect(counted).toBe(2);
  expect(bandit).toEqual({
    contexts: {
      'Scalping|Bull|LowVol|Moderate': {
        actions: { tight: { n: 2, q: expect.closeTo((0.55 - 0.7) / 2, 12), last_update: '2026-01-09T10:00:00Z' } },
      },
    },
  });
  expect(learn(trades, exitLesson)).toEqual({ bandit, trades: 2 });
});

it('counts no trade without an action, with a return that is not finite, or with a context that is none', () => {
  const none = [aTrade({ extra_context: {} }), aTrade({ ret_close_pct: Infinity }), aTrade({ extra_context: null })];
  expect(learn([...none, aTrade({ extra_context: [1] })], exitLesson)).toEqual({ bandit: { contexts: {} }, trades: 0 });
  expect(learn([aTrade()], entryLesson).trades).toBe(1);
});

it('keeps contexts and actions apart, whatever they are called', () => {
  const named = (bandit_ctx: string) => aTrade({ extra_context: { bandit_ctx, exit_profile_id: '__proto__' } });
  const { bandit } = learn([named('a'), named('__proto__')], exitLesson);
  expect(Object.keys(bandit.contexts)).toEqual(['a', '__proto__']);
  expect(JSON.stringify(bandit)).toContain('"__proto__":{"n":1');
});

it.each([
  ['Scalping', context, 'Scalping|Bull|LowVol|Moderate'],
  ['Intraday', { bandit_ctx: 'c', session_segment: 'Open', value_bucket: 'Low' }, 'c|Open|Low'],
  ['Intraday', { bandit_ctx: 'c' }, 'c|Unknown|Unknown'],
  ['Swing', { regime_bucket: 'Bull' }, 'Swing|Bull|Unknown|Unknown'],
])('names the context of a pick of %s with %j', (mode, extra, name) => expect(contextOf(mode, extra)).toBe(name));
