import type { Conversion, Zone } from '../mapping/conversion';
import { convert } from '../exact/convert';
import type { LegacyValue } from '../exact/legacy-value';
import { isReject } from '../exact/outcome';
import { timestampText } from '../exact/timestamp-text';
import { JsonCanon } from '../verify/json-canon';
import { plainNumber } from './python-json-text';

/** Does the engine make of a legacy value what PostgreSQL holds? Then a text of the legacy program's own stays as it is. */
export function readsAs(
  value: LegacyValue,
  conversion: Conversion,
  text: string | null,
  labelledAs: Zone | undefined,
): boolean {
  const outcome = convert(value, conversion, labelledAs);
  return !isReject(outcome) && isSame(conversion, outcome.text, text);
}

/**
 * Are two texts of PostgreSQL one value to the legacy program? Its numbers know no scale (`75` is `75.0`), and a column of
 * SQLite that holds doubles keeps no minus on a zero.
 */
function isSame({ kind }: Conversion, left: string | null, right: string | null): boolean {
  if (left === right || left === null || right === null) return left === right;
  switch (kind) {
    case 'text':
    case 'date':
    case 'integer':
      return false;
    case 'float':
      return Number(left) === Number(right);
    case 'decimal':
      return plainNumber(left) === plainNumber(right);
    case 'boolean':
      return left[0] === right[0];
    case 'timestamp': {
      const instant = instantUs(left);
      return instant !== null && instant === instantUs(right);
    }
    case 'json': {
      const json = plainJson(left);
      return json !== null && json === plainJson(right);
    }
  }
}

/** Microseconds since 1970 of a time with its offset, as PostgreSQL prints it; null for `infinity`, years BC and beyond 9999. */
export function instantUs(text: string): bigint | null {
  const outcome = timestampText(text, 'UTC');
  if (isReject(outcome) || outcome.text === null) return null;
  const [, seconds = '', fraction = '', offset = ''] = /^(.{19})(?:\.(\d+))?(.*)$/.exec(outcome.text) ?? [];
  return BigInt(Date.parse(`${seconds.replace(' ', 'T')}${offset}`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

const canon = new JsonCanon();

/** JSON as PostgreSQL prints it as jsonb; null where it cannot hold it. */
export function jsonbText(json: string): string | null {
  const bytes = Buffer.from(json);
  const end = canon.write(bytes, 0, bytes.length, 0);
  const text = end < 0 ? null : canon.out.toString('utf8', 0, end);
  canon.shrink();
  return text;
}

/** The same without the scale of its numbers. Goes from string to string: what is in them is not read. */
function plainJson(json: string): string | null {
  const text = jsonbText(json);
  if (text === null) return null;
  let plain = '';
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    plain += text.slice(at, end).replace(/-?\d+\.\d+/g, plainNumber);
    at = end;
    if (quote >= 0) {
      for (at = quote + 1; text[at] !== '"'; at++) if (text[at] === '\\') at++;
      plain += text.slice(quote, ++at);
    }
  }
  return plain;
}
