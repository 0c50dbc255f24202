import { LegacyDatabase } from '@sluice/legacy';
import { freshDatabase, tempDir } from '@sluice/testing';
import { Bench, specimens, sqliteSchema } from '../verify/specimen';
import { averageRowBytes } from './row-size';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase());
  bench.source(sqliteSchema);
});
afterEach(() => bench.close());

function measured(): number | null {
  const database = LegacyDatabase.open(bench.file);
  try {
    return averageRowBytes(database, specimens);
  } finally {
    database.close();
  }
}

const numbers = (count: number): string =>
  `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
const insert = (count: number, bytes: number, key = 'n'): string =>
  `${numbers(count)} INSERT INTO specimens (id, name) SELECT ${key}, printf('%.*c', ${bytes}, 'x') FROM numbers`;

it('tells the size of a small table in a large file', () => {
  bench.source(
    insert(2_000, 100),
    'CREATE TABLE large (x)',
    `${numbers(300)} INSERT INTO large SELECT zeroblob(10000) FROM numbers`,
  );
  expect(measured()).toBeGreaterThan(100);
  expect(measured()).toBeLessThan(150);
});

it('looks at rows all over the table', () => {
  bench.source(insert(2_000, 100), insert(2_000, 900, '2000 + n'));
  expect(measured()).toBeGreaterThan(450);
  expect(measured()).toBeLessThan(650);
});

it('counts each row once, however the keys are spread', () => {
  bench.source(
    insert(1_000, 100),
    insert(1, 100_000, '9223372036854775807'),
    insert(1, 100, '-9223372036854775807 - 1'),
  );
  expect(measured()).toBeLessThan(20_000);
});

it('has no size for a table without rows', () => {
  expect(measured()).toBeNull();
});
