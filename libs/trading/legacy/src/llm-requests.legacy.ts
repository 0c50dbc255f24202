import { decimal, integer, legacyTable, nullable, postgresTable, text, timestamp } from '@sluice/migration';

/**
 * System A. `cost_usd` is an unrounded double in the legacy file; money is exact here: eight decimals hold a tenth of the
 * cheapest price per token, and the rounding of each value's binary noise is counted in the report.
 */
export const llmRequests = legacyTable({
  source: { file: 'cache/llm_costs.db', table: 'llm_requests', key: 'id' },
  target: postgresTable('llm_requests'),
  columns: {
    id: integer,
    model: text,
    tokens_input: nullable(integer),
    tokens_output: nullable(integer),
    cost_usd: nullable(decimal({ precision: 20, scale: 8 })),
    created_at: nullable(timestamp({ zone: 'UTC' })),
  },
  // Of `cleanup_old_records`, which an operator calls by hand.
  retention: { column: 'created_at', days: 90 },
});
