import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { utcText, where } from '../legacy-sql';
import { DEFAULT_PRICE } from './llm-price.repository';

export interface LlmRequestRow {
  readonly id: number;
  readonly model: string;
  readonly tokens_input: number | null;
  readonly tokens_output: number | null;
  /** US dollars, an exact decimal. */
  readonly cost_usd: string | null;
  /** UTC, with `Z`. */
  readonly created_at: string | null;
}

/** A request as it was logged. `default_priced`: the model had no price of its own at that time. */
export interface LoggedLlmRequest extends LlmRequestRow {
  readonly default_priced: boolean;
}

export interface NewLlmRequest {
  readonly model: string;
  readonly tokensInput: number;
  readonly tokensOutput: number;
  /** ISO with a zone; now where it is not given. */
  readonly createdAt?: string | undefined;
}

export interface LlmRequestFilter {
  readonly model?: string | undefined;
  /** Included, ISO with a zone. */
  readonly since?: string | undefined;
  /** Excluded. */
  readonly until?: string | undefined;
  /** Only requests that were logged before this one. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

const columns = Prisma.sql`
  id::float8 AS id, model, tokens_input::float8 AS tokens_input, tokens_output::float8 AS tokens_output,
  trim_scale(cost_usd)::text AS cost_usd, ${utcText('created_at')} || 'Z' AS created_at`;

@Injectable()
export class LlmRequestRepository {
  constructor(private readonly postgres: Postgres) {}

  /**
   * Stores a request at the price of its time, the default price where its model has none; null where there is no price at
   * all. The cost is computed in exact decimals and kept with the eight digits of the column, half to even:
   * PostgreSQL's own rounding sends a half away from zero.
   */
  async log(tx: Transaction, request: NewLlmRequest): Promise<LoggedLlmRequest | null> {
    const { model, tokensInput, tokensOutput, createdAt = null } = request;
    const [logged] = await tx.$queryRaw<LoggedLlmRequest[]>(Prisma.sql`
      WITH asked AS (SELECT coalesce(${createdAt}::timestamptz, now()) AS at),
      price AS (
        SELECT p.model, input_per_1k_usd, output_per_1k_usd FROM llm_prices AS p, asked
        WHERE p.model IN (${model}, ${DEFAULT_PRICE}) AND valid_from <= asked.at
        ORDER BY p.model = ${DEFAULT_PRICE}, valid_from DESC
        LIMIT 1
      ),
      cost AS (
        SELECT (${tokensInput}::numeric * input_per_1k_usd + ${tokensOutput}::numeric * output_per_1k_usd) * 0.001 AS exact
        FROM price
      ),
      logged AS (
        INSERT INTO llm_requests (model, tokens_input, tokens_output, cost_usd, created_at)
        SELECT ${model}::text, ${tokensInput}::bigint, ${tokensOutput}::bigint,
               CASE WHEN exact % 0.00000002 = 0.000000005 THEN trunc(exact, 8) ELSE round(exact, 8) END, asked.at
        FROM cost, asked
        RETURNING *
      )
      SELECT ${columns}, (SELECT price.model = ${DEFAULT_PRICE} FROM price) AS default_priced FROM logged`);
    return logged ?? null;
  }

  /** Those that were logged last first. Requests without a time are left out where a bound is given. */
  async list(filter: LlmRequestFilter): Promise<LlmRequestRow[]> {
    const { model, since, until, beforeId, limit } = filter;
    return this.postgres.rows<LlmRequestRow>(Prisma.sql`
      SELECT ${columns} FROM llm_requests AS r
      ${where([
        model !== undefined && Prisma.sql`model = ${model}`,
        since !== undefined && Prisma.sql`r.created_at >= ${since}::timestamptz`,
        until !== undefined && Prisma.sql`r.created_at < ${until}::timestamptz`,
        beforeId !== undefined && Prisma.sql`r.id < ${beforeId}::bigint`,
      ])}
      ORDER BY r.id DESC
      LIMIT ${limit}`);
  }

  /** What the requests of a day, `YYYY-MM-DD` of UTC, cost: an exact decimal, `0` where there is none. */
  async spendOf(day: string): Promise<string> {
    const [row] = await this.postgres.rows<{ spent: string }>(Prisma.sql`
      SELECT trim_scale(coalesce(sum(cost_usd), 0))::text AS spent FROM llm_requests
      WHERE created_at >= (${day} || 'T00:00:00Z')::timestamptz
        AND created_at < (${day} || 'T00:00:00Z')::timestamptz + interval '24 hours'`);
    return row!.spent;
  }

  /**
   * Moves requests from before a time to the archive, the oldest first and at most `limit`, and answers how many. None is
   * deleted that the archive has not taken: one whose number it has already, from before a second migration, stays.
   */
  async archive(tx: Transaction, before: string, limit: number): Promise<number> {
    const [moved] = await tx.$queryRaw<{ count: number }[]>(Prisma.sql`
      WITH due AS (
        SELECT * FROM llm_requests AS r
        WHERE ${isDue(before)}
        ORDER BY created_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ),
      kept AS (
        INSERT INTO llm_requests_archive (id, model, tokens_input, tokens_output, cost_usd, created_at)
        SELECT id, model, tokens_input, tokens_output, cost_usd, created_at FROM due
        ON CONFLICT (id) DO NOTHING
        RETURNING id
      ),
      gone AS (DELETE FROM llm_requests WHERE id IN (SELECT id FROM kept) RETURNING id)
      SELECT count(*)::float8 AS count FROM gone`);
    return moved!.count;
  }

  /** How many `archive` would still move. */
  async countDue(tx: Transaction, before: string): Promise<number> {
    const [row] = await tx.$queryRaw<{ count: number }[]>(Prisma.sql`
      SELECT count(*)::float8 AS count FROM llm_requests AS r WHERE ${isDue(before)}`);
    return row!.count;
  }
}

/** As a scalar, which is looked up by index also in an archive that nobody has analysed: a join would read it for each row. */
const isDue = (before: string): Prisma.Sql => Prisma.sql`
  r.created_at < ${before}::timestamptz AND (SELECT a.id FROM llm_requests_archive AS a WHERE a.id = r.id) IS NULL`;
