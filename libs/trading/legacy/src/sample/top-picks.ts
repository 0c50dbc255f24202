import { day, hour, indiaOffset, isoTime, minute, second, dateOf } from './legacy-time';
import { agents, modes, patterns, priceOf, symbols, triggers, universes, type Mode } from './market';
import { float, type PythonValue } from './python-json';
import { Random } from './random';

/** One pick of a run, from which the payload, the recommendation, the event and the exit are all written. */
export interface Pick {
  readonly rank: number;
  readonly symbol: string;
  readonly score: number;
  readonly recommendation: string;
  readonly short: boolean;
  readonly confidence: string;
  readonly scores: Readonly<Record<string, PythonValue>>;
  readonly signals: readonly PythonValue[];
  readonly consensus: PythonValue;
  readonly reasoning: string;
  /** Null where the quote was missing: such a pick is never evaluated and never logged as an event. */
  readonly price: number | null;
  readonly stop: number;
  readonly target: number;
}

export interface Run {
  /** Counted from 1 over every run there ever was; the id of the row. */
  readonly id: number;
  readonly runId: string;
  readonly universe: (typeof universes)[number];
  readonly mode: Mode;
  readonly trigger: string;
  /** When the run ended: true UTC. */
  readonly endUs: number;
  /** When it began, as India's wall clock: what the engine calls `generated_at`. */
  readonly startIndiaUs: number;
  readonly elapsedSec: number;
  readonly filtered: number;
  readonly picks: readonly Pick[];
}

const runsPerDay = 40;

/** The end of the run: 40 on each weekday from 03:50 to 10:20 UTC, the last one on the last weekday before `nowUs`. */
export function runEnd(nowUs: number, backwards: number, random: Random): number {
  let weekdays = Math.floor(backwards / runsPerDay) + 1;
  const weeks = Math.floor((weekdays - 1) / 5);
  weekdays -= weeks * 5;
  let at = Math.floor(nowUs / day) * day - weeks * 7 * day;
  while (weekdays > 0) {
    at -= day;
    if (!isWeekend(at)) weekdays -= 1;
  }
  const slot = runsPerDay - 1 - (backwards % runsPerDay);
  const fraction = random.chance(0.002) ? 0 : random.int(1, second - 1);
  return at + 3 * hour + 50 * minute + slot * 10 * minute + random.int(0, 400) * second + fraction;
}

function isWeekend(us: number): boolean {
  const weekday = new Date(us / 1000).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** The run with this id. It depends on seed, id, pick count and time only, so any part of the tree can make it again. */
export function makeRun(seed: number, id: number, pickCount: number, newestId: number, nowUs: number): Run {
  const random = Random.for(seed, 'run', id);
  const universe = random.pick(universes);
  const mode = random.pick(modes);
  const endUs = runEnd(nowUs, newestId - id, random);
  const elapsedUs = random.int(30 * second, 190 * second);
  const overheadUs = random.int(100, 900_000);
  const runId = `${universe.name}:${mode}:${isoTime(endUs)}`;
  return {
    id,
    runId,
    universe,
    mode,
    trigger: mode === 'Scalping' ? 'scalping_cycle' : random.pick(triggers),
    endUs,
    startIndiaUs: endUs - elapsedUs - overheadUs + indiaOffset,
    elapsedSec: elapsedUs / second,
    filtered: random.int(pickCount, Math.max(pickCount, universe.size)),
    picks: Array.from({ length: pickCount }, (_, index) => makePick(random, index + 1, id)),
  };
}

function makePick(random: Random, rank: number, runId: number): Pick {
  const symbol = symbols[(runId * 7 + rank * 11) % symbols.length] ?? symbols[0];
  const short = random.chance(0.45);
  const price = random.chance(0.85) ? priceOf(symbol, random) : null;
  const step = (price ?? 100) * random.decimal(0.01, 0.03, 4) * (short ? -1 : 1);
  const strong = random.chance(0.15) ? 'Strong ' : '';
  const bullish = random.int(0, 5);
  const signals = Array.from({ length: random.int(1, 3) }, () => signal(random));
  return {
    rank,
    symbol,
    score: random.decimal(30, 80, 1),
    recommendation: `${strong}${short ? 'Sell' : 'Buy'}`,
    short,
    confidence: random.pick(['High', 'Medium', 'Medium', 'Low']),
    scores: Object.fromEntries(agents.slice(0, 4).map((agent) => [agent, float(random.int(60, 180) / 2)])),
    signals,
    consensus: { bullish, bearish: 5 - bullish, neutral: random.int(0, 2), total_agents: 4 },
    reasoning: `${random.pick(patterns).type}: ${random.pick(['', 'volume confirms', 'path C:\\charts', 'na\u00efve \u20b9 target'])}`,
    price,
    stop: Number(((price ?? 100) - step).toFixed(2)),
    target: Number(((price ?? 100) + 2 * step).toFixed(2)),
  };
}

function signal(random: Random): PythonValue {
  const { type, direction, about } = random.pick(patterns);
  return { type, direction, confidence: random.int(60, 90), description: about, agent: 'pattern_recognition' };
}

const green = {
  text: '#15803d',
  background: '#f0fdf4',
  border: '#bbf7d0',
  badge: 'bg-green-50 text-green-700 border-green-200',
};
const red = {
  text: '#b91c1c',
  background: '#fef2f2',
  border: '#fecaca',
  badge: 'bg-red-50 text-red-700 border-red-200',
};
export const colours = (pick: Pick): PythonValue => (pick.short ? red : green);

export function exitStrategy(pick: Pick, mode: Mode): PythonValue {
  if (pick.price === null) return {};
  return {
    target_price: float(pick.target),
    stop_loss_price: float(pick.stop),
    direction: pick.short ? 'SHORT' : 'LONG',
    ...(mode === 'Scalping' ? { max_hold_mins: 60, scalp_type: 'momentum' } : {}),
  };
}

/** The `features_json` of a recommendation: exactly these ten members. */
export function features(run: Run, pick: Pick): PythonValue {
  return {
    scores: pick.scores,
    agent_consensus: pick.consensus,
    key_signals: pick.signals,
    exit_strategy: exitStrategy(pick, run.mode),
    reasoning: pick.reasoning,
    horizon: 'Swing',
    risk_reward_ratio: null,
    color_scheme: colours(pick),
    recommendation_note: null,
    metadata: { elapsed_seconds: float(run.elapsedSec) },
  };
}

function pickObject(run: Run, pick: Pick): PythonValue {
  const price = pick.price === null ? null : float(pick.price);
  return {
    rank: pick.rank,
    symbol: pick.symbol,
    score_blend: float(pick.score),
    blend_score: float(pick.score),
    recommendation: pick.recommendation,
    is_actionable: true,
    recommendation_note: null,
    risk_reward_ratio: null,
    color_scheme: colours(pick),
    confidence: pick.confidence,
    reasoning: pick.reasoning,
    rationale: pick.reasoning,
    scores: pick.scores,
    price,
    target: float(pick.target),
    upside_pct: float(pick.price === null ? 0 : Number(((pick.target / pick.price - 1) * 100).toFixed(2))),
    key_signals: pick.signals,
    agent_consensus: pick.consensus,
    horizon: 'Swing',
    timestamp: `${isoTime(run.startIndiaUs)}Z`,
    regime_bucket: 'Range',
    vol_bucket: 'MediumVol',
    user_risk_bucket: 'Moderate',
    last_price: price,
    volume: 1_000_000 + pick.rank * 38_182,
    price_data_source: 'yahoo',
    ...(run.mode === 'Scalping' ? { entry_price: price } : {}),
    exit_strategy: exitStrategy(pick, run.mode),
  };
}

/** What the engine returns: the `payload` column and `data/top_picks/*.json`. */
export function enginePayload(run: Run): PythonValue {
  const next = Math.floor(run.startIndiaUs / day) * day + day + 6 * hour;
  return {
    date: dateOf(run.startIndiaUs),
    generated_at: isoTime(run.startIndiaUs),
    universe: run.universe.name,
    mode: run.mode,
    total_analyzed: run.universe.size,
    passed_filter: run.filtered,
    picks_count: run.picks.length,
    picks: run.picks.map((pick) => pickObject(run, pick)),
    next_refresh: `${isoTime(next)}Z`,
    metadata: {
      analysis_time_seconds: float(run.elapsedSec),
      min_confidence: 'medium',
      agent_weights: { pattern_recognition: 0.3, market_regime: 0.25, sentiment: 0.2, options: 0.25 },
      version: '1.0',
      policy_version: '1.0',
    },
  };
}

/** What the scheduler keeps: `data/top_picks_intraday/*.json`. */
export function schedulerPayload(run: Run): PythonValue {
  return {
    items: run.picks.map((pick) => pickObject(run, pick)),
    as_of: isoTime(run.startIndiaUs),
    universe: run.universe.name,
    mode: run.mode,
    elapsed_seconds: float(run.elapsedSec),
    policy_version: '1.0',
    run_id: run.runId,
  };
}
