import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { equals } from './legacy-sql';

/** What the record knows of a universe; the list of its members itself was a file of the legacy engine. */
export interface UniverseRecord {
  /** The symbols that were ever recommended in it, by name. */
  readonly symbols: readonly string[];
  /** How many stocks its newest run analysed; null where no run says so. */
  readonly stocks: number | null;
}

@Injectable()
export class UniverseRepository {
  constructor(private readonly postgres: Postgres) {}

  /** The name in any case; of a universe that nobody knows there are no symbols. */
  async find(universe: string): Promise<UniverseRecord> {
    const [record] = await this.postgres.rows<UniverseRecord>(Prisma.sql`
      SELECT ARRAY(SELECT DISTINCT symbol FROM ai_recommendations WHERE ${equals('universe', universe.toUpperCase())}
                   ORDER BY symbol) AS symbols,
             (SELECT total_analyzed::float8 FROM top_picks_runs
              WHERE ${equals('universe', universe.toLowerCase())} AND total_analyzed IS NOT NULL
              ORDER BY generated_at_utc DESC, id DESC
              LIMIT 1) AS stocks`);
    return record ?? { symbols: [], stocks: null };
  }
}
