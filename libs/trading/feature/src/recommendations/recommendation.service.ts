import { Injectable } from '@nestjs/common';
import type { Transaction } from '@sluice/postgres';
import {
  type RecommendationDetail,
  type RecommendationPage,
  RecommendationResourceRepository,
  type RecommendationRow,
  RecommendationWriter,
} from '@sluice/trading-persistence';
import { cursorForms, Listing } from '../http/listing';
import type { Page } from '../http/page';
import { parseBound, writtenDay } from '../legacy-time';
import { RecommendationNotFoundError } from './recommendation.errors';

export interface RecommendationsRequest extends Omit<RecommendationPage, 'after'> {
  readonly cursor?: string | undefined;
}

/** An exit as the exit tracker writes it. */
export interface ExitRequest {
  readonly symbol: string;
  readonly entry_time?: string | null | undefined;
  readonly exit_time?: string | null | undefined;
  readonly exit_price?: number | null | undefined;
  readonly exit_reason?: string | null | undefined;
  readonly return_pct?: number | null | undefined;
}

const listing = new Listing<RecommendationRow>({
  ...{ name: 'recommendations', forms: [cursorForms.time, cursorForms.id] },
  keyOf: (row) => [row.generated_at_utc, String(row.id)],
});

/** Recommendations as a resource, and how scalping trades end. */
@Injectable()
export class RecommendationService {
  constructor(
    private readonly recommendations: RecommendationResourceRepository,
    private readonly writer: RecommendationWriter,
  ) {}

  /** A page, newest first. Throws `API_REQUEST_INVALID` for a cursor of another listing. */
  list({ cursor, limit, ...request }: RecommendationsRequest): Promise<Page<RecommendationRow>> {
    const symbol = request.symbol?.toUpperCase() || undefined;
    const universe = request.universe?.toUpperCase() || undefined;
    return listing.page({ limit, cursor }, (key, count) => {
      const [generatedAtUtc, id] = key ?? [];
      const after = generatedAtUtc === undefined || id === undefined ? null : { generatedAtUtc, id };
      return this.recommendations.list({ ...request, symbol, universe, limit: count, after });
    });
  }

  /** Throws `TRADING_RECOMMENDATION_NOT_FOUND`. */
  async get(id: bigint): Promise<{ readonly row: RecommendationDetail; readonly version: string }> {
    const found = await this.recommendations.find(id);
    if (found === null) throw new RecommendationNotFoundError();
    return found;
  }

  /**
   * Ends the oldest open Scalping recommendation of the symbol that was made on the day that `entry_time` is written with,
   * whatever its offset; of any day where it is no time. Neither prices nor times are compared. Answers its id, null where
   * there is none.
   */
  async applyExit(tx: Transaction, exit: ExitRequest): Promise<number | null> {
    return this.writer.applyExit(tx, {
      symbol: exit.symbol.toUpperCase(),
      day: writtenDay(exit.entry_time),
      exitPrice: exit.exit_price ?? null,
      exitTime: parseBound(exit.exit_time ?? undefined) ?? null,
      exitReason: exit.exit_reason ?? null,
      pnlPct: exit.return_pct ?? null,
    });
  }
}
