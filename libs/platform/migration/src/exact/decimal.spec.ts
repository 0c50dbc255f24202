import { decimalText, roundDouble, shortestDecimals } from './decimal';

describe('roundDouble', () => {
  it.each([
    [0.1, 8, 10000000n],
    [0.125, 2, 12n], // a tie in binary: to the even digit
    [0.375, 2, 38n],
    [2.675, 2, 267n], // the double lies below the tie
    [-0.0045000000000000005, 8, -450000n],
    [999999999999.99, 8, 99999999999998999023n],
    [5e-324, 8, 0n],
    [123, 0, 123n],
  ])('rounds %p at %p decimals from the exact binary value', (value, scale, units) => {
    expect(roundDouble(value, scale)).toBe(units);
  });

  it('refuses what has no decimal value', () => {
    expect(() => roundDouble(Infinity, 8)).toThrow(RangeError);
  });
});

it('writes the sign, the point and all decimals', () => {
  expect(decimalText(-5n, 8)).toBe('-0.00000005');
  expect(decimalText(1234n, 2)).toBe('12.34');
  expect(decimalText(7n, 0)).toBe('7');
});

it('counts the decimals of the shortest text', () => {
  expect(shortestDecimals(0.1 + 0.2)).toBe(17);
  expect(shortestDecimals(1.5e-7)).toBe(8);
  expect(shortestDecimals(1e21)).toBe(0);
  expect(shortestDecimals(42)).toBe(0);
});
