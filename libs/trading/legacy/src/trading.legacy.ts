import { agentAnalyses, agentLearnings, contextMemory, userPreferences } from './context.legacy';
import { aiRecommendations } from './ai-recommendations.legacy';
import { llmRequests } from './llm-requests.legacy';
import { pickAgentContributions, pickEvents, pickOutcomes, rlPolicies } from './picks.legacy';
import { supportResistanceLevels } from './support-resistance.legacy';
import { topPicksRuns } from './top-picks-runs.legacy';
import type { LegacyTable } from '@sluice/migration';

/** Every SQLite table of systems A to F, in the order in which they are loaded. */
export const tradingTables: readonly LegacyTable[] = [
  llmRequests,
  topPicksRuns,
  aiRecommendations,
  agentAnalyses,
  agentLearnings,
  userPreferences,
  pickEvents,
  pickAgentContributions,
  pickOutcomes,
  rlPolicies,
  supportResistanceLevels,
  contextMemory,
];
