import { writeBack, type JsonShape } from '@sluice/migration';
import { topPicksRuns } from '../top-picks-runs.legacy';
import { agents, agentScores, exitStrategy, float, floats } from './json-shapes';

/** In the order in which the engine builds it; what it adds from quotes and by mode comes behind. */
const pick: JsonShape = {
  members: [
    ...['rank', 'symbol', 'score_blend', 'blend_score', 'recommendation', 'is_actionable', 'recommendation_note'],
    ...['risk_reward_ratio', 'color_scheme', 'confidence', 'reasoning', 'rationale', 'scores', 'price', 'target'],
    ...['upside_pct', 'key_signals', 'agent_consensus', 'horizon', 'timestamp', 'regime_bucket', 'vol_bucket'],
    ...['user_risk_bucket', 'last_price', 'current_price', 'prev_close', 'intraday_change_pct', 'open', 'high', 'low'],
    ...['volume', 'price_data_source', 'key_findings', 'strategy_rationale', 'value_bucket', 'session_segment'],
    ...['entry_price', 'exit_strategy', 'entry_action_id', 'sr_context', 'support_resistance_score'],
  ],
  of: {
    ...floats('score_blend', 'blend_score', 'price', 'target', 'upside_pct', 'last_price', 'current_price'),
    ...floats('prev_close', 'intraday_change_pct', 'open', 'high', 'low', 'entry_price'),
    ...agentScores,
    exit_strategy: exitStrategy,
  },
};

/** System C. `payload` is the engine's answer as it came. */
export const topPicksRunsBack = writeBack(topPicksRuns, {
  times: { generated_at_utc: 'naive' },
  json: {
    payload: {
      members: [
        ...['date', 'generated_at', 'universe', 'mode', 'total_analyzed', 'passed_filter', 'picks_count', 'picks'],
        ...['next_refresh', 'metadata'],
      ],
      of: {
        picks: { each: pick },
        metadata: {
          members: ['analysis_time_seconds', 'min_confidence', 'agent_weights', 'version', 'policy_version'],
          of: { analysis_time_seconds: float, agent_weights: { members: agents } },
        },
      },
    },
  },
});
