import { spawnSync } from 'node:child_process';

/** A row of PostgreSQL that no legacy file has held, the program that writes it in Python, and what lies in the file then. */
export interface ChangedRow {
  readonly table: string;
  /** As `column::text`. */
  readonly values: Readonly<Record<string, string | null>>;
  /** An expression of the values that the legacy code binds, by column. */
  readonly python: string;
  /** Storage class and text. */
  readonly legacy: Readonly<Record<string, string>>;
}

const nothing = (...columns: string[]): Record<string, null> => Object.fromEntries(columns.map((name) => [name, null]));
const nulls = (...columns: string[]): Record<string, string> =>
  Object.fromEntries(columns.map((name) => [name, 'null']));

export const changedRows: readonly ChangedRow[] = [
  {
    table: 'llm_requests',
    values: { id: '7', model: 'gpt-4', tokens_input: '1200', tokens_output: '0', cost_usd: '0.03600000', created_at: '2026-01-09 10:00:00+00' },
    python: `dict(id=7, model='gpt-4', tokens_input=1200, tokens_output=0, cost_usd=0.036, created_at=sql("datetime(1767952800, 'unixepoch')"))`,
    legacy: { id: 'integer 7', model: 'text gpt-4', tokens_input: 'integer 1200', tokens_output: 'integer 0', cost_usd: 'real 0.036', created_at: 'text 2026-01-09 10:00:00' },
  },
  {
    table: 'top_picks_runs',
    values: {
      id: '3', run_id: 'nifty50:Swing:2026-01-09T14:28:23.933306', universe: 'nifty50', mode: 'Swing', generated_at_utc: '2026-01-09 14:28:23.933306+00', trigger: 'manual',
      total_analyzed: '50', filtered_count: '0', picks_count: '1', elapsed_sec: '12',
      payload: '{"date": "2026-01-09", "mode": "Swing", "picks": [{"rank": 1, "price": 100, "scores": {"options": 57, "sentiment": 62.50}, "symbol": "M&M", "volume": 38182528, "reasoning": "naïve ₹ \\"x\\""}], "extra": 0.00001, "universe": "nifty50", "generated_at": "2026-01-09T19:56:26.097643"}',
    },
    python: `dict(id=3, run_id='nifty50:Swing:' + datetime(2026, 1, 9, 14, 28, 23, 933306).isoformat(), universe='nifty50', mode='Swing', generated_at_utc=datetime(2026, 1, 9, 14, 28, 23, 933306).isoformat(), trigger='manual', total_analyzed=50, filtered_count=0, picks_count=1, elapsed_sec=12.0,
      payload=json.dumps({'date': '2026-01-09', 'generated_at': '2026-01-09T19:56:26.097643', 'universe': 'nifty50', 'mode': 'Swing', 'picks': [{'rank': 1, 'symbol': 'M&M', 'reasoning': 'na\\u00efve \\u20b9 "x"', 'scores': {'sentiment': 62.5, 'options': 57.0}, 'price': 100.0, 'volume': 38182528}], 'extra': 1e-5}))`,
    legacy: {
      id: 'integer 3', run_id: 'text nifty50:Swing:2026-01-09T14:28:23.933306', universe: 'text nifty50', mode: 'text Swing', generated_at_utc: 'text 2026-01-09T14:28:23.933306', trigger: 'text manual',
      total_analyzed: 'integer 50', filtered_count: 'integer 0', picks_count: 'integer 1', elapsed_sec: 'real 12.0',
      payload: String.raw`text {"date": "2026-01-09", "generated_at": "2026-01-09T19:56:26.097643", "universe": "nifty50", "mode": "Swing", "picks": [{"rank": 1, "symbol": "M&M", "reasoning": "na\u00efve \u20b9 \"x\"", "scores": {"sentiment": 62.5, "options": 57.0}, "price": 100.0, "volume": 38182528}], "extra": 1e-05}`,
    },
  },
  {
    table: 'ai_recommendations',
    values: {
      id: '9', symbol: 'TCS', mode: 'Scalping', universe: 'NIFTY50', source: 'manual', recommendation: 'Sell', direction: 'SHORT', generated_at_utc: '2026-01-09 10:00:00+00',
      entry_price: '3200', score_blend: 'Infinity', rank_in_run: '1', features_json: '{"scores": {}, "exit_strategy": {}}', evaluated: 'true', evaluated_at_utc: '2026-01-09 10:30:00.000001+00',
      exit_price: '-0', exit_time_utc: '2026-01-09 10:29:59+00', exit_reason: 'TARGET_HIT', pnl_pct: '0.1',
      ...nothing('stop_loss_price', 'target_price', 'confidence', 'risk_profile', 'run_id', 'policy_version', 'max_drawdown_pct', 'alpha_vs_benchmark', 'labels_json'),
    },
    python: `dict(id=9, symbol='TCS', mode='Scalping', universe='NIFTY50', source='manual', recommendation='Sell', direction='SHORT', generated_at_utc=datetime(2026, 1, 9, 10).isoformat() + 'Z', entry_price=3200.0, score_blend=float('inf'), rank_in_run=1, features_json=json.dumps({'scores': {}, 'exit_strategy': {}}), evaluated=True, evaluated_at_utc=datetime(2026, 1, 9, 10, 30, 0, 1).isoformat() + 'Z', exit_price=-0.0, exit_time_utc='2026-01-09T10:29:59Z', exit_reason='TARGET_HIT', pnl_pct=0.1)`,
    legacy: {
      id: 'integer 9', symbol: 'text TCS', mode: 'text Scalping', universe: 'text NIFTY50', source: 'text manual', recommendation: 'text Sell', direction: 'text SHORT', generated_at_utc: 'text 2026-01-09T10:00:00Z',
      entry_price: 'real 3200.0', score_blend: 'real Inf', rank_in_run: 'integer 1', features_json: 'text {"scores": {}, "exit_strategy": {}}', evaluated: 'integer 1', evaluated_at_utc: 'text 2026-01-09T10:30:00.000001Z',
      exit_price: 'real 0.0', exit_time_utc: 'text 2026-01-09T10:29:59Z', exit_reason: 'text TARGET_HIT', pnl_pct: 'real 0.1',
      ...nulls('stop_loss_price', 'target_price', 'confidence', 'risk_profile', 'run_id', 'policy_version', 'max_drawdown_pct', 'alpha_vs_benchmark', 'labels_json'),
    },
  },
  {
    table: 'agent_analyses',
    values: { id: '1', symbol: 'tcs', agent_type: 'options', score: '62.5', confidence: '0.8', signals: '[{"type": "x"}]', reasoning: '', metadata: '{}', global_context: '{"vix": 14.20}', policy_context: null, created_at: '2026-01-09 10:00:00.25+00' },
    python: `dict(id=1, symbol='tcs', agent_type='options', score=62.5, confidence='0.8', signals=json.dumps([{'type': 'x'}]), reasoning='', metadata=json.dumps({}), global_context=json.dumps({'vix': 14.2}), created_at=str(datetime(2026, 1, 9, 10, 0, 0, 250000)))`,
    legacy: { id: 'integer 1', symbol: 'text tcs', agent_type: 'text options', score: 'real 62.5', confidence: 'text 0.8', signals: 'text [{"type": "x"}]', reasoning: 'text ', metadata: 'text {}', global_context: 'text {"vix": 14.2}', policy_context: 'null', created_at: 'text 2026-01-09 10:00:00.250000' },
  },
  {
    table: 'agent_learnings',
    values: { id: '2', agent_type: 'options', pattern_recognized: 'x', accuracy: '1', sample_size: '40', last_updated: '2026-01-09 10:00:00+00' },
    python: `dict(id=2, agent_type='options', pattern_recognized='x', accuracy=1.0, sample_size=40, last_updated='2026-01-09 10:00:00')`,
    legacy: { id: 'integer 2', agent_type: 'text options', pattern_recognized: 'text x', accuracy: 'real 1.0', sample_size: 'integer 40', last_updated: 'text 2026-01-09 10:00:00' },
  },
  {
    table: 'user_preferences',
    values: { id: '5', user_id: 'u', pref_key: 'k', pref_value: 'null', updated_at: '2026-01-09 10:00:00.123456+00' },
    python: `dict(id=5, user_id='u', pref_key='k', pref_value=json.dumps(None), updated_at=datetime(2026, 1, 9, 10, 0, 0, 123456).isoformat(' '))`,
    legacy: { id: 'integer 5', user_id: 'text u', pref_key: 'text k', pref_value: 'text null', updated_at: 'text 2026-01-09 10:00:00.123456' },
  },
  {
    table: 'context_memory',
    values: { id: '6', context_type: 'market', key: 'a:b', value: '[1, "a", 2.0]', ttl: '3600', created_at: '2026-01-09 10:00:00+00', expires_at: '2026-01-09 11:00:00+00' },
    python: `dict(id=6, context_type='market', key='a:b', value=json.dumps([1, 'a', 2.0]), ttl=3600, created_at='2026-01-09 10:00:00', expires_at=(datetime(2026, 1, 9, 10) + timedelta(hours=1)).isoformat(' '))`,
    legacy: { id: 'integer 6', context_type: 'text market', key: 'text a:b', value: 'text [1, "a", 2.0]', ttl: 'integer 3600', created_at: 'text 2026-01-09 10:00:00', expires_at: 'text 2026-01-09 11:00:00' },
  },
  {
    table: 'pick_events',
    values: {
      id: '4', pick_uuid: '0123456789abcdef0123456789abcdef', symbol: 'TCS', direction: 'LONG', source: 'TOP_PICKS_manual', mode: 'Intraday', signal_ts: '2026-01-09 10:00:00.5+00', trade_date: '2026-01-09', signal_price: '0.0000001',
      blend_score: '0', confidence: '', extra_context: '{"rank": 1, "run_id": null, "horizon": "Swing", "zz": "x", "bandit_ctx": "a|b", "run_trigger": "manual"}',
      ...nothing('recommended_entry', 'recommended_target', 'recommended_stop', 'time_horizon', 'recommendation', 'regime', 'risk_profile_bucket', 'mode_bucket', 'universe'),
    },
    python: `dict(id=4, pick_uuid='0123456789abcdef0123456789abcdef', symbol='TCS', direction='LONG', source='TOP_PICKS_manual', mode='Intraday', signal_ts=datetime(2026, 1, 9, 10, 0, 0, 500000, timezone.utc).isoformat().replace('+00:00', 'Z'), trade_date=date(2026, 1, 9).isoformat(), signal_price=1e-7, blend_score=0.0, confidence='', extra_context=json.dumps({'rank': 1, 'run_trigger': 'manual', 'horizon': 'Swing', 'run_id': None, 'bandit_ctx': 'a|b', 'zz': 'x'}))`,
    legacy: {
      id: 'integer 4', pick_uuid: 'text 0123456789abcdef0123456789abcdef', symbol: 'text TCS', direction: 'text LONG', source: 'text TOP_PICKS_manual', mode: 'text Intraday', signal_ts: 'text 2026-01-09T10:00:00.500000Z', trade_date: 'text 2026-01-09', signal_price: 'real 1.0e-07',
      blend_score: 'real 0.0', confidence: 'text ', extra_context: 'text {"rank": 1, "run_trigger": "manual", "horizon": "Swing", "run_id": null, "bandit_ctx": "a|b", "zz": "x"}',
      ...nulls('recommended_entry', 'recommended_target', 'recommended_stop', 'time_horizon', 'recommendation', 'regime', 'risk_profile_bucket', 'mode_bucket', 'universe'),
    },
  },
  {
    table: 'pick_agent_contributions',
    values: { id: '8', pick_uuid: 'u', agent_name: 'options', score: '5e-324', confidence: null, metadata: '{"when": "2026-01-09 00:00:00"}' },
    python: `dict(id=8, pick_uuid='u', agent_name='options', score=5e-324, metadata=json.dumps({'when': datetime(2026, 1, 9)}, default=str))`,
    legacy: { id: 'integer 8', pick_uuid: 'text u', agent_name: 'text options', score: 'real 4.9406564584124654e-324', confidence: 'null', metadata: 'text {"when": "2026-01-09 00:00:00"}' },
  },
  {
    table: 'pick_outcomes',
    values: {
      id: '1', pick_uuid: 'u', evaluation_horizon: 'SCALPING', horizon_end_ts: '2026-01-09 10:00:00+00', price_close: '100', ret_close_pct: '-0.25', hit_target: 'f', hit_stop: 't', outcome_label: 'BREAKEVEN', notes: '{"exit_reason": "STOP_LOSS", "capture_ratio": 0}',
      ...nothing('price_high', 'price_low', 'max_runup_pct', 'max_drawdown_pct', 'benchmark_symbol', 'benchmark_ret_pct', 'ret_vs_benchmark_pct'),
    },
    python: `dict(id=1, pick_uuid='u', evaluation_horizon='SCALPING', horizon_end_ts='2026-01-09T10:00:00Z', price_close=100.0, ret_close_pct=-0.25, hit_target=False, hit_stop=True, outcome_label='BREAKEVEN', notes=json.dumps({'exit_reason': 'STOP_LOSS', 'capture_ratio': 0.0}))`,
    legacy: {
      id: 'integer 1', pick_uuid: 'text u', evaluation_horizon: 'text SCALPING', horizon_end_ts: 'text 2026-01-09T10:00:00Z', price_close: 'real 100.0', ret_close_pct: 'real -0.25', hit_target: 'integer 0', hit_stop: 'integer 1', outcome_label: 'text BREAKEVEN', notes: 'text {"exit_reason": "STOP_LOSS", "capture_ratio": 0.0}',
      ...nulls('price_high', 'price_low', 'max_runup_pct', 'max_drawdown_pct', 'benchmark_symbol', 'benchmark_ret_pct', 'ret_vs_benchmark_pct'),
    },
  },
  {
    table: 'rl_policies',
    values: { id: '1', policy_id: 'p', name: 'n', description: null, created_at: '2026-01-09 10:00:00.1+00', updated_at: '2026-01-09 10:00:00+00', status: 'DRAFT', config_json: '{"modes": {"Swing": {"exits": {"profiles": {}, "default_profile": "a"}}}}', metrics_json: null, activated_at: null, deactivated_at: null },
    python: `dict(id=1, policy_id='p', name='n', created_at=datetime(2026, 1, 9, 10, 0, 0, 100000).isoformat() + 'Z', updated_at=datetime(2026, 1, 9, 10).isoformat() + 'Z', status='DRAFT', config_json=json.dumps({'modes': {'Swing': {'exits': {'default_profile': 'a', 'profiles': {}}}}}))`,
    legacy: { id: 'integer 1', policy_id: 'text p', name: 'text n', description: 'null', created_at: 'text 2026-01-09T10:00:00.100000Z', updated_at: 'text 2026-01-09T10:00:00Z', status: 'text DRAFT', config_json: 'text {"modes": {"Swing": {"exits": {"default_profile": "a", "profiles": {}}}}}', metrics_json: 'null', activated_at: 'null', deactivated_at: 'null' },
  },
  {
    table: 'support_resistance_levels',
    values: { symbol: 'TCS', timeframe_scope: 'D', p: '100', r1: '101.5', r2: '1e+22', r3: '-1', s1: '0', s2: null, s3: '0.1', computed_at_ist: '2026-01-09T15:30:00+05:30' },
    python: `dict(symbol='TCS', timeframe_scope='D', p=100.0, r1=101.5, r2=1e22, r3=-1.0, s1=0.0, s3=0.1, computed_at_ist=datetime(2026, 1, 9, 15, 30, tzinfo=timezone(timedelta(hours=5, minutes=30))).isoformat())`,
    legacy: { symbol: 'text TCS', timeframe_scope: 'text D', p: 'real 100.0', r1: 'real 101.5', r2: 'real 1.0e+22', r3: 'real -1.0', s1: 'real 0.0', s2: 'null', s3: 'real 0.1', computed_at_ist: 'text 2026-01-09T15:30:00+05:30' },
  },
]; // prettier-ignore

interface PythonRow {
  readonly table: string;
  readonly python: string;
  readonly file: string;
  readonly schema: readonly string[];
}

const program = `
import json, sqlite3, sys
from datetime import date, datetime, timedelta, timezone
class sql(str): pass
for row in json.load(sys.stdin):
    connection = sqlite3.connect(row['file'])
    if not connection.execute('SELECT 1 FROM sqlite_master').fetchone():
        for statement in row['schema']: connection.execute(statement)
    values = eval(row['python'])
    places = ', '.join(value if isinstance(value, sql) else '?' for value in values.values())
    bound = [value for value in values.values() if not isinstance(value, sql)]
    connection.execute(f"INSERT INTO {row['table']} ({', '.join(values)}) VALUES ({places})", bound)
    connection.commit(); connection.close()`;

/** Writes the rows with Python; null where there is none. */
export function pythonRows(cwd: string, rows: readonly PythonRow[]): readonly PythonRow[] | null {
  const result = spawnSync('python3', ['-W', 'error', '-c', program], {
    cwd,
    input: JSON.stringify(rows),
    encoding: 'utf8',
  });
  if (result.error) return null;
  if (result.status !== 0) throw new Error(result.stderr);
  return rows;
}
