import { numericText } from '../verify/json-number';
import { UnwritableValue } from './write-back.errors';

/** What is known of the JSON that the legacy program writes into a column. What is not said stays as PostgreSQL has it. */
export interface JsonShape {
  /** Members in the order in which the legacy program makes them; others follow in the order of jsonb. */
  readonly members?: readonly string[];
  /** Of a member's value, by its name. */
  readonly of?: Readonly<Record<string, JsonShape>>;
  /** Of every item of an array, and of every member that `of` does not name. */
  readonly each?: JsonShape;
  /** The legacy program has a float here: what is written `75` elsewhere is `75.0`. */
  readonly float?: true;
}

/** From 3.11 on, Python's `json.loads` refuses integers of more digits (sys.set_int_max_str_digits). */
const MAX_INTEGER_DIGITS = 4300;

/**
 * A double as Python's `repr` writes it: the same shortest digits as in JavaScript, but always with `.0` or an exponent, and
 * the exponent from 1e16 on and below 1e-4, with two digits at least.
 */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** A string as `json.dumps` writes it: everything beyond printable ASCII escaped. */
export function pythonString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * The text of a jsonb as PostgreSQL prints it, as Python's `json.dumps` writes the same value: `, ` and `: `, ASCII escapes,
 * numbers with a fraction as floats by `repr`, others as integers unless the shape says float. Works on the digits, never on
 * JavaScript's numbers: integers of any length stay whole. Throws `UnwritableValue` for a number that Python would bend.
 */
export function pythonJsonText(jsonb: string, shape: JsonShape = {}): string {
  return new Rewriter(jsonb).value(shape);
}

class Rewriter {
  private at = 0;

  constructor(private readonly text: string) {}

  value(shape: JsonShape): string {
    switch (this.text[this.at]) {
      case '"':
        return pythonString(this.string());
      case '{':
        return `{${this.members(shape).join(', ')}}`;
      case '[':
        return `[${this.items(shape).join(', ')}]`;
      default:
        return this.scalar(shape);
    }
  }

  private members(shape: JsonShape): string[] {
    const written = new Map<string, string>();
    this.list('}', () => {
      const name = this.string();
      this.at += 2; // `: `
      written.set(name, `${pythonString(name)}: ${this.value(shapeOf(shape, name))}`);
    });
    const first = (shape.members ?? []).filter((name) => written.has(name));
    const known = new Set(first);
    return [...first, ...[...written.keys()].filter((name) => !known.has(name))].map((name) => written.get(name)!);
  }

  private items(shape: JsonShape): string[] {
    const items: string[] = [];
    this.list(']', () => items.push(this.value(shape.each ?? {})));
    return items;
  }

  private list(close: string, take: () => void): void {
    this.at++;
    while (this.text[this.at] !== close) {
      take();
      if (this.text[this.at] === ',') this.at += 2; // `, `
    }
    this.at++;
  }

  private string(): string {
    let end = this.at + 1;
    while (this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    const token = this.text.slice(this.at, end + 1);
    this.at = end + 1;
    return JSON.parse(token) as string;
  }

  private scalar(shape: JsonShape): string {
    let end = this.at;
    while (end < this.text.length && !',}]'.includes(this.text[end]!)) end++;
    const token = this.text.slice(this.at, end);
    this.at = end;
    if (token === 'true' || token === 'false' || token === 'null') return token;
    return token.includes('.') || shape.float ? floatText(token) : integerText(token);
  }
}

const shapeOf = ({ of, each }: JsonShape, name: string): JsonShape =>
  (of && Object.hasOwn(of, name) ? of[name] : each) ?? {};

function integerText(digits: string): string {
  if (digits.replace('-', '').length > MAX_INTEGER_DIGITS) throw new UnwritableValue('integer-digits');
  return digits;
}

function floatText(digits: string): string {
  const value = Number(digits);
  const text = pythonFloat(value);
  if (!Number.isFinite(value) || plainNumber(numericText(text) ?? '') !== plainNumber(digits))
    throw new UnwritableValue('beyond-double');
  return text;
}

/** A number of PostgreSQL without the zeros at the end of its fraction. */
export const plainNumber = (digits: string): string =>
  digits.includes('.') ? digits.replace(/\.?0+$/, '').replace(/^-0$/, '0') : digits;
