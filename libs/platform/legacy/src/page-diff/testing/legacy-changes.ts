/** The same numbers for the same seed (mulberry32). */
export class Seeded {
  constructor(private state: number) {}

  /** Both ends included. */
  int(from: number, to: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return from + Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (to - from + 1));
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.int(0, choices.length - 1)];
    if (choice === undefined) throw new RangeError('Nothing to pick from.');
    return choice;
  }
}

export const ROWS = 900;
/** A few overflow pages in most rows of a multiple of 9, and short rows elsewhere. */
const someText = "CASE n % 9 WHEN 0 THEN hex(zeroblob(900 + n % 7000)) ELSE 'text ' || n END";
const series = (rows: number): string =>
  `(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows}) SELECT n FROM s)`;

/** A table `t` with an integer key, a unique text, a counter and a text of any length, as a legacy file has them. */
export const madeFile = (pageSize: number, vacuum: number, wal: boolean): string =>
  `PRAGMA page_size = ${pageSize}; PRAGMA auto_vacuum = ${vacuum}; PRAGMA journal_mode = ${wal ? 'WAL' : 'DELETE'};
  PRAGMA synchronous = OFF; CREATE TABLE other (a BLOB); INSERT INTO other VALUES (zeroblob(30000));
  CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER, body TEXT);
  INSERT INTO t SELECT 3 * n, 'name ' || n, n, ${someText} FROM ${series(ROWS)}`;

/** Another letter near the end of a long text, which no leaf holds. */
function overflowChange(random: Seeded): string {
  const before = `substr(body, 1, length(body) - ${random.int(2, 300)})`;
  const row = `SELECT id FROM t WHERE length(body) > 1000 AND id >= ${keyIn(random)} LIMIT 1`;
  return `UPDATE t SET body = ${before} || char(65 + abs(random()) % 26) || substr(body, length(${before}) + 2)
    WHERE id IN (${row})`;
}

const keyIn = (random: Seeded): number => 3 * random.int(1, ROWS);

/** Changes that touch a few rows. */
const small: Readonly<Record<string, (random: Seeded) => string>> = {
  insert: (r) => `INSERT OR IGNORE INTO t SELECT max(id) + 1, 'new ' || max(id), ${r.int(0, 9)}, 'added' FROM t`,
  between: (r) => `INSERT OR IGNORE INTO t VALUES (${keyIn(r) + 1}, 'between ' || random(), 0, 'between')`,
  negative: (r) => `INSERT OR IGNORE INTO t VALUES (-${r.int(1, 2 ** 31)}0001, 'negative ' || random(), 0, 'negative')`,
  update: (r) => `UPDATE t SET n = n + 1 WHERE id = ${keyIn(r)}`,
  there: (r) => `UPDATE t SET n = 5 WHERE id = ${3 * r.int(1, 5)}`,
  back: (r) => `UPDATE t SET n = 6 WHERE id = ${3 * r.int(1, 5)}`,
  overflow: (r) => overflowChange(r),
  'overflow again': (r) => overflowChange(r),
  longer: (r) => `UPDATE t SET body = body || hex(zeroblob(${r.int(1, 3000)})) WHERE id = ${keyIn(r)}`,
  shorter: (r) => `UPDATE t SET body = 'short' WHERE id = ${keyIn(r)}`,
  delete: (r) => `DELETE FROM t WHERE id = ${keyIn(r)}`,
  replace: (r) => `REPLACE INTO t VALUES (${keyIn(r)}, 'replaced ' || random(), 0, 'replaced')`,
  'replace by name': (r) => `REPLACE INTO t (name, n) VALUES ('name ${r.int(1, ROWS)}', 1)`,
  'update or replace': (r) => `UPDATE OR REPLACE t SET name = 'name ${r.int(1, ROWS)}' WHERE id = ${keyIn(r)}`,
  'other key': (r) => `UPDATE OR REPLACE t SET id = ${keyIn(r) + r.int(0, 2)} WHERE id = ${keyIn(r)}`,
  nothing: () => 'UPDATE t SET n = n WHERE id < 0',
};

/** Changes that may touch everything. */
const large: Readonly<Record<string, (random: Seeded) => string>> = {
  bulk: (r) =>
    `INSERT OR IGNORE INTO t SELECT NULL, 'bulk ' || random(), n, ${someText} FROM ${series(r.int(50, 400))}`,
  sweep: (r) => `UPDATE t SET n = n + 1 WHERE id % ${r.int(2, 60)} = 0`,
  'delete a range': (r) => `DELETE FROM t WHERE id BETWEEN ${keyIn(r)} AND ${keyIn(r)}`,
  vacuum: () => 'VACUUM',
  emptied: () => 'DELETE FROM t',
  refilled: () => `INSERT OR IGNORE INTO t SELECT 3 * n, 'name ' || n, n, ${someText} FROM ${series(ROWS)}`,
  'made anew':
    () => `ALTER TABLE t RENAME TO old; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, n INTEGER, body TEXT);
    INSERT INTO t SELECT * FROM old; DROP TABLE old`,
  'other table': () => 'INSERT INTO other VALUES (zeroblob(20000)); DELETE FROM other WHERE rowid % 3 = 0',
};

export const smallChange = (random: Seeded): string => random.pick(Object.values(small))(random);
export const largeChange = (random: Seeded): string => random.pick(Object.values(large))(random);
