import { CachePayloadError, CacheValueError, NOT_OF_SHAPE } from './codec.errors';
import { keepText } from './kept-text';
import { assertReadable, byteLimit, withinBytes, type TextStore } from './store';
import { faultOf, isTooDeep, lostNumberOf } from './value-fault';

export interface JsonOptions<V> {
  readonly maxBytes?: number;
  /**
   * Values are not looked at before they are written: only for rows of our own repositories, whose types leave nothing that
   * JSON would lose. What JSON cannot write at all is refused all the same, and so are NaN and the infinities, which no type
   * keeps out; -0 becomes 0.
   */
  readonly trusted?: boolean;
  /** For values that are passed on as JSON: `jsonTextOf` has their text without writing it again. */
  readonly keepsText?: boolean;
  /** What a value must pass before it is written and after it was read; without it any JSON is taken for a value. */
  readonly check?: (value: unknown) => value is V;
}

/** Plain JSON, which every program can read. Refuses what would come back as something else; `faithful` keeps more. */
export function json<V>(options: JsonOptions<V> = {}): TextStore<V> {
  const { check, trusted = false, keepsText = false } = options;
  const maxBytes = byteLimit('maxBytes', options.maxBytes);
  return {
    kind: 'text',
    says: 'JSON',
    maxBytes,
    encode: (value) => {
      const text = withinBytes(trusted ? trustedText(value, maxBytes) : checkedText(value, maxBytes), maxBytes);
      if (check && !check(value)) throw new CacheValueError(NOT_OF_SHAPE);
      if (keepsText) keepText(value, text);
      return text;
    },
    decode: (text) => {
      const value = parseJson(text, maxBytes);
      if (check && !check(value)) throw new CachePayloadError('is not of the declared shape');
      if (keepsText) keepText(value, text);
      return value as V;
    },
  };
}

/** Anything that JSON can be. Throws `CachePayloadError`. */
export function parseJson(text: string, maxBytes: number): unknown {
  assertReadable(text, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CachePayloadError('is no JSON');
  }
  if (isTooDeep(value, text.length)) throw new CachePayloadError('is nested too deep');
  return value;
}

function checkedText(value: unknown, maxBytes: number): string {
  const fault = faultOf(value, maxBytes);
  if (fault) throw fault;
  const text = stringify(value, maxBytes);
  // Half a character is written as an escape; looking for one is far quicker than checking each text.
  const half = text.includes('\\ud') ? faultOf(value, maxBytes, true) : null;
  if (half) throw half;
  return text;
}

/** A number that is lost is written as `null`; looking for one is far quicker than looking at each value. */
function trustedText(value: unknown, maxBytes: number): string {
  const text = stringify(value, maxBytes);
  const lost = text.includes('null') ? lostNumberOf(value) : null;
  if (lost) throw lost;
  return text;
}

/** Throws the fault by name where there is one, because the messages of `JSON.stringify` hold names and values. */
function stringify(value: unknown, maxBytes: number): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  if (text === undefined || isTooDeep(value, text.length))
    throw faultOf(value, maxBytes) ?? new CacheValueError('A cache value cannot be written as JSON.');
  return text;
}
