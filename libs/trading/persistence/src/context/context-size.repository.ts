import { Injectable } from '@nestjs/common';
import { Postgres, Prisma } from '@sluice/postgres';

/** How much there is in the tables of context. */
export interface ContextSize {
  readonly analyses: number;
  /** Of both stores of preferences. */
  readonly users: number;
  /** Tables with their indexes. */
  readonly sizeBytes: number;
}

@Injectable()
export class ContextSizeRepository {
  constructor(private readonly postgres: Postgres) {}

  async read(): Promise<ContextSize> {
    const [size] = await this.postgres.rows<ContextSize>(Prisma.sql`
      SELECT (SELECT count(*) FROM agent_analyses)::float8 AS analyses,
             (SELECT count(*) FROM (SELECT user_id FROM user_preferences UNION SELECT user_id FROM memory_preferences) AS u
             )::float8 AS users,
             (pg_total_relation_size('agent_analyses') + pg_total_relation_size('agent_learnings') +
              pg_total_relation_size('user_preferences') + pg_total_relation_size('memory_preferences') +
              pg_total_relation_size('memory_analyses'))::float8 AS "sizeBytes"`);
    return size!;
  }
}
