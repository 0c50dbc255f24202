export {
  RecommendationRepository,
  type ModeTotals,
  type RecommendationFilter,
  type RecommendationRow,
} from './recommendation.repository';
export {
  TopPicksRunRepository,
  type LatestPicks,
  type LatestRun,
  type PicksScope,
  type StoredTopPicksRun,
  type TopPicksRunFilter,
  type TopPicksRunRow,
} from './top-picks-run.repository';
export { TopPicksRunWriter, type LatestPicksInvalidation, type TopPicksResult } from './top-picks-run.writer';
export { RunNotJsonError } from './trading-persistence.errors';
export { UniverseRepository, type UniverseRecord } from './universe.repository';
export {
  RecommendationResourceRepository,
  type OpenRecommendation,
  type PolicyGroup,
  type RecommendationDetail,
  type RecommendationPage,
} from './recommendations/recommendation-resource.repository';
export {
  RecommendationWriter,
  type Evaluation,
  type LoggedRecommendation,
  type LoggedScope,
  type NewRecommendation,
  type ScalpingExit,
} from './recommendations/recommendation.writer';
export { DEFAULT_PRICE, LlmPriceRepository, type LlmPriceRow } from './costs/llm-price.repository';
export {
  LlmRequestRepository,
  type LlmRequestFilter,
  type LlmRequestRow,
  type LoggedLlmRequest,
  type NewLlmRequest,
} from './costs/llm-request.repository';
export { LlmUsageRepository, type LlmUsage } from './costs/llm-usage.repository';
export {
  PickRepository,
  type PickFilter,
  type PicksToJudge,
  type StoredOutcome,
  type WholePick,
  type ScalpingTrade,
} from './picks/pick.repository';
export { type ContributionRow, type OutcomeRow, type PickRow } from './picks/pick.rows';
export { PickWriter, type NewPick, type PickOutcome, type WrittenOutcome } from './picks/pick.writer';
export { PolicyRepository, PolicyWriter, type PolicyChange, type PolicyRow } from './policies/policy.repository';
export { TradeRepository, type DailyTrades, type TradeRow, type TradeWindow } from './policies/trade.repository';
export {
  AgentAnalysisRepository,
  type AgentAnalysisFilter,
  type AgentAnalysisRow,
  type FullAgentAnalysis,
  type NewAgentAnalysis,
} from './context/agent-analysis.repository';
export {
  AgentLearningRepository,
  type AgentLearningRow,
  type NewAgentLearning,
} from './context/agent-learning.repository';
export { ContextSizeRepository, type ContextSize } from './context/context-size.repository';
export {
  MemoryAnalysisRepository,
  type MemoryAnalysisFilter,
  type MemoryAnalysisRow,
} from './context/memory-analysis.repository';
export { PreferenceRepository, type PreferenceKey, type PreferenceRow } from './context/preference.repository';
export { RunResourceRepository, type RunAgreement, type RunWitness } from './runs/run-resource.repository';
export { RunResultsRepository, type RunResult, type RunTotals, type RunWindow } from './runs/run-results.repository';
export { RunTexts, type RunText } from './runs/run-texts';
export { SessionRepository, type SessionData } from './sessions/session.repository';
export { LegacyFiles, type LegacyFile, type LegacyQuery } from './legacy-reads/legacy-files';
export { LegacyAnalyses, LegacyLearnings } from './legacy-reads/legacy-context';
export { LegacyCosts } from './legacy-reads/legacy-costs';
export { LegacyPolicies } from './legacy-reads/legacy-policies';
export { LegacySideAwayError } from './legacy-reads/legacy-reads.errors';
export { LegacyRecommendations } from './legacy-reads/legacy-recommendations';
export { LegacyRuns } from './legacy-reads/legacy-runs';
