import { MAX_JSON_DEPTH } from '../mapping/conversion';

const [quote, backslash, comma, minus, zero, nine, point] = [0x22, 0x5c, 0x2c, 0x2d, 0x30, 0x39, 0x2e];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Odd numbers that spread what they are multiplied with. */
const objectFactor = 0x9e3779b1;
const hashFactor = 0x85ebca6b;
const mostSlots = 1 << 16;
const none = 0;

/**
 * Tells JSON texts that jsonb holds as they are from those in which it would lose something without a word: the first of
 * two equal keys, the sign of a negative zero, or a depth that the rules refuse. Those belong to the exact lane.
 *
 * One walk over the bytes, four at a time in keys, strings and numbers, without a JavaScript value: of keys only a hash is
 * kept, made of their bytes and of the object they are in. So a text may be taken for odd that is not: two keys of one object
 * whose hashes meet (one in four thousand million), or more keys than there are slots. Never the other way round. What is
 * no JSON is PostgreSQL's to refuse.
 */
export class JsonScanner {
  private readonly hashes = new Int32Array(mostSlots);
  /** In which text a slot was written; so no slot has to be emptied. */
  private readonly texts = new Uint32Array(mostSlots);
  private text = 0;
  private mask = 0;
  private free = 0;
  /** The number of each open object, and `none` for an array. */
  private readonly open = new Uint32Array(MAX_JSON_DEPTH + 1);
  /** Where the last key ended. */
  private at = 0;

  isPlain(source: DataView, from: number, length: number): boolean {
    const end = from + length;
    const { open } = this;
    this.begin(length);
    let depth = 0;
    let objects = 0;
    let object = none;
    let isKey = false;
    for (let at = from; at < end; at++) {
      const byte = source.getUint8(at);
      switch (byte) {
        case quote:
          if (!isKey) at = endOfString(source, at + 1, end);
          else if (this.isNewKey(source, at + 1, end, object)) at = this.at;
          else return false;
          isKey = false;
          break;
        case comma:
          isKey = object !== none;
          break;
        case openBrace:
        case openBracket:
          if (depth >= MAX_JSON_DEPTH) return false;
          object = byte === openBrace ? ++objects : none;
          open[++depth] = object;
          isKey = object !== none;
          break;
        case closeBrace:
        case closeBracket:
          if (depth > 0) depth--;
          object = open[depth] ?? none;
          break;
        case minus:
          if (!isExponent(source, from, at) && isNegativeZero(source, at + 1, end)) return false;
          break;
        case point:
          while (at + 4 < end && hasDigits(source.getInt32(at + 1, true))) at += 4;
      }
    }
    return true;
  }

  private begin(length: number): void {
    let slots = 64;
    while (slots < mostSlots && slots < length / 2) slots *= 2; // Half of them are enough: a key takes five bytes at least.
    this.mask = slots - 1;
    this.free = slots >> 1;
    this.text = (this.text + 1) >>> 0;
    if (this.text !== 0) return;
    this.texts.fill(0);
    this.text = 1;
  }

  /** Reads the key that begins at `from`; false where this object had it already, or may have. */
  private isNewKey(source: DataView, from: number, end: number, object: number): boolean {
    const hash = this.hash(source, from, end, object);
    if (this.at >= end || source.getUint8(this.at) === quote) return this.isNew(hash);
    const to = endOfString(source, this.at, end);
    const key = to < end ? unescaped(source, from, to) : null;
    if (key === null) return false;
    const meant = this.hash(key, 0, key.byteLength, object);
    this.at = to;
    return this.isNew(meant);
  }

  /** Of the bytes up to a quote or a backslash. Three bytes at least follow a key, so that equal keys are taken in equal steps. */
  private hash(source: DataView, from: number, end: number, object: number): number {
    let hash = Math.imul(object, objectFactor);
    let at = from;
    for (; at + 4 <= end; at += 4) {
      const word = source.getInt32(at, true);
      if (hasMark(word)) break;
      hash = mixed(hash, word);
    }
    for (; at < end; at++) {
      const byte = source.getUint8(at);
      if (byte === quote || byte === backslash) break;
      hash = mixed(hash, byte);
    }
    this.at = at;
    return hash;
  }

  private isNew(hash: number): boolean {
    const { hashes, texts, text, mask } = this;
    let slot = hash & mask;
    for (; texts[slot] === text; slot = (slot + 1) & mask) if (hashes[slot] === hash) return false;
    texts[slot] = text;
    hashes[slot] = hash;
    return --this.free > 0;
  }
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, hashFactor);
  return product ^ (product >>> 15);
}

/** Is one of the four bytes zero? */
const hasZero = (word: number): boolean => ((word - 0x01010101) & ~word & 0x80808080) !== 0;
const hasMark = (word: number): boolean => hasZero(word ^ 0x22222222) || hasZero(word ^ 0x5c5c5c5c);
/** Four digits; or signs behind the nine, which no number has. */
const hasDigits = (word: number): boolean => (word & 0xf0f0f0f0) === 0x30303030;

/** The position of the closing quote. */
function endOfString(source: DataView, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    while (at + 4 <= end && !hasMark(source.getInt32(at, true))) at += 4;
    if (at >= end) break;
    const byte = source.getUint8(at);
    if (byte === quote) return at;
    if (byte === backslash) at++;
  }
  return end;
}

const isExponent = (source: DataView, from: number, minusAt: number): boolean =>
  minusAt > from && (source.getUint8(minusAt - 1) | 0x20) === 0x65;

/** Behind a minus: nothing but zeros, and perhaps a point among them. */
function isNegativeZero(source: DataView, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = source.getUint8(at);
    if (byte !== zero && byte !== point) return at > from && !(byte > zero && byte <= nine);
  }
  return end > from;
}

/** What the key at `from` stands for, with a quote behind it and none in it; null where it is no JSON string. */
function unescaped(source: DataView, from: number, to: number): DataView | null {
  const text = Buffer.from(source.buffer, source.byteOffset + from - 1, to - from + 2).toString();
  try {
    const key = (JSON.parse(text) as string).replaceAll('"', '\x01').replaceAll('\\', '\x02');
    const bytes = Buffer.from(`${key}"   `);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
