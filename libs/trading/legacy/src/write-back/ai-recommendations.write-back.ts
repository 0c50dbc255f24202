import { writeBack } from '@sluice/migration';
import { aiRecommendations } from '../ai-recommendations.legacy';
import { agentScores, exitStrategy, float } from './json-shapes';

/**
 * System B. All times end in `Z`. Where the operator read `generated_at_utc` as India's wall clock, a row goes back as that
 * wall clock, still labelled `Z`: that is what the legacy program writes and counts with.
 */
export const aiRecommendationsBack = writeBack(aiRecommendations, {
  times: { generated_at_utc: 'zulu', evaluated_at_utc: 'zulu', exit_time_utc: 'zulu' },
  json: {
    features_json: {
      members: [
        ...['scores', 'agent_consensus', 'key_signals', 'exit_strategy', 'reasoning', 'horizon', 'risk_reward_ratio'],
        ...['color_scheme', 'recommendation_note', 'metadata'],
      ],
      of: { ...agentScores, exit_strategy: exitStrategy, metadata: { of: { elapsed_seconds: float } } },
    },
  },
});
