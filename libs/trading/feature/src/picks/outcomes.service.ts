import { Injectable } from '@nestjs/common';
import { DomainError, systemClock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import { PickRepository, PickWriter, type PickOutcome, type PickRow } from '@sluice/trading-persistence';
import { CandleSource, type Candle } from '../candles/candle-source';
import { nowText } from '../legacy-time';
import { inTurns } from '../in-turns';
import { closeOfIndianDayMs, daysBetween, secondsOfIndianDay } from '../india-day';
import { benchmarkReturn, dayOutcome, type Benchmark } from './outcome.rules';
import { DayNotOverError, DayRangeError, NoCandlesOfDayError } from './picks.errors';
import type { ComputeBody } from './picks.request';
import type { ComputeAnswer, JudgedDay, UnjudgedPick } from './picks.response';

const BENCHMARK = 'NIFTY';
const INTERVAL = '5m';
const MAX_DAYS = 31;
/** So many symbols are asked for at a time: the source is somebody else's service. */
const AT_ONCE = 4;

/** What is to be stored of a day, and what will be answered of it. */
interface ComputedDay {
  readonly day: JudgedDay;
  readonly outcomes: readonly PickOutcome[];
}

/** A range of days, before anything of it is stored. */
export interface ComputedDays {
  readonly horizon: string;
  readonly days: readonly ComputedDay[];
}

/**
 * Judges the picks of past days by the candles of those days. Prices are fetched before the transaction, which only adds: a
 * pick that got an outcome in the meantime keeps it. A day without prices is told as an error of that day: the legacy code took
 * the prices of another day for it. So is a day that is not over, which the legacy code judged by the hours so far.
 */
@Injectable()
export class OutcomesService {
  constructor(
    private readonly picks: PickRepository,
    private readonly writer: PickWriter,
    private readonly candles: CandleSource,
  ) {}

  /** Reads and fetches; stores nothing. Throws `TRADING_DAY_RANGE`. */
  async compute({ from, to, horizon }: ComputeBody): Promise<ComputedDays> {
    const days = daysBetween(from, to, MAX_DAYS);
    if (!days) throw new DayRangeError(MAX_DAYS);
    const computed: ComputedDay[] = [];
    for (const day of days) computed.push(await this.judge(day, horizon));
    return { horizon, days: computed };
  }

  /** Stores what was computed, in the caller's transaction. */
  async store(tx: Transaction, { horizon, days }: ComputedDays): Promise<ComputeAnswer> {
    const added = await this.writer.addOutcomes(
      tx,
      days.flatMap(({ outcomes }) => outcomes),
    );
    const stored = days.map(({ day, outcomes }): JudgedDay => {
      const computed = outcomes.filter(({ pickUuid }) => added.has(pickUuid)).length;
      return { ...day, computed, already_computed: day.already_computed + outcomes.length - computed };
    });
    return { horizon, computed: added.size, days: stored };
  }

  private async judge(tradeDate: string, horizon: string): Promise<ComputedDay> {
    const { waiting, judged } = await this.picks.listToJudge(tradeDate, horizon);
    const day = { trade_date: tradeDate, picks: waiting.length + judged, computed: 0, already_computed: judged };
    if (waiting.length === 0) return { day: { ...day, unjudged: [] }, outcomes: [] };
    try {
      const { outcomes, unjudged } = await this.judgeAll(tradeDate, horizon, waiting);
      return { day: { ...day, unjudged }, outcomes };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const told = { code: error.code, detail: error.message };
      return { day: { ...day, unjudged: [], error: told }, outcomes: [] };
    }
  }

  /** Throws `TRADING_DAY_NOT_OVER`, `TRADING_NO_CANDLES_OF_DAY`, and what the source throws. */
  private async judgeAll(tradeDate: string, horizon: string, waiting: readonly PickRow[]) {
    if (systemClock.nowMs() < closeOfIndianDayMs(tradeDate)) throw new DayNotOverError();
    const symbols = [...new Set([BENCHMARK, ...waiting.map(({ symbol }) => symbol)])];
    const window = { ...secondsOfIndianDay(tradeDate), interval: INTERVAL };
    const fetched = await inTurns(symbols, AT_ONCE, (symbol) => this.candles.candles({ symbol, ...window }));
    const bySymbol = new Map<string, readonly Candle[]>(symbols.map((symbol, i) => [symbol, fetched[i] ?? []]));
    if (waiting.every(({ symbol }) => bySymbol.get(symbol)?.length === 0)) throw new NoCandlesOfDayError();
    const retPct = benchmarkReturn(bySymbol.get(BENCHMARK) ?? []);
    const benchmark: Benchmark | null = retPct === null ? null : { symbol: BENCHMARK, retPct };
    const [outcomes, unjudged]: [PickOutcome[], UnjudgedPick[]] = [[], []];
    for (const pick of waiting) {
      const candles = bySymbol.get(pick.symbol) ?? [];
      const told = dayOutcome(pick, candles, benchmark);
      const ends = { evaluation_horizon: horizon, horizon_end_ts: nowText(systemClock) };
      if (told) outcomes.push({ pickUuid: pick.pick_uuid, outcome: { ...ends, ...told } });
      else
        unjudged.push({
          pick_uuid: pick.pick_uuid,
          symbol: pick.symbol,
          reason: candles.length ? 'no-price' : 'no-candles',
        });
    }
    return { outcomes, unjudged };
  }
}
