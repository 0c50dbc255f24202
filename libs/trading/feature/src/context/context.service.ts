import { Tier2Error } from '@sluice/cache';
import type { Clock } from '@sluice/core';
import type { Transaction } from '@sluice/postgres';
import type { ContextMemoryCache } from '@sluice/trading-caching';
import type {
  AgentAnalysisRepository,
  AgentAnalysisRow,
  AgentLearningRepository,
  AgentLearningRow,
  ContextSizeRepository,
  FullAgentAnalysis,
  MemoryAnalysisRepository,
  MemoryAnalysisRow,
  NewAgentAnalysis,
  NewAgentLearning,
} from '@sluice/trading-persistence';
import { cursorForms, Listing } from '../http/listing';
import type { Page } from '../http/page';
import { utcText } from '../legacy-time';
import { roundHalfEven } from '../round-half-even';
import { AnalysisAbsentError } from './context.errors';
import type { ContextStatistics } from './context.response';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
const MB = 1_048_576;

interface AnalysesRequest {
  readonly symbol: string;
  readonly agentType?: string | undefined;
  readonly days: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Repositories {
  readonly analyses: AgentAnalysisRepository;
  readonly learnings: AgentLearningRepository;
  readonly memoryAnalyses: MemoryAnalysisRepository;
  readonly size: ContextSizeRepository;
}

const byTime = { forms: [cursorForms.time, cursorForms.id], isWide: true };
const analyses = new Listing<AgentAnalysisRow>({
  ...{ name: 'analyses', ...byTime },
  keyOf: ({ created_at: at, id }) => [at ?? '', String(id)],
});
const memoryAnalyses = new Listing<MemoryAnalysisRow>({
  ...{ name: 'memory-analyses', ...byTime },
  keyOf: ({ timestamp, id }) => [timestamp, String(id)],
});
const learnings = new Listing<AgentLearningRow>({
  ...{ name: 'learnings', forms: [cursorForms.id] },
  keyOf: ({ id }) => [String(id)],
});

/** What agents keep for long: analyses, learnings, and the memory manager's log. Nothing is normalised. */
export class ContextService {
  constructor(
    private readonly stored: Repositories,
    private readonly memory: ContextMemoryCache,
    private readonly clock: Clock,
  ) {}

  addAnalysis(tx: Transaction, analysis: NewAgentAnalysis): Promise<FullAgentAnalysis> {
    return this.stored.analyses.add(tx, analysis);
  }

  /** The newest of the last minutes. Throws `CONTEXT_ANALYSIS_UNKNOWN`. */
  async getLatestAnalysis(symbol: string, agentType: string, maxAgeMinutes: number): Promise<FullAgentAnalysis> {
    const latest = await this.stored.analyses.findLatest(symbol, agentType, this.ago(maxAgeMinutes * minuteMs));
    if (!latest) throw new AnalysisAbsentError();
    return latest;
  }

  /** Of the last days, newest first. */
  listAnalyses({ days, limit, cursor, ...filter }: AnalysesRequest): Promise<Page<AgentAnalysisRow>> {
    const since = this.ago(days * dayMs);
    return analyses.page({ limit, cursor }, (after, count) =>
      this.stored.analyses.list({ ...filter, since, after, limit: count }),
    );
  }

  /** The memory manager's, of the last days, oldest first. */
  listMemoryAnalyses({ days, limit, cursor, ...filter }: AnalysesRequest): Promise<Page<MemoryAnalysisRow>> {
    const since = this.ago(days * dayMs);
    return memoryAnalyses.page({ limit, cursor }, (after, count) =>
      this.stored.memoryAnalyses.list({ ...filter, since, after, limit: count }),
    );
  }

  addLearning(tx: Transaction, learning: NewAgentLearning): Promise<AgentLearningRow> {
    return this.stored.learnings.add(tx, learning);
  }

  listLearnings(request: {
    readonly agentType?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<Page<AgentLearningRow>> {
    const { agentType, limit, cursor } = request;
    return learnings.page({ limit, cursor }, (after, count) =>
      this.stored.learnings.list({ agentType, beforeId: after?.[0], limit: count }),
    );
  }

  async getStatistics(): Promise<ContextStatistics> {
    const { analyses, users, sizeBytes } = await this.stored.size.read();
    return {
      total_analyses: analyses,
      total_context_entries: await this.countEntries(),
      total_users: users,
      database_size_bytes: sizeBytes,
      database_size_mb: roundHalfEven(sizeBytes / MB, 2),
    };
  }

  /** Null where nobody knows: the caches' Redis is away. */
  private async countEntries(): Promise<number | null> {
    const ids = new Set<string>(); // A key may come twice.
    try {
      for await (const page of this.memory.pages()) for (const id of page) ids.add(id);
    } catch (error) {
      if (error instanceof Tier2Error) return null;
      throw error;
    }
    return ids.size;
  }

  private ago(ms: number): string {
    return utcText(this.clock.nowMs() - ms);
  }
}
