import type { Conversion } from '../mapping/conversion';
import type { LegacyTable } from '../mapping/legacy-table';

/**
 * How a row is written as bytes, on both sides: PostgreSQL's CSV with control characters as punctuation, so that no text
 * of people has to be escaped. Texts are always quoted, nothing else is; NULL is nothing at all. Where a text itself holds
 * QUOTE or ESCAPE, PostgreSQL puts ESCAPE in front: a target without a single ESCAPE byte has no such text, which is why
 * the quick form of the source may leave escaping out.
 */
export const FIELD = 0x02;
export const QUOTE = 0x01;
export const ESCAPE = 0x03;
export const ROW = 0x0a;

export interface LayoutColumn {
  readonly name: string;
  readonly conversion: Conversion;
}

/** The columns in the order of the bytes: JSON (framed by lengths), the key, doubles last (written by one call). */
export function layoutOf(table: LegacyTable): readonly LayoutColumn[] {
  const columns = Object.entries(table.columns).map(([name, conversion]) => ({ name, conversion }));
  const rank = ({ name, conversion }: LayoutColumn): number =>
    conversion.kind === 'json' ? 0 : name === table.source.key ? 1 : conversion.kind === 'float' ? 3 : 2;
  return columns.sort((a, b) => rank(a) - rank(b));
}

/** One value in its bytes' text: NULL, a quoted text, or as it is. */
export function fieldText(text: string | null, { conversion }: LayoutColumn): string {
  if (text === null) return '';
  return conversion.kind === 'text' ? `\x01${text.replace(/[\x01\x03]/g, '\x03$&')}\x01` : text;
}

/** Splits rows into their columns' texts; null is NULL. */
export function* splitRows(bytes: Buffer): Generator<(string | null)[]> {
  let row: (string | null)[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) at = closingQuote(bytes, at);
    const byte = bytes[at];
    if (byte !== FIELD && byte !== ROW) continue;
    row.push(columnText(bytes, start, at));
    start = at + 1;
    if (byte === FIELD) continue;
    yield row;
    row = [];
  }
}

/** The position behind the quoted text that begins at `at`. */
function closingQuote(bytes: Buffer, at: number): number {
  for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === ESCAPE) at++;
  return at + 1;
}

function columnText(bytes: Buffer, start: number, end: number): string | null {
  if (start === end) return null;
  if (bytes[start] !== QUOTE) return bytes.toString('utf8', start, end);
  return bytes.toString('utf8', start + 1, end - 1).replace(/\x03([\x01\x03])/g, '$1');
}

/** An identifier in SQL, for both engines. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
