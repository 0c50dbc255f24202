import fc from 'fast-check';
import { confidenceRank, consistentPicks, symbolsOf, topPicksOf, type RankedScore } from './score.ranking';

const aScore = (symbol: string, blend: number, over: Partial<RankedScore> = {}): RankedScore => ({
  symbol,
  blend_score: blend,
  confidence: 'Medium',
  is_actionable: true,
  ...over,
});
const scoresOf = (...scores: RankedScore[]) => new Map(scores.map((score) => [score.symbol, score]));
const ranks = (picks: readonly (RankedScore & { rank: number })[]) =>
  picks.map(({ rank, symbol }) => `${rank} ${symbol}`);

it.each([
  ['low', 1],
  ['Medium', 2],
  ['HIGH', 3],
  ['', 2],
  ['very high', 2],
  ['constructor', 2],
])('ranks the confidence %j as %d', (confidence, rank) => expect(confidenceRank(confidence)).toBe(rank));

it('ranks by score downwards, on a tie in the order of the universe', () => {
  const scores = scoresOf(aScore('A', 50), aScore('B', 70), aScore('C', 50), aScore('D', 60));
  expect(ranks(topPicksOf(['C', 'A', 'D', 'B'], scores))).toEqual(['1 B', '2 D', '3 C', '4 A']);
});

it('takes five unless told, and no more than there are', () => {
  const scores = scoresOf(...'ABCDEFG'.split('').map((symbol, index) => aScore(symbol, index)));
  expect(ranks(topPicksOf([...scores.keys()], scores))).toEqual(['1 G', '2 F', '3 E', '4 D', '5 C']);
  expect(topPicksOf([...scores.keys()], scores, { topN: 100 })).toHaveLength(7);
  for (const topN of [0, -1]) expect(topPicksOf([...scores.keys()], scores, { topN })).toEqual([]);
});

it('drops what is not actionable before it counts to n, and ranks what is left from 1', () => {
  const scores = scoresOf(aScore('A', 90, { is_actionable: false }), aScore('B', 80), aScore('C', 70));
  expect(ranks(topPicksOf(['A', 'B', 'C'], scores, { topN: 2 }))).toEqual(['1 B', '2 C']);
  expect(ranks(topPicksOf(['A', 'B', 'C'], scores, { topN: 2, actionableOnly: false }))).toEqual(['1 A', '2 B']);
});

it.each([
  ['low', ['H', 'L', 'M', 'X']],
  ['medium', ['H', 'M', 'X']],
  ['high', ['H']],
  ['whatever', ['H', 'M', 'X']],
])('takes confidence from %s on', (minConfidence, symbols) => {
  const confidences = { H: 'High', L: 'Low', M: 'Medium', X: 'unsure' };
  const scores = scoresOf(
    ...Object.entries(confidences).map(([symbol, confidence]) => aScore(symbol, 1, { confidence })),
  );
  expect(topPicksOf([...scores.keys()], scores, { minConfidence }).map(({ symbol }) => symbol)).toEqual(symbols);
});

it('leaves out symbols without a score and counts a symbol once', () => {
  expect(ranks(topPicksOf(['B', 'A', 'A', 'constructor'], scoresOf(aScore('A', 1))))).toEqual(['1 A']);
});

it('puts a score that is no number last', () => {
  const scores = scoresOf(
    aScore('N', NaN),
    aScore('A', -Infinity),
    aScore('B', Infinity),
    aScore('C', Infinity),
    aScore('D', 0),
  );
  expect(ranks(topPicksOf(['N', 'C', 'B', 'D', 'A'], scores))).toEqual(['1 C', '2 B', '3 D', '4 A', '5 N']);
});

it('keeps what else a score holds, and the scores as they were', () => {
  const scores = new Map([['A', { ...aScore('A', 1), agents: [{ agent: 'news' }] }]]);
  expect(topPicksOf(['A'], scores)).toEqual([{ ...aScore('A', 1), agents: [{ agent: 'news' }], rank: 1 }]);
  expect(scores.get('A')).not.toHaveProperty('rank');
});

it('gives a symbol one score in all universes, and in each a rank of its own', () => {
  const universes = new Map([
    ['nifty50', ['TCS', 'INFY', 'HDFCBANK']],
    ['banknifty', ['HDFCBANK', 'SBIN']],
    ['__proto__', ['SBIN']],
  ]);
  const scores = scoresOf(aScore('TCS', 80), aScore('INFY', 60), aScore('HDFCBANK', 70), aScore('SBIN', 75));
  expect(symbolsOf(universes)).toEqual(['TCS', 'INFY', 'HDFCBANK', 'SBIN']);
  const picks = consistentPicks(universes, scores, { topN: 2 });
  expect([...picks].map(([name, chosen]) => [name, ...ranks(chosen)])).toEqual([
    ['nifty50', '1 TCS', '2 HDFCBANK'],
    ['banknifty', '1 SBIN', '2 HDFCBANK'],
    ['__proto__', '1 SBIN'],
  ]);
  expect(picks.get('nifty50')?.[1]?.blend_score).toBe(picks.get('banknifty')?.[1]?.blend_score);
});

it('ranks without gaps, never upwards, and only what may be chosen', () => {
  const score = fc.record({
    symbol: fc.constantFrom(...'ABCDEFGHIJ'),
    blend_score: fc.constantFrom(0, 1, 2, 50.5),
    confidence: fc.constantFrom('Low', 'Medium', 'High', ''),
    is_actionable: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(score), fc.nat({ max: 12 }), (list, topN) => {
      const scores = scoresOf(...list);
      const symbols = list.map(({ symbol }) => symbol);
      const picks = topPicksOf(symbols, scores, { topN });
      const eligible = [...scores.values()].filter((one) => one.is_actionable && one.confidence !== 'Low');
      expect(picks.map(({ rank }) => rank)).toEqual(picks.map((_, index) => index + 1));
      expect(picks).toHaveLength(Math.min(topN, eligible.length));
      for (const [index, pick] of picks.entries()) {
        const before = picks[index - 1];
        if (!before) continue;
        expect(before.blend_score).toBeGreaterThanOrEqual(pick.blend_score);
        if (before.blend_score === pick.blend_score)
          expect(symbols.indexOf(before.symbol)).toBeLessThan(symbols.indexOf(pick.symbol));
      }
    }),
  );
});
