import fc from 'fast-check';
import { decimalText, roundDouble, shortestDecimals } from '../exact/decimal';
import { DecimalWriter } from './page-decimal';
import { notPlain } from './page-values';

/** Reads PostgreSQL's binary numeric back as text; null where the writer did not vouch for the value. */
function written(value: number, precision = 20, scale = 8): string | null {
  const out = new DataView(new ArrayBuffer(64));
  const end = new DecimalWriter(precision, scale).writeReal(value, out, 0);
  if (end === notPlain) return null;
  expect(out.getInt32(0)).toBe(end - 4);
  const digits = out.getInt16(4);
  const weight = out.getInt16(6);
  const groups = Array.from({ length: digits }, (_, i) => out.getInt16(12 + 2 * i));
  expect(groups[0]).not.toBe(0);
  expect(groups.at(-1)).not.toBe(0);
  expect(out.getInt16(10)).toBe(scale);
  const units = groups.reduce((sum, group, i) => sum + BigInt(group) * 10_000n ** BigInt(weight - i + 2), 0n);
  const size = units / 10n ** BigInt(8 - scale);
  return decimalText(out.getInt16(8) === 0 ? size : -size, scale);
}

describe('DecimalWriter', () => {
  it('writes what exact arithmetic gives, or nothing', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true }),
      fc.double({ noNaN: true, min: -1e8, max: 1e8 }),
      fc.double({ noNaN: true, min: -1e-6, max: 1e-6 }),
      fc.integer().map((n) => n / 2 ** 9),
    );
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 8 }), (real, scale) => {
        const text = written(real, 20, scale);
        if (text !== null) expect(text).toBe(decimalText(roundDouble(real, scale), scale));
      }),
      { numRuns: 5_000 },
    );
  });

  it('vouches for money of every day', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 11), max: 10 ** 11 }), (cents) => written(cents / 10_000) !== null),
    );
  });

  it('counts a value as rounded exactly where its shortest decimal is longer than the scale', () => {
    const writer = new DecimalWriter(20, 8);
    const out = new DataView(new ArrayBuffer(64));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ min: -1e6, max: 1e6, noNaN: true }),
          fc.integer().map((n) => n / 1e8),
        ),
        (real) => {
          fc.pre(writer.writeReal(real, out, 0) !== notPlain);
          expect(writer.rounded).toBe(shortestDecimals(real) > 8);
        },
      ),
    );
  });

  it.each([
    ['a tie', 1 / 512, 20],
    ['infinity', Infinity, 20],
    ['more digits than the precision holds', 1e13, 20],
    ['a value that rounds up to one digit too many', 99.999999999, 10],
  ])('leaves %s to the exact lane', (_what, value, precision) => {
    expect(written(value, precision)).toBeNull();
  });

  it.each([
    [0, '0.00000000'],
    [-0, '0.00000000'],
    [-1e-9, '0.00000000'],
    [1e-8, '0.00000001'],
    [10_000, '10000.00000000'],
    [-12.5, '-12.50000000'],
    [9_007_199_254_740, '9007199254740.00000000'],
  ])('writes %d as %s', (value, text) => {
    expect(written(value, 30)).toBe(text);
  });
});
