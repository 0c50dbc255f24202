import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { tempDir, type TempDir } from '@sluice/testing';
import { LegacyDatabase, openSalvaged } from '../index';
import { leafPages } from '../table-tree';

const PAGE = 512;
const ROWS = 5_000;

let directory: TempDir;
let file: string;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
});
afterEach(() => directory.remove());

/** Two tables, of which `t` is three levels deep, has an index of its own and one of a constraint, and long rows at 1,000s. */
function write(before = ''): void {
  const db = new DatabaseSync(file);
  db.exec(`${before} PRAGMA page_size = ${PAGE};
    CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, note TEXT, price NUMERIC(10, 2) DEFAULT 1.5);
    CREATE INDEX by_note ON t (note);
    CREATE TABLE other (a TEXT, b TEXT, PRIMARY KEY (a, b));
    WITH RECURSIVE s (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM s WHERE v < ${ROWS})
      INSERT INTO t SELECT v, 'name ' || v, CASE v % 1000 WHEN 0 THEN replace(hex(zeroblob(3000)), '00', 'é' || v) ELSE 'n' || (v % 7) END, v / 4.0 FROM s;
    INSERT INTO other SELECT name, 'b' FROM t WHERE id <= 300;
    ALTER TABLE t ADD COLUMN later TEXT DEFAULT 'since';
    INSERT INTO t (name) VALUES ('gone'); DELETE FROM t WHERE name = 'gone';
    CREATE TABLE dropped (x TEXT); INSERT INTO dropped SELECT name FROM t; DROP TABLE dropped;`);
  db.close();
}

function bytesWith(change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes);
}

const pageOf = (bytes: Buffer, pageNo: number): Buffer => bytes.subarray((pageNo - 1) * PAGE, pageNo * PAGE);

function sound<T>(use: (db: LegacyDatabase) => T): T {
  const db = LegacyDatabase.open(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

const rootOf = (name: string): number =>
  sound((db) => Number(db.rows('SELECT rootpage FROM sqlite_schema WHERE name = ?', name)[0]?.[0]));
const leavesOf = (name: string) => {
  const root = rootOf(name);
  return sound((db) => leafPages(db.rawPages, root));
};
/** The pages that the root of `t` points to, with the last key below each. */
function interiorsOf(name: string): { page: number; to: bigint }[] {
  const root = pageOf(readFileSync(file), rootOf(name));
  return Array.from({ length: root.readUInt16BE(3) }, (_, i) => {
    const cell = root.readUInt16BE(12 + 2 * i);
    const [high, low] = [root[cell + 4] ?? 0, root[cell + 5] ?? 0];
    return { page: root.readUInt32BE(cell), to: high < 128 ? BigInt(high) : BigInt((high & 127) * 128 + low) };
  });
}
const overflowOf = (key: bigint): number => {
  const leaf = leavesOf('t').find(({ maxKey }) => BigInt(maxKey) >= key);
  const page = pageOf(readFileSync(file), leaf?.page ?? 0);
  // The long row is the one that begins with a length of three bytes and fills its page.
  const starts = Array.from({ length: page.readUInt16BE(3) }, (_, i) => page.readUInt16BE(8 + 2 * i));
  const long = starts.find((start) => (page[start] ?? 0) > 128 && (page[start + 1] ?? 0) > 128) ?? 0;
  const payload = ((page[long] ?? 0) & 127) * 16_384 + ((page[long + 1] ?? 0) & 127) * 128 + (page[long + 2] ?? 0);
  const least = Math.floor(((PAGE - 12) * 32) / 255) - 23;
  const fitting = least + ((payload - least) % (PAGE - 4));
  return page.readUInt32BE(long + 3 + 2 + (fitting <= PAGE - 35 ? fitting : least));
};

const all = (db: LegacyDatabase, name = 't') => db.rows(`SELECT rowid, * FROM ${name} ORDER BY rowid`);
const without = (rows: unknown[][], isLost: (key: bigint) => boolean) => rows.filter(([key]) => !isLost(key as bigint));

async function salvaged<T>(use: (db: LegacyDatabase) => T): Promise<T> {
  const before = readFileSync(file);
  const db = await openSalvaged(file, { workDir: directory.path });
  try {
    expect(db.integrity().filter((text) => !/never used|Freelist/.test(text))).toEqual([]);
    return use(db);
  } finally {
    db.close();
    expect(readFileSync(file).equals(before)).toBe(true);
  }
}

const damages: [string, (page: Buffer) => void, string][] = [
  ['zeroed', (page) => page.fill(0), 'is all zeros'],
  ['filled with garbage', (page) => page.fill(0xd7), 'is no page of a table'],
  ['with a wrong number of cells', (page) => page.writeUInt16BE(40_000, 3), 'says that it has 40000 cells'],
  ['with a cell that leaves it', (page) => page.writeUInt16BE(PAGE - 2, 8), 'has a cell that is not on it'],
  ['with keys of another page', (page) => page.writeUInt8(0x80, page.readUInt16BE(8) + 1), 'has keys'],
];

describe('a leaf', () => {
  it.each(damages)('%s loses its rows and no other', async (_what, damage, fault) => {
    write();
    const whole = sound((db) => [all(db), all(db, 'other')]);
    const leaves = leavesOf('t');
    const [before, leaf] = [leaves[9], leaves[10]];
    bytesWith((bytes) => damage(pageOf(bytes, leaf?.page ?? 0)));
    await salvaged((db) => {
      const lost = { from: BigInt(before?.maxKey ?? 0) + 1n, to: BigInt(leaf?.maxKey ?? 0) };
      expect(all(db)).toEqual(without(whole[0] ?? [], (key) => key >= lost.from && key <= lost.to));
      expect(all(db, 'other')).toEqual(whole[1]);
      expect(db.damage).toMatchObject({
        rows: [],
        pages: [{ page: leaf?.page, pages: 1, table: 't', role: 'leaf', lost: [lost] }],
      });
      expect(db.damage?.pages[0]?.fault).toContain(fault);
      expect(db.damage?.pages[0]?.bytes.equals(pageOf(readFileSync(file), leaf?.page ?? 0))).toBe(true);
    });
  });

  it('that is the whole table loses all of it', async () => {
    write();
    const db = new DatabaseSync(file);
    db.exec("CREATE TABLE small (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO small VALUES (1, 'a'), (9, 'b')");
    db.close();
    bytesWith((bytes) => pageOf(bytes, rootOf('small')).fill(0));
    await salvaged((salvage) => {
      expect(all(salvage, 'small')).toEqual([]);
      expect(salvage.damage?.pages).toMatchObject([{ table: 'small', role: 'leaf', lost: [{ from: null, to: null }] }]);
    });
  });
});

describe('an interior page', () => {
  it('loses no row where the freelist is whole, because its leaves are found by their keys', async () => {
    write();
    const whole = sound(all);
    const [, second] = interiorsOf('t');
    bytesWith((bytes) => pageOf(bytes, second?.page ?? 0).fill(0));
    await salvaged((db) => {
      expect(all(db)).toEqual(whole);
      expect(db.damage?.pages).toMatchObject([{ page: second?.page, table: 't', role: 'interior', lost: [] }]);
      expect(db.damage?.reclaimed.get('t')).toBeGreaterThan(5);
    });
  });

  it('is the root: two tables are told apart by their rows', async () => {
    write();
    const whole = sound((db) => [all(db), all(db, 'other')]);
    const root = rootOf('t');
    bytesWith((bytes) => pageOf(bytes, root).fill(0x41));
    await salvaged((db) => {
      expect([all(db), all(db, 'other')]).toEqual(whole);
      expect(db.damage?.pages).toMatchObject([{ page: root, table: 't', role: 'interior', lost: [] }]);
    });
  });

  it('loses its rows where the freelist is broken too, because that may hold deleted ones', async () => {
    write();
    const whole = sound(all);
    const [first, second] = interiorsOf('t');
    const trunk = readFileSync(file).readUInt32BE(32);
    bytesWith((bytes) => {
      pageOf(bytes, second?.page ?? 0).fill(0);
      pageOf(bytes, trunk).fill(0xff);
    });
    const lost = { from: (first?.to ?? 0n) + 1n, to: second?.to ?? 0n };
    await salvaged((db) => {
      expect(all(db)).toEqual(without(whole, (key) => key >= lost.from && key <= lost.to));
      expect(db.damage?.pages).toContainEqual(expect.objectContaining({ role: 'interior', lost: [lost] }));
      expect(db.damage?.pages).toContainEqual(expect.objectContaining({ page: trunk, role: 'freelist' }));
      expect(db.damage?.pages.some(({ role, fault }) => role === 'unknown' && fault.includes('deleted'))).toBe(true);
    });
  });

  it('and a leaf below it: what was not found is named by the keys between', async () => {
    write();
    const whole = sound(all);
    const [first, second] = interiorsOf('t');
    const below = leavesOf('t').filter(({ maxKey }) => maxKey > (first?.to ?? 0n) && maxKey <= (second?.to ?? 0n));
    const [before, gone] = [below[2], below[3]];
    bytesWith((bytes) => {
      pageOf(bytes, second?.page ?? 0).fill(0);
      pageOf(bytes, gone?.page ?? 0).fill(0);
    });
    const lost = { from: BigInt(before?.maxKey ?? 0) + 1n, to: BigInt(gone?.maxKey ?? 0) };
    await salvaged((db) => {
      expect(all(db)).toEqual(without(whole, (key) => key >= lost.from && key <= lost.to));
      expect(db.damage?.pages).toContainEqual(expect.objectContaining({ role: 'interior', lost: [lost] }));
      expect(db.damage?.pages).toContainEqual(
        expect.objectContaining({
          page: gone?.page,
          role: 'unknown',
          fault: expect.stringContaining('cannot be placed'),
        }),
      );
    });
  });

  it('takes neither of two leaves without a parent that hold the same keys', async () => {
    write();
    const whole = sound(all);
    const [, second] = interiorsOf('t');
    const inside = leavesOf('t')
      .filter(({ maxKey }) => maxKey <= (second?.to ?? 0n))
      .at(-3);
    const copyAt = readFileSync(file).length / PAGE + 1;
    bytesWith((bytes) => pageOf(bytes, second?.page ?? 0).fill(0));
    const bytes = readFileSync(file);
    const grown = Buffer.concat([bytes, pageOf(bytes, inside?.page ?? 0)]);
    grown.writeUInt32BE(copyAt, 28);
    writeFileSync(file, grown);
    await salvaged((db) => {
      const doubled = db.damage?.pages.filter(({ fault }) => fault.includes('another page without a parent holds'));
      expect(doubled?.map(({ page }) => page)).toEqual([inside?.page, copyAt]);
      const keys = new Set(all(db).map(([key]) => key));
      const missing = whole.map(([key]) => key as bigint).filter((key) => !keys.has(key));
      expect(missing.at(-1)).toBe(BigInt(inside?.maxKey ?? 0));
      expect(missing.length).toBeLessThan(100);
    });
  });
});

describe('an overflow page', () => {
  it.each([
    ['zeroed', (page: Buffer) => page.fill(0), 'is all zeros'],
    ['that points elsewhere', (page: Buffer) => page.writeUInt32BE(9_999_999, 0), 'points to page 9999999'],
    ['that ends the row', (page: Buffer) => page.writeUInt32BE(0, 0), 'ends a row too early'],
  ])('%s loses the row that uses it, by its key', async (_what, damage, fault) => {
    write();
    const whole = sound(all);
    const overflow = overflowOf(3_000n);
    bytesWith((bytes) => damage(pageOf(bytes, overflow)));
    await salvaged((db) => {
      expect(all(db)).toEqual(without(whole, (key) => key === 3_000n));
      expect(db.damage?.rows).toMatchObject([{ table: 't', key: 3_000n }]);
      expect(db.damage?.rows[0]?.fault).toContain(`its overflow page ${overflow} ${fault}`);
      expect(db.damage?.rows[0]?.bytes.includes('name 3000')).toBe(true);
      expect(db.damage?.pages).toMatchObject([{ page: overflow, table: 't', role: 'overflow', lost: [] }]);
    });
  });

  it('that two rows use loses both', async () => {
    write();
    const whole = sound(all);
    const [one, two] = [overflowOf(3_000n), overflowOf(4_000n)];
    bytesWith((bytes) => pageOf(bytes, one).writeUInt32BE(pageOf(bytes, two).readUInt32BE(0), 0));
    await salvaged((db) => {
      expect(all(db)).toEqual(without(whole, (key) => key === 3_000n || key === 4_000n));
      expect(db.damage?.rows.map(({ key, fault }) => [key, /is used by two rows/.test(fault)])).toEqual([
        [3_000n, true],
        [4_000n, true],
      ]);
    });
  });
});

describe('damage that loses no row', () => {
  it('is a broken freelist', async () => {
    write();
    const whole = sound(all);
    const trunk = readFileSync(file).readUInt32BE(32);
    bytesWith((bytes) => pageOf(bytes, trunk).fill(0xff));
    await salvaged((db) => {
      expect(all(db)).toEqual(whole);
      expect(db.damage).toMatchObject({ rows: [], pages: [{ page: trunk, role: 'freelist', lost: [] }] });
    });
  });

  it.each(['by_note', 'sqlite_autoindex_t_1'])('is a broken index, %s', async (index) => {
    write();
    const whole = sound(all);
    const root = rootOf(index);
    bytesWith((bytes) => pageOf(bytes, root).fill(0));
    await salvaged((db) => {
      expect(all(db)).toEqual(whole);
      expect(db.rows("SELECT count(*) FROM t WHERE note = 'n3'")).toEqual(countWith(whole, 'n3'));
      expect(db.damage).toMatchObject({ rows: [], pages: [{ page: root, table: 't', role: 'index', lost: [] }] });
    });
  });
});

const countWith = (rows: unknown[][], note: string) => [[BigInt(rows.filter((row) => row[3] === note).length)]];

describe('a file that ends too early', () => {
  it('keeps what is there, and names the pages that are gone', async () => {
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA page_size = ${PAGE}; CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);
      WITH RECURSIVE s (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM s WHERE v < ${ROWS}) INSERT INTO t SELECT v, 'name ' || v FROM s`);
    db.close();
    const whole = sound(all);
    const pages = readFileSync(file).length / PAGE;
    const keptPages = Math.floor(pages * 0.4);
    const gone = leavesOf('t').filter(({ page }) => page > keptPages);
    truncateSync(file, keptPages * PAGE + 100);
    await salvaged((db) => {
      const kept = all(db);
      expect(kept.length).toBeGreaterThan(1_000);
      const found = new Set(kept.map(([key]) => key));
      expect(kept).toEqual(without(whole, (key) => !found.has(key)));
      expect(db.damage?.findings[0]).toContain('is truncated');
      const named = db.damage?.pages ?? [];
      for (const { page } of gone)
        expect(named.some((one) => page >= one.page && page < one.page + one.pages)).toBe(true);
      expect(named.find(({ page }) => page === keptPages + 1)?.bytes.length ?? PAGE).toBe(PAGE);
    });
  });

  it('is refused with a journal beside it', async () => {
    write();
    truncateSync(file, 100 * PAGE);
    writeFileSync(`${file}-journal`, 'x');
    await expect(openSalvaged(file)).rejects.toMatchObject({ code: 'LEGACY_HOT_JOURNAL' });
  });
});

describe('salvage is refused', () => {
  it.each([
    ['where the schema is damaged', (bytes: Buffer) => bytes.fill(0, 100, PAGE), 'LEGACY_BEYOND_SALVAGE'],
    ['where the schema has garbage', (bytes: Buffer) => bytes.fill(0xee, 100, PAGE), 'LEGACY_BEYOND_SALVAGE'],
    ['where the header is damaged', (bytes: Buffer) => bytes.fill(0, 0, 100), 'LEGACY_NOT_SQLITE'],
  ])('%s', async (_what, damage, code) => {
    write();
    bytesWith(damage);
    await expect(openSalvaged(file)).rejects.toMatchObject({ code });
  });

  it('of a table without rowids', async () => {
    write();
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE w (a TEXT PRIMARY KEY) WITHOUT ROWID');
    db.close();
    await expect(openSalvaged(file)).rejects.toMatchObject({
      code: 'LEGACY_BEYOND_SALVAGE',
      message: expect.stringContaining('w is no plain table'),
    });
  });
});

it.each([
  'PRAGMA auto_vacuum = FULL;',
  'PRAGMA auto_vacuum = INCREMENTAL;',
  'PRAGMA journal_mode = WAL;',
  "PRAGMA encoding = 'UTF-16le';",
])('keeps every row of a file with %s', async (pragma) => {
  write(pragma);
  const whole = sound((db) => [all(db), all(db, 'other'), db.highWater('t')]);
  const root = rootOf('by_note');
  bytesWith((bytes) => pageOf(bytes, root).fill(0));
  await salvaged((db) => expect([all(db), all(db, 'other'), db.highWater('t')]).toEqual(whole));
});

it('keeps keys of any size', async () => {
  const keys = [-(2n ** 63n), -(2n ** 40n), -1n, 0n, 127n, 128n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 56n, 2n ** 63n - 1n];
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA page_size = ${PAGE}; CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB); CREATE INDEX by_a ON t (a)`);
  for (const key of keys) db.exec(`INSERT INTO t VALUES (${key}, randomblob(400))`);
  db.close();
  const root = rootOf('by_a');
  const whole = sound(all);
  bytesWith((bytes) => pageOf(bytes, root).fill(0));
  await salvaged((salvage) => {
    expect(all(salvage)).toEqual(whole);
    for (const key of keys)
      expect(salvage.rows('SELECT count(*) FROM t WHERE id >= ?', key)[0]?.[0]).toBe(
        BigInt(keys.length - keys.indexOf(key)),
      );
  });
});

it('has one fingerprint for one damaged file, and another for the whole one', async () => {
  write();
  const before = sound((db) => db.fingerprint);
  const root = rootOf('by_note');
  bytesWith((bytes) => pageOf(bytes, root).fill(0));
  const first = await salvaged((db) => db.fingerprint);
  expect(first).toMatchObject({ salvaged: true });
  expect(await salvaged((db) => db.fingerprint)).toEqual(first);
  expect(before).not.toHaveProperty('salvaged');
});
