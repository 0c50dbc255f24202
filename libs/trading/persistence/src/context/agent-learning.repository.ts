import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { utcText, where } from '../legacy-sql';

export interface AgentLearningRow {
  readonly id: number;
  readonly agent_type: string;
  readonly pattern_recognized: string | null;
  readonly accuracy: number | null;
  readonly sample_size: number | null;
  /** UTC, with `Z`. */
  readonly last_updated: string | null;
}

export type NewAgentLearning = Omit<AgentLearningRow, 'id' | 'last_updated'>;

const columns = Prisma.sql`
  id::float8 AS id, agent_type, pattern_recognized, accuracy, sample_size::float8 AS sample_size, ${utcText('last_updated')} || 'Z' AS last_updated`;

/** System D: patterns that agents learned. The legacy table had neither a writer nor a reader. */
@Injectable()
export class AgentLearningRepository {
  constructor(private readonly postgres: Postgres) {}

  async add(tx: Transaction, learning: NewAgentLearning): Promise<AgentLearningRow> {
    const [added] = await tx.$queryRaw<AgentLearningRow[]>(Prisma.sql`
      INSERT INTO agent_learnings (agent_type, pattern_recognized, accuracy, sample_size, last_updated)
      VALUES (${learning.agent_type}, ${learning.pattern_recognized}, ${learning.accuracy}::float8,
              ${learning.sample_size}::bigint, clock_timestamp())
      RETURNING ${columns}`);
    return added!;
  }

  /** Those that were stored last first. */
  async list(filter: {
    readonly agentType?: string | undefined;
    readonly beforeId?: string | undefined;
    readonly limit: number;
  }): Promise<AgentLearningRow[]> {
    const { agentType, beforeId, limit } = filter;
    return this.postgres.rows<AgentLearningRow>(Prisma.sql`
      SELECT ${columns} FROM agent_learnings AS l
      ${where([
        agentType !== undefined && Prisma.sql`agent_type = ${agentType}`,
        beforeId !== undefined && Prisma.sql`l.id < ${beforeId}::bigint`,
      ])}
      ORDER BY l.id DESC LIMIT ${limit}`);
  }
}
