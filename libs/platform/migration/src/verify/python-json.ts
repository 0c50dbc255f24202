/**
 * What Python's `json.loads` makes of a text, as values of JavaScript: NaN and the infinities are numbers, and of a name
 * that comes twice the last one counts. Integers beyond 2^53 lose digits: what needs them is compared as text elsewhere.
 * Throws `SyntaxError`. The loaders have no part of it.
 */
export function parsePythonJson(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return JSON.parse(text);
  const tokens = new Map<string, number>();
  let marked = '';
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    marked += text.slice(at, end).replace(/-?Infinity|NaN/g, (token) => {
      tokens.set(token, Number(token));
      return `{"${MARK}":"${token}"}`;
    });
    at = quote < 0 ? end : closingQuote(text, quote) + 1;
    marked += text.slice(end, at);
  }
  if (tokens.size === 0) return JSON.parse(marked);
  return JSON.parse(marked, (_name, value: unknown) => unmarked(value, tokens));
}

/** Not a name that Python could have written: its JSON is ASCII. */
const MARK = '\u{10ffff}';

function unmarked(value: unknown, tokens: ReadonlyMap<string, number>): unknown {
  if (typeof value !== 'object' || value === null || !(MARK in value)) return value;
  return tokens.get(String(value[MARK]));
}

function closingQuote(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  throw new SyntaxError('A string without an end.');
}

/** How many members the objects at a depth have as they are written, those included whose name comes twice; 1 is the root's. */
export function writtenMembers(text: string, depth: number): number {
  let count = 0;
  for (let at = 0, level = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = closingQuote(text, at);
    else if (sign === '{' || sign === '[') level++;
    else if (sign === '}' || sign === ']') level--;
    else if (sign === ':' && level === depth) count++;
  }
  return count;
}
