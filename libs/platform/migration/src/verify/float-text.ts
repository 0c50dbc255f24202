import { exactParts } from './decimal-text';

/** Where the middle between two neighbouring doubles can be an integer of at most 17 digits and some zeros. */
const MIDDLES = { from: 2 ** 53, to: 1e41 };

/**
 * A double as PostgreSQL's float8 prints it with `extra_float_digits` 1: the shortest digits that read back as the same
 * double, with an exponent below 1e-4 and from 1e15 on. Unlike JavaScript, PostgreSQL does not take digits that lie exactly
 * in the middle between two doubles, because not every reader rounds to even: it prints 2.2864292079349168e+16, where
 * JavaScript prints 22864292079349170.
 */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return Number.isFinite(value) ? exponentText(value) : String(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** JavaScript writes `1e-7` where PostgreSQL writes `1e-07`. */
function exponentText(value: number): string {
  const size = Math.abs(value);
  const text = size >= MIDDLES.from && size < MIDDLES.to ? unambiguous(value) : value.toExponential();
  const digits = text.indexOf('e') + 2;
  return text.length - digits < 2 ? `${text.slice(0, digits)}0${text.slice(digits)}` : text;
}

/** The shortest digits that are not in the middle: one or two more are nearer to the value. */
function unambiguous(value: number): string {
  let text = value.toExponential();
  for (let more = digitsOf(text); isMiddle(text, value); more++) text = value.toExponential(more);
  return text;
}

const digitsOf = (text: string) => text.replace(/e.*|[-.]/g, '').length;

function isMiddle(text: string, value: number): boolean {
  const [mantissa = '', power] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const zeros = Number(power) - fraction.length;
  if (zeros < 0) return false;
  const { mantissa: significand, exponent } = exactParts(value);
  const away = BigInt(whole + fraction) * 10n ** BigInt(zeros) - (significand << BigInt(exponent));
  return (away < 0n ? -away : away) * 2n === 1n << BigInt(exponent);
}
