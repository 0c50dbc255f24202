import type { AgentAnalysisFilter, AgentAnalysisRow, FullAgentAnalysis } from '../context/agent-analysis.repository';
import type { AgentLearningRow } from '../context/agent-learning.repository';
import type { LegacyFiles } from './legacy-files';
import { boundText, columnsOf, json, orNull, real, rowsOf, text, utcZ, whereOf } from './legacy-values';

const ANALYSES = { file: 'cache/context.db', table: 'agent_analyses' } as const;
const LEARNINGS = { ...ANALYSES, table: 'agent_learnings' } as const;

const listed = {
  ...{ id: real, symbol: text, agent_type: text, score: orNull(real), confidence: orNull(text), signals: json },
  ...{ reasoning: orNull(text), metadata: json, created_at: orNull(utcZ) },
};
const full = { ...listed, global_context: json, policy_context: json };
const learning = {
  ...{ id: real, agent_type: text, pattern_recognized: orNull(text), accuracy: orNull(real) },
  ...{ sample_size: orNull(real), last_updated: orNull(utcZ) },
};

/** Analyses of system D in the legacy file: `get_latest_analysis` and `get_historical_analyses`. */
export class LegacyAnalyses {
  constructor(private readonly files: LegacyFiles) {}

  /** As `AgentAnalysisRepository.findLatest`. */
  findLatest(symbol: string, agentType: string, since: string): Promise<FullAgentAnalysis | null> {
    const sql = `SELECT ${columnsOf(full)} FROM agent_analyses WHERE symbol = ? AND agent_type = ? AND created_at > ?
      ORDER BY created_at DESC, id LIMIT 1`;
    return this.files.read(
      ANALYSES,
      (query) => rowsOf(full, query(sql, symbol, agentType, boundText(since, ' ')))[0] ?? null,
    );
  }

  /** As `AgentAnalysisRepository.list`. */
  list({ symbol, agentType, since, after, limit }: AgentAnalysisFilter): Promise<AgentAnalysisRow[]> {
    const [time = '', id = '0'] = after ?? [];
    const last = boundText(time, ' ');
    const { sql, params } = whereOf([
      ['symbol = ?', symbol],
      ['created_at > ?', boundText(since, ' ')],
      agentType !== undefined && ['agent_type = ?', agentType],
      after !== null && ['(created_at < ? OR created_at = ? AND id > ?)', last, last, BigInt(id)],
    ]);
    const select = `SELECT ${columnsOf(listed)} FROM agent_analyses ${sql} ORDER BY created_at DESC, id LIMIT ?`;
    return this.files.read(ANALYSES, (query) => rowsOf(listed, query(select, ...params, BigInt(limit))));
  }
}

/** What agents learnt, in the legacy file. The legacy code has no reader of it; the table is all there is. */
export class LegacyLearnings {
  constructor(private readonly files: LegacyFiles) {}

  /** As `AgentLearningRepository.list`. */
  list(filter: {
    readonly agentType?: string | undefined;
    readonly beforeId?: string | undefined;
    readonly limit: number;
  }): Promise<AgentLearningRow[]> {
    const { agentType, beforeId, limit } = filter;
    const { sql, params } = whereOf([
      agentType !== undefined && ['agent_type = ?', agentType],
      beforeId !== undefined && ['id < ?', BigInt(beforeId)],
    ]);
    const select = `SELECT ${columnsOf(learning)} FROM agent_learnings ${sql} ORDER BY id DESC LIMIT ?`;
    return this.files.read(LEARNINGS, (query) => rowsOf(learning, query(select, ...params, BigInt(limit))));
  }
}
