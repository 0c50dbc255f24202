import {
  cacheKey,
  cacheOf,
  CachePayloadError,
  CacheValueError,
  days,
  field,
  freshFor,
  hash,
  hashText,
  hours,
  raw,
} from '@sluice/cache';
import { consistentPicks, symbolsOf, topPicksOf, type PicksChoice, type RankedScore } from './score.ranking';

export interface AgentScore {
  readonly agent: string;
  readonly score: number;
  readonly [member: string]: unknown;
}

/** The legacy score with all of its twelve members. */
export interface GlobalScore extends RankedScore {
  readonly recommendation: string;
  readonly recommendation_note: string | null;
  readonly risk_reward_ratio: number | string | null;
  readonly color_scheme: Readonly<Record<string, string>> | null;
  readonly agents: readonly AgentScore[];
  readonly key_signals: readonly unknown[];
  readonly reasoning: string | null;
  /** When this symbol was analysed: its own time, which decides how long it counts. */
  readonly analyzed_at: string;
}

type Pick = GlobalScore & { readonly rank: number };
type Analyse = (symbol: string) => Promise<GlobalScore>;

const LIFE_MS = hours(6);
const GRACE_MS = days(1);
const SECOND_MS = 1_000;

const scoreStore = hash<GlobalScore>({
  fields: {
    symbol: field.text,
    blend_score: field.number,
    confidence: field.text,
    recommendation: field.text,
    is_actionable: field.boolean,
    recommendation_note: field.nullable(field.text),
    risk_reward_ratio: field.json<number | string | null>(),
    color_scheme: field.json<Readonly<Record<string, string>> | null>(),
    agents: field.json<readonly AgentScore[]>(),
    key_signals: field.json<readonly unknown[]>(),
    reasoning: field.nullable(field.text),
    analyzed_at: field.text,
  },
});

/** A score's hash in Redis as one text (`hashText`). Throws `CacheValueError` for what is no score. */
export const globalScoreHash = (score: GlobalScore): string => hashText(scoreStore.encode(score));

/** `scores:global:{symbol}`. Throws `CacheKeyError`. */
export const globalScoreKey = (symbol: string): string => cacheKey('scores:global', symbol);

/** Of a score that was made `ageMs` ago: what is left of its fresh life, and of all of its life. */
export const globalScoreLife = (ageMs: number): { readonly freshMs: number; readonly ttlMs: number } => ({
  freshMs: LIFE_MS - ageMs,
  ttlMs: LIFE_MS + GRACE_MS - ageMs,
});

/** The key of the shared time, which is as long in Redis as it is fresh. */
export const SCORES_TIMESTAMP_KEY = 'scores:cache_timestamp';

/**
 * One score per symbol for every universe, six hours from the symbol's own analysis: analysing some symbols gives no longer
 * life to others. A symbol whose analysis fails keeps its old score for a day.
 */
export class GlobalScoresCache extends cacheOf<string, GlobalScore>({
  name: 'scores:global',
  version: 1,
  key: (symbol) => [symbol], // scores:global:{symbol}
  store: scoreStore,
  fresh: freshFor(LIFE_MS),
  graceMs: GRACE_MS,
  jitter: 0,
  loaderSoftMs: 60 * SECOND_MS, // An analysis asks several agents: an old score is for when it fails.
  loaderHardMs: 180 * SECOND_MS,
  maxLoads: 10,
  about: 'The blended score of a symbol with all that it was made of; filled by analysing the symbol.',
}) {
  /**
   * The scores of these symbols; what is missing or over six hours old is analysed, with `force` everything. A symbol
   * whose analysis fails comes with its old score, or not at all: the failure is among the cache's numbers.
   */
  async ensureScores(
    symbols: readonly string[],
    analyse: Analyse,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<Map<string, GlobalScore>> {
    const wanted = [...new Set(symbols)];
    if (force) await this.expire(wanted);
    const scores = await Promise.allSettled(wanted.map((symbol) => this.getOrLoad(symbol, () => analyse(symbol))));
    const found = scores.map(
      (score, i) => [wanted[i] ?? '', score.status === 'fulfilled' ? score.value : null] as const,
    );
    return new Map(found.filter((entry): entry is [string, GlobalScore] => entry[1] !== null));
  }

  /** The best of a universe among the scores that there are; nothing is analysed. */
  async listTopPicks(universe: readonly string[], choice: PicksChoice = {}): Promise<Pick[]> {
    const scores = await this.getMany(universe);
    const found = scores.flatMap((score, i) => (score ? [[universe[i] ?? '', score] as const] : []));
    return topPicksOf(universe, new Map(found), choice);
  }

  /** The picks of several universes from one set of scores: one score per symbol, ranks per universe. */
  async listConsistentPicks(
    universes: ReadonlyMap<string, readonly string[]>,
    analyse: Analyse,
    { force = false, ...choice }: PicksChoice & { readonly force?: boolean } = {},
  ): Promise<Map<string, Pick[]>> {
    return consistentPicks(universes, await this.ensureScores(symbolsOf(universes), analyse, { force }), choice);
  }
}

/** When anything was analysed last, for people: what counts is each score's own time. */
export class ScoresTimestampCache extends cacheOf<'cache_timestamp', string>({
  name: 'scores',
  version: 1,
  key: (name) => name, // scores:cache_timestamp
  store: timeStore(),
  fresh: freshFor(LIFE_MS),
  jitter: 0,
  negativeMs: 0,
  about: 'ISO 8601 time of the last analysis of any symbol; written after each.',
}) {}

function timeStore() {
  const store = raw();
  return {
    ...store,
    says: 'ISO 8601 time',
    encode: (time: string) => {
      if (!isTime(time)) throw new CacheValueError('The time of the last analysis is not in ISO 8601.');
      return store.encode(time);
    },
    decode: (text: string) => {
      if (!isTime(text)) throw new CachePayloadError('is no time in ISO 8601');
      return text;
    },
  };
}

const isTime = (text: unknown) =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
