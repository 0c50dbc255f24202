import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';
import { utcText, where } from '../legacy-sql';

export interface MemoryAnalysisRow {
  readonly id: number;
  readonly symbol: string;
  readonly agent_type: string;
  readonly result: unknown;
  /** UTC, with `Z`. */
  readonly timestamp: string;
}

export interface MemoryAnalysisFilter {
  readonly symbol: string;
  readonly agentType?: string | undefined;
  /** Included, ISO with a zone. */
  readonly since: string;
  /** Time and id of the last row of the page before. */
  readonly after: readonly string[] | null;
  readonly limit: number;
}

/** System J: what the memory manager kept of analyses, in files of lines. */
@Injectable()
export class MemoryAnalysisRepository {
  constructor(private readonly postgres: Postgres) {}

  /** Oldest first, as in the files; those of one time by ascending id. */
  async list({ symbol, agentType, since, after, limit }: MemoryAnalysisFilter): Promise<MemoryAnalysisRow[]> {
    const [time, id] = after ?? [];
    return this.postgres.rows<MemoryAnalysisRow>(Prisma.sql`
      SELECT id::float8 AS id, symbol, agent_type, result, ${utcText('timestamp')} || 'Z' AS timestamp
      FROM memory_analyses AS m
      ${where([
        Prisma.sql`symbol = ${symbol} AND m.timestamp >= ${since}::timestamptz`,
        agentType !== undefined && Prisma.sql`agent_type = ${agentType}`,
        after !== null && Prisma.sql`(m.timestamp, m.id) > (${time}::timestamptz, ${id}::bigint)`,
      ])}
      ORDER BY m.timestamp, m.id LIMIT ${limit}`);
  }
}
