import type { JsonShape } from './python-json-text';

/** What Python 3's `json.dumps` writes for the value that PostgreSQL prints so; checked against Python where there is one. */
export const pythonJsonGolden: readonly { jsonb: string; shape?: JsonShape; python: string }[] = [
  { jsonb: '{}', python: '{}' },
  { jsonb: '[]', python: '[]' },
  { jsonb: 'null', python: 'null' },
  { jsonb: '[true, false, null]', python: '[true, false, null]' },
  { jsonb: '{"a": [1, {"b": []}]}', python: '{"a": [1, {"b": []}]}' },
  { jsonb: '"Café ₹ 😀"', python: String.raw`"Caf\u00e9 \u20b9 \ud83d\ude00"` },
  { jsonb: String.raw`"a\"b\\c/d\b\f\n\r\t\u0001"`, python: String.raw`"a\"b\\c/d\b\f\n\r\t\u0001"` },
  { jsonb: '"\u007f\u0080\u2028"', python: String.raw`"\u007f\u0080\u2028"` },
  { jsonb: '{"ключ": "}],{"}', python: String.raw`{"\u043a\u043b\u044e\u0447": "}],{"}` },
  { jsonb: '[75.0, 62.50, 0.1, -0.5]', python: '[75.0, 62.5, 0.1, -0.5]' },
  { jsonb: '[0.0001, 0.00001, 0.00001234]', python: '[0.0001, 1e-05, 1.234e-05]' },
  { jsonb: '[9999999999999998.0, 10000000000000000.0, 123456789012345680000.0]', python: '[9999999999999998.0, 1e+16, 1.2345678901234568e+20]' },
  { jsonb: '[38182528, 9007199254740993, -1, 0]', python: '[38182528, 9007199254740993, -1, 0]' },
  { jsonb: '{"score": 75, "rank": 1}', shape: { of: { score: { float: true } } }, python: '{"score": 75.0, "rank": 1}' },
  { jsonb: '{"b": 2, "aa": 1, "zzz": {"y": 1, "xx": 2}}', shape: { members: ['zzz', 'none', 'aa'], each: { members: ['xx'] } }, python: '{"zzz": {"xx": 2, "y": 1}, "aa": 1, "b": 2}' },
  { jsonb: '{"2": 1, "10": [0, 1.50]}', shape: { members: ['10'], of: { '10': { each: { float: true } } } }, python: '{"10": [0.0, 1.5], "2": 1}' },
  { jsonb: '{"__proto__": {"a": 1}, "constructor": 2}', python: '{"__proto__": {"a": 1}, "constructor": 2}' },
  { jsonb: `[-${'1'.repeat(4300)}]`, python: `[-${'1'.repeat(4300)}]` },
]; // prettier-ignore

/** A double by JavaScript's text, and Python's `repr` of it. */
export const pythonFloatGolden: readonly (readonly [number, string])[] = [
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1 / 3, '0.3333333333333333'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [9999999999999998, '9999999999999998.0'],
  [0.00001234, '1.234e-05'],
  [9007199254740992, '9007199254740992.0'],
  [1e16, '1e+16'],
  [1.2345678901234568e17, '1.2345678901234568e+17'],
  [1e21, '1e+21'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [5e-324, '5e-324'],
  [108.896088, '108.896088'],
  [Infinity, 'Infinity'],
  [-Infinity, '-Infinity'],
  [NaN, 'NaN'],
];
