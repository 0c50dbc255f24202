import type { Provider, Type } from '@nestjs/common';
import { BatchPool, Postgres } from '@sluice/postgres';
import {
  AgentAnalysisRepository,
  AgentLearningRepository,
  LegacyAnalyses,
  LegacyCosts,
  LegacyFiles,
  LegacyLearnings,
  LegacyPolicies,
  LegacyRecommendations,
  LegacyRuns,
  LlmRequestRepository,
  LlmUsageRepository,
  PolicyRepository,
  RecommendationRepository,
  RunTexts,
  TopPicksRunRepository,
  TradeRepository,
} from '@sluice/trading-persistence';
import { RlMetricsService } from '../policies/rl-metrics.service';
import { DomainReads, routed, type MethodsOf, type SharedOperation } from './domain-reads';
import {
  analysisOperations,
  costOperations,
  learningOperations,
  policyOperations,
  recommendationOperations,
  runOperations,
  runTextOperations,
  tradeOperations,
  usageOperations,
} from './operations';

/**
 * The repositories with operations that the legacy code has, too, instead of those that only read PostgreSQL. What is not named
 * here is read from PostgreSQL in every mode: it has no counterpart in the legacy code, or a write is checked against its answer.
 * Needs `DomainReads` and `LegacyFiles` from the application.
 */
export const routedRepositories: readonly Provider[] = [
  routedOn(Postgres, TopPicksRunRepository, LegacyRuns, runOperations),
  routedOn(BatchPool, RunTexts, LegacyRuns, runTextOperations),
  routedOn(Postgres, LlmRequestRepository, LegacyCosts, costOperations),
  routedOn(Postgres, LlmUsageRepository, LegacyCosts, usageOperations),
  routedOn(Postgres, RecommendationRepository, LegacyRecommendations, recommendationOperations),
  routedOn(Postgres, AgentAnalysisRepository, LegacyAnalyses, analysisOperations),
  routedOn(Postgres, AgentLearningRepository, LegacyLearnings, learningOperations),
  routedOn(Postgres, TradeRepository, LegacyPolicies, tradeOperations),
  {
    // Only the report of the legacy backend: whoever changes a policy needs its version in PostgreSQL.
    provide: RlMetricsService,
    inject: [PolicyRepository, TradeRepository, DomainReads, LegacyFiles],
    useFactory: (policies: PolicyRepository, trades: TradeRepository, reads: DomainReads, files: LegacyFiles) =>
      new RlMetricsService(routed(reads, policies, new LegacyPolicies(files), policyOperations), trades),
  },
];

function routedOn<Source extends object, T extends object, K extends keyof MethodsOf<T> & string>(
  source: Type<Source>,
  target: new (source: Source) => T,
  legacy: new (files: LegacyFiles) => { readonly [N in NoInfer<K>]: T[N] },
  operations: Readonly<Record<K, SharedOperation>>,
): Provider {
  return {
    provide: target,
    inject: [source, DomainReads, LegacyFiles],
    useFactory: (on: Source, reads: DomainReads, files: LegacyFiles) =>
      routed(reads, new target(on), new legacy(files), operations),
  };
}
