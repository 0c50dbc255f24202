import { writeBack } from '@sluice/migration';
import { pickAgentContributions, pickEvents, pickOutcomes, rlPolicies } from '../picks.legacy';
import { float } from './json-shapes';

/** System E. The contributions' metadata is anybody's object. */
export const pickEventsBack = writeBack(pickEvents, {
  times: { signal_ts: 'zulu' },
  json: {
    extra_context: {
      members: [
        ...['rank', 'run_trigger', 'policy_version', 'horizon', 'regime_bucket', 'vol_bucket', 'user_risk_bucket'],
        ...['run_id', 'bandit_ctx', 'session_segment', 'value_bucket', 'entry_action_id', 'exit_profile_id'],
      ],
    },
  },
});

export const pickAgentContributionsBack = writeBack(pickAgentContributions);

export const pickOutcomesBack = writeBack(pickOutcomes, {
  times: { horizon_end_ts: 'zulu' },
  json: { notes: { members: ['exit_reason', 'capture_ratio'], of: { capture_ratio: float } } },
});

/** The trainers' numbers keep the type they were stored with; only their order is the legacy program's. */
export const rlPoliciesBack = writeBack(rlPolicies, {
  times: { created_at: 'zulu', updated_at: 'zulu', activated_at: 'zulu', deactivated_at: 'zulu' },
  json: {
    config_json: {
      members: ['modes', 'evaluation', 'bandit', 'entry_bandit'],
      of: {
        modes: {
          each: {
            of: {
              exits: {
                members: ['default_profile', 'profiles'],
                of: {
                  profiles: {
                    each: {
                      members: ['id', 'name', 'stop', 'target', 'trailing', 'time_stop', 'exit_priority'],
                      of: { stop: { members: ['type', 'value'] }, target: { members: ['type', 'value'] } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    metrics_json: {
      of: {
        exit_profiles: {
          each: {
            each: {
              members: [
                ...['trades', 'avg_ret_close_pct', 'avg_max_drawdown_pct', 'win_rate', 'hit_target_rate'],
                ...['hit_stop_rate', 'avg_capture_ratio', 'score'],
              ],
            },
          },
        },
        best_exit_profiles: { each: { members: ['id', 'criterion'] } },
      },
    },
  },
});
