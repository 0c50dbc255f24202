import { Injectable } from '@nestjs/common';
import { Postgres, Prisma, type Transaction } from '@sluice/postgres';
import { utcText, where } from '../legacy-sql';

/** An analysis as lists show it. Times are UTC with `Z`. */
export interface AgentAnalysisRow {
  readonly id: number;
  readonly symbol: string;
  readonly agent_type: string;
  readonly score: number | null;
  readonly confidence: string | null;
  readonly signals: unknown;
  readonly reasoning: string | null;
  readonly metadata: unknown;
  readonly created_at: string | null;
}

/** All of it. */
export interface FullAgentAnalysis extends AgentAnalysisRow {
  readonly global_context: unknown;
  readonly policy_context: unknown;
}

export interface NewAgentAnalysis {
  readonly symbol: string;
  readonly agentType: string;
  readonly score: number | null;
  readonly confidence: string | null;
  readonly reasoning: string | null;
  readonly signals: unknown;
  readonly metadata: object;
  readonly globalContext: object;
  readonly policyContext: object;
}

export interface AgentAnalysisFilter {
  readonly symbol: string;
  readonly agentType?: string | undefined;
  /** Excluded, ISO with a zone. */
  readonly since: string;
  /** Time and id of the last row of the page before. */
  readonly after: readonly string[] | null;
  readonly limit: number;
}

const listed = Prisma.sql`
  id::float8 AS id, symbol, agent_type, score, confidence, signals, reasoning, metadata, ${utcText('created_at')} || 'Z' AS created_at`;
const full = Prisma.sql`${listed}, global_context, policy_context`;

/** System D: every analysis stays; symbols and agents are as they were written. */
@Injectable()
export class AgentAnalysisRepository {
  constructor(private readonly postgres: Postgres) {}

  async add(tx: Transaction, analysis: NewAgentAnalysis): Promise<FullAgentAnalysis> {
    const { symbol, agentType, score, confidence, reasoning } = analysis;
    const json = (value: unknown): Prisma.Sql => Prisma.sql`${JSON.stringify(value)}::jsonb`;
    const [added] = await tx.$queryRaw<FullAgentAnalysis[]>(Prisma.sql`
      INSERT INTO agent_analyses (symbol, agent_type, score, confidence, reasoning, signals, metadata, global_context,
                                  policy_context, created_at)
      VALUES (${symbol}, ${agentType}, ${score}::float8, ${confidence}, ${reasoning}, ${json(analysis.signals)},
              ${json(analysis.metadata)}, ${json(analysis.globalContext)}, ${json(analysis.policyContext)}, clock_timestamp())
      RETURNING ${full}`);
    return added!;
  }

  /** The newest after an instant; of several of that time the one with the lowest id, as in the legacy store. */
  async findLatest(symbol: string, agentType: string, since: string): Promise<FullAgentAnalysis | null> {
    const [latest] = await this.postgres.rows<FullAgentAnalysis>(Prisma.sql`
      SELECT ${full} FROM agent_analyses AS a
      WHERE symbol = ${symbol} AND agent_type = ${agentType} AND a.created_at > ${since}::timestamptz
      ORDER BY a.created_at DESC, a.id LIMIT 1`);
    return latest ?? null;
  }

  /** Newest first; those of one time by ascending id. */
  async list({ symbol, agentType, since, after, limit }: AgentAnalysisFilter): Promise<AgentAnalysisRow[]> {
    const [time, id] = after ?? [];
    return this.postgres.rows<AgentAnalysisRow>(Prisma.sql`
      SELECT ${listed} FROM agent_analyses AS a
      ${where([
        Prisma.sql`symbol = ${symbol} AND a.created_at > ${since}::timestamptz`,
        agentType !== undefined && Prisma.sql`agent_type = ${agentType}`,
        after !== null && Prisma.sql`a.created_at <= ${time}::timestamptz`,
        after !== null && Prisma.sql`(a.created_at < ${time}::timestamptz OR a.id > ${id}::bigint)`,
      ])}
      ORDER BY a.created_at DESC, a.id LIMIT ${limit}`);
  }
}
