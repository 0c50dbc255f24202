import {
  boolean,
  date,
  float,
  integer,
  json,
  legacyTable,
  nullable,
  postgresTable,
  text,
  timestamp,
} from '@sluice/migration';

/** System E. The plan's `pick_events.db` never existed: the tables share a file with the recommendations. */
const file = 'cache/ai_recommendations.db';

export const pickEvents = legacyTable({
  source: { file, table: 'pick_events', key: 'id' },
  target: postgresTable('pick_events'),
  columns: {
    id: integer,
    pick_uuid: text,
    symbol: text,
    direction: text,
    source: text,
    mode: text,
    signal_ts: timestamp({ zone: 'UTC' }),
    trade_date: date,
    signal_price: float,
    recommended_entry: nullable(float),
    recommended_target: nullable(float),
    recommended_stop: nullable(float),
    time_horizon: nullable(text),
    blend_score: nullable(float),
    recommendation: nullable(text),
    confidence: nullable(text),
    regime: nullable(text),
    risk_profile_bucket: nullable(text),
    mode_bucket: nullable(text),
    universe: nullable(text),
    extra_context: nullable(json()),
  },
});

/** A contribution without its pick (the legacy file has no foreign keys) is quarantined. */
export const pickAgentContributions = legacyTable({
  source: { file, table: 'pick_agent_contributions', key: 'id' },
  target: postgresTable('pick_agent_contributions'),
  columns: {
    id: integer,
    pick_uuid: text,
    agent_name: text,
    score: nullable(float),
    confidence: nullable(text),
    metadata: nullable(json()),
  },
  after: ['pick_events'],
  references: [{ column: 'pick_uuid', table: 'pick_events', parentColumn: 'pick_uuid' }],
});

/** `notes` is a JSON object; where the legacy code failed to make one it is the bare exit reason. */
export const pickOutcomes = legacyTable({
  source: { file, table: 'pick_outcomes', key: 'id' },
  target: postgresTable('pick_outcomes'),
  columns: {
    id: integer,
    pick_uuid: text,
    evaluation_horizon: text,
    horizon_end_ts: timestamp({ zone: 'UTC' }),
    price_close: nullable(float),
    price_high: nullable(float),
    price_low: nullable(float),
    ret_close_pct: nullable(float),
    max_runup_pct: nullable(float),
    max_drawdown_pct: nullable(float),
    benchmark_symbol: nullable(text),
    benchmark_ret_pct: nullable(float),
    ret_vs_benchmark_pct: nullable(float),
    hit_target: nullable(boolean),
    hit_stop: nullable(boolean),
    outcome_label: nullable(text),
    notes: nullable(json({ bareText: true })),
  },
  after: ['pick_events'],
  references: [{ column: 'pick_uuid', table: 'pick_events', parentColumn: 'pick_uuid' }],
});

export const rlPolicies = legacyTable({
  source: { file, table: 'rl_policies', key: 'id' },
  target: postgresTable('rl_policies'),
  columns: {
    id: integer,
    policy_id: text,
    name: text,
    description: nullable(text),
    created_at: timestamp({ zone: 'UTC' }),
    updated_at: timestamp({ zone: 'UTC' }),
    status: text,
    config_json: json(),
    metrics_json: nullable(json()),
    activated_at: nullable(timestamp({ zone: 'UTC' })),
    deactivated_at: nullable(timestamp({ zone: 'UTC' })),
  },
});
