/**
 * The double rounded half-even at `scale` decimals from its exact binary value (IEEE 754: sign, 52-bit fraction,
 * exponent), as an integer count of 10^-scale. Throws a RangeError for a value that is not finite.
 */
export function roundDouble(value: number, scale: number): bigint {
  if (!Number.isFinite(value)) throw new RangeError('Only finite doubles have a decimal value.');
  const { mantissa, exponent } = decompose(Math.abs(value));
  const scaled = mantissa * 10n ** BigInt(scale);
  const rounded = exponent >= 0 ? scaled << BigInt(exponent) : shiftHalfEven(scaled, BigInt(-exponent));
  return value < 0 ? -rounded : rounded;
}

/** `value = mantissa * 2^exponent`, exactly. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function shiftHalfEven(value: bigint, bits: bigint): bigint {
  const whole = value >> bits;
  const rest = value - (whole << bits);
  const half = 1n << (bits - 1n);
  if (rest > half || (rest === half && (whole & 1n) === 1n)) return whole + 1n;
  return whole;
}

/** `-12.34500000` from -1234500000 and 8. */
export function decimalText(units: bigint, scale: number): string {
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** How many decimals the shortest text that reads back as this double has (what Python's repr shows). */
export function shortestDecimals(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const fraction = digits.split('.')[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent));
}
