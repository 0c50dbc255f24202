import { createHash } from 'node:crypto';
import type { Conversion } from '@sluice/migration';
import type { BoundValue } from '../bulk-insert';
import type { Expected } from '../planted-hazards';

/** One bad, odd or borderline value, and what the rules of `mapping/conversion.ts` make of it. */
export interface HazardValue {
  /** Of the reliability table; for a quarantined row the code that the quarantine gives. */
  readonly code: string;
  readonly expected: Expected;
  /** The rule that normalises it. */
  readonly rule?: string;
  /** What it becomes: a time as ISO 8601 in UTC, JSON as text. */
  readonly normalised?: string | null;
  readonly value: BoundValue | { readonly sql: string };
}

/** By the declared type of the column, which decides what SQLite itself makes of a value before it is stored. */
export type Affinity = 'text' | 'numeric' | 'integer' | 'real';

type Value = HazardValue['value'];
const stored = (code: string, ...values: Value[]): HazardValue[] =>
  values.map((value) => ({ code, expected: 'stored', value }));
const quarantined = (code: string, ...values: Value[]): HazardValue[] =>
  values.map((value) => ({ code, expected: 'quarantined', value }));
const normalised = (code: string, rule: string, ...pairs: [Value, (string | null)?][]): HazardValue[] =>
  pairs.map(([value, becomes]) => ({
    code,
    expected: 'normalised',
    rule,
    value,
    ...(becomes === undefined ? {} : { normalised: becomes }),
  }));

const sql = (expression: string): Value => ({ sql: expression });
const bytesAsText = (hex: string): Value => sql(`CAST(x'${hex}' AS TEXT)`);
const blob = (hex: string): Value => Buffer.from(hex, 'hex');

/** What no column can hold: other storage classes than the column's, a NUL, and bytes that are not UTF-8. */
const brokenTexts: readonly HazardValue[] = [
  ...quarantined('B05', sql(`'a' || char(0) || 'b'`), sql(`char(0)`)),
  ...quarantined(
    'B06',
    bytesAsText('ff'),
    bytesAsText('61c080'),
    bytesAsText('eda080'),
    bytesAsText('e282'),
    bytesAsText('f4908080'),
  ),
  ...quarantined('B27', blob('00ff10'), blob('414243'), blob('')),
];

/** So long that no b-tree entry of PostgreSQL holds it, and random, so that it cannot be compressed into one. */
export const tooLongForBtree = noise(4000);

function noise(length: number): string {
  let text = '';
  for (let i = 0; text.length < length; i++) text += createHash('sha256').update(String(i)).digest('base64url');
  return text.slice(0, length);
}

const texts: readonly HazardValue[] = [
  ...brokenTexts,
  ...stored('B28', ''),
  ...stored('B16', 'NULL', 'None', 'null', 'NaN'),
  ...stored('B31', ' padded ', 'Caf\u00e9', 'Cafe\u0301', 'CAF\u00c9', '\u00df', 'a\u00a0b'),
  ...stored('B08', '\ufeffbom', '\ufffd', '\ud83d\ude00', bytesAsText('f48fbfbf')),
  ...stored(
    'B38',
    '\\N',
    '\\.',
    'a\tb\nc\rd\\e',
    '"quoted", \'single\'',
    '\u0001\u0008\u001f\u007f',
    `'; DROP TABLE x; --`,
  ),
  ...stored('B50', 'a:b*?[c]{d}', 'x'.repeat(20_000)),
];

const integers: readonly HazardValue[] = [
  ...stored('B11', 9007199254740993n, 9223372036854775807n, -9223372036854775808n, -1n, 0n),
  ...quarantined('B12', 9223372036854775808, 1e300, Infinity, -Infinity),
  ...quarantined('B14', 1.5, -0.25),
  ...quarantined('B13', 'abc', '12abc', 'None', ' '),
];

const floats: readonly HazardValue[] = [
  ...stored('B19', 0.1 + 0.2, 5e-324, -0, 1.7976931348623157e308, 2.2250738585072014e-308, 1 / 3),
  ...stored('B18', Infinity, -Infinity),
  ...stored('B11', 9007199254740993n, 42n),
  ...quarantined('B13', 'abc', 'NaN', 'Infinity', '1,5', 'NULL'),
];

const amounts: readonly HazardValue[] = [
  ...stored('B20', 999999999999.99, 0.00000001, -0.5, 42n, 0.0015),
  ...normalised(
    'B20',
    'rounded',
    [0.1 + 0.2, '0.30000000'],
    [0.0045000000000000005, '0.00450000'],
    [5e-324, '0.00000000'],
    [1 / 3, '0.33333333'],
  ),
  ...quarantined('B18', Infinity, -Infinity),
  ...quarantined('B20', 1e13, -1e300),
  ...quarantined('B13', 'abc', '$5', 'NaN'),
];

const booleans: readonly HazardValue[] = [
  ...stored('B17', 0n, 1n, '1'),
  ...normalised(
    'B17',
    'text-to-boolean',
    ['t', 'true'],
    ['TRUE', 'true'],
    ['yes', 'true'],
    ['f', 'false'],
    ['False', 'false'],
    ['NO', 'false'],
  ),
  ...quarantined('B17', 2n, -1n, 0.5, Infinity, 'maybe', 'n', 'constructor', 'toString'),
];

const days: readonly HazardValue[] = [
  ...stored('B24', '0001-01-01', '9999-12-31', '2024-02-29', '1582-10-10'),
  ...quarantined(
    'B23',
    '0000-00-00',
    '2024-02-30',
    '2023-02-29',
    '10000-01-01',
    '2026-01-09T00:00:00',
    '2026-1-9',
    'today',
    '09/01/2026',
    20260109n,
  ),
];

const times: readonly HazardValue[] = [
  ...stored(
    'B22',
    '2026-01-09 10:00:00',
    '2026-01-09T10:00:00.123456',
    '2026-01-09T10:00:00Z',
    '2026-01-09T10:00:00.5+05:30',
    '2026-01-09 10:00:00-0330',
    '2026-01-09T10:00:00+05',
  ),
  ...stored('B24', '0001-01-01T00:00:00Z', '9999-12-31 23:59:59.999999', '1582-10-10T00:00:00', '1969-12-31T23:59:59Z'),
  ...stored('B25', '2025-03-30T02:30:00', '2025-10-26T02:30:00', '2025-03-09T02:30:00-05:00'),
  ...normalised(
    'B26',
    'nanoseconds-cut',
    ['2026-01-09T10:00:00.123456789Z', '2026-01-09T10:00:00.123456Z'],
    ['2026-01-09 10:00:00.9999999', '2026-01-09T10:00:00.999999Z'],
  ),
  ...quarantined(
    'B23',
    '0000-00-00',
    '0000-00-00 00:00:00',
    '2024-02-30T10:00:00',
    '2026-01-09T24:00:00',
    '2016-12-31T23:59:60Z',
    '2026-01-09T10:60:00',
    '10000-01-01T00:00:00',
    '-0044-03-15',
    'soon',
    'now',
    'None',
    '2026-01-09T10:00:00+99:00',
    '2026-01-09T10:00',
    'Fri, 09 Jan 2026 10:00:00 GMT',
    ' 2026-01-09 10:00:00',
  ),
];

const epochs: readonly HazardValue[] = [
  ...normalised(
    'B21',
    'epoch-s',
    [1767953303n, '2026-01-09T10:08:23.000000Z'],
    [1767953303.25, '2026-01-09T10:08:23.250000Z'],
  ),
  ...normalised('B21', 'epoch-ms', [1767953303250n, '2026-01-09T10:08:23.250000Z']),
  ...normalised('B21', 'epoch-us', [1767953303250001n, '2026-01-09T10:08:23.250001Z']),
  ...quarantined('B21', 20260109n, '20260109', 0n, -1n, 2026n, 9223372036854775807n, Infinity),
];

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

/** Text that is no JSON at all: quarantined, or where bare text is allowed kept as a JSON string. */
const notJson = [
  'TARGET_HIT',
  `{'a': 1}`,
  '{"a": 1,}',
  '[1, 2',
  '{"a": 1} {"b": 2}',
  '{"a": 1}\n{"b": 2}',
  '// note\n{}',
  '\ufeff{}',
  'None',
  '[nan]',
  '[+1]',
  '[01]',
  '[.5]',
  '["a\nb"]',
  '["\\x41"]',
  '{"a": undefined}',
];

const jsons: readonly HazardValue[] = [
  ...brokenTexts,
  ...normalised('B01', 'non-finite-to-null', ['{"a": NaN}', '{"a": null}'], ['NaN', 'null'], ['[[NaN, 1.5], {"b": [NaN]}]', '[[null, 1.5], {"b": [null]}]'], ['{"a": "NaN", "b": NaN}', '{"a": "NaN", "b": null}']),
  ...normalised('B02', 'non-finite-to-null', ['{"a": Infinity, "b": -Infinity}', '{"a": null, "b": null}'], ['-Infinity', 'null']),
  ...stored('B03', '{"a": "NaN, Infinity"}', '{"a": "{\\"b\\": NaN}"}', '{"NaN": 1}', '"NaN"'),
  ...quarantined('B04', '{"a": "x\\u0000y"}', '{"\\u0000": 1}', '["\\\\\\u0000"]'),
  ...stored('B04', '{"a": "\\\\u0000"}'),
  ...quarantined('B07', '{"a": "\\ud83d"}', '{"a": "\\ude00\\ud83d"}', '{"\\udfff": 1}'),
  ...stored('B07', '{"a": "\\ud83d\\ude00"}'),
  ...normalised('B09', 'duplicate-key', ['{"a": 1, "a": 2}', '{"a": 2}'], ['{"b": {"a": 1, "\\u0061": {"c": 3}}}', '{"b": {"a": {"c": 3}}}']),
  ...normalised('B19', 'negative-zero', ['{"a": [-0.0, -0.5]}', '{"a": [0.0, -0.5]}'], ['-0', '0']),
  ...stored('B10', '[1e400]', `[${'1234567890'.repeat(10)}]`, '[0.1000000000000000055511151231257827]', '[1e-400]', '[9007199254740993]', '[1.0, 100, 1E2]'),
  ...quarantined('B10', '[1e200000]', '[1e-200000]'),
  ...stored('B43', '[1, "a", null]', '"text"', '42', 'true', 'null', '{}', '[]', ' {"a" : 1 } '),
  ...stored('B44', nested(1000)),
  ...quarantined('B44', nested(1001), nested(2000)),
  ...stored('B45', '{"__proto__": {"polluted": true}, "constructor": 1, "toString": null, "hasOwnProperty": []}', '{"": 1}'),
]; // prettier-ignore

const byKind: Readonly<Record<Conversion['kind'], readonly HazardValue[]>> = {
  text: texts,
  integer: [...brokenTexts, ...integers],
  float: [...brokenTexts, ...floats],
  decimal: [...brokenTexts, ...amounts],
  boolean: [...brokenTexts, ...booleans],
  date: [...brokenTexts, ...days],
  timestamp: [...brokenTexts, ...times],
  json: jsons,
};

/** Every value to try in a column, by its conversion and by what SQLite's affinity lets through. */
export function hazardValues(conversion: Conversion, affinity: Affinity): HazardValue[] {
  const values = [...byKind[conversion.kind]];
  if (conversion.kind === 'timestamp') {
    values.push(...normalised('B22', 'date-only', ['2026-01-09', midnight(conversion.zone)]));
    // A TEXT column turns a number into its digits, and digits are no time.
    values.push(...(affinity === 'text' ? quarantined('B23', 1767953303n, '20260109') : epochs));
  }
  if (conversion.kind === 'json') values.push(...jsonOddities(conversion.bareText));
  if (conversion.kind === 'text') return values;
  if (conversion.kind !== 'json') values.push(emptyText(conversion.nullable));
  return values;
}

const midnight = (zone: 'UTC' | 'Asia/Kolkata'): string =>
  zone === 'UTC' ? '2026-01-09T00:00:00.000000Z' : '2026-01-08T18:30:00.000000Z';

function jsonOddities(bareText: boolean): HazardValue[] {
  const odd = [...notJson, ''];
  if (!bareText) return quarantined('B43', ...odd);
  return normalised('B43', 'bare-text', ...odd.map((text): [Value, string] => [text, JSON.stringify(text)]));
}

const emptyText = (nullable: boolean): HazardValue =>
  nullable
    ? { code: 'B15', expected: 'normalised', rule: 'empty-to-null', normalised: null, value: '' }
    : { code: 'B32', expected: 'quarantined', value: '' };
