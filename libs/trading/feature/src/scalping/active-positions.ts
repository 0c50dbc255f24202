import type { ScalpingTrade, StoredTopPicksRun } from '@sluice/trading-persistence';
import { entriesOf, memberOf, membersOf, textOf } from '../json-members';
import { readHead, readItem } from '../recommendations/recommendation.rules';
import { roundHalfEven } from '../round-half-even';
import { findExit } from './exit-summary';

/** A scalping pick that nobody is known to have left. */
export interface Position {
  readonly symbol: string;
  readonly universe: string;
  readonly mode: string;
  readonly recommendation: string;
  readonly direction: string;
  /** When its run was stored: ISO 8601 with `+00:00`, as the exit files spell an entry. */
  readonly entry_time: string;
  readonly entry_price: number;
  readonly target_price: number | null;
  readonly stop_loss_price: number | null;
  /** As the pick has it; null where it has none. */
  readonly exit_strategy: unknown;
  readonly rank: number | null;
  readonly run_id: string;
}

/** A run that positions are looked for in. */
export interface PositionsMeta {
  readonly universe: string;
  readonly run_id: string;
  /** India's wall clock without a zone, as the payload has it. */
  readonly as_of: string | null;
  readonly generated_at_utc: string;
  readonly picks_count: number;
}

/** Reads a time; null for what is none. */
type ReadMs = (text: string) => number | null;

/** A run, and its picks that can be entered: those with a price of which a recommendation could be logged. */
export function readRun({ run, payload }: StoredTopPicksRun): { meta: PositionsMeta; positions: Position[] } {
  const { generated_at_utc: at, universe, run_id, picks_count: count } = run;
  const told = payload === null ? {} : membersOf(JSON.parse(payload));
  const { picks, generated_at: asOf } = told;
  const meta = { universe, run_id, as_of: textOf(asOf), generated_at_utc: `${at}Z`, picks_count: count ?? 0 };
  if (!Array.isArray(picks)) return { meta, positions: [] };
  // Of the head only the mode counts, and what else it says may be of no use to anybody.
  const head = readHead({ mode: run.mode }, run.trigger);
  const positions = picks.flatMap((pick: unknown): Position[] => {
    const reading = readItem(pick, head, `${at}Z`);
    if (!('row' in reading) || !reading.row.entry_price || reading.row.entry_price < 0) return [];
    const { symbol, mode, recommendation, direction, entry_price, target_price, stop_loss_price } = reading.row;
    const strategy = memberOf(pick, 'exit_strategy');
    const exitStrategy = entriesOf(strategy).length === 0 ? null : strategy;
    return [
      {
        ...{ symbol, universe, mode, recommendation, direction, entry_time: `${at}+00:00`, entry_price },
        ...{ target_price, stop_loss_price, exit_strategy: exitStrategy, rank: reading.row.rank_in_run, run_id },
      },
    ];
  });
  return { meta, positions };
}

/** Without those of whose symbol an exit is known that was entered within two minutes of them. */
export const openOf = (positions: readonly Position[], exits: readonly unknown[], readMs: ReadMs): Position[] =>
  positions.filter(({ symbol, entry_time }) => findExit(exits, symbol, readMs(entry_time), readMs) === null);

/** A trade of the pick log in the shape of an exit file. */
export function exitOfTrade(trade: ScalpingTrade): object {
  const { symbol, signal_ts: entry, horizon_end_ts: exit, recommendation } = trade;
  return {
    ...{ symbol, entry_time: entry, entry_price: trade.signal_price, exit_time: exit, exit_price: trade.price_close },
    ...{ exit_reason: trade.exit_reason, return_pct: trade.ret_close_pct, mode: 'Scalping', recommendation },
    hold_duration_mins: roundHalfEven((Date.parse(exit) - Date.parse(entry)) / 60_000, 1),
  };
}

/** The exits of the files, and those of the pick log that no file tells of. */
export function allExits(ofFiles: readonly unknown[], trades: readonly ScalpingTrade[], readMs: ReadMs): unknown[] {
  const untold = trades.filter(({ symbol, signal_ts }) => !findExit(ofFiles, symbol, readMs(signal_ts), readMs));
  return [...ofFiles, ...untold.map(exitOfTrade)];
}

/** The exits since an instant, the last one first. One without a time is of no time. */
export function exitsSince(exits: readonly unknown[], sinceMs: number, readMs: ReadMs): unknown[] {
  const timed = exits.map((exit) => ({ exit, atMs: readMs(textOf(memberOf(exit, 'exit_time')) ?? '') ?? -Infinity }));
  return timed
    .filter(({ atMs }) => atMs >= sinceMs)
    .sort((a, b) => b.atMs - a.atMs)
    .map(({ exit }) => exit);
}
