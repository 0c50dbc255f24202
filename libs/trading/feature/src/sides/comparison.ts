/**
 * How two answers of one type are compared, field by field. Nothing is equal that is not declared to be: a member that one side
 * has and the declaration does not name is a difference.
 */
export type Shape =
  | { readonly is: 'exact' }
  | { readonly is: 'float' }
  | { readonly is: 'instant' }
  | { readonly is: 'decimal' }
  | { readonly is: 'json' }
  | { readonly is: 'jsonText' }
  | { readonly is: 'ignored'; readonly why: string }
  | { readonly is: 'list'; readonly of: Shape; readonly tail?: Rule }
  | { readonly is: 'record'; readonly of: Readonly<Record<string, Shape>> }
  | { readonly is: 'explained'; readonly of: Shape; readonly rules: readonly Rule[] };

/** A declared reason why two values may differ. */
export interface Rule {
  readonly name: string;
  applies(legacy: unknown, target: unknown): boolean;
}

/** Where two answers differ, `items[].price`; `rule` where there is a declared reason. */
export interface Difference {
  readonly path: string;
  readonly rule: string | null;
}

export const exact: Shape = { is: 'exact' };
/** Doubles that were added up in another order: equal to the twelfth digit. */
export const float: Shape = { is: 'float' };
/** Texts of times: equal where they name the same microsecond. */
export const instant: Shape = { is: 'instant' };
/** Money, and other decimals as text: equal by value, however many zeros are written. */
export const decimal: Shape = { is: 'decimal' };
/** JSON: equal by value, whatever the order of its members. Its numbers are the doubles that the caller gets. */
export const json: Shape = { is: 'json' };
/** The same as text, whatever the form of its numbers, but to their last digit: the caller gets the text. */
export const jsonText: Shape = { is: 'jsonText' };
export const ignored = (why: string): Shape => ({ is: 'ignored', why });
/**
 * In this order: what the legacy code leaves to chance among ties is decided by the id on both sides. Where the target's list goes
 * on, `tail` may explain what follows: it is asked with nothing and the further rows.
 */
export const listOf = (of: Shape, tail?: Rule): Shape => ({ is: 'list', of, ...(tail ? { tail } : {}) });
export const record = (of: Readonly<Record<string, Shape>>): Shape => ({ is: 'record', of });
export const explainedBy = (of: Shape, ...rules: Rule[]): Shape => ({ is: 'explained', of, rules });

const RELATIVE_EPSILON = 1e-12;

/** Empty where the answers are equal. Each path comes once: a hundred rows that differ in one field are one difference. */
export function compare(shape: Shape, legacy: unknown, target: unknown): Difference[] {
  const found = new Map<string, Difference>();
  const note = (path: string, rule: string | null): void => {
    const known = found.get(path);
    if (!known || known.rule !== null) found.set(path, { path, rule }); // One that nothing explains counts.
  };
  walk(shape, legacy, target, '', note);
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

type ListShape = Extract<Shape, { readonly is: 'list' }>;
type Note = (path: string, rule: string | null) => void;

function walk(shape: Shape, legacy: unknown, target: unknown, path: string, note: Note): void {
  if (shape.is === 'ignored') return;
  if (shape.is === 'explained') {
    const inner = compare(shape.of, legacy, target);
    const rule = inner.length === 0 ? undefined : shape.rules.find((one) => one.applies(legacy, target));
    for (const one of inner) note(join(path, one.path), rule?.name ?? one.rule);
    return;
  }
  const isNone = (value: unknown): boolean => value === null || value === undefined;
  if (isNone(legacy) || isNone(target)) {
    if (isNone(legacy) !== isNone(target)) note(path, null);
  } else if (shape.is === 'list') walkList(shape, legacy, target, path, note);
  else if (shape.is === 'record') walkRecord(shape.of, legacy, target, path, note);
  else if (!leaves[shape.is](legacy, target)) note(path, null);
}

function walkList({ of, tail }: ListShape, legacy: unknown, target: unknown, path: string, note: Note): void {
  if (!Array.isArray(legacy) || !Array.isArray(target)) return note(path, null);
  const isTail = target.length > legacy.length && tail?.applies(null, target.slice(legacy.length));
  if (legacy.length !== target.length) note(`${path}[].length`, isTail ? (tail?.name ?? null) : null);
  const both = Math.min(legacy.length, target.length);
  for (let at = 0; at < both; at++) walk(of, legacy[at], target[at], `${path}[]`, note);
}

function walkRecord(
  of: Readonly<Record<string, Shape>>,
  legacy: unknown,
  target: unknown,
  path: string,
  note: Note,
): void {
  if (!isRecord(legacy) || !isRecord(target)) return note(path, null);
  for (const name of new Set([...Object.keys(of), ...Object.keys(legacy), ...Object.keys(target)]))
    walk(of[name] ?? exact, legacy[name], target[name], join(path, name), note);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const join = (path: string, name: string): string =>
  path === '' || name === '' || name.startsWith('[') ? path + name : `${path}.${name}`;

const leaves: Readonly<
  Record<'exact' | 'float' | 'instant' | 'decimal' | 'json' | 'jsonText', (a: unknown, b: unknown) => boolean>
> = {
  exact: (a, b) => Object.is(a, b) || (a === 0 && b === 0),
  float: (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    return Object.is(x, y) || Math.abs(x - y) <= RELATIVE_EPSILON * Math.max(Math.abs(x), Math.abs(y), 1);
  },
  instant: (a, b) => instantOf(a) === instantOf(b),
  decimal: (a, b) => decimalOf(a) === decimalOf(b),
  json: sameJson,
  jsonText: (a, b) => sameJson(exactJson(String(a)), exactJson(String(b))),
};

/** Microseconds are below what a `Date` holds; text without a zone is UTC. */
function instantOf(value: unknown): string {
  const [, seconds = '', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?$/.exec(String(value)) ?? [];
  if (seconds === '') return `? ${String(value)}`;
  return `${Date.parse(`${seconds.replace(' ', 'T')}${zone}`)} ${fraction.padEnd(6, '0').slice(0, 6)}`;
}

/** As Python and PostgreSQL write them, also small doubles: `.5`, `1e-07`. */
const DECIMAL = /^(-?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

function decimalOf(value: unknown): string {
  const match = DECIMAL.exec(String(value));
  return match ? nameOfValue(match[1], match[2], match[3], match[4]) : `? ${String(value)}`;
}

/** What separates strings from numbers, which are found outside of them alone. */
const JSON_TOKEN = /\\.|"|-?\d[\d.eE+-]*/gs;
const JSON_NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Parsed with every number as a text that names its value, `n-125e-2`, and every string behind an `s`: no double, no digit lost. */
function exactJson(text: string): unknown {
  let isInString = false;
  const marked = text.replace(JSON_TOKEN, (token) => {
    if (token === '"') {
      isInString = !isInString;
      return isInString ? '"s' : '"';
    }
    const value = isInString ? null : numberOf(token);
    return value === null ? token : `"n${value}"`;
  });
  return JSON.parse(marked);
}

function numberOf(token: string): string | null {
  const match = JSON_NUMBER.exec(token);
  return match && nameOfValue(match[1], match[2], match[3], match[4]);
}

/** The one name of a value: digits without zeros at either end, and their power of ten. A zero has no sign. */
function nameOfValue(sign = '', whole = '', fraction = '', power = '0'): string {
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  if (end === 0) return '0';
  return `${sign}${digits.slice(0, end)}e${BigInt(power) + BigInt(digits.length - end - fraction.length)}`;
}

function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || (a === 0 && b === 0)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [ofA, ofB] = [Object.entries(a), b as Record<string, unknown>];
  return (
    ofA.length === Object.keys(b).length && ofA.every(([name, inner]) => name in ofB && sameJson(inner, ofB[name]))
  );
}
