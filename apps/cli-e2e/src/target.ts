import { Client } from 'pg';

/** One statement on a database of the test. */
export const query = <Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> =>
  connected(url, async (client) => (await client.query<Row>(sql, values)).rows);

async function connected<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const TARGETS = [
  'llm_requests',
  'ai_recommendations',
  'top_picks_runs',
  'agent_analyses',
  'agent_learnings',
  'user_preferences',
  'pick_events',
  'pick_agent_contributions',
  'pick_outcomes',
  'rl_policies',
];

/**
 * Everything that a migration leaves and that must not depend on how often it was interrupted: the rows, what is in
 * quarantine, the originals, the counts, the next ids, the indexes and constraints. A hash per table.
 */
export async function imprint(url: string): Promise<Record<string, string>> {
  const parts = [
    ...TARGETS.map((table) => [table, `SELECT t::text AS line FROM ${table} t`]),
    ['quarantine', 'SELECT table_name || row_key || reason_code || raw::text AS line FROM migration_quarantine'],
    [
      'originals',
      `SELECT table_name || row_key || column_name || encode(original, 'hex') AS line FROM migration_originals`,
    ],
    [
      'counts',
      `SELECT name || rows_source || ' ' || rows_copied || ' ' || rows_quarantined || status AS line FROM migration_tables`,
    ],
    ['indexes', `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public'`],
    [
      'constraints',
      `SELECT conname || pg_get_constraintdef(oid) AS line FROM pg_constraint WHERE connamespace = 'public'::regnamespace`,
    ],
    ...TARGETS.map((table) => [`${table} next`, `SELECT last_value::text || is_called AS line FROM ${table}_id_seq`]),
  ] as const;
  const result: Record<string, string> = {};
  return connected(url, async (client) => {
    for (const [name, sql] of parts) {
      const { rows } = await client.query<{ hash: string }>(
        `SELECT count(*) || ':' || coalesce(md5(string_agg(line, E'\\n' ORDER BY line)), '') AS hash FROM (${sql}) AS lines`,
      );
      result[name ?? ''] = rows[0]?.hash ?? '';
    }
    return result;
  });
}
