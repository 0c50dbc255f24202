import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyDatabase, leafPages, type LeafPage } from './index';

/** A table of the numbers from 1. */
const series = (rows: number): string =>
  `(WITH RECURSIVE s (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < ${rows}) SELECT value FROM s)`;

let directory: TempDir;
let file: string;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
});
afterEach(() => directory.remove());

function write(sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

function read<T>(use: (db: LegacyDatabase) => T): T {
  const db = LegacyDatabase.open(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const rootOf = (db: LegacyDatabase): number => db.tables()[0]?.rootPage ?? 0;
function leaves(): LeafPage[] {
  return read((db) => {
    const pages = db.pages();
    if (!pages) throw new Error('no pages');
    return leafPages(pages, rootOf(db));
  });
}

const keys = [-(2n ** 63n), -5n, -1n, 0n, 1n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n];

describe('leafPages', () => {
  it('gives exact keys of any size, in order', () => {
    write('PRAGMA page_size = 512; CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB)');
    for (const key of keys) write(`INSERT INTO t VALUES (${key}, zeroblob(400))`);
    expect(leaves().map(({ maxKey }) => BigInt(maxKey))).toEqual(keys);
  });

  it.each([512, 1024, 4096, 65_536])('finds every row of a deep tree with pages of %i bytes', (pageSize) => {
    write(`PRAGMA page_size = ${pageSize}; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
      INSERT INTO t SELECT value * 7, hex(randomblob(40)) FROM ${series(20000)}; DELETE FROM t WHERE id % 3 = 0`);
    const found = leaves();
    const rows = read((db) => {
      const pages = db.pages();
      return found.reduce((sum, { page }) => sum + (pages?.read(page).readUInt16BE(3) ?? 0), 0);
    });
    expect(rows).toBe(13_334);
    read((db) => {
      let from = -1n;
      for (const { maxKey } of found.slice(0, 50)) {
        const [row] = db.rows('SELECT count(*) FROM t WHERE id > ? AND id <= ?', from, BigInt(maxKey));
        expect(row?.[0]).toBeGreaterThan(0n);
        from = BigInt(maxKey);
      }
    });
  });

  it('gives none for an empty table', () => {
    write('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    expect(leaves()).toEqual([]);
  });

  it.each([
    ['a pointer to its own page', (page: Buffer, root: number) => page.writeUInt32BE(root, 8)],
    ['a pointer beyond the end', (page: Buffer) => page.writeUInt32BE(9_999_999, 8)],
    ['a pointer to page 0', (page: Buffer) => page.writeUInt32BE(0, page.readUInt16BE(12))],
    ['a page met twice', (page: Buffer) => page.writeUInt32BE(page.readUInt32BE(page.readUInt16BE(12)), 8)],
    ['a cell outside the page', (page: Buffer) => page.writeUInt16BE(4095, 12)],
    ['keys out of order', (page: Buffer) => page.writeUInt16BE(page.readUInt16BE(14), 12)],
    ['another page type', (page: Buffer) => page.writeUInt8(10, 0)],
    ['too many cells', (page: Buffer) => page.writeUInt16BE(60_000, 3)],
  ])('refuses %s', (_what, damage) => {
    write(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
      INSERT INTO t (a) SELECT hex(randomblob(300)) FROM ${series(300)}`);
    const root = read(rootOf);
    const bytes = readFileSync(file);
    damage(bytes.subarray((root - 1) * 4096, root * 4096), root);
    writeFileSync(file, bytes);
    expect(leaves).toThrow(expect.objectContaining({ code: 'LEGACY_CORRUPT' }));
  });
});
