import type { Candle } from '../candles/candle-source';
import { captureRatio } from '../picks/outcome.rules';
import { memberAt, numberOf, textOf } from '../json-members';

/** A trade as it would have gone. Percents are in its direction. */
export interface SimulatedTrade {
  readonly retPct: number;
  readonly drawdownPct: number;
  readonly capture: number | null;
  readonly reason: ExitReason | 'close';
}

export type ExitReason = 'stop' | 'target' | 'trailing' | 'time';

export interface Entry {
  readonly direction: string;
  readonly price: number;
  /** Seconds since 1970. */
  readonly atS: number;
}

/** When a trade is left, in percents of gain from its entry; null for never. */
interface Rules {
  readonly stop: number | null;
  readonly target: number | null;
  readonly trailing: { readonly from: number; readonly by: number } | null;
  readonly maxHoldS: number | null;
  readonly order: readonly ExitReason[];
}

/** A stop before a target: where a candle reached both, the worse is assumed. */
const ORDER: readonly ExitReason[] = ['stop', 'target', 'trailing', 'time'];

/**
 * Goes along the candles after the entry until a rule of an exit profile (`modes.{mode}.exits.profiles.{id}`) ends the trade,
 * at the level of that rule, or to the last close. A trailing stop follows the best gain of the candles before. Null without
 * candles, or without a price above 0.
 *
 * Types: a stop is in `percent`, a `price`, or an `atr_multiple`, which counts as percent as it always did; a target in
 * `percent`, a `price`, or an `rr_multiple` of the stop; a trailing stop begins at a gain in `percent` or an `rr_multiple`.
 */
export function simulateExit(entry: Entry, candles: readonly Candle[], profile: unknown): SimulatedTrade | null {
  const after = candles.filter(({ time }) => time >= entry.atS);
  const last = after.at(-1);
  if (!last || !(entry.price > 0) || !Number.isFinite(entry.price)) return null;
  const sign = entry.direction === 'LONG' ? 1 : -1;
  const gainAt = (price: number): number => ((price - entry.price) / entry.price) * 100 * sign;
  const rules = rulesOf(profile, gainAt);
  let [best, worst] = [0, 0];
  for (const candle of after) {
    const [high, low] = [gainAt(candle.high), gainAt(candle.low)];
    const [up, down] = sign === 1 ? [high, low] : [low, high];
    const seen = { up, down, best, close: gainAt(candle.close), heldS: candle.time - entry.atS };
    for (const reason of rules.order) {
      const gain = gainOfExit(reason, rules, seen);
      if (gain !== null) return tradeOf(gain, Math.max(best, gain), Math.min(worst, gain), reason);
    }
    [best, worst] = [Math.max(best, up), Math.min(worst, down)];
  }
  return tradeOf(gainAt(last.close), best, worst, 'close');
}

const tradeOf = (
  retPct: number,
  best: number,
  drawdownPct: number,
  reason: SimulatedTrade['reason'],
): SimulatedTrade => ({
  ...{ retPct, drawdownPct, reason, capture: captureRatio(retPct, best) },
});

interface Seen {
  readonly up: number;
  readonly down: number;
  readonly close: number;
  /** The best gain of the candles before. */
  readonly best: number;
  readonly heldS: number;
}

/** The gain with which a rule ends the trade in a candle; null where it does not. */
function gainOfExit(reason: ExitReason, { stop, target, trailing, maxHoldS }: Rules, seen: Seen): number | null {
  switch (reason) {
    case 'stop':
      return stop !== null && seen.down <= stop ? stop : null;
    case 'target':
      return target !== null && seen.up >= target ? target : null;
    case 'trailing': {
      const isOn = trailing !== null && seen.best >= trailing.from;
      return isOn && seen.down <= seen.best - trailing.by ? seen.best - trailing.by : null;
    }
    case 'time':
      return maxHoldS !== null && seen.heldS >= maxHoldS ? seen.close : null;
  }
}

function rulesOf(profile: unknown, gainAt: (price: number) => number): Rules {
  const number = (...names: string[]): number | null => numberOf(memberAt(profile, ...names));
  const isOn = (name: string): boolean => memberAt(profile, name, 'enabled') === true;
  const [stopAt, targetAt] = [number('stop', 'value'), number('target', 'value')];
  const isPrice = (name: string): boolean => memberAt(profile, name, 'type') === 'price';
  const stop = stopAt === null ? null : isPrice('stop') ? gainAt(stopAt) : -Math.abs(stopAt);
  const inRisks = (multiple: number): number | null => (stop === null ? null : multiple * Math.abs(stop));
  const level = (type: unknown, value: number | null): number | null =>
    value !== null && type === 'rr_multiple' ? inRisks(value) : value;
  const target =
    targetAt !== null && isPrice('target') ? gainAt(targetAt) : level(memberAt(profile, 'target', 'type'), targetAt);
  const from = level(memberAt(profile, 'trailing', 'activation_type'), number('trailing', 'activation_value'));
  const by = number('trailing', 'trail_value');
  const minutes = number('time_stop', 'max_hold_minutes');
  return {
    ...{ stop, target, order: orderOf(memberAt(profile, 'exit_priority', 'order')) },
    trailing: isOn('trailing') && from !== null && by !== null ? { from, by } : null,
    maxHoldS: isOn('time_stop') && minutes !== null ? minutes * 60 : null,
  };
}

/** The order as the profile names it, then what it does not name. */
function orderOf(names: unknown): readonly ExitReason[] {
  const named = (Array.isArray(names) ? names : []).flatMap((name): ExitReason[] => {
    const text = textOf(name)?.toLowerCase() ?? '';
    const reason = (['time', 'trail', 'target', 'stop'] as const).find((word) => text.includes(word));
    return reason === undefined ? [] : [reason === 'trail' ? 'trailing' : reason];
  });
  return [...new Set([...named, ...ORDER])];
}
