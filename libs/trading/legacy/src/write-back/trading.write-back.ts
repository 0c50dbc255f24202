import type { WriteBack } from '@sluice/migration';
import { legacySchema } from '../sample/legacy-schema';
import { aiRecommendationsBack } from './ai-recommendations.write-back';
import { pickAgentContributionsBack, pickEventsBack, pickOutcomesBack, rlPoliciesBack } from './picks.write-back';
import {
  agentAnalysesBack,
  agentLearningsBack,
  contextMemoryBack,
  llmRequestsBack,
  supportResistanceLevelsBack,
  userPreferencesBack,
} from './stores.write-back';
import { topPicksRunsBack } from './top-picks-runs.write-back';

/** The way back of every table of systems A to F, parents before children. */
export const tradingWriteBacks: readonly WriteBack[] = [
  llmRequestsBack,
  topPicksRunsBack,
  aiRecommendationsBack,
  agentAnalysesBack,
  agentLearningsBack,
  userPreferencesBack,
  pickEventsBack,
  pickAgentContributionsBack,
  pickOutcomesBack,
  rlPoliciesBack,
  supportResistanceLevelsBack,
  contextMemoryBack,
];

/** The statements with which the legacy program makes a file, by the file's name below its root. */
export function legacyFileSchema(file: string): readonly string[] {
  const schema = Object.entries(legacySchema).find(([name]) => name === file)?.[1];
  if (!schema) throw new RangeError(`The legacy program makes no file ${file}.`);
  return [...schema.tables, ...schema.indexes];
}

/** The tables of that file. */
export const tablesOfFile = (file: string): string[] =>
  tradingWriteBacks.filter(({ table }) => table.source.file === file).map(({ table }) => table.source.table);
