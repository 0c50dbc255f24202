import { JsonMembers } from './json-members';
import { numericText } from './json-number';

/** A longer buffer is not kept for the next values. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;
/** The deepest nesting that is loaded. */
const MAX_DEPTH = 1000;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const SPACE = 0x20;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LITERALS = ['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity'].map((word) => Buffer.from(word));
const NULL_LITERAL = Buffer.from('null');
/** Escapes by letter, and the letters by the code of the character that they stand for. */
const ESCAPED: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9, 34: 34, 92: 92, 47: 47 };
const LETTERS: Readonly<Record<number, number>> = { 8: 98, 12: 102, 10: 110, 13: 114, 9: 116, 34: 34, 92: 92 };

/** Not JSON at all, or JSON that jsonb cannot hold. */
export type JsonFault = 'syntax' | 'nul' | 'lone-surrogate' | 'depth' | 'number';

class Stop extends Error {
  constructor(readonly fault: JsonFault) {
    super(fault);
  }
}

/**
 * Rewrites JSON bytes as PostgreSQL prints `jsonb::text`: keys by length and then by bytes, the last of equal keys, one
 * blank after colon and comma, numbers as numeric prints them, no escapes but the needed ones. Works on bytes because the
 * verifier has to do this for every row: parsing into objects and sorting them costs more than twice as much.
 *
 * One instance is reused for many values; `out` grows as needed and is read up to the position that `write` returns.
 */
export class JsonCanon {
  out = Buffer.allocUnsafe(1 << 20);
  /** Of the last value: was a key repeated, was a NaN or an infinity made null, did a zero lose its minus. */
  duplicateKey = false;
  nonFinite = false;
  negativeZero = false;
  /** Of the last value, where `write` returned -1. */
  fault: JsonFault = 'syntax';

  private source: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;
  private to = 0;
  private depth = 0;
  /** A value that jsonb cannot hold is read to its end, to tell it from a text that is no JSON. */
  private hazard: JsonFault | undefined;
  private readonly sorter = new JsonMembers();
  /** Where the keys and the ends of the members of all open objects lie in `out`: three numbers per member. */
  private marks = new Int32Array(1 << 10);
  private marked = 0;
  /** How many characters were written as escapes: a key with one is not compared as it is written. */
  private escapes = 0;

  /** Writes `source[start, end)` at `position` of `out`; returns the position behind it, or -1 with `fault` set. */
  write(source: Buffer, start: number, end: number, position: number): number {
    this.source = source;
    this.at = start;
    this.end = end;
    this.to = position;
    this.depth = 0;
    this.marked = 0;
    this.hazard = undefined;
    this.duplicateKey = false;
    this.nonFinite = false;
    this.negativeZero = false;
    this.reserve(position + 2 * (end - start) + 16);
    try {
      this.value();
      this.blanks();
      if (this.at < this.end) throw new Stop('syntax');
      if (this.hazard) throw new Stop(this.hazard);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      this.fault = error.fault;
      return -1;
    }
    return this.to;
  }

  /** The rules that changed the last value; each loses something, so that the original must be kept. */
  get rules(): string[] {
    return [
      ...(this.nonFinite ? ['non-finite-to-null'] : []),
      ...(this.duplicateKey ? ['duplicate-key'] : []),
      ...(this.negativeZero ? ['negative-zero'] : []),
    ];
  }

  /** Gives back what a value of many megabytes took; what is written is lost. */
  shrink(): void {
    if (this.out.length > MOST_KEPT_BYTES) this.out = Buffer.allocUnsafe(1 << 20);
  }

  /** Makes `out` at least so long, keeping what is written. */
  reserve(sizeBytes: number): void {
    if (this.out.length >= sizeBytes) return;
    const larger = Buffer.allocUnsafe(Math.max(sizeBytes, this.out.length * 2));
    this.out.copy(larger);
    this.out = larger;
  }

  private value(): void {
    switch (this.blanks()) {
      case QUOTE:
        return this.text();
      case OPEN_BRACE:
        return this.nested(CLOSE_BRACE);
      case OPEN_BRACKET:
        return this.nested(CLOSE_BRACKET);
      default:
        return this.scalar();
    }
  }

  /** The next byte that is no blank, or -1 at the end. */
  private blanks(): number {
    const source = this.source;
    let at = this.at;
    for (; at < this.end; at++) {
      const byte = source[at]!;
      if (byte !== SPACE && byte !== 10 && byte !== 13 && byte !== 9) {
        this.at = at;
        return byte;
      }
    }
    this.at = at;
    return -1;
  }

  private nested(close: number): void {
    if (++this.depth > MAX_DEPTH) throw new Stop('depth');
    this.out[this.to++] = this.source[this.at++]!;
    if (this.blanks() === close) this.at++;
    else if (close === CLOSE_BRACE) this.members();
    else this.items();
    this.out[this.to++] = close;
    this.depth--;
  }

  private items(): void {
    for (;;) {
      this.value();
      if (this.separator(CLOSE_BRACKET)) return;
    }
  }

  private members(): void {
    const base = this.marked;
    const start = this.to;
    let sorted = true;
    let escaped = false;
    for (;;) {
      if (this.blanks() !== QUOTE) throw new Stop('syntax');
      const key = this.to;
      const escapes = this.escapes;
      this.text();
      const keyEnd = this.to;
      if (this.escapes > escapes) escaped = true;
      if (this.blanks() !== COLON) throw new Stop('syntax');
      this.at++;
      this.out[this.to++] = COLON;
      this.out[this.to++] = SPACE;
      this.value();
      this.mark(key, keyEnd);
      if (sorted && this.marked - base > 3) sorted = this.inOrder(this.marked - 6);
      if (this.separator(CLOSE_BRACE)) break;
    }
    if (!sorted || escaped) this.reorder(base, start, escaped);
    this.marked = base;
  }

  private mark(key: number, keyEnd: number): void {
    if (this.marked + 3 > this.marks.length) {
      const larger = new Int32Array(this.marks.length * 2);
      larger.set(this.marks);
      this.marks = larger;
    }
    this.marks[this.marked++] = key;
    this.marks[this.marked++] = keyEnd;
    this.marks[this.marked++] = this.to;
  }

  /** Is the key of the member at `mark` before that of the next? Only for keys without escapes. */
  private inOrder(mark: number): boolean {
    const { marks, out } = this;
    const left = marks[mark]!;
    const right = marks[mark + 3]!;
    const length = marks[mark + 1]! - left;
    const longer = marks[mark + 4]! - right - length;
    if (longer !== 0) return longer > 0;
    for (let i = 1; i < length - 1; i++) {
      const step = out[right + i]! - out[left + i]!;
      if (step !== 0) return step > 0;
    }
    return false;
  }

  /** Puts the members from mark `base` on into order, and leaves out all but the last of equal keys. */
  private reorder(base: number, start: number, escaped: boolean): void {
    const sorter = this.sorter;
    sorter.take(this.out, start, this.to, this.marks.subarray(base, this.marked), escaped);
    let to = start;
    for (let i = 0; i < sorter.order.length; i++) {
      if (sorter.isRepeated(i)) {
        this.duplicateKey = true;
        continue;
      }
      if (to > start) to = this.comma(to);
      to = sorter.writeTo(this.out, to, i);
    }
    this.to = to;
  }

  /** Takes a comma (false) or the closing byte (true). */
  private separator(close: number): boolean {
    const byte = this.blanks();
    this.at++;
    if (byte === close) return true;
    if (byte !== COMMA) throw new Stop('syntax');
    this.to = this.comma(this.to);
    return false;
  }

  private comma(to: number): number {
    this.out[to] = COMMA;
    this.out[to + 1] = SPACE;
    return to + 2;
  }

  private text(): void {
    const { source, out, end } = this;
    let at = this.at + 1;
    let to = this.to;
    out[to++] = QUOTE;
    for (;;) {
      if (at >= end) throw new Stop('syntax');
      const byte = source[at]!;
      if (byte === BACKSLASH) {
        this.to = to;
        at = this.escape(at + 1);
        to = this.to;
        continue;
      }
      if (byte < SPACE) throw new Stop('syntax');
      out[to++] = byte;
      at++;
      if (byte === QUOTE) break;
    }
    this.at = at;
    this.to = to;
  }

  /** Writes the escape whose letter is at `at`; returns the position behind it. */
  private escape(at: number): number {
    const letter = at < this.end ? this.source[at]! : -1;
    if (letter !== 0x75) {
      const code = ESCAPED[letter];
      if (code === undefined) throw new Stop('syntax');
      this.character(code);
      return at + 1;
    }
    const code = this.hex(at + 1);
    if (code < 0xd800 || code > 0xdfff) {
      if (code === 0) this.hazard ??= 'nul';
      else this.character(code);
      return at + 5;
    }
    const paired = code < 0xdc00 && this.source[at + 5] === BACKSLASH && this.source[at + 6] === 0x75;
    const low = paired && at + 7 < this.end ? this.hex(at + 7) : 0;
    if (low < 0xdc00 || low > 0xdfff) {
      this.hazard ??= 'lone-surrogate';
      return at + 5;
    }
    this.character(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
    return at + 11;
  }

  private hex(at: number): number {
    const digits = at + 4 <= this.end ? this.source.toString('latin1', at, at + 4) : '';
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Stop('syntax');
    return parseInt(digits, 16);
  }

  private character(code: number): void {
    const escaped = code < SPACE || code === QUOTE || code === BACKSLASH;
    if (escaped) this.escapes++;
    this.to += this.out.write(escaped ? escapeOf(code) : String.fromCodePoint(code), this.to);
  }

  /** A number, a literal, or one of Python's three words for what JSON has no number for. */
  private scalar(): void {
    const { source, out, end } = this;
    const start = this.at;
    const begin = this.to;
    const first = source[start];
    let at = start;
    let to = begin;
    let points = 0;
    if (first === MINUS) out[to++] = source[at++]!;
    const digits = at;
    for (; at < end; at++) {
      const byte = source[at]!;
      if (byte === POINT) points++;
      else if (byte < ZERO || byte > 0x39) break;
      out[to++] = byte;
    }
    const next = at < end ? source[at]! : SPACE;
    const ended = next === COMMA || next <= SPACE || next === CLOSE_BRACE || next === CLOSE_BRACKET;
    if (ended && points <= 1 && at - start < 1000 && isPlain(source, digits, at, first === MINUS)) {
      this.at = at;
      this.to = to;
      return;
    }
    this.unusual(start);
  }

  private unusual(start: number): void {
    let at = start;
    while (at < this.end && isWordByte(this.source[at]!)) at++;
    const word = this.source.subarray(start, at);
    this.at = at;
    const literal = LITERALS.findIndex((known) => known.equals(word));
    if (literal >= 0) {
      if (literal > 2) this.nonFinite = true;
      this.to += (literal > 2 ? NULL_LITERAL : LITERALS[literal]!).copy(this.out, this.to);
      return;
    }
    const text = numericText(word.toString('latin1'));
    if (text === null) throw new Stop('syntax');
    if (text === 'beyond') {
      this.hazard ??= 'number';
      return;
    }
    if (word[0] === MINUS && !text.startsWith('-')) this.negativeZero = true;
    this.reserve(this.to + text.length + 2 * (this.end - at) + 16);
    this.to += this.out.write(text, this.to, 'latin1');
  }
}

/** A text as PostgreSQL prints it inside a jsonb. */
export function jsonString(text: string): string {
  return `"${text.replace(/[\u0000-\u001f"\\]/g, (character) => escapeOf(character.charCodeAt(0)))}"`;
}

function escapeOf(code: number): string {
  const letter = LETTERS[code];
  return letter === undefined ? `\\u${code.toString(16).padStart(4, '0')}` : `\\${String.fromCharCode(letter)}`;
}

/** Are the digits, with at most one point, a number that numeric prints just so? A zero in front is only plain as `0` or `0.`. */
function isPlain(source: Buffer, start: number, end: number, negative: boolean): boolean {
  if (end <= start || source[end - 1] === POINT || source[start] === POINT) return false;
  return source[start] !== ZERO || (!negative && (end === start + 1 || source[start + 1] === POINT));
}

function isWordByte(byte: number): boolean {
  return byte !== COMMA && byte !== CLOSE_BRACE && byte !== CLOSE_BRACKET && byte > SPACE;
}
