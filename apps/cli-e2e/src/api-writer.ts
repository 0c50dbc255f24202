import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

/** What PostgreSQL has acknowledged to the API: the last text that each row got, or that it was deleted. */
export interface ApiRun {
  readonly calls: number;
  readonly errors: readonly string[];
  /** By `table id`. */
  readonly marks: ReadonlyMap<string, string | null>;
}

/**
 * Writes the target's tables as the API does while both sides write: rows of its own, rows that the legacy program changes at
 * the same time, and unique values that both put in. What may fail without being a fault is a deadlock, or a lock that a change
 * of mode holds: then nothing was acknowledged.
 */
export async function runApiWriter(
  url: string,
  options: { readonly ms: number; readonly seed: number },
): Promise<ApiRun> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const marks = new Map<string, string | null>();
  const errors: string[] = [];
  let calls = 0;
  let state = options.seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const made: string[] = [];
  const acts: ((mark: string) => Promise<void>)[] = [
    async (mark) => {
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO llm_requests (model, tokens_input, cost_usd, created_at) VALUES ($1, 7, 0.25, now()) RETURNING id::text`,
        [mark],
      );
      made.push(rows[0]!.id);
      marks.set(`llm_requests ${rows[0]!.id}`, mark);
    },
    async () => {
      const id = made.splice(Math.floor(random() * made.length), 1)[0];
      if (id === undefined) return;
      await client.query('DELETE FROM llm_requests WHERE id = $1', [id]);
      marks.set(`llm_requests ${id}`, null);
    },
    async (mark) => {
      const { rows } = await client.query<{ id: string }>(
        `UPDATE ai_recommendations SET policy_version = $1 WHERE id IN
           (SELECT id FROM ai_recommendations ORDER BY evaluated, generated_at_utc OFFSET $2 LIMIT 3) RETURNING id::text`,
        [mark, Math.floor(random() * 6)],
      );
      for (const { id } of rows) marks.set(`ai_recommendations ${id}`, mark);
    },
    async (mark) => {
      await client.query('BEGIN');
      const { rows } = await client.query<{ id: string }>(
        `INSERT INTO pick_events (pick_uuid, symbol, direction, source, mode, signal_ts, trade_date, signal_price, universe)
         VALUES ($1, 'TCS', 'LONG', 'api', 'Swing', now(), current_date, 1.5, $1) RETURNING id::text`,
        [mark],
      );
      await client.query(
        `INSERT INTO pick_agent_contributions (pick_uuid, agent_name, score) VALUES ($1, 'api', 0.5)`,
        [mark],
      );
      await client.query('COMMIT');
      marks.set(`pick_events ${rows[0]!.id}`, mark);
    },
    async (mark) => {
      await client.query(
        `INSERT INTO user_preferences (user_id, pref_key, pref_value, updated_at) VALUES ($1, $2, to_jsonb($3::text), now())
         ON CONFLICT (user_id, pref_key) DO UPDATE SET pref_value = excluded.pref_value, updated_at = excluded.updated_at`,
        [random() < 0.5 ? 'u1' : 'u3', random() < 0.5 ? 'x' : 'y', mark],
      );
    },
  ];
  for (const end = Date.now() + options.ms; Date.now() < end; await delay(3)) {
    try {
      await acts[Math.floor(random() * acts.length)]!(`api-${options.seed}-${calls++}`);
    } catch (error) {
      await client.query('ROLLBACK');
      if (!['40P01', '55P03'].includes(String((error as { code?: string }).code))) errors.push(String(error));
    }
  }
  await client.end();
  return { calls, errors, marks };
}
