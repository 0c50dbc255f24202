import { agentAnalyses, agentLearnings, contextMemory, userPreferences } from './context.legacy';
import { generalCacheFiles } from './general-cache-files.legacy';
import { globalScores } from './global-scores.legacy';
import { memoryAnalyses, memoryPreferences } from './memory-files.legacy';
import { ohlcFiles } from './ohlc-files.legacy';
import { aiRecommendations } from './ai-recommendations.legacy';
import { llmRequests } from './llm-requests.legacy';
import { pickAgentContributions, pickEvents, pickOutcomes, rlPolicies } from './picks.legacy';
import { supportResistanceLevels } from './support-resistance.legacy';
import { topPicksRuns } from './top-picks-runs.legacy';
import type { LegacyTable } from '@sluice/migration';

/** Every SQLite table of systems A to F and every family of files of G to J, in the order in which they are loaded. */
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
  memoryAnalyses,
  memoryPreferences,
  ohlcFiles,
  globalScores,
  generalCacheFiles,
];

/** Of these the rows are in SQLite files. */
export const tradingDatabaseTables: readonly LegacyTable[] = tradingTables.filter(({ source }) => !source.family);
