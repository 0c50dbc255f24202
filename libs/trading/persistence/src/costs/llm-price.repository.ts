import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { utcText } from '../legacy-sql';

/** US dollars for 1000 tokens from `valid_from` on, until the model's next price. Exact decimals, as text. */
export interface LlmPriceRow {
  readonly model: string;
  readonly input_per_1k_usd: string;
  readonly output_per_1k_usd: string;
  /** UTC, with `Z`. */
  readonly valid_from: string;
}

/** The name of the price for the models that have none of their own. */
export const DEFAULT_PRICE = 'default';

const columns = Prisma.sql`
  model, trim_scale(input_per_1k_usd)::text AS input_per_1k_usd,
  trim_scale(output_per_1k_usd)::text AS output_per_1k_usd, ${utcText('valid_from')} || 'Z' AS valid_from`;

@Injectable()
export class LlmPriceRepository {
  constructor(private readonly postgres: Postgres) {}

  /** By model in code point order, each model's newest price first; of one model where it is given. */
  async list(page: {
    model?: string | undefined;
    after: readonly string[] | null;
    limit: number;
  }): Promise<LlmPriceRow[]> {
    const [model, validFrom] = page.after ?? [];
    return this.postgres.rows<LlmPriceRow>(Prisma.sql`
      SELECT ${columns} FROM llm_prices AS p
      WHERE ${page.model === undefined ? Prisma.sql`true` : Prisma.sql`model = ${page.model}`}
        AND ${
          page.after === null
            ? Prisma.sql`true`
            : Prisma.sql`(model COLLATE "C" > ${model} OR (model = ${model} AND p.valid_from < ${validFrom}::timestamptz))`
        }
      ORDER BY model COLLATE "C", p.valid_from DESC
      LIMIT ${page.limit}`);
  }

  /** Null where the model has a price from that very time on already. Costs that were logged stay as they are. */
  async add(tx: Transaction, price: LlmPriceRow): Promise<LlmPriceRow | null> {
    const [added] = await tx.$queryRaw<LlmPriceRow[]>(Prisma.sql`
      INSERT INTO llm_prices (model, input_per_1k_usd, output_per_1k_usd, valid_from)
      VALUES (${price.model}, ${price.input_per_1k_usd}::numeric, ${price.output_per_1k_usd}::numeric,
              ${price.valid_from}::timestamptz)
      ON CONFLICT (model, valid_from) DO NOTHING
      RETURNING ${columns}`);
    return added ?? null;
  }
}
