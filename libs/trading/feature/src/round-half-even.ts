/**
 * `round(value, digits)` of Python, for 0 to 20 digits: the double's exact binary value is rounded, and an exact tie goes
 * to the even digit. `toFixed` rounds the exact value too, but sends ties away from zero (0.125 to 0.13, Python 0.12).
 * A tie needs a value with at most `digits + 1` binary fraction digits, so the test below is exact. Not finite and huge
 * values (1e21 and more, always whole) are returned as they are.
 */
export function roundHalfEven(value: number, digits: number): number {
  const size = Math.abs(value);
  if (!(size < 1e21)) return value;
  const exact = size.toFixed(digits + 1);
  const isTie = exact.endsWith('5') && Number.isInteger(size * 2 ** (digits + 1));
  const below = digits === 0 ? exact.slice(0, -2) : exact.slice(0, -1);
  const goesDown = isTie && Number(below.at(-1)) % 2 === 0;
  const rounded = Number(goesDown ? below : size.toFixed(digits));
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}
