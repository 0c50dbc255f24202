import type { Clock } from '@sluice/core';
import type { ModeTotals, RecommendationRepository } from '@sluice/trading-persistence';
import type { AlphaByMode, AlphaDataset, ModeAlpha } from './alpha.response';
import { nowText, utcText } from './legacy-time';
import { roundHalfEven } from './round-half-even';

export interface DatasetRequest {
  readonly mode?: string | undefined;
  readonly symbol?: string | undefined;
  readonly evaluatedOnly?: boolean | undefined;
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}

const dayMs = 86_400_000;

/** What recommendations were worth: the rows themselves, and their results per mode. */
export class AlphaService {
  constructor(
    private readonly recommendations: RecommendationRepository,
    private readonly clock: Clock,
  ) {}

  /** A page of recommendations. The limit is clamped to 1..500 (none: 100; 0 and null: 1), the offset to 0 and more. */
  async getDataset(request: DatasetRequest = {}): Promise<AlphaDataset> {
    const { mode, symbol, evaluatedOnly = true, limit = 100, offset = 0 } = request;
    const page = {
      limit: Math.min(Math.max(limit ?? 1, 1), 500),
      offset: Math.min(Math.max(offset ?? 0, 0), Number.MAX_SAFE_INTEGER),
    };
    const items = await this.recommendations.list({
      mode: mode || undefined,
      symbol: symbol?.toUpperCase() || undefined,
      evaluatedOnly,
      ...page,
    });
    return {
      items,
      count: items.length,
      filters: { mode: mode ?? null, symbol: symbol ?? null, evaluated_only: evaluatedOnly },
      pagination: page,
      generated_at: nowText(this.clock),
    };
  }

  /** Wins, means and medians of the evaluated recommendations of the last days, per mode and over all. */
  async getByMode(lookbackDays: number): Promise<AlphaByMode> {
    const since = utcText(this.clock.nowMs() - lookbackDays * dayMs);
    const totals = await this.recommendations.totalsByMode(since);
    const trades = totals.reduce((sum, mode) => sum + mode.trades, 0);
    const pnl = totals.reduce((sum, mode) => sum + mode.pnlSum, 0);
    return {
      modes: totals.map(alphaOf),
      total_trades: trades,
      overall_avg_pnl_pct: trades === 0 ? 0 : roundHalfEven(pnl / trades, 2),
      lookback_days: lookbackDays,
      generated_at: nowText(this.clock),
    };
  }
}

/** A trade that earned exactly nothing is a loss. */
function alphaOf({ mode, trades, wins, pnlSum, lowerMiddlePnl, upperMiddlePnl }: ModeTotals): ModeAlpha {
  return {
    mode,
    trades,
    wins,
    losses: trades - wins,
    win_rate: roundHalfEven((wins / trades) * 100, 1),
    avg_pnl_pct: roundHalfEven(pnlSum / trades, 2),
    median_pnl_pct: roundHalfEven((lowerMiddlePnl + upperMiddlePnl) / 2, 2),
  };
}
