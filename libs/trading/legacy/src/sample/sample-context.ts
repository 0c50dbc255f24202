import type { DatabaseSyncInstance as DatabaseSync } from '@photostructure/sqlite';
import { agents, patterns, priceOf, symbols } from './market';
import { BulkInsert } from './bulk-insert';
import { day, hour, indiaOffset, isoTime, minute, second, sqliteTime } from './legacy-time';
import { float, pythonJson } from './python-json';
import { Random } from './random';
import type { RowCounts } from './sample-plan';

export const prices: Readonly<Record<string, readonly [input: number, output: number]>> = {
  'gpt-3.5-turbo': [0.0015, 0.002],
  'gpt-4-turbo': [0.01, 0.03],
  'gpt-4': [0.03, 0.06],
  'gpt-4o': [0.03, 0.06],
  'sambanova:Meta-Llama-3.1-70B-Instruct': [0.03, 0.06],
};
const models = Object.keys(prices);

/** System A: the last 120 days of calls, in order; the cost is the unrounded double that the legacy formula gives. */
export function writeLlmRequests(
  database: DatabaseSync,
  seed: number,
  nowUs: number,
  rows: number,
  onRow: () => void,
): void {
  const random = Random.for(seed, 'llm_requests');
  const columns = ['model', 'tokens_input', 'tokens_output', 'cost_usd', 'created_at'];
  const insert = new BulkInsert(database, 'llm_requests', columns);
  const gap = (120 * day) / Math.max(rows, 1);
  for (let i = 0; i < rows; i++) {
    const model = random.pick(models);
    const reported = !model.startsWith('sambanova') || random.chance(0.5);
    const input = reported ? random.int(40, 6000) : 0;
    const output = reported ? random.int(5, 1500) : 0;
    const [inputPrice, outputPrice] = prices[model] ?? [0, 0];
    const cost = (input / 1000) * inputPrice + (output / 1000) * outputPrice;
    insert.add([model, input, output, cost, sqliteTime(Math.floor(nowUs - (rows - i) * gap))]);
    onRow();
  }
  insert.finish();
}

/** System D, and of its context memory about half the entries expired before `nowUs` and half alive. */
export function writeContext(
  database: DatabaseSync,
  seed: number,
  nowUs: number,
  rows: RowCounts,
  onRow: () => void,
): void {
  writeAnalyses(database, Random.for(seed, 'agent_analyses'), nowUs, rows.agent_analyses, onRow);
  writeLearnings(database, Random.for(seed, 'agent_learnings'), nowUs, rows.agent_learnings, onRow);
  writePreferences(database, Random.for(seed, 'user_preferences'), nowUs, rows.user_preferences, onRow);
  writeMemory(database, Random.for(seed, 'context_memory'), nowUs, rows.context_memory, onRow);
}

function writeAnalyses(database: DatabaseSync, random: Random, nowUs: number, rows: number, onRow: () => void): void {
  const columns = [
    'symbol',
    'agent_type',
    'score',
    'confidence',
    'signals',
    'reasoning',
    'metadata',
    'global_context',
    'policy_context',
    'created_at',
  ];
  const insert = new BulkInsert(database, 'agent_analyses', columns);
  for (let i = 0; i < rows; i++) {
    const symbol = random.pick(symbols);
    const { type, direction, about } = random.pick(patterns);
    insert.add([
      symbol,
      random.pick(agents),
      random.int(20, 180) / 2,
      random.pick(['High', 'Medium', 'Low']),
      pythonJson([{ type, direction, confidence: random.int(50, 95) }]),
      `${type} on ${symbol}: ${about}`,
      pythonJson({ price: float(priceOf(symbol, random)), volume: random.int(100_000, 38_182_528), source: 'yahoo' }),
      random.chance(0.3)
        ? '{}'
        : pythonJson({ sp500_change_pct: random.decimal(-2, 2, 4), vix: random.decimal(10, 30, 2) }),
      random.chance(0.6) ? '{}' : pythonJson({ repo_rate: 6.5, stance: 'neutral' }),
      sqliteTime(nowUs - (rows - i) * 20 * minute),
    ]);
    onRow();
  }
  insert.finish();
}

function writeLearnings(database: DatabaseSync, random: Random, nowUs: number, rows: number, onRow: () => void): void {
  const columns = ['agent_type', 'pattern_recognized', 'accuracy', 'sample_size', 'last_updated'];
  const insert = new BulkInsert(database, 'agent_learnings', columns);
  for (let i = 0; i < rows; i++) {
    insert.add([
      random.pick(agents),
      random.pick(patterns).type,
      random.next(),
      random.int(5, 400),
      sqliteTime(nowUs - i * day),
    ]);
    onRow();
  }
  insert.finish();
}

const preferences = [
  ['risk_level', ['moderate', 'aggressive', 'conservative']],
  ['watchlist', [['TCS', 'INFY'], ['M&M'], []]],
  ['notifications', [true, false, null]],
  ['capital', [float(100000), float(2500000.5), 75000]],
  [
    'layout',
    [
      { theme: 'dark', columns: 3 },
      { theme: 'light', note: '\u20b9 first' },
    ],
  ],
] as const;

function writePreferences(
  database: DatabaseSync,
  random: Random,
  nowUs: number,
  rows: number,
  onRow: () => void,
): void {
  const insert = new BulkInsert(database, 'user_preferences', ['user_id', 'pref_key', 'pref_value', 'updated_at']);
  for (let i = 0; i < rows; i++) {
    const [key, values] = preferences[i % preferences.length] ?? preferences[0];
    const user = `user-${String(Math.floor(i / preferences.length) + 1).padStart(4, '0')}`;
    const updated = isoTime(nowUs - random.int(hour, 90 * day), ' ');
    insert.add([user, key, pythonJson(random.pick<(typeof values)[number]>(values)), updated]);
    onRow();
  }
  insert.finish();
}

function writeMemory(database: DatabaseSync, random: Random, nowUs: number, rows: number, onRow: () => void): void {
  const columns = ['context_type', 'key', 'value', 'ttl', 'created_at', 'expires_at'];
  const insert = new BulkInsert(database, 'context_memory', columns);
  for (let i = 0; i < rows; i++) {
    const ttl = random.pick([300, 3600, 86_400, 604_800]);
    const alive = i % 2 === 0;
    const expiresUs = alive ? nowUs + random.int(second, ttl * second) : nowUs - random.int(second, 30 * day);
    const value = random.pick([{ regime: 'Bull', score: float(75) }, ['TCS', 'M&M'], 'open', 42, null]);
    const key = `${random.pick(symbols)}:${i}`;
    const createdAt = sqliteTime(expiresUs - ttl * second);
    insert.add([
      random.pick(['market', 'session', 'analysis']),
      key,
      pythonJson(value),
      ttl,
      createdAt,
      isoTime(expiresUs, ' '),
    ]);
    onRow();
  }
  insert.finish();
}

const scopeAges = { D: day, W: 7 * day, M: 31 * day, Y: 366 * day } as const;

/** System F: pivot levels by the legacy formula. More than four per known symbol are made for invented symbols. */
export function writeLevels(
  database: DatabaseSync,
  seed: number,
  nowUs: number,
  rows: number,
  onRow: () => void,
): void {
  const random = Random.for(seed, 'support_resistance_levels');
  const columns = ['symbol', 'timeframe_scope', 'p', 'r1', 'r2', 'r3', 's1', 's2', 's3', 'computed_at_ist'];
  const insert = new BulkInsert(database, 'support_resistance_levels', columns);
  const scopes = Object.entries(scopeAges);
  for (let i = 0; i < rows; i++) {
    const index = Math.floor(i / scopes.length);
    const symbol = symbols[index] ?? `SYM${index + 1}`;
    const [scope, age] = scopes[i % scopes.length] ?? ['D', day];
    const close = priceOf(symbol, random);
    const high = Number((close * 1.02).toFixed(2));
    const low = Number((close * 0.97).toFixed(2));
    const p = (high + low + close) / 3;
    const levels = [
      p,
      2 * p - low,
      p + (high - low),
      high + 2 * (p - low),
      2 * p - high,
      p - (high - low),
      low - 2 * (high - p),
    ];
    const computed = nowUs + indiaOffset - random.int(minute, Math.floor(age / 2));
    insert.add([symbol, scope, ...levels, `${isoTime(computed)}+05:30`]);
    onRow();
  }
  insert.finish();
}
