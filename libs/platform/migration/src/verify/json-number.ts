/** What PostgreSQL's numeric holds: decimal digits before and after the point. */
const MAX_INTEGER_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * A JSON number as numeric prints it: no exponent, the written scale kept, no minus on zero. `beyond` where numeric does
 * not hold it; null where the text is no JSON number.
 */
export function numericText(token: string): string | 'beyond' | null {
  const match = NUMBER.exec(token);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const exponent = Number(power);
  if (Math.abs(exponent) >= 1_000_000_000) return 'beyond';
  const scale = Math.max(0, fraction.length - exponent);
  if (scale > MAX_FRACTION_DIGITS) return 'beyond';
  const digits = (whole + fraction).replace(/^0+/, '');
  const zeros = exponent - fraction.length;
  if (digits === '') return scale === 0 ? '0' : `0.${'0'.repeat(scale)}`;
  if (digits.length + zeros > MAX_INTEGER_DIGITS) return 'beyond';
  if (zeros >= 0) return sign + digits + '0'.repeat(zeros);
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
