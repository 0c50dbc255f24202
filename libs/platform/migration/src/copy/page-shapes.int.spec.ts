import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase, LegacyFileError, leafPages } from '@sluice/legacy';
import { tempDir, type TempDir } from '@sluice/testing';
import fc from 'fast-check';
import * as to from '../mapping/conversion';
import { legacyTable, postgresTable, type LegacyTable } from '../mapping/legacy-table';
import { PageEncoder } from './page-encoder';
import { canEncode } from './page-layout';

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
  day: nullable(to.date),
  must: to.text,
};
const declared = 'id INTEGER PRIMARY KEY, t TEXT, i INTEGER, r REAL, d, b, j TEXT, u, day TEXT, must TEXT';
const aMapping = (changes: Partial<LegacyTable> = {}): LegacyTable => ({
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

function write(sql: string): void {
  const db = new DatabaseSync(file);
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

function withEncoder<T>(use: (encoder: () => PageEncoder, leaves: number[]) => T, mapping = aMapping()): T {
  const db = LegacyDatabase.open(file);
  try {
    const info = db.tables().find(({ name }) => name === 't');
    const pages = db.pages();
    if (!info || !pages) throw new Error('no table');
    const found = canEncode(info, mapping);
    if ('reason' in found) throw new Error(found.reason);
    const leaves = leafPages(pages, info.rootPage).map(({ page }) => page);
    return use(() => new PageEncoder(pages, found.layout), leaves);
  } finally {
    db.close();
  }
}

type Tuple = (Buffer | null)[];
/** The fields of each tuple, as PostgreSQL would cut them. */
function tuplesOf(bytes: Buffer): Tuple[] {
  const tuples: Tuple[] = [];
  for (let at = 0; at < bytes.length;) {
    const tuple: Tuple = [];
    const fields = bytes.readInt16BE(at);
    at += 2;
    for (let i = 0; i < fields; i++) {
      const length = bytes.readInt32BE(at);
      tuple.push(length < 0 ? null : bytes.subarray(at + 4, at + 4 + length));
      at += 4 + Math.max(0, length);
    }
    tuples.push(tuple);
  }
  return tuples;
}

function encode(mapping = aMapping()): { tuples: Tuple[]; odd: bigint[]; rounded: ReadonlyMap<string, number> } {
  return withEncoder((encoder, leaves) => {
    const odd: bigint[] = [];
    const one = encoder();
    const chunks = [...one.encode(leaves, (key) => odd.push(key))];
    return { tuples: tuplesOf(Buffer.concat(chunks)), odd, rounded: one.rounded };
  }, mapping);
}

const texts = (column: number, tuples: readonly Tuple[]): (string | undefined)[] =>
  tuples.map((tuple) => tuple[column]?.toString());
const series = (rows: number): string =>
  `(WITH RECURSIVE s (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM s WHERE v < ${rows}) SELECT v FROM s)`;

describe('a row that the encoder does not vouch for', () => {
  it.each([
    ['t', `x'41'`],
    ['t', '5'],
    ['i', '1.5'],
    ['i', `'abc'`],
    ['i', `''`],
    ['r', `'1,5'`],
    ['d', `'1.5'`],
    ['d', '9e999'],
    ['d', '1.0 / 512'],
    ['b', '2'],
    ['b', '1.0'],
    ['b', `'true'`],
    ['j', `''`],
    ['j', `x'31'`],
    ...[
      '',
      'now',
      '2026-02-29 00:00:00',
      '2026-01-01',
      '2026-01-01T24:00:00',
      '2026-01-01 10:60:00',
      '2026-01-01 10:00:60',
    ].map((u) => ['u', `'${u}'`]),
    ...['2026-01-01 10:00:00.', '2026-01-01 10:00:00.1234567', '2026-01-01 10:00:00 Z', '2026-01-01x10:00:00'].map(
      (u) => ['u', `'${u}'`],
    ),
    ...['2026-01-01 10:00:00+0530', '2026-01-01 10:00:00+05', '2026-01-01 10:00:00+16:00', '0000-01-01 00:00:00'].map(
      (u) => ['u', `'${u}'`],
    ),
    ...['0001-01-01 00:00:00+01:00', '9999-12-31 23:59:59-01:00', '2026-1-01 10:00:00', '２026-01-01 10:00:00'].map(
      (u) => ['u', `'${u}'`],
    ),
    ['u', '1767225600'],
    ...['', '2026-13-01', '1900-02-29', '2026-01-01 ', '2026/01/01'].map((day) => ['day', `'${day}'`]),
    ['must', 'NULL'],
  ])('is left out and named where %s is %s, and its neighbours arrive', (column, value) => {
    write(`CREATE TABLE t (${declared.replace('t TEXT', 't')}); INSERT INTO t (id, must) VALUES (1, 'before'), (2, 'it'), (3, 'after');
      UPDATE t SET ${column} = ${value} WHERE id = 2`);
    const { tuples, odd } = encode();
    expect(odd).toEqual([2n]);
    expect(texts(9, tuples)).toEqual(['before', 'after']);
  });

  it('does not count its rounded decimals', () => {
    write(
      `CREATE TABLE t (${declared}); INSERT INTO t (id, d, u, must) VALUES (1, 0.1234567891, NULL, ''), (2, 0.1234567891, 'bad', ''), (3, NULL, NULL, '')`,
    );
    const { odd, rounded } = encode();
    expect([odd, [...rounded]]).toEqual([[2n], [['d', 1]]]);
  });
});

describe('records of every shape', () => {
  it('are read with keys at both ends of 64 bits', () => {
    const keys = [
      -(2n ** 63n),
      -(2n ** 56n) - 1n,
      -1n,
      0n,
      127n,
      128n,
      2n ** 49n,
      2n ** 56n,
      2n ** 56n + 5n,
      2n ** 63n - 1n,
    ];
    write(`CREATE TABLE t (${declared}); INSERT INTO t (id, must) VALUES ${keys.map((key) => `(${key}, '')`).join()}`);
    expect(encode().tuples.map((tuple) => tuple[0]?.readBigInt64BE())).toEqual(keys);
  });

  it.each([512, 4096, 65_536])('are joined from overflow pages of %i bytes', (pageSize) => {
    const lengths = [1, 100, 470, 480, 500, 4000, 4061, 4062, 65_000, 70_000, 1_000_000];
    write(`PRAGMA page_size = ${pageSize}; CREATE TABLE t (${declared})`);
    for (const length of lengths)
      write(`INSERT INTO t (t, must) SELECT replace(hex(zeroblob(${length})), '00', 'ab'), 'end'`);
    const { tuples } = encode();
    expect(texts(1, tuples)).toEqual(lengths.map((length) => 'ab'.repeat(length)));
    expect(texts(9, tuples)).toEqual(lengths.map(() => 'end'));
  });

  it('are read where pages have a reserved tail', () => {
    write('PRAGMA page_size = 1024; PRAGMA user_version = 1');
    const bytes = readFileSync(file);
    bytes.writeUInt8(32, 20);
    bytes.writeUInt16BE(1024 - 32, 105);
    writeFileSync(file, bytes);
    write(
      `CREATE TABLE t (${declared}); INSERT INTO t (t, must) SELECT hex(zeroblob(v * 9)), 'end' FROM ${series(300)}; PRAGMA integrity_check`,
    );
    const { tuples, odd } = encode();
    expect(tuples.map((tuple) => tuple[1]?.length)).toEqual(Array.from({ length: 300 }, (_, i) => (i + 1) * 18));
    expect(odd).toEqual([]);
    expect(readFileSync(file).readUInt8(20)).toBe(32);
  });

  it('are read from pages with gaps where rows were deleted and shortened', () => {
    write(`CREATE TABLE t (${declared}); INSERT INTO t (t, must) SELECT hex(randomblob(60)), v FROM ${series(2000)};
      DELETE FROM t WHERE id % 3 = 0; UPDATE t SET t = 'short' WHERE id % 5 = 0; INSERT INTO t (id, t, must) VALUES (3, 'new', 'new')`);
    const db = LegacyDatabase.open(file);
    const expected = db.rows('SELECT t FROM t ORDER BY id').map(([value]) => value);
    db.close();
    expect(texts(1, encode().tuples)).toEqual(expected);
  });

  it('that are older than a column have its default', () => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY, must TEXT); INSERT INTO t VALUES (1, 'old')`);
    write(`ALTER TABLE t ADD t TEXT DEFAULT 'it''s'; ALTER TABLE t ADD i INTEGER DEFAULT -7; ALTER TABLE t ADD r REAL DEFAULT 1.5;
      ALTER TABLE t ADD d DEFAULT 2.25; ALTER TABLE t ADD b DEFAULT 1; ALTER TABLE t ADD j TEXT DEFAULT '{}'; ALTER TABLE t ADD u; ALTER TABLE t ADD day TEXT;
      INSERT INTO t (id, must) VALUES (2, 'new')`);
    const { tuples, odd } = encode();
    expect(odd).toEqual([]);
    expect(tuples[0]?.slice(1, 9)).toEqual(tuples[1]?.slice(1, 9));
    expect(texts(1, tuples)).toEqual([`it's`, `it's`]);
    expect(tuples[0]?.[2]?.readBigInt64BE()).toBe(-7n);
  });

  it('that are older than a column whose default SQLite converts are odd', () => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY, must TEXT); INSERT INTO t VALUES (1, 'old'); ALTER TABLE t ADD t TEXT DEFAULT 5;
      INSERT INTO t VALUES (2, 'new', 'x')`);
    const { odd, tuples } = encode(aMapping({ columns: { id: to.integer, t: to.text } }));
    expect([odd, texts(1, tuples)]).toEqual([[1n], ['x']]);
  });

  it('can be read by two encoders in turn', () => {
    write(`CREATE TABLE t (${declared}); INSERT INTO t (t, must) SELECT hex(randomblob(900)), v FROM ${series(1500)}`);
    const whole = texts(1, encode().tuples);
    const [one, two] = withEncoder((encoder, leaves) => {
      const streams = [leaves, [...leaves].reverse()].map((order) => encoder().encode(order, () => undefined));
      const chunks: Buffer[][] = [[], []];
      for (let open = 2; open > 0;) {
        open = 0;
        streams.forEach((stream, i) => {
          const next = stream.next();
          if (next.done) return;
          chunks[i]?.push(next.value);
          open++;
        });
      }
      return chunks.map((parts) => texts(1, tuplesOf(Buffer.concat(parts))));
    });
    expect(one).toEqual(whole);
    expect(new Set(two)).toEqual(new Set(whole));
  });

  it('that are damaged end in LEGACY_CORRUPT or in some rows, never in another error', () => {
    write(`PRAGMA page_size = 1024; CREATE TABLE t (${declared});
      INSERT INTO t (t, i, u, must) SELECT hex(randomblob(v % 900)), v * v, '2026-01-01 10:00:00', 'm' FROM ${series(300)}`);
    const sound = readFileSync(file);
    let refused = 0;
    const damage = fc.array(fc.tuple(fc.integer({ min: 2048, max: sound.length - 1 }), fc.nat(255)), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(damage, (places) => {
        const bytes = Buffer.from(sound);
        for (const [place, value] of places) bytes[place] = value;
        writeFileSync(file, bytes);
        try {
          encode();
        } catch (error) {
          if (!(error instanceof LegacyFileError) || error.code !== 'LEGACY_CORRUPT') throw error;
          refused++;
        }
      }),
      { numRuns: 120 },
    );
    expect(refused).toBeGreaterThan(10);
  });
});

describe('canEncode', () => {
  it.each([
    ['CREATE TABLE t (id TEXT PRIMARY KEY, must TEXT) WITHOUT ROWID', 'it has no rowid'],
    ['CREATE VIEW t AS SELECT 1 AS id', 'it is a view'],
    ['CREATE VIRTUAL TABLE t USING fts5(must)', 'it is a virtual'],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY, must TEXT AS (id) STORED)', 'it has generated columns'],
    ['CREATE TABLE t (id INT PRIMARY KEY, must TEXT)', 'its key id is not the rowid'],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY DESC, must TEXT)', 'its key id is not the rowid'],
    ['CREATE TABLE t (id INTEGER, must TEXT, PRIMARY KEY (id, must))', 'its key id is not the rowid'],
    ['CREATE TABLE t (id INTEGER PRIMARY KEY)', 'the file has no column must'],
  ])('refuses %s', (sql, reason) => {
    write(sql);
    const mapping = aMapping({ columns: { id: to.integer, must: to.text } });
    expect(() => withEncoder(() => null, mapping)).toThrow(reason);
  });

  it('reads a table without an integer key by its rowid', () => {
    write(`CREATE TABLE t (a TEXT PRIMARY KEY); INSERT INTO t (rowid, a) VALUES (7, 'x'), (9, 'y')`);
    const source = { file: 'a.db', table: 't', key: 'rowid' };
    const { tuples } = encode(aMapping({ source, columns: { a: to.text, rowid: to.integer } }));
    expect(tuples.map(([a, key]) => [a?.toString(), key?.readBigInt64BE()])).toEqual([
      ['x', 7n],
      ['y', 9n],
    ]);
  });
});
