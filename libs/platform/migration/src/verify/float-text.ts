/**
 * A double as PostgreSQL's float8 prints it with `extra_float_digits` 1: the shortest digits that read back as the same
 * double, with an exponent below 1e-4 and from 1e15 on.
 */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return Number.isFinite(value) ? exponentText(value) : String(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

/** JavaScript writes `1e-7` where PostgreSQL writes `1e-07`. */
function exponentText(value: number): string {
  const text = value.toExponential();
  const digits = text.indexOf('e') + 2;
  return text.length - digits < 2 ? `${text.slice(0, digits)}0${text.slice(digits)}` : text;
}
