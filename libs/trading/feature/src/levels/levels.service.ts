import { Injectable } from '@nestjs/common';
import type { Answer } from '@sluice/cache';
import { DomainError, systemClock } from '@sluice/core';
import { levelsOf, TradingCaches, type LevelKey, type SupportResistance } from '@sluice/trading-caching';
import { CandleSource } from '../candles/candle-source';
import { indiaOffsetMs, utcText } from '../legacy-time';

/** There are no levels, and none can be computed. */
export class NoLevelsKnownError extends DomainError {
  readonly code = 'TRADING_LEVELS_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There are no levels of this symbol and scope, and they cannot be computed.');
  }
}

/** The one-year chart: a year of days holds the 252 sessions that the longest scope looks back. */
const YEAR_S = 366 * 86_400;

/** Pivot levels from their cache, computed from daily candles where they are missing or their period is over. */
@Injectable()
export class LevelsService {
  constructor(
    private readonly caches: TradingCaches,
    private readonly candles: CandleSource,
  ) {}

  /** The level, stale where no fresh one can be computed; null where there is none either. */
  find(key: LevelKey): Promise<Answer<SupportResistance | null>> {
    return this.caches.supportResistance.findLevelsAnswer(key, (missing) => this.compute(missing));
  }

  private async compute({ symbol, scope }: LevelKey): Promise<SupportResistance | null> {
    const nowMs = systemClock.nowMs();
    const to = Math.floor(nowMs / 1000);
    const candles = await this.candles.candles({ symbol, from: to - YEAR_S, to, interval: '1d' });
    const levels = levelsOf(candles, scope);
    const computedAt = utcText(nowMs + indiaOffsetMs).replace('Z', '+05:30');
    return levels && { symbol, timeframe_scope: scope, ...levels, computed_at_ist: computedAt };
  }
}
