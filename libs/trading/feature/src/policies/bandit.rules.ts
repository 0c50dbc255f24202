import type { TradeRow } from '@sluice/trading-persistence';
import { memberOf, numberOf, textOf } from '../json-members';

/** What is known of one action in one context: how many trades, and their mean reward. */
export interface Arm {
  readonly n: number;
  readonly q: number;
  /** When the last of its trades ended. */
  readonly last_update: string;
}

/** The shape of `bandit[mode]` and `entry_bandit[mode]` in the metrics of a policy. */
export interface Bandit {
  readonly contexts: Readonly<Record<string, { readonly actions: Readonly<Record<string, Arm>> }>>;
}

/** What of a trade counts for a reward. Percents are in the direction of the trade; a drawdown below 0 is bad. */
export interface Reward {
  readonly retPct: number;
  readonly drawdownPct: number;
  /** 0 to 1; 0 where it is not known. */
  readonly capture: number;
  readonly isStopped: boolean;
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
const baseOf = ({ retPct }: Reward): number => clamp(retPct / 2, -1, 1);
const depthOf = ({ drawdownPct }: Reward): number => clamp(Math.max(0, -drawdownPct) / 4, 0, 1);

/** How good it was to leave by a profile. */
export function exitReward(of: Reward): number {
  const { capture, isStopped } = of;
  return clamp(0.5 * baseOf(of) + 0.3 * capture - 0.1 * depthOf(of) - 0.1 * Number(isStopped), -1.5, 1.5);
}

/** How good it was to enter by an action. */
export function entryReward(of: Reward): number {
  return clamp(0.6 * baseOf(of) - 0.2 * depthOf(of) - 0.2 * Number(of.isStopped), -1.5, 1.5);
}

/** The context of a pick: `mode|regime|vol|risk`; of an intraday one also the time of day and the place in the day's range. */
export function contextOf(mode: string, extra: unknown): string {
  const part = (name: string): string => textOf(memberOf(extra, name)) ?? 'Unknown';
  const context =
    textOf(memberOf(extra, 'bandit_ctx')) ??
    [mode, part('regime_bucket'), part('vol_bucket'), part('user_risk_bucket')].join('|');
  return mode === 'Intraday' ? `${context}|${part('session_segment')}|${part('value_bucket')}` : context;
}

/** Which action of a pick is judged, and how. */
export interface Lesson {
  readonly action: 'exit_profile_id' | 'entry_action_id';
  reward(of: Reward): number;
}

export const exitLesson: Lesson = { action: 'exit_profile_id', reward: exitReward };
export const entryLesson: Lesson = { action: 'entry_action_id', reward: entryReward };

/**
 * Learns from the trades of a window, in their order, from nothing: `q += (reward - q) / n`. The legacy trainer went on from
 * what it knew, so that each night counted the same trades again; here a second run of the same day gives the same. Trades
 * whose pick names no action do not count.
 */
export function learn(
  trades: readonly TradeRow[],
  lesson: Lesson,
): { readonly bandit: Bandit; readonly trades: number } {
  const contexts = new Map<string, Map<string, Arm>>();
  let counted = 0;
  for (const trade of trades) {
    const action = textOf(memberOf(trade.extra_context, lesson.action));
    if (action === null || !Number.isFinite(trade.ret_close_pct)) continue;
    const context = contextOf(trade.mode, trade.extra_context);
    const arms = contexts.get(context) ?? new Map<string, Arm>();
    contexts.set(context, arms.set(action, learned(arms.get(action), lesson.reward(rewardOf(trade)), trade)));
    counted += 1;
  }
  const entries = [...contexts].map(([context, arms]) => [context, { actions: Object.fromEntries(arms) }] as const);
  return { bandit: { contexts: Object.fromEntries(entries) }, trades: counted };
}

function learned(arm: Arm | undefined, reward: number, { horizon_end_ts: endTs }: TradeRow): Arm {
  const n = (arm?.n ?? 0) + 1;
  const q = (arm?.q ?? 0) + (reward - (arm?.q ?? 0)) / n;
  return { n, q, last_update: arm && Date.parse(arm.last_update) > Date.parse(endTs) ? arm.last_update : endTs };
}

function rewardOf({ ret_close_pct: retPct, max_drawdown_pct: drawdown, hit_stop: stop, notes }: TradeRow): Reward {
  const capture = numberOf(memberOf(notes, 'capture_ratio')) ?? 0;
  return { retPct, drawdownPct: drawdown ?? 0, capture, isStopped: stop === true };
}
