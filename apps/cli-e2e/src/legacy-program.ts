import { spawn } from 'node:child_process';
import path from 'node:path';

export interface LegacyRun {
  /** Calls that were made, and the messages of those that failed. */
  readonly calls: number;
  readonly errors: readonly string[];
}

/**
 * The legacy program of the tests: a process of its own that writes all tables with the legacy statements and habits, which
 * are those of Python's sqlite3: one connection per call, a busy timeout of five seconds, an implicit transaction, and now
 * and then one that is rolled back. Its ids and values come from the seed.
 */
export function runLegacyProgram(
  root: string,
  options: { readonly ms: number; readonly seed: number },
): Promise<LegacyRun> {
  const args = [path.join(root, 'cache'), String(options.ms), String(options.seed)];
  const child = spawn(process.execPath, ['-e', program, ...args], {
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as LegacyRun);
      else reject(new Error(`The legacy program ended with ${String(code)}.`));
    });
  });
}

const program = String.raw`
const { DatabaseSync } = require('@photostructure/sqlite');
const [folder, ms, seed] = process.argv.slice(1);
let state = Number(seed);
const random = () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const one = (list) => list[Math.floor(random() * list.length)];
const hex = () => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
const iso = (days = 0) => new Date(Date.now() - days * 86400000).toISOString().slice(0, 23) + '123';
const blank = (days) => iso(days).replace('T', ' ');
const call = (file, ...statements) => {
  const db = new DatabaseSync(folder + '/' + file + '.db', { timeout: 5000 });
  try {
    db.exec('BEGIN');
    for (const [sql, ...values] of statements) db.prepare(sql).run(...values);
    db.exec(random() < 0.05 ? 'ROLLBACK' : 'COMMIT');
  } finally {
    db.close();
  }
};
const picks = [];
const pickedUuid = () => (picks.length > 0 && random() < 0.9 ? one(picks) : hex());
const acts = [
  () => call('llm_costs', ['INSERT INTO llm_requests (model, tokens_input, tokens_output, cost_usd) VALUES (?, ?, ?, ?)', 'gpt-4', Math.floor(random() * 9999), 7, random()]),
  () => call('llm_costs', ['INSERT INTO llm_requests (model, created_at) VALUES (?, ?)', 'old', blank(120)]),
  () => call('llm_costs', ['DELETE FROM llm_requests WHERE created_at < ?', blank(90)]),
  () => {
    const at = iso(one([0, 0, 100]));
    call('top_picks_runs', ['INSERT INTO top_picks_runs (run_id, universe, mode, generated_at_utc, trigger, total_analyzed, filtered_count, picks_count, elapsed_sec, payload) VALUES (?, ?, ?, ?, ?, 50, 20, 5, ?, ?)',
      'nifty50:Intraday:' + at, 'nifty50', 'Intraday', at, 'hourly', random() * 99, one(['{"picks": [{"x": 1.50, "y": NaN}]}', '{"picks": []}'])],
      ['DELETE FROM top_picks_runs WHERE generated_at_utc < ?', iso(90)]);
  },
  () => call('top_picks_runs', [one(['INSERT OR REPLACE INTO support_resistance_levels VALUES (?, ?, ?, 2, 3, 4, 5, 6, 7, ?)',
    'INSERT INTO support_resistance_levels VALUES (?, ?, ?, 2, 3, 4, 5, 6, 7, ?) ON CONFLICT (symbol, timeframe_scope) DO UPDATE SET p = excluded.p']),
    one(['TCS', 'INFY', 'SBIN']), one([...'YMWD']), random() * 1000, iso() + '+05:30']),
  () => call('top_picks_runs', ['DELETE FROM support_resistance_levels WHERE symbol = ? AND timeframe_scope = ?', one(['TCS', 'INFY']), one([...'YMWD'])]),
  () => call('ai_recommendations', ...Array.from({ length: 1 + Math.floor(random() * 20) }, (_, rank) =>
    ['INSERT INTO ai_recommendations (symbol, mode, universe, source, recommendation, direction, generated_at_utc, entry_price, rank_in_run, features_json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      'TCS', 'Scalping', 'NIFTY50', 'hourly', 'Buy', 'LONG', iso() + 'Z', random() * 100, rank, '{"scores": {}}'])),
  () => call('ai_recommendations', ['UPDATE ai_recommendations SET evaluated = 1, evaluated_at_utc = ?, exit_price = ?, pnl_pct = ? WHERE id = (SELECT id FROM ai_recommendations WHERE evaluated = 0 ORDER BY generated_at_utc LIMIT 1)', iso() + 'Z', random() * 100, random()]),
  () => {
    const uuid = hex();
    picks.push(uuid);
    call('ai_recommendations', ['INSERT INTO pick_events (pick_uuid, symbol, direction, source, mode, signal_ts, trade_date, signal_price, extra_context) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      uuid, 'TCS', 'LONG', 'TOP_PICKS_hourly', 'Scalping', iso() + 'Z', iso().slice(0, 10), random() * 100, '{}'],
      ...[...'abc'].map((agent) => ['INSERT INTO pick_agent_contributions (pick_uuid, agent_name, score, metadata) VALUES (?, ?, ?, ?)', uuid, agent, random(), '{}']));
  },
  () => call('ai_recommendations', ['INSERT INTO pick_outcomes (pick_uuid, evaluation_horizon, horizon_end_ts, ret_close_pct, notes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (pick_uuid, evaluation_horizon) DO UPDATE SET ret_close_pct = excluded.ret_close_pct',
    pickedUuid(), one(['EOD', 'SCALPING']), iso() + 'Z', random(), one(['{"capture_ratio": 1.0}', 'TARGET_HIT'])]),
  () => picks.length > 5 && call('ai_recommendations', ['DELETE FROM pick_events WHERE pick_uuid = ?', picks.splice(Math.floor(random() * picks.length), 1)[0]]),
  () => picks.length > 5 && call('ai_recommendations', ['INSERT OR REPLACE INTO pick_events (pick_uuid, symbol, direction, source, mode, signal_ts, trade_date, signal_price) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    one(picks), 'INFY', 'SHORT', 'TOP_PICKS_manual', 'Swing', iso() + 'Z', iso().slice(0, 10), random()]),
  () => call('ai_recommendations', ['INSERT INTO rl_policies (policy_id, name, created_at, updated_at, status, config_json) VALUES (?, ?, ?, ?, ?, ?)', hex(), 'p', iso() + 'Z', iso() + 'Z', 'DRAFT', '{"modes": {}}']),
  () => call('ai_recommendations', ["UPDATE rl_policies SET status = 'RETIRED', deactivated_at = ? WHERE status = 'ACTIVE'", iso() + 'Z'],
    ["UPDATE rl_policies SET status = 'ACTIVE', activated_at = ?, updated_at = ? WHERE id = (SELECT min(id) + ? FROM rl_policies)", iso() + 'Z', iso() + 'Z', Math.floor(random() * 4)]),
  () => {
    const key = one([...'abcdef']);
    call('context', ['DELETE FROM context_memory WHERE context_type = ? AND key = ?', 'session', key],
      ['INSERT INTO context_memory (context_type, key, value, ttl, expires_at) VALUES (?, ?, ?, ?, ?)', 'session', key, '{"v": ' + random() + '}', 86400, blank(-1)]);
  },
  () => call('context', ['INSERT OR REPLACE INTO user_preferences (user_id, pref_key, pref_value, updated_at) VALUES (?, ?, ?, ?)', one(['u1', 'u2']), one([...'xyz']), String(random()), blank(0)]),
  () => call('context', ['INSERT INTO agent_analyses (symbol, agent_type, score, confidence, signals, reasoning, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)', 'TCS', 'tech', random(), 'High', '[]', one(['fine', 'a NUL: \u0000', 'é']), '{}']),
  () => call('context', ['UPDATE agent_analyses SET reasoning = ? WHERE id IN (SELECT id FROM agent_analyses ORDER BY id DESC LIMIT 3)', one(['mended', 'bad \u0000'])]),
  () => call('context', ['INSERT INTO agent_learnings (agent_type, accuracy) VALUES (?, ?)', 't', random()]),
];
const errors = [];
let calls = 0;
const end = Date.now() + Number(ms);
const turn = () => {
  if (Date.now() >= end) return void process.stdout.write(JSON.stringify({ calls, errors }));
  try { one(acts)(); } catch (error) { errors.push(error.message); }
  calls++;
  setImmediate(turn);
};
turn();`;
