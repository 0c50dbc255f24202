import type { NewRecommendation } from '@sluice/trading-persistence';
import { unstorableParts } from '../http/plain-json';
import { membersOf, type Members } from '../json-members';
import { indianTimeText } from '../legacy-time';

/** What a payload says of all its items. */
export interface PayloadHead {
  readonly source: string;
  readonly universe: string;
  readonly mode: string | null;
  /** ISO 8601 with `Z`; null where the payload has no time that can be read. */
  readonly generatedAtUtc: string | null;
  readonly runId: string | null;
  readonly riskProfile: string | null;
  readonly policyVersion: string | null;
  readonly elapsedSeconds: unknown;
}

/** A row to store; a reason to pass the item over; or what is wrong with it. */
export type ItemReading =
  | { readonly row: NewRecommendation }
  | { readonly symbol: string | null; readonly skipped: string }
  | { readonly symbol: string | null; readonly refused: string };

/** Longer than any text of the legacy rows; an index of PostgreSQL takes no more than 2,704 bytes in a row. */
const MAX_TEXT = 200;

const FEATURES = [
  ...['scores', 'agent_consensus', 'key_signals', 'exit_strategy', 'reasoning', 'horizon', 'risk_reward_ratio'],
  ...['color_scheme', 'recommendation_note'],
];

/** What an item says that cannot be stored. */
class ItemRefused extends Error {}

/**
 * What a payload of picks says of all its items. `as_of`, else `generated_at`: an offset is honoured, and a time without one
 * is India's wall clock, which the engine supplies (the legacy code took it for UTC). `headProblem` says why it throws.
 */
export function readHead(payload: Members, source: string): PayloadHead {
  const time = payload['as_of'] || payload['generated_at'];
  return {
    source,
    universe: (textOf(payload['universe'], 'universe') || 'UNKNOWN').toUpperCase(),
    mode: textOf(payload['mode'], 'mode') || null,
    generatedAtUtc: typeof time === 'string' ? indianTimeText(time) : null,
    runId: textOf(payload['run_id'], 'run_id') || null,
    riskProfile: textOf(payload['risk_profile'], 'risk_profile'),
    policyVersion:
      textOf(payload['policy_version'], 'policy_version') ||
      textOf(membersOf(payload['metadata'])['policy_version'], 'metadata.policy_version') ||
      null,
    elapsedSeconds: payload['elapsed_seconds'] ?? null,
  };
}

/** Why a payload cannot be logged at all; null where it can. */
export function headProblem(payload: Members): string | null {
  try {
    readHead(payload, '');
    return null;
  } catch (error) {
    if (error instanceof ItemRefused) return error.message;
    throw error;
  }
}

/** Reads one item by the column rules of the legacy store; `atUtc` is the time of a payload that has none. */
export function readItem(item: unknown, head: PayloadHead, atUtc: string): ItemReading {
  const { symbol: given } = membersOf(item);
  const symbol = typeof given === 'string' && given.length <= MAX_TEXT ? given.toUpperCase() : null;
  try {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return { symbol, refused: 'it is no object' };
    const unstorable = unstorableParts(item)[0];
    if (unstorable) return { symbol: null, refused: unstorable.detail };
    if (!textOf(given, 'symbol')) return { symbol, skipped: 'it has no symbol' };
    return { row: rowOf(item as Members, head, atUtc) };
  } catch (error) {
    if (error instanceof ItemRefused) return { symbol, refused: error.message };
    throw error;
  }
}

function rowOf(item: Members, head: PayloadHead, atUtc: string): NewRecommendation {
  const recommendation = textOf(item['recommendation'], 'recommendation') || 'Hold';
  const mode = head.mode ?? (textOf(item['mode'], 'mode') || 'Unknown');
  return {
    symbol: (textOf(item['symbol'], 'symbol') ?? '').toUpperCase(),
    mode,
    universe: head.universe,
    source: head.source,
    recommendation,
    direction: directionOf(recommendation),
    generated_at_utc: head.generatedAtUtc ?? atUtc,
    entry_price: entryPriceOf(item, mode),
    ...exitPricesOf(membersOf(item['exit_strategy'])),
    score_blend: scoreOf(item),
    confidence: confidenceOf(item['confidence']),
    risk_profile: head.riskProfile,
    run_id: head.runId,
    rank_in_run: rankOf(item['rank']),
    policy_version: head.policyVersion,
    features_json: featuresOf(item, head.elapsedSeconds),
  };
}

export const isSell = (recommendation: string): boolean => recommendation.toLowerCase().includes('sell');

const directionOf = (recommendation: string): 'LONG' | 'SHORT' => (isSell(recommendation) ? 'SHORT' : 'LONG');

/** Scalping enters at its own price, every other mode at the price of the quote. */
function entryPriceOf(item: Members, mode: string): number | null {
  const price = mode === 'Scalping' ? item['entry_price'] || item['price'] : item['price'];
  if (price === undefined || price === null) return null;
  const value = floatOf(price);
  if (value === null) throw new ItemRefused('its entry price is not a number');
  return value;
}

/** A target that is no number leaves the stop that was read before it; a stop that is none leaves both unset. */
function exitPricesOf(strategy: Members): { stop_loss_price: number | null; target_price: number | null } {
  const [stopGiven, targetGiven] = [strategy['stop_loss_price'] ?? null, strategy['target_price'] ?? null];
  const stop = stopGiven === null ? null : floatOf(stopGiven);
  if (stopGiven !== null && stop === null) return { stop_loss_price: null, target_price: null };
  return { stop_loss_price: stop, target_price: targetGiven === null ? null : floatOf(targetGiven) };
}

/** A `score_blend` that is null hides `blend_score`; only one that is not there does not. */
function scoreOf(item: Members): number | null {
  if ('score_blend' in item) return floatOf(item['score_blend']);
  return 'blend_score' in item ? floatOf(item['blend_score']) : 0;
}

/** Only a whole number; a boolean is one in Python. JSON does not tell `2.0` from `2`. */
function rankOf(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  return Number.isSafeInteger(value) ? (value as number) : null;
}

/** `str(value)` of Python. */
function confidenceOf(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return textOf(value, 'confidence');
}

/** Exactly these members; what is missing is null, the exit strategy an empty object. */
function featuresOf(item: Members, elapsedSeconds: unknown): object {
  const features = FEATURES.map((name) => [name, item[name] ?? (name === 'exit_strategy' ? {} : null)] as const);
  return { ...Object.fromEntries(features), metadata: { elapsed_seconds: elapsedSeconds } };
}

/** `float(value)` of Python, null where it throws; and for NaN and the infinities, which are no prices. */
export function floatOf(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const isNumber = /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(text);
  const number = isNumber ? Number(text.replaceAll('_', '')) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** A text, a number as its text, null where there is none. Throws `ItemRefused` for everything else. */
function textOf(value: unknown, name: string): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') throw new ItemRefused(`its ${name} is no text`);
  if (text.length > MAX_TEXT) throw new ItemRefused(`its ${name} is longer than ${MAX_TEXT} characters`);
  return text;
}
