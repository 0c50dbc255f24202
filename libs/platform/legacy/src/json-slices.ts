/** One member of a JSON object, or one item of an array, whose name is ''. */
export interface JsonSlice {
  readonly name: string;
  /** The value's text, byte for byte. Its inside is not looked at: what is no JSON there, its conversion refuses. */
  readonly text: string;
}

/** A text that is no object, or that ends before its JSON does. The message names places, never content. */
export class JsonSliceError extends Error {}

const BLANK = /[ \t\n\r]*/y;
const SCALAR = /[^\s,:"{}[\]]+/y;
const PLAIN = /[^"{}[\]]+/y;

/**
 * The members of the object that a text is, in their order, names unescaped. Cuts where the members end instead of parsing
 * and printing, which would bend numbers and lose Python's NaN. Throws `JsonSliceError`.
 */
export function jsonMembers(text: string): JsonSlice[] {
  const cursor = new Cursor(text);
  cursor.blank();
  cursor.take('{', 'is no JSON object');
  const members: JsonSlice[] = [];
  if (!cursor.takes('}')) {
    do {
      const name = jsonString(cursor.string()) ?? cursor.fail('has a name that is no JSON string');
      cursor.blank();
      cursor.take(':', 'has no colon behind a name');
      members.push({ name, text: cursor.value() });
    } while (cursor.takes(','));
    cursor.take('}', 'has neither a comma nor }');
  }
  cursor.end();
  return members;
}

/** The text that a JSON string stands for; null for another value. */
export function jsonString(slice: string): string | null {
  if (!slice.startsWith('"')) return null;
  try {
    return JSON.parse(slice) as string;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

class Cursor {
  private at = 0;

  constructor(private readonly text: string) {}

  blank(): void {
    BLANK.lastIndex = this.at;
    BLANK.test(this.text);
    this.at = BLANK.lastIndex;
  }

  takes(sign: string): boolean {
    this.blank();
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  take(sign: string, otherwise: string): void {
    if (!this.takes(sign)) this.fail(otherwise);
  }

  string(): string {
    this.blank();
    const start = this.at;
    this.take('"', 'has something else than a string');
    this.skipString();
    return this.text.slice(start, this.at);
  }

  value(): string {
    this.blank();
    const start = this.at;
    const sign = this.text[start];
    if (sign === '"') return this.string();
    if (sign === '{' || sign === '[') this.skipContainer();
    else this.skip(SCALAR);
    if (this.at === start) this.fail('has no value behind a name');
    return this.text.slice(start, this.at);
  }

  end(): void {
    this.blank();
    if (this.at < this.text.length) this.fail('goes on behind its JSON');
  }

  fail(what: string): never {
    const ended = this.at >= this.text.length;
    throw new JsonSliceError(ended ? 'ends before its JSON does' : `${what}, at character ${this.at + 1}`);
  }

  private skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    if (pattern.test(this.text)) this.at = pattern.lastIndex;
  }

  /** From behind the opening quote to behind the closing one. */
  private skipString(): void {
    for (let from = this.at; ;) {
      const quote = this.text.indexOf('"', from);
      if (quote < 0) {
        this.at = this.text.length;
        this.fail('');
      }
      let escapes = 0;
      while (this.text[quote - 1 - escapes] === '\\') escapes++;
      from = this.at = quote + 1;
      if (escapes % 2 === 0) return;
    }
  }

  private skipContainer(): void {
    for (let depth = 0; ;) {
      const sign = this.text[this.at++];
      if (sign === undefined) this.fail('');
      else if (sign === '"') this.skipString();
      else depth += sign === '{' || sign === '[' ? 1 : -1;
      if (depth === 0) return;
      this.skip(PLAIN);
    }
  }
}
