import { types } from 'node:util';
import { CachePayloadError, CacheValueError, CacheValueTooLargeError, NOT_OF_SHAPE } from './codec.errors';
import { parseJson } from './json';
import { byteLimit, withinBytes, type TextStore } from './store';
import {
  className,
  fault,
  hasSymbols,
  isArray,
  isPlain,
  MAX_DEPTH,
  tooDeep,
  valueError,
  type Fault,
} from './value-fault';

/**
 * JSON that keeps what JSON loses: BigInt, Date, Map, Set, Buffer, Uint8Array, NaN, the infinities, -0 and undefined come
 * back as they were, at any depth. Plain values are the same text as with `json`. The others are objects with one member
 * that is named by a tag (`{"$date":"2026-11-21T06:00:00.000Z"}`); an object of the caller's that has one member beginning
 * with `$` is written with one more `$`, so that nothing is ever taken for a tag. What is used twice comes back as two.
 */
export function faithful<V>(
  options: { readonly maxBytes?: number; readonly check?: (value: unknown) => value is V } = {},
): TextStore<V> {
  const { check } = options;
  const maxBytes = byteLimit('maxBytes', options.maxBytes);
  return {
    kind: 'text',
    says: 'JSON with types',
    maxBytes,
    encode: (value) => {
      const writer = new Writer(maxBytes);
      const text = withinBytes(JSON.stringify(writer.write(value)), maxBytes);
      if (check && !check(value)) throw new CacheValueError(NOT_OF_SHAPE);
      return text;
    },
    decode: (text) => {
      const parsed = parseJson(text, maxBytes);
      const value = text.includes('"$') ? read(parsed) : parsed;
      if (check && !check(value)) throw new CachePayloadError('is not of the declared shape');
      return value as V;
    },
  };
}

/** Makes one value what JSON can hold. `left` bounds the work: neither a cycle nor a huge value is copied to its end. */
class Writer {
  private left: number;
  private readonly steps: (string | number)[] = [];
  private root: unknown;

  constructor(private readonly maxBytes: number) {
    this.left = maxBytes;
  }

  write(root: unknown): unknown {
    this.root = root;
    return this.value(root);
  }

  private value(value: unknown): unknown {
    switch (typeof value) {
      case 'string':
        this.spend(value.length + 2);
        return value;
      case 'number':
        this.spend(1);
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : { $number: Object.is(value, -0) ? '-0' : String(value) };
      case 'bigint':
        return this.tagged('$bigint', String(value));
      case 'undefined':
        return this.tagged('$undefined', true);
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : this.object(value);
      default:
        throw this.refusal(`is a ${typeof value}`);
    }
  }

  private object(value: object): unknown {
    if (this.steps.length >= MAX_DEPTH) throw this.refusal(tooDeep);
    this.spend(2);
    if (Array.isArray(value) && isArray(value)) return this.items(value);
    if (isPlain(value)) return this.members(value);
    if (!isKept(value)) throw this.refusal(`is an instance of ${className(value)}`);
    if (types.isDate(value)) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
    if (types.isMap(value)) return { $map: this.items([...value]) };
    if (types.isSet(value)) return { $set: this.items([...value]) };
    const bytes = value as Uint8Array;
    const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
    return this.tagged(Buffer.isBuffer(bytes) ? '$buffer' : '$uint8array', base64);
  }

  private items(values: readonly unknown[]): unknown[] {
    const items: unknown[] = [];
    for (let i = 0; i < values.length; i++) {
      this.steps.push(i);
      if (values[i] === undefined && !(i in values)) throw this.refusal('is a hole');
      items.push(this.value(values[i]));
      this.steps.pop();
    }
    return items;
  }

  private members(value: object): object {
    if (hasSymbols(value)) throw this.refusal('has a member named by a symbol');
    const entries = Object.entries(value);
    const escape = entries.length === 1 && entries[0]?.[0].startsWith('$') ? '$' : '';
    return Object.fromEntries(
      entries.map(([name, member]) => {
        this.spend(name.length + 3);
        this.steps.push(name);
        const written = this.value(member);
        this.steps.pop();
        return [escape + name, written];
      }),
    );
  }

  private tagged(tag: string, content: string | true): object {
    this.spend(tag.length + String(content).length);
    return { [tag]: content };
  }

  private spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) throw new CacheValueTooLargeError(this.maxBytes);
  }

  private refusal(what: string): CacheValueError {
    const found: Fault = fault(what);
    found.steps.push(...this.steps.toReversed());
    return valueError(this.root, found);
  }
}

/** Of the built-in class itself: a subclass would come back as the class it extends. */
function isKept(value: object): boolean {
  if (types.isDate(value) || types.isMap(value) || types.isSet(value)) return prototypesOf(value) === 2;
  return types.isUint8Array(value) && prototypesOf(value) === (Buffer.isBuffer(value) ? 4 : 3);
}

function prototypesOf(value: object): number {
  let count = 0;
  for (let at: unknown = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) count++;
  return count;
}

/** Puts back what the tags stand for, in the objects of `JSON.parse` themselves. */
function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = read(value[i]);
    return value;
  }
  const members = value as Record<string, unknown>;
  const names = Object.keys(members);
  const [name = ''] = names;
  if (names.length === 1 && name.startsWith('$')) {
    const content = read(members[name]);
    return name.startsWith('$$') ? { [name.slice(1)]: content } : untagged(name, content);
  }
  for (const each of names) members[each] = read(members[each]);
  return members;
}

const NUMBERS = new Map<unknown, number>([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  ['-0', -0],
]);

function untagged(tag: string, content: unknown): unknown {
  if (tag === '$undefined' && content === true) return undefined;
  if (tag === '$number' && NUMBERS.has(content)) return NUMBERS.get(content);
  if (tag === '$date' && content === null) return new Date(NaN);
  if (tag === '$set' && Array.isArray(content)) return new Set(content);
  if (tag === '$map' && Array.isArray(content) && content.every(isPair)) return new Map(content);
  if (typeof content === 'string') {
    if (tag === '$bigint' && /^-?\d+$/.test(content)) return BigInt(content);
    if (tag === '$date' && isInstant(content)) return new Date(content);
    const bytes = Buffer.from(content, 'base64');
    if (tag === '$buffer' && bytes.toString('base64') === content) return bytes;
    if (tag === '$uint8array' && bytes.toString('base64') === content) return new Uint8Array(bytes);
  }
  throw new CachePayloadError('holds a tag that is not known here');
}

const isPair = (item: unknown): item is [unknown, unknown] => Array.isArray(item) && item.length === 2;

const isInstant = (text: string): boolean => {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text;
};
