import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { DEFAULT_PRICE } from './llm-price.repository';

/** Costs are exact decimals as text. The sums of tokens are null where there is no request. */
export interface LlmUsage {
  readonly requests: number;
  readonly tokensInput: number | null;
  readonly tokensOutput: number | null;
  readonly cost: string;
  /** Of a request; 0 where there is none. */
  readonly averageCost: string;
  readonly models: readonly LlmModelUsage[];
  readonly days: readonly LlmDayUsage[];
}

export interface LlmModelUsage {
  readonly model: string;
  readonly requests: number;
  readonly cost: string;
  /** For at least one of its requests the model has no price of its own. */
  readonly defaultPriced: boolean;
}

export interface LlmDayUsage {
  readonly date: string;
  readonly requests: number;
  readonly cost: string;
}

@Injectable()
export class LlmUsageRepository {
  constructor(private readonly postgres: Postgres) {}

  /**
   * The requests after an instant (ISO with a zone): all of them, by model, the most expensive first and models of one cost
   * by name, and by day of UTC, the last one first. A cost that is null counts as 0. One statement, so that the three agree.
   */
  async since(instant: string): Promise<LlmUsage> {
    const [usage] = await this.postgres.rows<LlmUsage>(Prisma.sql`
      WITH asked AS MATERIALIZED (
        SELECT model, tokens_input, tokens_output, coalesce(cost_usd, 0) AS cost, created_at
        FROM llm_requests WHERE created_at > ${instant}::timestamptz
      ),
      priced AS (
        SELECT model, min(valid_from) AS since FROM llm_prices WHERE model <> ${DEFAULT_PRICE} GROUP BY model
      ),
      models AS (
        SELECT model, count(*) AS requests, sum(cost) AS cost, coalesce(min(created_at) < since, true) AS default_priced
        FROM asked LEFT JOIN priced USING (model) GROUP BY model, since
      ),
      days AS (
        SELECT (created_at AT TIME ZONE 'UTC')::date AS day, count(*) AS requests, sum(cost) AS cost FROM asked GROUP BY 1
      )
      SELECT count(*)::float8 AS requests, sum(tokens_input)::float8 AS "tokensInput",
             sum(tokens_output)::float8 AS "tokensOutput", coalesce(sum(cost), 0)::text AS cost,
             (coalesce(sum(cost), 0) / greatest(count(*), 1))::text AS "averageCost",
             (SELECT coalesce(jsonb_agg(jsonb_build_object('model', model, 'requests', requests, 'cost', cost::text,
                                                           'defaultPriced', default_priced)
                                        ORDER BY cost DESC, model COLLATE "C"), '[]') FROM models) AS models,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('date', to_char(day, 'YYYY-MM-DD'), 'requests', requests,
                                                           'cost', cost::text) ORDER BY day DESC), '[]') FROM days) AS days
      FROM asked`);
    return usage!;
  }
}
