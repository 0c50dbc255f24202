/** What the ranking looks at; a score carries more, and comes back whole. */
export interface RankedScore {
  readonly symbol: string;
  readonly blend_score: number;
  /** `Low`, `Medium` or `High`, in any case; anything else ranks as medium. */
  readonly confidence: string;
  readonly is_actionable: boolean;
}

export interface PicksChoice {
  /** At most so many; 5 unless told. */
  readonly topN?: number;
  /** `medium` unless told. */
  readonly minConfidence?: string;
  /** True unless told. */
  readonly actionableOnly?: boolean;
}

const UNKNOWN_RANK = 2;
const CONFIDENCE_RANKS: ReadonlyMap<string, number> = new Map([
  ['low', 1],
  ['medium', 2],
  ['high', 3],
]);

/** 1 to 3; what is unknown ranks with medium. */
export const confidenceRank = (confidence: string): number =>
  CONFIDENCE_RANKS.get(confidence.toLowerCase()) ?? UNKNOWN_RANK;

/**
 * The best scores of a universe: confident enough, by `blend_score` downwards and on a tie in the universe's order, the
 * actionable of them, with a rank from 1. Symbols without a score are left out, a symbol that is listed twice counts
 * once, and a score that is no number comes last.
 */
export function topPicksOf<Score extends RankedScore>(
  universe: readonly string[],
  scores: ReadonlyMap<string, Score>,
  { topN = 5, minConfidence = 'medium', actionableOnly = true }: PicksChoice = {},
): (Score & { readonly rank: number })[] {
  const leastRank = confidenceRank(minConfidence);
  return [...new Set(universe)]
    .flatMap((symbol) => scores.get(symbol) ?? [])
    .filter(({ confidence }) => confidenceRank(confidence) >= leastRank)
    .sort((one, other) => downwards(one.blend_score, other.blend_score))
    .filter((score) => score.is_actionable || !actionableOnly)
    .slice(0, Math.max(0, topN))
    .map((score, index) => ({ ...score, rank: index + 1 }));
}

function downwards(one: number, other: number): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  if (one === other) return 0; // Also of two infinities, whose difference is no number.
  return one > other ? -1 : 1;
}

/** Every symbol of several universes once, in the order of its first mention: what has to be scored. */
export const symbolsOf = (universes: ReadonlyMap<string, readonly string[]>): string[] => [
  ...new Set([...universes.values()].flat()),
];

/**
 * The picks of several universes from one set of scores: a symbol has the same score in each universe, and a rank of
 * its own in each.
 */
export function consistentPicks<Score extends RankedScore>(
  universes: ReadonlyMap<string, readonly string[]>,
  scores: ReadonlyMap<string, Score>,
  choice: PicksChoice = {},
): Map<string, (Score & { readonly rank: number })[]> {
  return new Map([...universes].map(([name, symbols]) => [name, topPicksOf(symbols, scores, choice)]));
}
