import fc from 'fast-check';
import { levelScore, levelsOf, type DailyCandle } from './support-resistance.levels';

const candle = (high: number, low: number, close: number): DailyCandle => ({ high, low, close });

it('makes the levels of a day by the legacy formula', () => {
  // H 110, L 90, C 100: P = 100, and the rest by hand.
  expect(levelsOf([candle(110, 90, 100)], 'D')).toEqual({ p: 100, r1: 110, r2: 120, r3: 130, s1: 90, s2: 80, s3: 70 });
});

it('gives the doubles that Python gives', () => {
  expect(levelsOf([candle(1462.3, 1433.05, 1455.1)], 'D')).toEqual({
    p: 1450.1499999999999,
    r1: 1467.2499999999998,
    r2: 1479.3999999999999,
    r3: 1496.4999999999998,
    s1: 1437.9999999999998,
    s2: 1420.8999999999999,
    s3: 1408.7499999999998,
  });
});

describe('of many days', () => {
  // Day n has high 1000 + n, low 500 - n and close n, so that each look-back gives levels of its own.
  const candles = Array.from({ length: 300 }, (_, n) => candle(1_000 + n, 500 - n, n));

  it.each([
    ['D', 1],
    ['W', 5],
    ['M', 22],
    ['Y', 252],
  ] as const)('%s looks at the last %d', (scope, count) => {
    const wide = levelsOf([...candles].slice(-count), 'Y');
    expect(levelsOf(candles, scope)).toEqual(wide);
    // A candle that is higher than all counts as the oldest of the look-back, and not the day before it.
    const peakAt = (index: number) => candles.map((day, n) => (n === index ? candle(9_999, day.low, day.close) : day));
    expect(levelsOf(peakAt(300 - count), scope)).not.toEqual(wide);
    expect(levelsOf(peakAt(300 - count - 1), scope)).toEqual(wide);
  });

  it('looks at all where there are fewer', () => {
    expect(levelsOf(candles.slice(0, 3), 'M')).toEqual(levelsOf([candle(1_002, 498, 2)], 'D'));
  });

  it('takes high and low from any day and the close from the last', () => {
    const levels = levelsOf([candle(120, 95, 1), candle(110, 90, 1), candle(105, 100, 99)], 'W');
    expect(levels).toEqual(levelsOf([candle(120, 90, 99)], 'D'));
  });
});

it.each([
  ['there are no candles', []],
  ['a high is not finite', [candle(NaN, 1, 1), candle(2, 1, 1)]],
  ['a low is not finite', [candle(2, -Infinity, 1)]],
  ['the last close is not finite', [candle(2, 1, 1), candle(2, 1, Infinity)]],
  ['a level would not be finite', [candle(1.7e308, 1, 1)]],
])('gives none where %s', (_name, candles) => expect(levelsOf(candles, 'W')).toBeNull());

it('gives none the less where only an older close is not finite', () => {
  expect(levelsOf([candle(2, 1, NaN), candle(2, 1, 1)], 'W')).not.toBeNull();
});

it('keeps the order of the levels', () => {
  const price = fc.double({ min: 0.01, max: 1e7, noNaN: true });
  fc.assert(
    fc.property(price, price, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, at) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      const levels = levelsOf([candle(high, low, low + (high - low) * at)], 'D');
      if (!levels) throw new Error('Finite prices have levels.');
      const nearly = 1e-9 * high;
      const { p, r1, r2, r3, s1, s2, s3 } = levels;
      const rising = [s3, s2, s1, p, r1, r2, r3];
      rising.slice(1).forEach((level, index) => expect(level).toBeGreaterThanOrEqual((rising[index] ?? NaN) - nearly));
      expect(Math.abs(r2 - s2 - 2 * (high - low))).toBeLessThanOrEqual(2 * nearly);
    }),
  );
});

describe('the score of a price', () => {
  const levels = { p: 100, r1: 110, r2: 120, r3: 130, s1: 90, s2: 80, s3: 70 };

  it.each([
    [1_000, 10],
    [130, 10],
    [129.99, 25],
    [120, 25],
    [119.99, 40],
    [110, 40],
    [109.99, 55],
    [100, 55],
    [99.99, 70],
    [90, 70],
    [89.99, 85],
    [80, 85],
    [79.99, 95],
    [70, 95],
    [-5, 95],
  ])('of %d is %d', (price, score) => expect(levelScore(levels, price)).toBe(score));

  it('is 50 without levels and without a price', () => {
    expect(levelScore(null, 100)).toBe(50);
    expect(levelScore(levels, NaN)).toBe(50);
  });
});
