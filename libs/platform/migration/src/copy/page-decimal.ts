import { notPlain } from './page-values';

/** Digits after the point that the groups below hold. */
const groupScale = 100_000_000;
const groupBase = 10_000;
const headerBytes = 8;

/**
 * Doubles and integers as PostgreSQL's binary `numeric`: base-10000 digits without leading or trailing zeros. Vouches only
 * where the double product certainly rounds as the exact value does: it is off by half a unit in its last place at most,
 * so a fraction further than that from one half is safe. Ties and large values are left to the exact lane.
 */
export class DecimalWriter {
  /** Whether the last value lost digits, in the sense of the rule `rounded`. */
  rounded = false;
  private readonly power: number;
  private readonly limit: number;
  private readonly fill: number;
  /** Weights 3, 2, 1, 0, then the two groups after the point. */
  private readonly groups = new Int32Array(6);

  constructor(
    precision: number,
    private readonly scale: number,
  ) {
    this.power = 10 ** scale;
    this.fill = groupScale / this.power;
    this.limit = 10 ** (precision - scale);
  }

  writeReal(value: number, out: DataView, p: number): number {
    const size = Math.abs(value);
    if (Number.isInteger(value)) return this.writeInteger(value, out, p);
    const product = size * this.power;
    if (!(product < Number.MAX_SAFE_INTEGER)) return notPlain;
    const below = Math.floor(product);
    const rest = product - below;
    if (Math.abs(rest - 0.5) <= product * Number.EPSILON) return notPlain;
    const units = rest > 0.5 ? below + 1 : below;
    const whole = Math.floor(units / this.power);
    if (whole >= this.limit) return notPlain;
    // The shortest decimal of a double has at most `scale` digits exactly where it is the double next to `units`.
    this.rounded = units / this.power !== size;
    return this.write(whole, (units - whole * this.power) * this.fill, value < 0, out, p);
  }

  writeInteger(value: number, out: DataView, p: number): number {
    const size = Math.abs(value);
    if (size > Number.MAX_SAFE_INTEGER || size >= this.limit) return notPlain;
    this.rounded = false;
    return this.write(size, 0, value < 0, out, p);
  }

  private write(whole: number, fraction: number, negative: boolean, out: DataView, p: number): number {
    const { groups } = this;
    const upper = Math.floor(whole / groupScale);
    const lower = whole - upper * groupScale;
    groups[0] = Math.floor(upper / groupBase);
    groups[1] = upper % groupBase;
    groups[2] = Math.floor(lower / groupBase);
    groups[3] = lower % groupBase;
    groups[4] = Math.floor(fraction / groupBase);
    groups[5] = fraction % groupBase;
    let first = 0;
    let last = 5;
    while (first <= last && groups[first] === 0) first++;
    while (last > first && groups[last] === 0) last--;
    const digits = last - first + 1;
    out.setInt32(p, headerBytes + 2 * digits);
    out.setInt16(p + 4, digits);
    out.setInt16(p + 6, digits === 0 ? 0 : 3 - first);
    out.setInt16(p + 8, negative && digits > 0 ? 0x4000 : 0);
    out.setInt16(p + 10, this.scale);
    let at = p + 4 + headerBytes;
    for (let i = first; i <= last; i++, at += 2) out.setInt16(at, groups[i] ?? 0);
    return at;
  }
}
