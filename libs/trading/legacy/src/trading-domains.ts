import type { Domain } from '@sluice/migration';
import { aiRecommendations } from './ai-recommendations.legacy';
import { agentAnalyses, agentLearnings, userPreferences } from './context.legacy';
import { llmRequests } from './llm-requests.legacy';
import { pickAgentContributions, pickEvents, pickOutcomes, rlPolicies } from './picks.legacy';
import { topPicksRuns } from './top-picks-runs.legacy';

/** Systems A to E, each of which moves by itself. What goes to a cache (F, context memory) can be made again and has no mode. */
export const tradingDomains: readonly Domain[] = [
  { name: 'llm-costs', tables: [llmRequests] },
  { name: 'recommendations', tables: [aiRecommendations] },
  { name: 'runs', tables: [topPicksRuns] },
  { name: 'context', tables: [agentAnalyses, agentLearnings, userPreferences] },
  { name: 'picks', tables: [pickEvents, pickAgentContributions, pickOutcomes, rlPolicies] },
];
