import { once } from 'node:events';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase, leafPages, type SqlValue } from '@sluice/legacy';
import { freshDatabase, tempDir } from '@sluice/testing';
import fc from 'fast-check';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { decimalText, roundDouble } from '../exact/decimal';
import { boolean, date, decimal, float, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { legacyTable, postgresTable, type LegacyTable } from '../mapping/legacy-table';
import { copyHeader, copyTrailer, PageEncoder } from './page-encoder';
import { canEncode } from './page-layout';

const kinds = {
  t: 'text',
  i: 'int8',
  r: 'float8',
  d: 'numeric(20,8)',
  b: 'boolean',
  j: 'jsonb',
  u: 'timestamptz',
  k: 'timestamptz',
  day: 'date',
};
const sends = { t: 'textsend', i: 'int8send', r: 'float8send', d: 'numeric_send', b: 'boolsend', j: 'jsonb_send' };
const mapping = legacyTable({
  source: { file: 'x.db', table: 'things', key: 'id' },
  target: postgresTable('things'),
  columns: {
    t: nullable(text),
    id: integer, // Not first, so that the order of the output is not that of the file.
    i: nullable(integer),
    r: nullable(float),
    d: nullable(decimal({ precision: 20, scale: 8 })),
    b: nullable(boolean),
    j: nullable(json()),
    u: nullable(timestamp({ zone: 'UTC' })),
    k: nullable(timestamp({ zone: 'Asia/Kolkata' })),
    day: nullable(date),
  },
});

let postgres: Awaited<ReturnType<typeof freshDatabase>>;
let client: pg.Client;
let directory: Awaited<ReturnType<typeof tempDir>>;

beforeAll(async () => {
  postgres = await freshDatabase({ migrated: false });
  directory = await tempDir();
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const columns = Object.entries(kinds).map(([name, type]) => `${name} ${type}`);
  await client.query(`CREATE TABLE things (id int8 PRIMARY KEY, ${columns.join(', ')})`);
  await client.query(`CREATE TABLE wanted (id int8 PRIMARY KEY, ${Object.keys(kinds).join(' text, ')} text)`);
});
afterAll(async () => {
  await client.end();
  await postgres.drop();
  await directory.remove();
});
beforeEach(() => client.query('TRUNCATE things, wanted'));

let files = 0;
const newFile = (): string => path.join(directory.path, `${files++}.db`);

/** Written, then read again by SQLite: a REAL column forgets the sign of -0.0, a column without a type does not. */
function writeRows(file: string, rows: readonly SqlValue[][], pragmas = '', realType = 'REAL'): SqlValue[][] {
  const db = new DatabaseSync(file);
  db.exec(`${pragmas}; CREATE TABLE things (id INTEGER PRIMARY KEY, t TEXT, i INTEGER, r ${realType}, d NUMERIC, b INTEGER,
    j TEXT, u TEXT, k TIMESTAMP, day TEXT); BEGIN`);
  const insert = db.prepare('INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  for (const row of rows) insert.run(...row);
  db.exec('COMMIT');
  db.close();
  const legacy = LegacyDatabase.open(file);
  const stored = legacy.rows('SELECT * FROM things');
  legacy.close();
  return stored;
}

/** Loads what the encoder vouches for; the keys that it does not. */
async function load(file: string, table: LegacyTable = mapping): Promise<bigint[]> {
  const db = LegacyDatabase.open(file);
  try {
    const info = db.tables().find(({ name }) => name === table.source.table);
    const pages = db.pages();
    if (!info || !pages) throw new Error('no such table');
    const found = canEncode(info, table);
    if ('reason' in found) throw new Error(found.reason);
    const odd: bigint[] = [];
    const leaves = leafPages(pages, info.rootPage).map(({ page }) => page);
    const columns = found.layout.columns.map(({ name }) => `"${name}"`).join(', ');
    const stream = client.query(copyFrom(`COPY things (${columns}) FROM STDIN WITH (FORMAT binary)`));
    const finished = once(stream, 'finish');
    stream.write(copyHeader());
    for (const chunk of new PageEncoder(pages, found.layout).encode(leaves, (key) => odd.push(key)))
      stream.write(chunk);
    stream.end(copyTrailer());
    await finished;
    return odd;
  } finally {
    db.close();
  }
}

/** PostgreSQL's own reading of each value's text must be, bit for bit, what the encoder wrote. */
async function differences(rows: readonly SqlValue[][], odd: readonly bigint[]): Promise<unknown[]> {
  const plain = rows.filter(([id]) => !odd.includes(id as bigint));
  for (const row of plain) {
    await client.query('INSERT INTO wanted VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', row.map(textOf));
  }
  const unequal = Object.entries(kinds).map(([name, type]) => {
    const send = name in sends ? sends[name as keyof typeof sends] : type === 'date' ? 'date_send' : 'timestamptz_send';
    return `${send}(g.${name}) IS DISTINCT FROM ${send}(w.${name}::${type})`;
  });
  const { rows: found } = await client.query(
    `SELECT g.*, w.* FROM things g FULL JOIN wanted w USING (id) WHERE g.id IS NULL OR w.id IS NULL OR ${unequal.join(' OR ')}`,
  );
  return found;
}

function textOf(value: SqlValue, place: number): string | null {
  if (value === null) return null;
  if (place === 4 && typeof value !== 'string') return decimalText(roundDouble(Number(value), 8), 8);
  if (place === 8 && typeof value === 'string' && !/Z|[+-]\d\d:\d\d$/.test(value)) return `${value}+05:30`;
  if (place === 7 && typeof value === 'string' && !/Z|[+-]\d\d:\d\d$/.test(value)) return `${value}Z`;
  return Object.is(value, -0) ? '-0' : String(value);
}

const two = (n: number): string => String(n).padStart(2, '0');
const aDay = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const aTime = fc
  .tuple(
    aDay,
    fc.constantFrom('T', ' '),
    fc.nat(23),
    fc.nat(59),
    fc.nat(59),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,6}$/)),
    fc.oneof(
      fc.constantFrom('', 'Z'),
      fc.tuple(fc.constantFrom('+', '-'), fc.nat(14), fc.nat(59)).map(([sign, h, m]) => `${sign}${two(h)}:${two(m)}`),
    ),
  )
  .map(
    ([day, separator, h, m, s, fraction, zone]) => `${day}${separator}${two(h)}:${two(m)}:${two(s)}${fraction}${zone}`,
  );
const aText = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 100, maxLength: 9000 }))
  .map((value) => value.replaceAll('\0', ''));
const anInteger = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -40_000n, max: 40_000n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 47n, -(2n ** 31n), 2n ** 53n),
);
const aReal = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(-0, 5e-324, Infinity, -Infinity, 0.1 + 0.2, 1e300, 3),
);
const money = fc.oneof(
  fc.double({ noNaN: true, min: -9e7, max: 9e7 }),
  fc.double({ noNaN: true, min: -1, max: 1 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 10_000),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 6 });
const aRow = fc.tuple(
  fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 100_000n })),
  maybe(aText),
  maybe(anInteger),
  maybe(aReal),
  maybe(money),
  maybe(fc.constantFrom(0n, 1n)),
  maybe(fc.json()),
  maybe(aTime),
  maybe(aTime),
  maybe(aDay),
) as unknown as fc.Arbitrary<SqlValue[]>;
const uniqueRows = fc.uniqueArray(aRow, { selector: ([id]) => id, maxLength: 60 });

describe('PageEncoder', () => {
  it('gives PostgreSQL what SQLite holds, bit for bit, for any plain rows and page sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        uniqueRows,
        fc.constantFrom(512, 1024, 4096, 65_536),
        fc.constantFrom('', 'REAL'),
        async (rows, pageSize, realType) => {
          await client.query('TRUNCATE things, wanted');
          const file = newFile();
          // `\u0000` and lone surrogates are JSON that PostgreSQL refuses: the caller then uses the exact lane.
          const usable = rows.map((row) => (/\\u(0000|d[89a-f])/i.test(String(row[6])) ? row.with(6, null) : row));
          const stored = writeRows(file, usable, `PRAGMA page_size = ${pageSize}`, realType);
          const odd = await load(file);
          expect(await differences(stored, odd)).toEqual([]);
          const mayBeOdd = stored.filter(([, , , , d]) => typeof d === 'number').map(([id]) => id);
          expect(odd.filter((key) => !mayBeOdd.includes(key))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
