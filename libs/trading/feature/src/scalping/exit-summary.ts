import { memberOf, numberOf, textOf } from '../json-members';
import { meanOf } from '../mean';
import { roundHalfEven } from '../round-half-even';

/** What the exits of some days add up to. */
export interface ExitSummary {
  readonly total_exits: number;
  readonly winning_exits: number;
  readonly losing_exits: number;
  /** Percent, one decimal. */
  readonly win_rate: number;
  /** Percent, two decimals. */
  readonly avg_return: number;
  /** One decimal. */
  readonly avg_hold_time_mins: number;
  readonly exit_reason_breakdown: Readonly<Record<string, number>>;
}

/** Exits without a return are neither won nor lost; one of exactly 0 is lost. Rounded half to even, as Python rounds. */
export function summaryOf(exits: readonly unknown[]): ExitSummary {
  const numbers = (name: string): number[] => exits.flatMap((exit) => numberOf(memberOf(exit, name)) ?? []);
  const returns = numbers('return_pct');
  const wins = returns.filter((value) => value > 0).length;
  const reasons = new Map<string, number>();
  for (const exit of exits) {
    const reason = textOf(memberOf(exit, 'exit_reason')) ?? 'UNKNOWN';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return {
    total_exits: exits.length,
    winning_exits: wins,
    losing_exits: returns.length - wins,
    win_rate: exits.length === 0 ? 0 : roundHalfEven((wins / exits.length) * 100, 1),
    avg_return: roundHalfEven(meanOf(returns), 2),
    avg_hold_time_mins: roundHalfEven(meanOf(numbers('hold_duration_mins')), 1),
    exit_reason_breakdown: Object.fromEntries(reasons),
  };
}

/** So far an exit may have been entered from the time that is asked for. */
const TOLERANCE_MS = 120_000;

/**
 * The exit of a symbol (in capitals) that was entered nearest to a time, within two minutes; the first of the symbol where no
 * time is asked for. Null where there is none. `readMs` reads a time, and gives null for what is none.
 */
export function findExit(
  exits: readonly unknown[],
  symbol: string,
  entryMs: number | null,
  readMs: (text: string) => number | null,
): unknown {
  const ofSymbol = exits.filter((exit) => textOf(memberOf(exit, 'symbol'))?.toUpperCase() === symbol);
  if (entryMs === null) return ofSymbol[0] ?? null;
  const distances = ofSymbol.map((exit) => {
    const entered = readMs(textOf(memberOf(exit, 'entry_time')) ?? '');
    return { exit, distance: entered === null ? Infinity : Math.abs(entered - entryMs) };
  });
  const near = distances.filter(({ distance }) => distance <= TOLERANCE_MS).sort((a, b) => a.distance - b.distance);
  return near[0]?.exit ?? null;
}
