import { float, integer, json, legacyTable, nullable, postgresTable, text, timestamp } from '@sluice/migration';

/** System C. The time is true UTC, written without a zone. The plan's `picks_json` and `created_at` never existed. */
export const topPicksRuns = legacyTable({
  source: { file: 'cache/top_picks_runs.db', table: 'top_picks_runs', key: 'id' },
  target: postgresTable('top_picks_runs'),
  columns: {
    id: integer,
    run_id: text,
    universe: text,
    mode: text,
    generated_at_utc: timestamp({ zone: 'UTC' }),
    trigger: text,
    total_analyzed: nullable(integer),
    filtered_count: nullable(integer),
    picks_count: nullable(integer),
    elapsed_sec: nullable(float),
    payload: json(),
  },
  // Every run that is stored deletes the runs that are older (TOP_PICKS_RETENTION_DAYS).
  retention: { column: 'generated_at_utc', days: 90 },
});
