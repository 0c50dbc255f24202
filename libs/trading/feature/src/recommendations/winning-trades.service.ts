import type { Clock } from '@sluice/core';
import type { RunResult, RunResultsRepository } from '@sluice/trading-persistence';
import { entriesOf, memberOf } from '../json-members';
import { nowText, utcText } from '../legacy-time';
import { roundHalfEven } from '../round-half-even';
import { readHead, readItem } from './recommendation.rules';
import type { TradeRecommendation, WinningTradesAnswer } from './winning-trades.response';

const DAY_MS = 86_400_000;
/** A run of twenty picks of each of five modes every hour of a week is 700. */
const MAX_RECOMMENDATIONS = 1000;

/** The picks of the last days, and what they were worth as far as it is known. */
export class WinningTradesService {
  constructor(
    private readonly results: Pick<RunResultsRepository, 'list' | 'totals'>,
    private readonly clock: Clock,
  ) {}

  /** Of a universe in any case. The metrics are those of all recommendations, the list has the last ones. */
  async of(universe: string, lookbackDays: number): Promise<WinningTradesAnswer> {
    const since = utcText(this.clock.nowMs() - lookbackDays * DAY_MS);
    const window = { universe: universe.toLowerCase(), since };
    const [totals, found] = await Promise.all([
      this.results.totals(window),
      this.results.list(window, MAX_RECOMMENDATIONS),
    ]);
    const { recommendations, trades, wins, pnlSum } = totals;
    return {
      metrics: {
        total_recommendations: recommendations,
        total_trades: trades,
        wins,
        losses: trades - wins,
        win_rate: trades === 0 ? 0 : roundHalfEven((wins / trades) * 100, 1),
        avg_pnl_pct: trades === 0 ? 0 : roundHalfEven(pnlSum / trades, 2),
      },
      recommendations: found.flatMap(recommendationOf),
      ...{ universe, lookback_days: lookbackDays, generated_at: nowText(this.clock) },
    };
  }
}

/** A pick under the names of the dataset; none of what no recommendation could be logged. */
function recommendationOf({ pick, evaluated, ...told }: RunResult): TradeRecommendation[] {
  const { run_id, universe, mode, generated_at_utc, exit_price, exit_time_utc, exit_reason, pnl_pct } = told;
  const reading = readItem(pick, readHead({ mode }, ''), generated_at_utc);
  if (!('row' in reading)) return [];
  const { symbol, recommendation, direction, entry_price, stop_loss_price, target_price } = reading.row;
  const { score_blend, confidence, rank_in_run } = reading.row;
  const scores = entriesOf(memberOf(pick, 'scores'));
  return [
    {
      ...{ symbol, mode, universe, recommendation, direction, generated_at_utc, entry_price, stop_loss_price },
      ...{ target_price, score_blend, confidence, scores: Object.fromEntries(scores), run_id, rank_in_run },
      ...{ evaluated: Number(evaluated), exit_price, exit_time_utc, exit_reason, pnl_pct },
    },
  ];
}
