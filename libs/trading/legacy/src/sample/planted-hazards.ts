import type { DatabaseSyncInstance as DatabaseSync } from '@photostructure/sqlite';
import type { BoundValue } from './bulk-insert';
import type { SampleTable } from './sample-plan';

/** What becomes of the row: it arrives as it is, arrives changed by a declared rule, or waits in quarantine. */
export type Expected = 'stored' | 'normalised' | 'quarantined';

export interface PlantedHazard {
  readonly table: string;
  /** The row's key, as text. */
  readonly key: string;
  readonly column: string;
  /** Of the reliability table: `B01`. */
  readonly code: string;
  readonly expected: Expected;
}

interface Hazard {
  readonly table: SampleTable;
  readonly column: string;
  readonly code: string;
  readonly expected: Expected;
  /** The value to bind, or an SQL expression over the old value. */
  readonly value: BoundValue | { readonly sql: string };
}

/** What real legacy files hold now and then: contract, section 7. Each goes into a row of its own. */
const hazards: readonly Hazard[] = [
  { table: 'llm_requests', column: 'tokens_output', code: 'B15', expected: 'normalised', value: '' },
  { table: 'llm_requests', column: 'tokens_input', code: 'B14', expected: 'quarantined', value: 1.5 },
  { table: 'llm_requests', column: 'created_at', code: 'B21', expected: 'quarantined', value: 20_260_109 },
  { table: 'llm_requests', column: 'created_at', code: 'B21', expected: 'normalised', value: 1_767_952_800 },
  {
    table: 'top_picks_runs',
    column: 'payload',
    code: 'B01',
    expected: 'normalised',
    value: { sql: `replace(payload, '"version": "1.0"', '"ratio": NaN, "version": "1.0"')` },
  },
  {
    table: 'top_picks_runs',
    column: 'payload',
    code: 'B07',
    expected: 'quarantined',
    value: { sql: `replace(payload, '"version": "1.0"', '"note": "\\ud83d", "version": "1.0"')` },
  },
  {
    table: 'top_picks_runs',
    column: 'payload',
    code: 'B03',
    expected: 'stored',
    value: { sql: `replace(payload, '"version": "1.0"', '"note": "NaN, \\"Infinity\\"", "version": "1.0"')` },
  },
  {
    table: 'top_picks_runs',
    column: 'run_id',
    code: 'B31',
    expected: 'stored',
    value: { sql: '(SELECT min(run_id) FROM top_picks_runs)' },
  },
  {
    table: 'ai_recommendations',
    column: 'features_json',
    code: 'B02',
    expected: 'normalised',
    value: { sql: `replace(features_json, '"risk_reward_ratio": null', '"risk_reward_ratio": Infinity')` },
  },
  {
    table: 'ai_recommendations',
    column: 'features_json',
    code: 'B04',
    expected: 'quarantined',
    value: { sql: `replace(features_json, '"recommendation_note": null', '"recommendation_note": "cut\\u0000here"')` },
  },
  { table: 'ai_recommendations', column: 'target_price', code: 'B18', expected: 'stored', value: Infinity },
  { table: 'ai_recommendations', column: 'exit_time_utc', code: 'B23', expected: 'quarantined', value: 'soon' },
  {
    table: 'ai_recommendations',
    column: 'exit_reason',
    code: 'B05',
    expected: 'quarantined',
    value: { sql: `'stop' || char(0) || 'hit'` },
  },
  { table: 'ai_recommendations', column: 'confidence', code: 'B16', expected: 'stored', value: '0.8' },
  {
    table: 'agent_analyses',
    column: 'reasoning',
    code: 'B05',
    expected: 'quarantined',
    value: { sql: `reasoning || char(0)` },
  },
  { table: 'agent_analyses', column: 'metadata', code: 'B01', expected: 'normalised', value: '{"price": NaN}' },
  { table: 'user_preferences', column: 'pref_value', code: 'B43', expected: 'stored', value: 'null' },
  { table: 'pick_events', column: 'confidence', code: 'B28', expected: 'stored', value: '' },
  { table: 'pick_outcomes', column: 'notes', code: 'B43', expected: 'normalised', value: 'TARGET_HIT' },
  { table: 'pick_outcomes', column: 'ret_close_pct', code: 'B18', expected: 'stored', value: -Infinity },
  {
    table: 'pick_outcomes',
    column: 'pick_uuid',
    code: 'B34',
    expected: 'quarantined',
    value: '00000000000000000000000000000000',
  },
];

/**
 * Writes the hazards into rows that are there already, so that the other rows are the same with and without them. Where a
 * table is too small for all of its hazards the rest is left out.
 */
export function plantHazards(databaseOf: (table: SampleTable) => DatabaseSync): PlantedHazard[] {
  const planted: PlantedHazard[] = [];
  const used = new Map<SampleTable, number>();
  for (const { table, column, code, expected, value } of hazards) {
    const offset = used.get(table) ?? 3;
    used.set(table, offset + 7);
    const database = databaseOf(table);
    const row: unknown = database.prepare(`SELECT id FROM ${table} ORDER BY id LIMIT 1 OFFSET ?`).get(offset);
    if (!isRow(row)) continue;
    const key = String(row.id);
    const sql = isSql(value) ? value.sql : '?';
    const bound = isSql(value) ? [] : [value];
    database.prepare(`UPDATE ${table} SET ${column} = ${sql} WHERE id = ${key}`).run(...bound);
    planted.push({ table, key, column, code, expected });
  }
  return planted;
}

const isRow = (row: unknown): row is { id: number | bigint } => typeof row === 'object' && row !== null && 'id' in row;

const isSql = (value: Hazard['value']): value is { readonly sql: string } =>
  typeof value === 'object' && value !== null && 'sql' in value;
