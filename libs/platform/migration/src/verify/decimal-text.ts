const bits = new DataView(new ArrayBuffer(8));

/** A finite double as an exact fraction: `mantissa * 2 ** exponent`. */
export function exactParts(value: number): { mantissa: bigint; exponent: number } {
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const field = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xf_ffff_ffff_ffffn;
  const mantissa = field === 0 ? fraction : fraction | 0x10_0000_0000_0000n;
  return { mantissa: raw >> 63n ? -mantissa : mantissa, exponent: Math.max(field, 1) - 1075 };
}

/** `value * 10 ** scale` as an integer, rounded half-even from the double's exact binary value. */
export function scaledHalfEven(value: number, scale: number): bigint {
  const { mantissa, exponent } = exactParts(value);
  const product = mantissa * 10n ** BigInt(scale);
  if (exponent >= 0) return product << BigInt(exponent);
  const negative = product < 0n;
  const size = negative ? -product : product;
  const shift = BigInt(-exponent);
  const floor = size >> shift;
  const rest = size - (floor << shift);
  const half = 1n << (shift - 1n);
  const rounded = rest > half || (rest === half && floor & 1n) ? floor + 1n : floor;
  return negative ? -rounded : rounded;
}

/** `scaled / 10 ** scale` as numeric prints it; null where more than `precision` digits are needed. */
export function decimalText(scaled: bigint, digits: { precision: number; scale: number }): string | null {
  const size = scaled < 0n ? -scaled : scaled;
  if (size >= 10n ** BigInt(digits.precision)) return null;
  const text = size.toString().padStart(digits.scale + 1, '0');
  const whole = text.slice(0, text.length - digits.scale);
  const sign = scaled < 0n ? '-' : '';
  return digits.scale === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits.scale)}`;
}

/** How many digits the shortest decimal of the double has after its point. */
export function shortestFractionDigits(value: number): number {
  const [mantissa = '', power = '0'] = value.toExponential().split('e');
  const written = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0;
  return Math.max(0, written - Number(power));
}
