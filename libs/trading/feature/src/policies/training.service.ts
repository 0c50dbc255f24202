import { setImmediate as othersTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DomainError, systemClock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import {
  PolicyRepository,
  PolicyWriter,
  TradeRepository,
  type PickRow,
  type PolicyRow,
} from '@sluice/trading-persistence';
import { CandleSource, type Candle } from '../candles/candle-source';
import { nowText } from '../legacy-time';
import { inTurns } from '../in-turns';
import { indianDayOf, secondsOfIndianDay } from '../india-day';
import { entryLesson, exitLesson, learn, type Bandit, type Lesson } from './bandit.rules';
import { simulateExit, type SimulatedTrade } from './exit-simulation';
import { memberAt } from '../json-members';
import { PolicyReconfiguredError, PolicyTooLargeError, PolicyUnknownError } from './policies.errors';
import type { TrainAnswer, TrainedMode } from './policies.response';
import { tagged } from './policies.service';
import { bestProfile, profileResult, type ProfileResult } from './profile.rules';
import { intervalOf, trainingPlan, type ModePlan } from './training-plan';

/** So many symbols are asked for at a time: the source is somebody else's service. */
const AT_ONCE = 4;
/** Ten times as many as there are. */
const MAX_MODES = 50;
const MAX_PROFILES = 50;

/** What training found of one mode, before it is stored. */
interface TrainedPart {
  readonly plan: ModePlan;
  readonly answer: TrainedMode;
  readonly exitBandit: Bandit | null;
  readonly entryBandit: Bandit | null;
  /** Null where no profile was evaluated. */
  readonly profiles: readonly (readonly [id: string, result: ProfileResult])[] | null;
}

/** A training, before anything of it is stored. */
export interface Training {
  readonly policyId: string;
  readonly asOf: string;
  /** The configuration that it is of. */
  readonly config: string;
  readonly parts: readonly TrainedPart[];
}

/**
 * Trains policies from the rows of a window of days. Each run computes anew what it stores, so that a trade counts once however
 * often it is run, and the runs of one day find the same. What a run does not find, it leaves.
 */
@Injectable()
export class TrainingService {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly writer: PolicyWriter,
    private readonly trades: TradeRepository,
    private readonly candles: CandleSource,
  ) {}

  /**
   * Reads and fetches; stores nothing. Without a day it is today in India. Throws `TRADING_POLICY_UNKNOWN` and
   * `TRADING_POLICY_TOO_LARGE`.
   */
  async train(policyId: string, day: string | undefined): Promise<Training> {
    const policy = known(await this.policies.find(policyId));
    const asOf = day ?? indianDayOf(systemClock.nowMs());
    const plans = trainingPlan(policy.config, asOf);
    if (plans.length > MAX_MODES || plans.some(({ profiles }) => profiles.length > MAX_PROFILES))
      throw new PolicyTooLargeError(MAX_MODES, MAX_PROFILES);
    const parts: TrainedPart[] = [];
    for (const plan of plans) parts.push(await this.trainMode(plan));
    return { policyId, asOf, parts, config: JSON.stringify(policy.config) };
  }

  /**
   * Stores what was found, in the caller's transaction. Throws `TRADING_POLICY_RECONFIGURED` where the configuration is another
   * one by now.
   */
  async store(tx: Transaction, { policyId, asOf, config, parts }: Training): Promise<TrainAnswer> {
    const current = known(await this.writer.lock(tx, policyId));
    if (JSON.stringify(current.config) !== config) throw new PolicyReconfiguredError();
    const { metrics } = tagged(current).policy;
    const stored = await this.writer.setMetrics(tx, policyId, withTraining(metrics ?? {}, parts));
    return { as_of: asOf, modes: parts.map(({ answer }) => answer), policy: tagged(stored).policy };
  }

  private async trainMode(plan: ModePlan): Promise<TrainedPart> {
    const { mode, from, to } = plan;
    const [exit, entry] = [
      plan.hasExitBandit ? await this.learn(plan, plan.exitHorizon, exitLesson) : null,
      plan.hasEntryBandit ? await this.learn(plan, 'EOD', entryLesson) : null,
    ];
    const found = await this.evaluate(plan);
    return {
      ...{ plan, profiles: found.profiles, exitBandit: exit?.bandit ?? null, entryBandit: entry?.bandit ?? null },
      answer: {
        ...{ mode, start_date: from, end_date: to, exit_trades: exit?.trades ?? 0, entry_trades: entry?.trades ?? 0 },
        ...{ simulated_picks: found.simulated, picks_without_candles: found.without, profiles_error: found.error },
      },
    };
  }

  private async learn(plan: ModePlan, horizon: string, lesson: Lesson) {
    return learn(await this.trades.listTrades(plan, horizon), lesson);
  }

  /** Each exit profile on each pick of the window, by the candles of the pick's own day. */
  private async evaluate(plan: ModePlan) {
    const none = { profiles: null, simulated: 0, without: 0, error: null };
    if (plan.profiles.length === 0) return none;
    const picks = await this.trades.listPicks(plan);
    try {
      const daysOf = await this.candlesByDay(plan, picks);
      const charted = picks.flatMap((pick) => {
        const candles = daysOf.get(pick.symbol)?.get(pick.trade_date);
        return candles ? [{ pick, candles }] : [];
      });
      const profiles: (readonly [string, ProfileResult])[] = [];
      for (const [id, profile] of plan.profiles) {
        await othersTurn(); // Months of picks by their candles: nobody else is answered meanwhile.
        const result = profileResult(charted.flatMap(({ pick, candles }) => simulated(pick, candles, profile)));
        if (result) profiles.push([id, result]);
      }
      return { profiles, simulated: charted.length, without: picks.length - charted.length, error: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { ...none, error: error.code };
    }
  }

  /** The candles of each symbol by day in India; each symbol is asked for once. */
  private async candlesByDay({ from, to, timeframe }: ModePlan, picks: readonly PickRow[]) {
    const symbols = [...new Set(picks.map(({ symbol }) => symbol))];
    const window = {
      from: secondsOfIndianDay(from).from,
      to: secondsOfIndianDay(to).to,
      interval: intervalOf(timeframe),
    };
    const fetched = await inTurns(symbols, AT_ONCE, (symbol) => this.candles.candles({ symbol, ...window }));
    return new Map(symbols.map((symbol, i) => [symbol, byDay(fetched[i] ?? [])]));
  }
}

function byDay(candles: readonly Candle[]): ReadonlyMap<string, readonly Candle[]> {
  const days = new Map<string, Candle[]>();
  for (const candle of candles) {
    const day = indianDayOf(candle.time * 1000);
    const ofDay = days.get(day);
    if (ofDay) ofDay.push(candle);
    else days.set(day, [candle]);
  }
  return days;
}

function simulated(pick: PickRow, candles: readonly Candle[], profile: unknown): SimulatedTrade[] {
  const atS = Date.parse(pick.signal_ts) / 1000;
  const trade = simulateExit({ direction: pick.direction, price: pick.signal_price, atS }, candles, profile);
  return trade ? [trade] : [];
}

function known(policy: PolicyRow | null): PolicyRow {
  if (!policy) throw new PolicyUnknownError();
  return policy;
}

/** The metrics with what was found in place of what was there of the same modes. */
function withTraining(metrics: object, parts: readonly TrainedPart[]): object {
  const section = (name: string, of: (part: TrainedPart) => unknown): object => {
    const found = parts.flatMap((part) => {
      const value = of(part);
      return value === null || value === undefined ? [] : [[part.plan.mode, value] as const];
    });
    const before = memberAt(metrics, name);
    return found.length === 0 ? {} : { [name]: { ...(before as object | undefined), ...Object.fromEntries(found) } };
  };
  const evaluatedAt = nowText(systemClock);
  const best = ({ profiles }: TrainedPart): string | null => profiles && bestProfile(profiles);
  return {
    ...metrics,
    ...section('bandit', ({ exitBandit }) => exitBandit),
    ...section('entry_bandit', ({ entryBandit }) => entryBandit),
    ...section('exit_profiles', ({ profiles }) => profiles && Object.fromEntries(profiles)),
    ...section('best_exit_profiles', (part) => {
      const id = best(part);
      return id === null ? null : { id, criterion: 'score' };
    }),
    ...section('last_evaluated_at_by_mode', ({ profiles }) => profiles && evaluatedAt),
    ...section(
      'sample_by_mode',
      ({ profiles, plan: { from, to, mode, horizon, timeframe } }) =>
        profiles && { start_date: from, end_date: to, mode, evaluation_horizon: horizon, timeframe },
    ),
  };
}
