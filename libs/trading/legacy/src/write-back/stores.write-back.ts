import { writeBack } from '@sluice/migration';
import { agentAnalyses, agentLearnings, contextMemory, userPreferences } from '../context.legacy';
import { llmRequests } from '../llm-requests.legacy';
import { supportResistanceLevels } from '../support-resistance.legacy';

/**
 * Systems A and D. SQLite's own default writes whole seconds; a time of PostgreSQL with a fraction goes back with it, in the
 * form in which the legacy program binds a time to the same kind of column: it reads and orders both.
 */
export const llmRequestsBack = writeBack(llmRequests, { times: { created_at: 'sqlite' } });

export const agentAnalysesBack = writeBack(agentAnalyses, { times: { created_at: 'sqlite' } });

export const agentLearningsBack = writeBack(agentLearnings, { times: { last_updated: 'sqlite' } });

export const userPreferencesBack = writeBack(userPreferences, { times: { updated_at: 'sqlite' } });

export const contextMemoryBack = writeBack(contextMemory, {
  times: { created_at: 'sqlite', expires_at: 'sqlite' },
});

/** System F. A row is named by its two texts; its rowid is SQLite's own affair, and `computed_at_ist` a text as it is. */
export const supportResistanceLevelsBack = writeBack(supportResistanceLevels, {
  identity: ['symbol', 'timeframe_scope'],
});
