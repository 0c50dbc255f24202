import { randomBytes, randomInt } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyDatabase, LegacyFileError, openSalvaged, type Damage, type SqlValue } from '../index';

const PAGE = 512;
const ROUNDS = 40;
const tables = ['t', 'u'];

let directory: TempDir;
let whole: string;
let rows: Map<string, Map<bigint, string>>;
beforeAll(async () => {
  directory = await tempDir();
  whole = path.join(directory.path, 'whole.db');
  const db = new DatabaseSync(whole);
  db.exec(`PRAGMA page_size = ${PAGE};
    CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE TABLE u (a TEXT UNIQUE, b REAL, c TEXT, d TEXT);
    CREATE TABLE old (a TEXT, b TEXT); CREATE INDEX by_b ON t (b);
    WITH RECURSIVE s (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM s WHERE v < 3000)
      INSERT INTO t SELECT v * 3, 'name ' || v, CASE v % 97 WHEN 0 THEN hex(randomblob(700)) ELSE 'b' || v END FROM s;
    INSERT INTO u SELECT a, id / 7.0, b, a FROM t WHERE id % 4 = 0; INSERT INTO old SELECT a, b FROM t;
    DELETE FROM old WHERE rowid % 100 > 5; DELETE FROM old WHERE rowid < 2000; DELETE FROM t WHERE id BETWEEN 3000 AND 4500; VACUUM;
    INSERT INTO old SELECT a, b FROM t; DELETE FROM old`);
  db.close();
  rows = read(LegacyDatabase.open(whole));
});
afterAll(() => directory.remove());

function read(db: LegacyDatabase): Map<string, Map<bigint, string>> {
  try {
    return new Map(tables.map((table) => [table, new Map(db.rows(`SELECT rowid, * FROM ${table}`).map(keyed))]));
  } finally {
    db.close();
  }
}

const keyed = ([key, ...values]: SqlValue[]): [bigint, string] => [
  key as bigint,
  JSON.stringify(values, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
];

/** One to six pages of zeros or noise, or the end cut off; said in words, so that a failure can be repeated. */
function damage(bytes: Buffer): { bytes: Buffer; done: string[] } {
  const pages = bytes.length / PAGE;
  if (randomInt(8) === 0) {
    const left = randomInt(Math.floor(pages / 2), pages);
    return { bytes: bytes.subarray(0, left * PAGE), done: [`cut after page ${left}`] };
  }
  const done = Array.from({ length: randomInt(1, 7) }, () => {
    const page = randomInt(2, pages + 1);
    const noise = randomInt(2) === 0 ? Buffer.alloc(PAGE) : randomBytes(PAGE);
    noise.copy(bytes, (page - 1) * PAGE);
    return `page ${page} = ${noise.toString('hex')}`;
  });
  return { bytes, done };
}

const isNamed = (found: Damage, table: string, key: bigint): boolean =>
  found.rows.some((row) => row.table === table && row.key === key) ||
  found.pages.some(
    (page) =>
      page.table === table &&
      page.lost.some(({ from, to }) => (from === null || key >= from) && (to === null || key <= to)),
  );

it(`brings no row that was not there, and names each that it lost, in ${ROUNDS} damaged files`, async () => {
  const file = path.join(directory.path, 'damaged.db');
  let arrived = 0;
  for (let round = 0; round < ROUNDS; round++) {
    copyFileSync(whole, file);
    const { bytes, done } = damage(readFileSync(file));
    writeFileSync(file, bytes);
    try {
      const db = await openSalvaged(file, { workDir: directory.path });
      const { damage: found } = db;
      const salvaged = read(db);
      for (const [table, expected] of rows) {
        const here = salvaged.get(table) ?? new Map<bigint, string>();
        const strange = [...here]
          .filter(([key, values]) => expected.get(key) !== values)
          .map(([key]) => `${table} ${key}`);
        const silent = [...expected.keys()].filter((key) => !here.has(key) && !(found && isNamed(found, table, key)));
        expect({ done, strange, silent }).toEqual({ done, strange: [], silent: [] });
        arrived += here.size;
      }
    } catch (error) {
      // Page 1 is spared, but the schema goes on elsewhere.
      if (!(error instanceof LegacyFileError) || error.code !== 'LEGACY_BEYOND_SALVAGE') throw error;
    }
  }
  expect(arrived).toBeGreaterThan(ROUNDS * 1_000);
});
