import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase, type SqlValue } from '@sluice/legacy';
import { tempDir, type TempDir } from '@sluice/testing';
import fc from 'fast-check';
import * as to from '../mapping/conversion';
import { legacyTable, postgresTable, type LegacyTable } from '../mapping/legacy-table';
import type { Lane } from './lane';
import { PagesLane } from './pages-lane';
import { SqlLane } from './sql-lane';

const { nullable } = to;
const columns = {
  id: to.integer,
  t: nullable(to.text),
  i: nullable(to.integer),
  r: nullable(to.float),
  d: nullable(to.decimal({ precision: 20, scale: 8 })),
  b: nullable(to.boolean),
  j: nullable(to.json()),
  u: nullable(to.timestamp({ zone: 'UTC' })),
  k: nullable(to.timestamp({ zone: 'Asia/Kolkata' })),
  day: nullable(to.date),
};
const plain =
  'id INTEGER PRIMARY KEY, t TEXT, i INTEGER, r REAL, d REAL, b INTEGER, j TEXT, u TEXT, k TIMESTAMP, day TEXT';
const untyped = 'id INTEGER PRIMARY KEY, t, i, r, d, b, j, u, k, day';
const mapped = (changes: Partial<LegacyTable> = {}): LegacyTable => ({
  ...legacyTable({ source: { file: 'a.db', table: 't', key: 'id' }, target: postgresTable('t'), columns }),
  ...changes,
});

let directory: TempDir;
let file: string;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
});
afterEach(() => directory.remove());

function write(declared: string, rows: readonly (readonly SqlValue[])[], sql = ''): void {
  const db = new DatabaseSync(file);
  db.exec(`DROP TABLE IF EXISTS t; CREATE TABLE t (${declared})${sql}; BEGIN`);
  const insert = db.prepare(`INSERT INTO t VALUES (${(rows[0] ?? []).map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(...row);
  db.exec('COMMIT');
  db.close();
}

function execute(sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

interface Streamed {
  readonly bytes: Buffer;
  readonly odd: bigint[];
  readonly rounded: number;
}

function streamOf(lane: Lane): Streamed {
  const chunks: Buffer[] = [];
  const odd: bigint[] = [];
  let rounded = 0;
  for (const range of lane.plan()) {
    for (const part of lane.stream(range)) {
      if ('bytes' in part) chunks.push(part.bytes);
      else if ('odd' in part) odd.push(...part.odd);
      else for (const count of part.rules.values()) rounded += count;
    }
  }
  return { bytes: Buffer.concat(chunks), odd, rounded };
}

function throughSql(table = mapped(), rowBytes = 100): Streamed {
  const db = LegacyDatabase.open(file);
  try {
    return streamOf(new SqlLane(db, table, rowBytes, 1 << 30));
  } finally {
    db.close();
  }
}

function throughPages(table = mapped()): Streamed {
  const db = LegacyDatabase.open(file);
  try {
    const lane = PagesLane.of(db, table, { rows: 1, rowBytes: 1, rangeBytes: 1 << 30 });
    if (typeof lane === 'string') throw new Error(lane);
    return streamOf(lane);
  } finally {
    db.close();
  }
}

describe('a row that the lane does not vouch for', () => {
  it.each([
    ...['5', '1.5', `x'41'`].map((value) => ['t', value]),
    ...['1.5', '1.0', `'12'`, `''`, '9e999', `x'3132'`].map((value) => ['i', value]),
    ...['-9e999', '9e999', `'1.5'`, `x'312e35'`, '9007199254740993', '0.0 * -1'].map((value) => ['r', value]),
    ...[`'1.5'`, `x'312e35'`, '1.0 / 512', '-9e999', '4611686018427387904', '1e300'].map((value) => ['d', value]),
    ...['2', '1.0', `'true'`, `'1'`, `x'31'`].map((value) => ['b', value]),
    ...[`''`, '7', `x'7b7d'`, `replace(hex(zeroblob(1001)), '0', '[')`].map((value) => ['j', value]),
    ...[`'{"a":1,"a":2}'`, `'[-0.0]'`].map((value) => ['j', value]),
    ...['1700000000', '1700000000.25', `''`, `'now'`, `'2026-02-29 00:00:00'`].map((value) => ['u', value]),
    ...[`'2026-01-01T24:00:00'`, `'2026-01-01 10:00:00.1234567'`, `'2026-01-01 10:00:00 '`].map((value) => [
      'k',
      value,
    ]),
    ['u', `x'323032362d30312d30312031303a30303a3030'`],
    ...[`'2026-02-30'`, `x'323032362d30312d3031'`, '20260101', `'2026-01-01 '`].map((value) => ['day', value]),
  ])('is named to odd: %s = %s', (column, value) => {
    const empty = (id: number): SqlValue[] => Object.keys(columns).map((name) => (name === 'id' ? id : null));
    write(untyped, [empty(1), empty(3)]);
    const without = throughSql();
    write(untyped, [empty(1), empty(2), empty(3)]);
    execute(`UPDATE t SET ${column} = ${value} WHERE id = 2`);
    const { bytes, odd } = throughSql();
    expect(odd).toEqual([2n]);
    expect(bytes.equals(without.bytes)).toBe(true);
  });

  it('is to both lanes a row of whose JSON PostgreSQL would lose a part', () => {
    const texts = [
      '{"a": [{"b": 1}, {"b": 2}]}',
      '{"a": {"b": 1, "b": 2}}',
      '{"b": -0.5, "c": "-0"}',
      '{"b": -0.0}',
      '{}',
    ];
    write(
      plain,
      texts.map((text, i) => Object.keys(columns).map((name) => (name === 'id' ? i : name === 'j' ? text : null))),
    );
    expect(throughSql().odd).toEqual([1n, 3n]);
    expect(throughPages().odd).toEqual([1n, 3n]);
  });

  it('is a row with a NULL where none may be, or with a decimal of more digits than the lane writes', () => {
    write('id INTEGER PRIMARY KEY, t TEXT, d REAL', [
      [1n, null, null],
      [2n, 'a', 0.5],
      [3n, 'a', null],
    ]);
    const strict = { id: to.integer, t: to.text, d: nullable(to.decimal({ precision: 20, scale: 10 })) };
    expect(throughSql(mapped({ columns: strict })).odd).toEqual([1n, 2n]);
  });

  it('is every row of a page with bytes that are not UTF-8', () => {
    const rows = Array.from({ length: 10 }, (_, i) => [
      i + 1,
      'x'.repeat(80_000),
      ...Array.from({ length: 8 }, () => null),
    ]);
    write(plain, rows);
    execute(`UPDATE t SET t = CAST(x'ff41' AS TEXT) WHERE id = 4`);
    expect(throughSql(mapped(), 80_000).odd).toEqual([4n, 5n, 6n]); // Three rows to a page.
  });
});

describe('long rows that lie together', () => {
  const lengths = (rows: number, bytes: number): void => {
    write(
      plain,
      Array.from({ length: rows }, (_, i) => [i + 1, 'short', ...Array.from({ length: 8 }, () => null)]),
    );
    execute(`UPDATE t SET t = replace(hex(zeroblob(${bytes / 2})), '0', 'x') WHERE id BETWEEN 101 AND 160`);
  };
  const chunks = (): number[] => {
    const db = LegacyDatabase.open(file);
    const lane = new SqlLane(db, mapped(), 100, 1 << 30);
    const parts = lane.plan().flatMap((range) => [...lane.stream(range)]);
    db.close();
    return parts.flatMap((part) => ('bytes' in part ? [part.bytes.length] : []));
  };

  it('leave SQLite a few at a time, although the table has thousands of short ones', () => {
    lengths(5000, 100_000);
    expect(Math.max(...chunks())).toBeLessThan(2.2 * 2 ** 20);
    expect(throughSql().bytes.equals(throughPages().bytes)).toBe(true);
  });

  it('are left to the exact lane where one of them is a page of its own', () => {
    lengths(300, 2_200_000);
    expect(throughSql().odd).toEqual(Array.from({ length: 60 }, (_, i) => BigInt(101 + i)));
  });
});

describe('plain rows', () => {
  it('become the very bytes that the page reader makes of them', () => {
    const texts = ['', 'a', '3:abc', '1,2', '7!', '\n\r\t\\\x01\x1f"', 'ü€😀', 'x'.repeat(33), 'y'.repeat(100_000)];
    const integers = [0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];
    const reals = [0, 1, -1, 0.1, 2593.56, 1e15, 1e22, 1e23, 1.7976931348623157e308, 5e-324, -2.2250738585072014e-308];
    const decimals = [0, 0.05651, 0.1 + 0.2, 123456.123456789, -1e-9, 99999.99999999];
    const days = ['0001-01-01', '2024-02-29', '9999-12-31'];
    const times = ['10:00:00', '23:59:59.999999', '00:00:00.5Z', '12:30:00+05:30'].map((time) => `2026-01-09T${time}`);
    const values: [keyof typeof columns, SqlValue[]][] = [
      ['t', texts], ['i', integers], ['r', reals], ['d', decimals], ['b', [0n, 1n]], ['j', ['{"a": [1, null]}', '"x"']],
      ['u', times], ['k', times], ['day', days],
    ]; // prettier-ignore
    const ids = [-(2n ** 63n), -7n, ...Array.from({ length: 60 }, (_, i) => BigInt(i)), 2n ** 53n + 1n, 2n ** 63n - 1n];
    const rows = ids.map((id, n) =>
      Object.keys(columns).map((name) => {
        const of = values.find(([column]) => column === name)?.[1] ?? [id];
        return name === 'id' ? id : n % 7 === 3 ? null : (of[n % of.length] ?? null);
      }),
    );
    write(plain, rows);
    const [ours, pages] = [throughSql(), throughPages()];
    expect(ours.odd).toEqual([]);
    expect(ours.bytes.equals(pages.bytes)).toBe(true);
    expect(ours.rounded).toBe(pages.rounded);
    expect(ours.rounded).toBeGreaterThan(0);
    write(plain, rows, ' WITHOUT ROWID');
    expect(throughSql().bytes.equals(ours.bytes)).toBe(true);
  });

  it('keep every double bit for bit', () => {
    const view = new DataView(new ArrayBuffer(8));
    const fromBits = (bits: bigint): number => {
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    };
    const powers = Array.from({ length: 632 }, (_, i) => Number(`1e${i - 323}`));
    // Seventeen digits are scarcest just above a power of ten that lies just below a power of two.
    const scarce = powers.flatMap((power) => [power * (1 + 2 ** -52), power * 1.003, -power * 1.0117]);
    const table = mapped({ columns: { id: to.integer, r: to.float } });
    const patterns = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 2000, maxLength: 2000 });
    const holds = fc.property(patterns, (bits) => {
      const subnormal = bits.map((pattern) => fromBits(pattern & 0x800fffffffffffffn));
      const doubles = [...powers, ...scarce, ...bits.map(fromBits), ...subnormal].filter(Number.isFinite);
      // The driver would bind a double below 2^-52 as 0.
      write('id INTEGER PRIMARY KEY, s TEXT, r REAL', doubles.map((value, i) => [BigInt(i), String(value), null])); // prettier-ignore
      execute('UPDATE t SET r = CAST(s AS REAL)');
      const ours = throughSql(table);
      expect(ours.odd).toEqual([]);
      expect(ours.bytes.equals(throughPages(table).bytes)).toBe(true);
      const exponents = doubles.map((_, i) => ours.bytes.readUInt16BE(19 + 26 * i + 18) & 0x7ff0);
      expect(new Set(exponents).size).toBeGreaterThan(1000);
    });
    fc.assert(holds, { numRuns: 5, endOnFailure: true });
  });

  it('need no key among the columns', () => {
    write('t TEXT', [['a'], ['b']]);
    const { t } = columns;
    const keyless = mapped({ columns: { t }, source: { file: 'a.db', table: 't', key: 'rowid' } });
    expect(throughSql(keyless).bytes.equals(throughPages(keyless).bytes)).toBe(true);
  });
});
