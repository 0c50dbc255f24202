import { MAX_JSON_DEPTH } from '../mapping/conversion';
import { reject, type Outcome } from './outcome';

/** PostgreSQL's numeric: digits before and after the decimal point. */
const MAX_INTEGER_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;
const LITERAL = /(?:true|false|null|NaN|-?Infinity)/y;
/** Its sign is what numeric, and so jsonb, does not have. */
const NEGATIVE_ZERO = /^-[0.]+(?:$|[eE])/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?/y;
/** A string is taken part by part: as one pattern, a string of megabytes would exhaust the stack. */
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const BLANK = /[ \t\n\r]*/y;

interface Container {
  readonly keys: Set<string> | null; // null: an array
  state: 'first' | 'next';
}

class JsonError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Checks a legacy JSON text for jsonb and replaces Python's `NaN` and infinities by null; everything else stays as it
 * is, byte for byte. What jsonb itself then drops, the first of two equal keys and the sign of a negative zero, is named by a
 * rule. Works without recursion. The reason of a rejection names the place, never the content.
 */
export function jsonText(text: string): Outcome {
  try {
    const { output, nonFinite, duplicateKeys, negativeZeros } = scan(text);
    if (nonFinite) return { text: output, rule: 'non-finite-to-null', keepOriginal: true };
    if (duplicateKeys) return { text: output, rule: 'duplicate-key', keepOriginal: true };
    return negativeZeros ? { text: output, rule: 'negative-zero', keepOriginal: true } : { text: output };
  } catch (error) {
    if (error instanceof JsonError) return reject(error.code, error.message);
    throw error;
  }
}

interface Scanned {
  readonly output: string;
  readonly nonFinite: boolean;
  readonly duplicateKeys: boolean;
  readonly negativeZeros: boolean;
}

function scan(text: string): Scanned {
  const stack: Container[] = [];
  let output = '';
  let copied = 0;
  let at = 0;
  let nonFinite = false;
  let duplicateKeys = false;
  let negativeZeros = false;

  const fail = (code: string, what: string): never => {
    const before = text.slice(0, at).split('\n');
    throw new JsonError(code, `${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const failAt = (place: number): never => {
    at = place;
    return fail('B43', 'not a JSON string');
  };
  const takeString = (): string => {
    const start = at;
    if (text[at++] !== '"') failAt(start);
    do take(PLAIN);
    while (take(ESCAPE));
    if (text[at++] !== '"') failAt(start);
    const raw = text.slice(start, at);
    const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (value.includes('\u0000')) fail('B04', '\\u0000, which PostgreSQL cannot hold,');
    if (!value.isWellFormed()) fail('B07', 'half a surrogate pair');
    return value;
  };
  const takeScalar = (): void => {
    const start = at;
    if (text[at] === '"') return void takeString();
    const literal = take(LITERAL);
    if (literal) {
      if (!['true', 'false', 'null'].includes(literal[0])) {
        output += `${text.slice(copied, start)}null`;
        copied = at;
        nonFinite = true;
      }
      return;
    }
    const number = take(NUMBER);
    if (!number) fail('B43', 'not JSON');
    else if (!fitsNumeric(number)) fail('B10', 'a number beyond what PostgreSQL holds');
    else if (NEGATIVE_ZERO.test(number[0])) negativeZeros = true;
  };

  for (;;) {
    take(BLANK);
    // A value is due here.
    const opening = text[at];
    if (opening === '{' || opening === '[') {
      if (stack.length >= MAX_JSON_DEPTH) fail('B44', `nested deeper than ${MAX_JSON_DEPTH}`);
      at++;
      stack.push({ keys: opening === '{' ? new Set() : null, state: 'first' });
    } else {
      takeScalar();
    }
    // Close what ends here, until a further value is due.
    for (;;) {
      take(BLANK);
      const top = stack.at(-1);
      if (!top) {
        if (at < text.length) fail('B43', 'text behind the JSON value');
        return { output: output + text.slice(copied), nonFinite, duplicateKeys, negativeZeros };
      }
      const closing = top.keys ? '}' : ']';
      if (text[at] === closing) {
        at++;
        stack.pop();
        continue;
      }
      if (top.state === 'next') {
        if (text[at] !== ',') fail('B43', `neither a comma nor ${closing}`);
        at++;
        take(BLANK);
      }
      top.state = 'next';
      if (top.keys) {
        const key = takeString();
        if (top.keys.has(key)) duplicateKeys = true;
        top.keys.add(key);
        take(BLANK);
        if (text[at] !== ':') fail('B43', 'no colon behind a key');
        at++;
      }
      break;
    }
  }
}

function fitsNumeric(match: RegExpExecArray): boolean {
  const exponent = Number(match[2] ?? 0);
  const [whole = ''] = match[0].replace('-', '').split(/[.eE]/);
  const fraction = match[1]?.length ?? 0;
  return whole.length + exponent <= MAX_INTEGER_DIGITS && fraction - exponent <= MAX_FRACTION_DIGITS;
}
