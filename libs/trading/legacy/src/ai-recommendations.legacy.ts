import {
  boolean,
  float,
  integer,
  json,
  legacyTable,
  nullable,
  postgresTable,
  text,
  timestamp,
} from '@sluice/migration';

/**
 * System B. `generated_at_utc` says UTC, but the engine supplied India's wall clock: in every real row it is 5 h 30 min
 * ahead. It is kept as labelled unless the operator chooses otherwise; the run id's tail is the witness.
 */
export const aiRecommendations = legacyTable({
  source: { file: 'cache/ai_recommendations.db', table: 'ai_recommendations', key: 'id' },
  target: postgresTable('ai_recommendations'),
  columns: {
    id: integer,
    symbol: text,
    mode: text,
    universe: text,
    source: text,
    recommendation: text,
    direction: text,
    generated_at_utc: timestamp({ zone: 'UTC' }),
    entry_price: nullable(float),
    stop_loss_price: nullable(float),
    target_price: nullable(float),
    score_blend: nullable(float),
    confidence: nullable(text),
    risk_profile: nullable(text),
    run_id: nullable(text),
    rank_in_run: nullable(integer),
    policy_version: nullable(text),
    features_json: nullable(json()),
    evaluated: boolean,
    evaluated_at_utc: nullable(timestamp({ zone: 'UTC' })),
    exit_price: nullable(float),
    exit_time_utc: nullable(timestamp({ zone: 'UTC' })),
    exit_reason: nullable(text),
    pnl_pct: nullable(float),
    max_drawdown_pct: nullable(float),
    alpha_vs_benchmark: nullable(float),
    labels_json: nullable(json()),
  },
  choices: [
    {
      column: 'generated_at_utc',
      actualZone: 'Asia/Kolkata',
      proof: { column: 'run_id', slackSeconds: 3600 },
      about: "India's wall clock, labelled Z",
    },
  ],
});
