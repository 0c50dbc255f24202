import { freshDatabase, tempDir } from '@sluice/testing';
import { LegacyDatabase } from '@sluice/legacy';
import { layoutOf } from './row-layout';
import { FIRST_KEY, LAST_KEY, SourceReader } from './source-reader';
import { Bench, specimens, sqliteSchema } from './specimen';

const everything = { from: FIRST_KEY, to: LAST_KEY, quarantined: [] };
let bench: Bench;
let database: LegacyDatabase | undefined;

beforeEach(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase());
});

afterEach(async () => {
  database?.close();
  await bench.close();
});

function reader(...rows: readonly string[]): SourceReader {
  bench.source(sqliteSchema, ...rows.map((row) => `INSERT INTO specimens ${row}`));
  database = LegacyDatabase.open(bench.file);
  const info = database.tables().find(({ name }) => name === specimens.name)!;
  return new SourceReader(database, info, specimens, layoutOf(specimens), {});
}

const columns = '(name, note, amount, measure, count, flag, seen_at, day, payload, remark)';

it('writes plain and odd rows the quick way in the very bytes of the exact way', () => {
  const source = reader(
    `${columns} VALUES ('a', 'b', 1.5, 0.1, 7, 1, '2026-01-09 14:28:23', '2026-01-09', '{"b":1,"a":[]}', '1'),
      ('', '', 0.1234567891, -5e-324, -1, 0, '2026-01-09T14:28:23.10Z', NULL, NULL, NULL),
      ('line' || char(10), NULL, -3, 1e300, NULL, NULL, '2026-01-09T14:28:23Z', NULL, 'null', 'not JSON')`,
    `(name, note, flag, seen_at) VALUES ('odd' || char(1), NULL, 'yes', 1767969000), ('after', char(2), 1, NULL)`,
    `(name, count, seen_at, payload) VALUES ('empty', '', '2026-01-09T14:28:23.5', '[NaN]'), ('last', 1, '', '{"a":1,"a":2}')`,
  );
  // The third row has a text that is no JSON: such a value is left to the exact form.
  expect(source.quick(everything)).toBeNull();
  for (const [from, to] of [
    [1n, 2n],
    [4n, 7n],
  ] as const) {
    const range = { from, to, quarantined: [] };
    const exact = source.exact(range);
    const quick = source.quick(range)!;
    expect(quick.bytes.toString()).toBe(exact.bytes.toString());
    // The quick way counts no rounding of which it is certain; the load does.
    const withoutRounding = (rules: Record<string, number>): unknown => ({ ...rules, 'amount: rounded': 0 });
    expect(withoutRounding(quick.rules.toJSON())).toEqual(withoutRounding(exact.rules.toJSON()));
    expect(quick.kept).toHaveLength(exact.kept.length);
    expect(quick.kept).toEqual(expect.arrayContaining([...exact.kept]));
    expect(quick.rows).toBe(exact.rows);
  }
});

it('never writes a bad value the quick way as PostgreSQL would print a good one', () => {
  const source = reader(
    `(name, seen_at) VALUES ('nul', CAST('2026-01-09T14:28:23.5Z' || char(0) || 'x' AS TEXT))`,
    `(name, amount) VALUES ('blob', x'')`,
    `(name, seen_at) VALUES ('dots', '2026-01-09 14:28:23..00')`,
    `(name, day) VALUES ('blob', CAST('2026-01-09' AS BLOB))`,
    `(name, count) VALUES ('text', '12x')`,
    `(name, flag) VALUES ('two', 2)`,
    `(name, seen_at) VALUES ('nanos', '2026-01-09 14:28:23.123456000')`,
  );
  const refused = source.exact(everything).refused.map(({ column }) => column);
  expect(refused).toEqual(['seen_at', 'amount', 'seen_at', 'day', 'count', 'flag']);
  for (let key = 1n; key <= 6n; key++) {
    const quick = source.quick({ from: key, to: key, quarantined: [] });
    const refusedRow = quick === null || quick.refused.length > 0;
    // PostgreSQL prints no NUL, no lone ESCAPE, no letters in an integer and no Z.
    expect({ key, bad: refusedRow || /[\0\x03]|12x|Z\+00/.test(quick.bytes.toString()) }).toEqual({ key, bad: true });
  }
  expect(source.quick({ from: 7n, to: 7n, quarantined: [] })!.rules.toJSON()).toEqual({
    'seen_at: nanoseconds-cut': 1,
  });
});

it('leaves rows in quarantine out', () => {
  const source = reader(`(name) VALUES ('a'), ('b'), ('c')`);
  const range = { ...everything, quarantined: [2n] };
  expect(source.quick(range)).toMatchObject({ rows: 2 });
  expect(source.quick(range)!.bytes.equals(source.exact(range).bytes)).toBe(true);
});

it('cuts ranges behind so many rows, with no gap', () => {
  const source = reader(`(id, name) VALUES (-5, 'a'), (10, 'b'), (20, 'c'), (9223372036854775807, 'd')`);
  const next = (from: bigint, rows: number): bigint => source.bound(from, rows, 1000).to;
  expect(next(FIRST_KEY, 2)).toBe(19n);
  expect(next(20n, 2)).toBe(LAST_KEY);
  expect(next(20n, 1)).toBe(LAST_KEY - 1n);
});

it('cuts a range whose rows have more bytes than it may hold, down to a single row', () => {
  const long = `replace(hex(zeroblob(500)), '0', 'x')`;
  const source = reader(`(id, name) VALUES (1, 'a'), (5, ${long}), (6, ${long}), (7, ${long}), (9, 'b')`);
  const next = (from: bigint, bytes: number): bigint => source.bound(from, 10, bytes).to;
  expect([1n, 7n].map((from) => next(from, 2500))).toEqual([6n, LAST_KEY]);
  expect([1n, 2n, 6n, 7n, 8n].map((from) => next(from, 500))).toEqual([1n, 5n, 6n, 7n, LAST_KEY]);
});

it('reads rows by key and by range however few fit into memory together', () => {
  const long = `replace(hex(zeroblob(200000)), '0', 'x')`;
  const source = reader(`(id, name) VALUES (1, 'a'), (2, ${long}), (3, ${long}), (4, ${long}), (5, ${long}), (8, 'b')`);
  const keys = [1n, 2n, 3n, 4n, 5n, 8n];
  expect(source.exactRows(everything).map(({ key }) => key)).toEqual(keys);
  expect([...source.rowsOf([0n, ...keys, 9n])].map(({ key }) => key)).toEqual(keys);
  expect(source.exactRows({ ...everything, quarantined: [3n] }).map(({ key }) => key)).toEqual([1n, 2n, 4n, 5n, 8n]);
});
