import { freshDatabase, tempDir } from '@sluice/testing';
import { boolean, float, integer, nullable, text, timestamp } from '../mapping/conversion';
import type { LabelReading } from '../mapping/legacy-table';
import { aTable, Bench, postgresSchema, specimens, sqliteSchema } from './specimen';
import type { Difference, TableVerification } from './verification';
import { verifyTable, type VerifyTableOptions } from './verify-table';

const ROWS = 30;

/** The same rows for both sides: plain values with an odd one here and there. */
function rowSql(id: number, dialect: 'sqlite' | 'postgres'): string {
  const stamp =
    dialect === 'sqlite' ? `'2026-01-09T14:28:23.9333${id + 10}Z'` : `'2026-01-09 14:28:23.9333${id + 10}+00'`;
  const flag = dialect === 'sqlite' ? id % 2 : id % 2 === 1;
  const note =
    id % 5 === 0
      ? "''"
      : id % 7 === 0
        ? 'NULL'
        : `'line ${id}' || ${dialect === 'sqlite' ? 'char(10, 9)' : "E'\\n\\t'"} || '"é😀\\'`;
  const unique = id % 5 === 0 ? `'${id}'` : note;
  const payload = `'{"b":${id}.50,"a":{"z":[1e2,"\\u00e9"],"y":50.0}}'`;
  return `(${id * 10}, 'name ${id}', ${unique}, ${id}.12345678, ${id / 3}, ${id % 3 === 0 ? 'NULL' : `${id / 7}`}, ${id}, ${flag},
    ${stamp}, '2026-01-${String(id).padStart(2, '0')}', ${payload}, '[${id}]')`;
}

const rows = (dialect: 'sqlite' | 'postgres'): string =>
  Array.from({ length: ROWS }, (_, index) => rowSql(index + 1, dialect)).join(',\n');

let bench: Bench;

beforeAll(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase());
  bench.source(sqliteSchema, `INSERT INTO specimens VALUES ${rows('sqlite')}`);
  await bench.target.query(postgresSchema);
  await bench.target.query(`INSERT INTO specimens VALUES ${rows('postgres')}`);
});

afterAll(() => bench.close());

function verify(over: Partial<VerifyTableOptions> = {}, at = bench): Promise<TableVerification> {
  return at.read((database) =>
    verifyTable({ database, table: specimens, connectionString: at.url, quarantined: new Set(), ...over }),
  );
}

/** Verifies with a change of the target that is taken back afterwards. */
async function verifyWith(...statements: readonly string[]): Promise<TableVerification> {
  await bench.target.query('CREATE TABLE kept AS TABLE specimens');
  try {
    for (const statement of statements) await bench.target.query(statement);
    return await verify();
  } finally {
    await bench.target.query('TRUNCATE specimens; INSERT INTO specimens TABLE kept; DROP TABLE kept');
  }
}

const named = (found: readonly Difference[]): string[] =>
  found.map(({ kind, rowKey, column }) => `${kind} ${rowKey} ${column ?? '-'}`);

describe('equal sides', () => {
  it('are clean, with counts and a digest of the source', async () => {
    const result = await verify();
    expect(result).toMatchObject({
      clean: true,
      rowsSource: 30n,
      rowsTarget: 30n,
      rowsQuarantined: 0n,
      differences: 0n,
      found: [],
    });
    expect(result.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await verifyWith('DELETE FROM specimens')).digest).toBe(result.digest);
  });

  it('report progress up to the last row', async () => {
    const seen: number[] = [];
    await verify({ onProgress: (count) => seen.push(count) });
    expect(seen.at(-1)).toBe(ROWS);
  });
});

describe('a changed target', () => {
  it.each<[string, string, string[]]>([
    ['1e-8 in a numeric', 'UPDATE specimens SET amount = amount + 0.00000001 WHERE id = 70', ['changed 70 amount']],
    [
      'one unit in the last place',
      'UPDATE specimens SET measure = 0.33333333333333337 WHERE id = 10',
      ['changed 10 measure'],
    ],
    [
      'a lost microsecond',
      "UPDATE specimens SET seen_at = date_trunc('milliseconds', seen_at) WHERE id = 50",
      ['changed 50 seen_at'],
    ],
    [
      'a scale inside jsonb',
      `UPDATE specimens SET payload = replace(payload::text, '50.0', '50.00')::jsonb WHERE id = 90`,
      ['changed 90 payload'],
    ],
    ['a flipped boolean', 'UPDATE specimens SET flag = NOT flag WHERE id = 110', ['changed 110 flag']],
    ['NULL in place of an empty text', 'UPDATE specimens SET note = NULL WHERE id = 50', ['changed 50 note']],
    ['the word NULL in place of NULL', "UPDATE specimens SET note = 'NULL' WHERE id = 70", ['changed 70 note']],
    ['an empty text in place of NULL', "UPDATE specimens SET note = '' WHERE id = 70", ['changed 70 note']],
    ['a missing row', 'DELETE FROM specimens WHERE id = 150', ['missing 150 -']],
    ['the first row missing', 'DELETE FROM specimens WHERE id = 10', ['missing 10 -']],
    ['the last row missing', 'DELETE FROM specimens WHERE id = 300', ['missing 300 -']],
    ['a row too many in a gap', "INSERT INTO specimens (id, name) VALUES (155, 'x')", ['extra 155 -']],
    [
      'a row too many before the first',
      "INSERT INTO specimens (id, name) VALUES (-9223372036854775808, 'x')",
      ['extra -9223372036854775808 -'],
    ],
    [
      'a row too many after the last',
      "INSERT INTO specimens (id, name) VALUES (9223372036854775807, 'x')",
      ['extra 9223372036854775807 -'],
    ],
    ['a day', 'UPDATE specimens SET day = day + 1 WHERE id = 20', ['changed 20 day']],
    ['a number in place of NULL', 'UPDATE specimens SET other = 0 WHERE id = 30', ['changed 30 other']],
    [
      'values swapped by neighbours',
      'UPDATE specimens SET count = CASE id WHEN 120 THEN 13 ELSE 12 END WHERE id IN (120, 130)',
      ['changed 120 count', 'changed 130 count'],
    ],
  ])('names %s', async (_name, statement, expected) => {
    const result = await verifyWith(statement);
    expect(named(result.found)).toEqual(expected);
    expect(result).toMatchObject({ clean: false, differences: BigInt(expected.length) });
  });

  it('shows both texts', async () => {
    const { found } = await verifyWith('UPDATE specimens SET amount = 7.12345679 WHERE id = 70');
    expect(found).toEqual([
      { rowKey: '70', column: 'amount', kind: 'changed', source: '7.12345678', target: '7.12345679' },
    ]);
  });

  it('counts all differences and lists the first', async () => {
    await bench.target.query('CREATE TABLE kept AS TABLE specimens');
    await bench.target.query('UPDATE specimens SET count = count + 1');
    const result = await verify({ maxDifferences: 3 });
    await bench.target.query('TRUNCATE specimens; INSERT INTO specimens TABLE kept; DROP TABLE kept');
    expect(result.differences).toBe(30n);
    expect(named(result.found)).toEqual(['changed 10 count', 'changed 20 count', 'changed 30 count']);
  });
});

describe('quarantine', () => {
  it('is at fault where a quarantined row is in the target too', async () => {
    const result = await verify({ quarantined: new Set(['40']) });
    expect(named(result.found)).toContain('extra 40 -');
    expect(result.clean).toBe(false);
  });

  it('is at fault where it holds a row that PostgreSQL would take', async () => {
    await bench.target.query('CREATE TABLE kept AS TABLE specimens');
    await bench.target.query('DELETE FROM specimens WHERE id = 40');
    const result = await verify({ quarantined: new Set(['40']) });
    await bench.target.query('TRUNCATE specimens; INSERT INTO specimens TABLE kept; DROP TABLE kept');
    expect(named(result.found)).toEqual(['missing 40 -']);
    expect(result.rowsQuarantined).toBe(1n);
  });

  it('is at fault where it holds a row that the source does not have', async () => {
    expect(named((await verify({ quarantined: new Set(['45']) })).found)).toEqual(['extra 45 -']);
  });
});

describe('hazards', () => {
  let nasty: Bench;

  beforeAll(async () => {
    nasty = await Bench.open(await tempDir(), await freshDatabase(), 'nasty.db');
    nasty.source(
      sqliteSchema,
      `INSERT INTO specimens (id, name) VALUES (1, x'6162'), (2, CAST(x'c328' AS TEXT)), (3, CAST(x'610062' AS TEXT)), (4, NULL)`,
      `INSERT INTO specimens (id, name, note, count, flag, other) VALUES
        (10, 'x' || char(1) || 'y' || char(3, 1), char(2) || char(10), 2.0, 1.0, -9e999),
        (11, 'ok', 'plain', '', 'YES', 9007199254740992), (12, 'bad count', NULL, 1.5, 1, NULL),
        (13, 'bad flag', NULL, 1, 2, NULL), (14, 'text in count', NULL, 'abc', 1, NULL)`,
      `INSERT INTO specimens (id, name, amount) VALUES (20, 'tie', 0.001953125), (21, 'noise', 0.1 + 0.2),
        (22, 'infinite', 9e999), (23, 'tiny', 5e-324), (24, 'whole', 12), (25, 'beyond', 1e13)`,
      `INSERT INTO specimens (id, name, seen_at, day) VALUES (30, 'epoch', 1767969000, '2024-02-29'),
        (31, 'nanos', '2026-01-09T14:28:23.933306789Z', ''), (32, 'offset', '2026-01-09 14:28:23+05:30', NULL),
        (33, 'day', '2026-01-09', NULL), (34, 'no day', '2024-02-30 00:00:00', NULL), (35, 'no date', NULL, '2023-02-29'),
        (36, 'trailing', '2026-01-09 14:28:23.500', NULL), (37, 'dots', '2026-01-09 14:28:23..0', NULL)`,
      `INSERT INTO specimens (id, name, payload, remark) VALUES (40, 'nan', '{"a":NaN,"b":"NaN"}', 'SL hit'),
        (41, 'twice', '{"a":1,"a":2}', ''), (42, 'nul', '"\\u0000"', NULL), (43, 'half', '"\\ud800"', NULL),
        (44, 'no json', '{a}', NULL), (45, 'NUL remark', NULL, '"\\u0000"'), (46, 'minus', '[-0.5,-0.0]', '-0')`,
    );
    await nasty.target.query(postgresSchema);
    await nasty.target.query(`INSERT INTO specimens (id, name, note, count, flag, other) VALUES
        (10, E'x\\x01y\\x03\\x01', E'\\x02\\n', 2, true, '-Infinity'), (11, 'ok', 'plain', NULL, true, 9007199254740992)`);
    await nasty.target.query(`INSERT INTO specimens (id, name, amount) VALUES
        (20, 'tie', 0.00195312), (21, 'noise', 0.3), (23, 'tiny', 0), (24, 'whole', 12)`);
    await nasty.target.query(`INSERT INTO specimens (id, name, seen_at, day) VALUES
        (30, 'epoch', '2026-01-09 14:30:00Z', '2024-02-29'), (31, 'nanos', '2026-01-09 14:28:23.933306Z', NULL),
        (32, 'offset', '2026-01-09 08:58:23Z', NULL), (33, 'day', '2026-01-09 00:00:00Z', NULL),
        (36, 'trailing', '2026-01-09 14:28:23.5Z', NULL)`);
    await nasty.target.query(`INSERT INTO specimens (id, name, payload, remark) VALUES
        (40, 'nan', '{"a":null,"b":"NaN"}', '"SL hit"'), (41, 'twice', '{"a":2}', '""'), (46, 'minus', '[-0.5,0.0]', '0')`);
    await nasty.target.query(`INSERT INTO migration_originals (table_name, row_key, column_name, rule, original) VALUES
        ('specimens', '30', 'seen_at', 'epoch-s', '1767969000'), ('specimens', '31', 'seen_at', 'nanoseconds-cut', '2026-01-09T14:28:23.933306789Z'),
        ('specimens', '40', 'payload', 'non-finite-to-null', '{"a":NaN,"b":"NaN"}'), ('specimens', '40', 'remark', 'bare-text', 'SL hit'), ('specimens', '41', 'remark', 'bare-text', ''),
        ('specimens', '41', 'payload', 'duplicate-key', '{"a":1,"a":2}'), ('specimens', '46', 'payload', 'negative-zero', '[-0.5,-0.0]'), ('specimens', '46', 'remark', 'negative-zero', '-0')`);
  });

  afterAll(() => nasty.close());

  const bad = ['1', '2', '3', '4', '12', '13', '14', '22', '25', '34', '35', '37', '42', '43', '44', '45'];

  it('verify exactly, with every rule counted', async () => {
    const result = await verify({ quarantined: new Set(bad) }, nasty);
    expect(named(result.found)).toEqual([]);
    expect(result).toMatchObject({ clean: true, rowsQuarantined: BigInt(bad.length) });
    expect(result.normalised).toEqual({
      'amount: rounded': 3,
      'count: empty-to-null': 1,
      'day: empty-to-null': 1,
      'flag: text-to-boolean': 1,
      'payload: duplicate-key': 1,
      'payload: negative-zero': 1,
      'payload: non-finite-to-null': 1,
      'remark: bare-text': 2,
      'remark: negative-zero': 1,
      'seen_at: date-only': 1,
      'seen_at: epoch-s': 1,
      'seen_at: nanoseconds-cut': 1,
    });
  });

  it('name the column that a rule refuses where the row is not in quarantine', async () => {
    const { found } = await verify({}, nasty);
    expect(named(found)).toEqual([
      'missing 1 name',
      'missing 2 name',
      'missing 3 name',
      'missing 4 name',
      'missing 12 count',
      'missing 13 flag',
      'missing 14 count',
      'missing 22 amount',
      'missing 25 amount',
      'missing 34 seen_at',
      'missing 35 day',
      'missing 37 seen_at',
      'missing 42 payload',
      'missing 43 payload',
      'missing 44 payload',
      'missing 45 remark',
    ]);
  });

  it('name a value that was bent into the target in spite of a rule', async () => {
    await nasty.target.query("INSERT INTO specimens (id, name, count) VALUES (12, 'bad count', 2)");
    const { found } = await verify({ quarantined: new Set(bad.filter((key) => key !== '12')) }, nasty);
    await nasty.target.query('DELETE FROM specimens WHERE id = 12');
    expect(found).toEqual([
      { rowKey: '12', column: 'count', kind: 'changed', source: 'not in quarantine: no integer', target: '2' },
    ]);
  });

  it('name an original that was promised and is not kept, and one that nobody promised', async () => {
    await nasty.target.query("UPDATE migration_originals SET row_key = '32' WHERE row_key = '31'");
    const lost = await verify({ quarantined: new Set(bad) }, nasty);
    await nasty.target.query("UPDATE migration_originals SET row_key = '31' WHERE row_key = '32'");
    await nasty.target.query("INSERT INTO migration_originals VALUES ('specimens', '36', 'seen_at', 'epoch-s', 'x')");
    const many = await verify({ quarantined: new Set(bad) }, nasty);
    await nasty.target.query("DELETE FROM migration_originals WHERE row_key = '36'");
    expect(named(lost.found)).toEqual(['missing 31 seen_at']);
    expect(named(many.found)).toEqual(['extra * -']);
  });
});

describe('other shapes', () => {
  let other: Bench;

  beforeEach(async () => {
    other = await Bench.open(await tempDir(), await freshDatabase(), 'other.db');
  });

  afterEach(() => other.close());

  it.each<[LabelReading, string]>([
    ['as-labelled', '2026-01-09 14:28:23.5+00'],
    ['proven', '2026-01-09 08:58:23.5+00'],
    ['all', '2026-01-09 08:58:23.5+00'],
  ])('moves a mislabelled time where the reading is %s', async (reading, expected) => {
    const table = aTable(
      { at: timestamp({ zone: 'UTC' }), run: nullable(text) },
      {
        choices: [
          { column: 'at', actualZone: 'Asia/Kolkata', proof: { column: 'run', slackSeconds: 3600 }, about: '' },
        ],
      },
    );
    other.source(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT NOT NULL, run TEXT)',
      `INSERT INTO t VALUES (1, '2026-01-09T14:28:23.500000Z', 'a:b:2026-01-09T08:58:30.000001'),
        (2, '2026-01-09T14:28:23Z', 'a:b:2026-01-09T14:28:24'), (3, '2026-01-09T14:28:23Z', NULL)`,
    );
    const unproven = reading === 'all' ? '2026-01-09 08:58:23+00' : '2026-01-09 14:28:23+00';
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, at timestamptz, run text)');
    await other.target.query(
      `INSERT INTO t VALUES (1, '${expected}', 'a:b:2026-01-09T08:58:30.000001'),
        (2, '2026-01-09 14:28:23+00', 'a:b:2026-01-09T14:28:24'), (3, '${unproven}', NULL)`,
    );
    const moved = { 'as-labelled': [], proven: [1], all: [1, 3] }[reading];
    for (const id of moved) {
      const original = id === 1 ? '2026-01-09T14:28:23.500000Z' : '2026-01-09T14:28:23Z';
      await other.target.query("INSERT INTO migration_originals VALUES ('t', $1, 'at', 'relabelled', $2)", [
        id,
        original,
      ]);
    }
    const result = await verify({ table, choices: { 't.at': reading } }, other);
    expect(named(result.found)).toEqual([]);
    expect(result.normalised).toEqual(moved.length ? { 'at: relabelled-Asia/Kolkata': moved.length } : {});
  });

  it('reads a UTF-16 file', async () => {
    other.source(
      "PRAGMA encoding = 'UTF-16le'",
      'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)',
      "INSERT INTO t VALUES (1, 'é😀'), (2, NULL), (3, '')",
    );
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, name text)');
    await other.target.query("INSERT INTO t VALUES (1, 'é😀'), (2, NULL), (3, 'x')");
    expect(named((await verify({ table: aTable({ name: nullable(text) }) }, other)).found)).toEqual(['changed 3 name']);
  });

  it('knows the keys of a WITHOUT ROWID table that are no integers', async () => {
    other.source(
      'CREATE TABLE t (id PRIMARY KEY, name TEXT) WITHOUT ROWID',
      "INSERT INTO t VALUES (1, 'a'), ('k', 'b'), ('l', 'c')",
    );
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, name text)');
    await other.target.query("INSERT INTO t VALUES (1, 'a')");
    const result = await verify({ table: aTable({ name: text }), quarantined: new Set(['k']) }, other);
    expect(named(result.found)).toEqual(['missing l id']);
    expect(result).toMatchObject({ rowsSource: 3n, rowsTarget: 1n, rowsQuarantined: 1n });
  });

  it('takes numbers without affinity by their storage class', async () => {
    other.source(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, n, f, b)',
      "INSERT INTO t VALUES (1, 2.0, 3, 1.0), (2, '7', 1.5, 0), (3, 8, '1.5', 0), (4, 9, 1.5, 0.0)",
    );
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, n bigint, f float8, b boolean)');
    await other.target.query(
      "INSERT INTO t VALUES (1, 2, 3, 't'), (2, 7, 1.5, 'f'), (3, 8, 1.5, 'f'), (4, 9, 1.5, 'f')",
    );
    const result = await verify({ table: aTable({ n: integer, f: float, b: boolean }) }, other);
    expect(named(result.found)).toEqual(['changed 2 n', 'changed 3 f']);
    expect(result.normalised).toEqual({ 'b: real-to-boolean': 2, 'n: real-to-integer': 1 });
  });

  it('believes a quarantine that only a constraint of PostgreSQL explains', async () => {
    other.source('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)', "INSERT INTO t VALUES (1, 'a'), (2, 'a')");
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, name text UNIQUE)');
    await other.target.query("INSERT INTO t VALUES (1, 'a')");
    const result = await verify({ table: aTable({ name: text }), quarantined: new Set(['2']) }, other);
    expect(result).toMatchObject({ clean: true, rowsSource: 2n, rowsTarget: 1n, rowsQuarantined: 1n });
  });

  it('names differences in each of many ranges', async () => {
    other.source(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL)',
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
       INSERT INTO t SELECT i, 'name ' || i FROM n`,
    );
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, name text)');
    await other.target.query("INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, 60000) AS i");
    await other.target.query('DELETE FROM t WHERE id IN (2000, 2001, 22000, 60000)');
    await other.target.query("UPDATE t SET name = 'x' WHERE id IN (1, 30000, 59999)");
    const result = await verify({ table: aTable({ name: text }) }, other);
    expect(named(result.found)).toEqual([
      'changed 1 name',
      'missing 2000 -',
      'missing 2001 -',
      'missing 22000 -',
      'changed 30000 name',
      'changed 59999 name',
      'missing 60000 -',
    ]);
    expect(result).toMatchObject({ rowsSource: 60_000n, rowsTarget: 59_996n });
  });

  it('stops on request and says when the target is not there', async () => {
    other.source('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)', "INSERT INTO t VALUES (1, 'a')");
    const table = aTable({ name: text });
    await expect(verify({ table }, other)).rejects.toMatchObject({ code: 'VERIFY_TARGET_UNAVAILABLE' });
    await other.target.query('CREATE TABLE t (id bigint PRIMARY KEY, name text)');
    await expect(verify({ table, signal: AbortSignal.abort() }, other)).rejects.toMatchObject({
      code: 'VERIFY_INTERRUPTED',
    });
  });
});
