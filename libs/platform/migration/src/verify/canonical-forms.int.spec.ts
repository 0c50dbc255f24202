import fc from 'fast-check';
import type { Client } from 'pg';
import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import { decimalText, scaledHalfEven } from './decimal-text';
import { floatText } from './float-text';
import { readStamp, stampText } from './instant';
import { JsonCanon } from './json-canon';

let database: FreshDatabase;
let client: Client;
const canon = new JsonCanon();

beforeAll(async () => {
  database = await freshDatabase({ migrated: false });
  client = await connectedClient(database.url);
  await client.query("SET timezone = 'UTC'; SET extra_float_digits = 1");
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** As PostgreSQL prints each of many values. */
async function printed(type: string, values: readonly string[]): Promise<(string | null)[]> {
  const { rows } = await client.query<{ text: string | null }>(
    `SELECT v::${type}::text AS text FROM unnest($1::text[]) WITH ORDINALITY AS given(v, i) ORDER BY i`,
    [values],
  );
  return rows.map(({ text }) => text);
}

function canonical(text: string): string {
  const bytes = Buffer.from(text);
  const end = canon.write(bytes, 0, bytes.length, 0);
  return end < 0 ? `fault ${canon.fault}` : canon.out.toString('utf8', 0, end);
}

const doubles = fc.double({ noNaN: true });
const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a', 'b', 'aa', 'é', '"', '\\', '\n', '', '__proto__'),
);
const numbers = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,25})?([eE][+-]?\d{1,3})?$/),
  doubles.filter(Number.isFinite).map(String),
);
const withoutNul = (text: string): string => text.replaceAll('\0', '');

/** JSON texts as people and Python write them: repeated keys, blanks, escapes, any number. */
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('true', 'false', 'null', '0', '-0', '-0.0', '1E400', '[]', '{ }'),
    numbers,
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(withoutNul(text))),
    fc.string({ unit: 'binary' }).map((text) => escaped(withoutNul(text))),
    fc.array(tie('value')).map((items) => `[${items.join(' ,\t')}]`),
    fc
      .array(fc.tuple(key, tie('value')))
      .map((members) => `{${members.map(([name, text]) => `${escaped(withoutNul(name))}\n: ${text}`).join(',')}}`),
  ),
}));

/** Every other character as `\\u`. */
function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}"`;
}

it('writes JSON as jsonb prints it', async () => {
  const texts = fc.sample(jsonText, 4000);
  const expected = await printed('jsonb', texts);
  expect(texts.map(canonical)).toEqual(expected);
});

it('calls no JSON what jsonb refuses', async () => {
  const broken = fc
    .tuple(jsonText, fc.nat(), fc.constantFrom('', ',', '"', '}', ']', ':', '\\', '1', 'e', '-', '.', ' ', '\n'))
    .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
  const texts = fc.sample(broken, 3000).filter((text) => text.isWellFormed());
  const { rows } = await client.query<{ valid: boolean }>(
    "SELECT pg_input_is_valid(v, 'jsonb') AS valid FROM unnest($1::text[]) WITH ORDINALITY AS given(v, i) ORDER BY i",
    [texts],
  );
  const ours = texts.map((text) => !canonical(text).startsWith('fault'));
  const wrong = texts.filter((_, index) => ours[index] !== rows[index]!.valid);
  expect(wrong).toEqual([]);
  expect(ours).toContain(false);
});

it('agrees with numeric about what is beyond it', async () => {
  const texts = [
    '1e131071',
    '1e131072',
    '1e-16383',
    '1e-16384',
    '0e-16384',
    '0e200000',
    '12e131070',
    '0.1e131073',
    '1e-999999999',
  ];
  const { rows } = await client.query<{ valid: boolean }>(
    "SELECT pg_input_is_valid(v, 'jsonb') AS valid FROM unnest($1::text[]) WITH ORDINALITY AS given(v, i) ORDER BY i",
    [texts],
  );
  expect(texts.map((text) => [text, !canonical(text).startsWith('fault')])).toEqual(
    texts.map((text, i) => [text, rows[i]!.valid]),
  );
});

it('writes doubles as float8 prints them', async () => {
  const bits = fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((raw) => new Float64Array(new BigUint64Array([raw]).buffer)[0]!);
  const edges = [
    0,
    -0,
    5e-324,
    1e15,
    999999999999999.9,
    1e-4,
    0.00009999,
    1e21,
    1e22,
    2 ** 53,
    Infinity,
    -Infinity,
    1e100,
    123456789012345680,
  ];
  const middles = [22864292079349168, -43129216384855264, -56843811816554704]; // The last needs two digits more.
  const powers = Array.from({ length: 140 }, (_, power) => 2 ** power);
  const values = [
    ...edges,
    ...middles,
    ...powers,
    ...fc.sample(doubles, 3000),
    ...fc.sample(bits, 3000).filter((value) => !Number.isNaN(value)),
  ];
  const expected = await printed(
    'float8',
    values.map((value) => (Object.is(value, -0) ? '-0' : String(value))),
  );
  expect(values.map(floatText)).toEqual(expected);
});

it('rounds decimals half-even from the exact binary value', async () => {
  // The exact value of a double has at most 1,074 digits behind its point, and numeric holds them all.
  const values = [
    0.001953125,
    0.005859375,
    -0.001953125,
    0.1 + 0.2,
    5e-324,
    1e11,
    0.000000005,
    0.000000015,
    ...fc.sample(fc.double({ min: -1e9, max: 1e9, noNaN: true }), 2000),
  ];
  const ours = values.map((value) => decimalText(scaledHalfEven(value, 8), { precision: 20, scale: 8 }));
  const { rows } = await client.query<{ near: boolean }>(
    `SELECT abs(r::numeric - e::numeric) < 0.000000005 OR (abs(r::numeric - e::numeric) = 0.000000005
       AND mod(r::numeric * 100000000, 2) = 0) AS near
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given(r, e, i) ORDER BY i`,
    [ours, values.map(exactDecimal)],
  );
  expect(values.filter((_, index) => !rows[index]!.near)).toEqual([]);
});

/** All decimal digits of a double. */
function exactDecimal(value: number): string {
  const scaled = scaledHalfEven(value, 1074);
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(1075, '0');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -1074)}.${digits.slice(-1074)}`;
}

it('reads and writes timestamps as PostgreSQL does', async () => {
  const part = (max: number): fc.Arbitrary<string> => fc.nat(max).map((n) => String(n).padStart(2, '0'));
  const stamp = fc
    .tuple(
      fc.integer({ min: 2, max: 9998 }),
      part(13),
      part(31),
      part(23),
      part(59),
      part(59),
      fc.nat(999_999),
      fc.constantFrom('', 'Z', '+05:30', '-0945', '+14'),
    )
    .map(
      ([year, month, day, hour, minute, second, micros, zone]) =>
        `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.${micros}${zone}`,
    );
  const texts = fc.sample(stamp, 2000);
  const { rows } = await client.query<{ valid: boolean }>(
    "SELECT pg_input_is_valid(v, 'timestamptz') AS valid FROM unnest($1::text[]) WITH ORDINALITY AS given(v, i) ORDER BY i",
    [texts],
  );
  const readings = texts.map((text) => readStamp(text, 0));
  expect(readings.map((reading) => reading !== null)).toEqual(rows.map(({ valid }) => valid));
  const good = texts.filter((_, index) => rows[index]!.valid);
  expect(readings.flatMap((reading) => (reading ? [stampText(reading.instant)] : []))).toEqual(
    await printed('timestamptz', good),
  );
});
