import type { Clock } from '@sluice/core';
import type { Postgres } from '@sluice/postgres';
import type {
  Evaluation,
  OpenRecommendation,
  RecommendationResourceRepository,
  RecommendationWriter,
} from '@sluice/trading-persistence';
import { type Candle, type CandleRequest, CandlesUnavailableError, type CandleSource } from '../candles/candle-source';
import { inTurns } from '../in-turns';
import { parseBound, utcDayOf, utcText } from '../legacy-time';
import { HORIZONS, pnlPctOf, priceQuestionOf } from './horizons';
import { isSell } from './recommendation.rules';
import type { ScalpingExits } from './scalping-exits';

export interface EvaluationTotals {
  readonly evaluated: number;
  readonly total_candidates: number;
  /** Over, but nobody knows at which price: without an exit, or without candles of the time. */
  readonly without_price: number;
}

interface EvaluationParts {
  readonly recommendations: Pick<RecommendationResourceRepository, 'listOpen'>;
  readonly writer: Pick<RecommendationWriter, 'evaluate'>;
  readonly postgres: Pick<Postgres, 'transaction'>;
  readonly candles: CandleSource;
  readonly exits: Pick<ScalpingExits, 'list'>;
  readonly clock: Clock;
}

/** What became of one: its end, `open` while it is not over, `unpriced` where nobody knows. */
type Finding = Evaluation | 'open' | 'unpriced';

/** Questions to the source of candles at once. */
const AT_ONCE = 8;

/** Pages of rows that one request looks at, at most. */
const MAX_PAGES = 5;
const MODES = Object.keys(HORIZONS);

/** Finds out how open recommendations ended. */
export class EvaluationService {
  constructor(private readonly parts: EvaluationParts) {}

  /**
   * Evaluates the oldest open ones, `maxRows` at most. One that has no price, no mode with a horizon or no end is left open
   * for the next time; where the source of candles is away, so are all that need it. While nothing of so many rows ends,
   * the next ones are looked at, or rows of which nobody will ever know the price would hide those behind them.
   */
  async evaluate(maxRows: number): Promise<EvaluationTotals> {
    const prices = new Prices(this.parts.candles);
    let totals: EvaluationTotals = { evaluated: 0, total_candidates: 0, without_price: 0 };
    let after: OpenRecommendation | null = null;
    for (let page = 0; page < MAX_PAGES && totals.evaluated === 0; page++) {
      const open: OpenRecommendation[] = await this.parts.recommendations.listOpen(MODES, maxRows, after);
      totals = plus(totals, await this.evaluateAll(open, prices));
      after = open.at(-1) ?? null;
      if (open.length < maxRows) break;
    }
    return totals;
  }

  /** Prices are asked for before the transaction; a row that somebody else ended meanwhile is left as it is. */
  private async evaluateAll(open: readonly OpenRecommendation[], prices: Prices): Promise<EvaluationTotals> {
    const findings = await inTurns(open, AT_ONCE, (one) => this.find(one, prices));
    const ended = findings.filter((finding) => typeof finding !== 'string');
    const evaluated = await this.parts.postgres.transaction((tx) => this.parts.writer.evaluate(tx, ended));
    const unpriced = findings.filter((finding) => finding === 'unpriced').length;
    return { evaluated, total_candidates: open.length, without_price: unpriced };
  }

  private async find(one: OpenRecommendation, prices: Prices): Promise<Finding> {
    const horizon = HORIZONS[one.mode];
    if (!horizon) return 'open';
    if (horizon.type === 'exit_only') return this.findExit(one);
    const question = priceQuestionOf(horizon, one.generatedAtMs, this.parts.clock.nowMs());
    if (question === null) return 'open';
    const { from, to, interval, reason } = question;
    const candle = question.choose(await prices.candles({ symbol: one.symbol, from, to, interval }));
    return candle === null ? 'unpriced' : endOf(one, candle.close, utcText(candle.time * 1000), reason);
  }

  private async findExit(one: OpenRecommendation): Promise<Finding> {
    const day = utcDayOf(one.generatedAtMs);
    const exit = (await this.parts.exits.list(day)).find(({ symbol }) => symbol === one.symbol);
    if (!exit || exit.exitPrice === null || exit.exitPrice <= 0) return 'unpriced';
    const time = parseBound(exit.exitTime ?? undefined) ?? null;
    return endOf(one, exit.exitPrice, time, exit.exitReason ?? 'SCALPING_EXIT');
  }
}

const plus = (one: EvaluationTotals, other: EvaluationTotals): EvaluationTotals => ({
  evaluated: one.evaluated + other.evaluated,
  total_candidates: one.total_candidates + other.total_candidates,
  without_price: one.without_price + other.without_price,
});

function endOf(one: OpenRecommendation, price: number, time: string | null, reason: string): Finding {
  const pnlPct = pnlPctOf(one.entryPrice, price, isSell(one.recommendation));
  if (!Number.isFinite(pnlPct)) return 'unpriced';
  return { id: one.id, exit_price: price, exit_time_utc: time, exit_reason: reason, pnl_pct: pnlPct };
}

/** Each question is asked once; a source that is away is not asked again, or two thousand rows would wait in vain. */
class Prices {
  readonly #answers = new Map<string, Promise<readonly Candle[]>>();
  #isAway = false;

  constructor(private readonly source: CandleSource) {}

  candles(request: CandleRequest): Promise<readonly Candle[]> {
    const key = JSON.stringify(request);
    const known = this.#answers.get(key);
    if (known) return known;
    const asked = this.ask(request);
    this.#answers.set(key, asked);
    return asked;
  }

  private async ask(request: CandleRequest): Promise<readonly Candle[]> {
    if (this.#isAway) return [];
    try {
      return await this.source.candles(request);
    } catch (error) {
      if (!(error instanceof CandlesUnavailableError)) throw error;
      this.#isAway = true;
      return [];
    }
  }
}
