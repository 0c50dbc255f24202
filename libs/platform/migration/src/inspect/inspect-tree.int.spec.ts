import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { LegacyDatabase } from '@sluice/legacy';
import { tempDir } from '@sluice/testing';
import { decimal, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { legacyTable, postgresTable, type LegacyTable } from '../mapping/legacy-table';
import { checkDrift, findDrift } from './drift';
import { findSources } from './find-sources';
import { inspectTree } from './inspect-tree';

const aTable = (table: string): LegacyTable =>
  legacyTable({
    source: { file: 'cache/app.db', table, key: 'id' },
    target: postgresTable(table),
    columns: { id: integer, name: text, note: nullable(text) },
  });
const orders = aTable('orders');
const people = aTable('people');
const tables = [orders, people];

let root: string;
let remove: () => Promise<void>;
beforeEach(async () => ({ path: root, remove } = await tempDir()));
afterEach(() => remove());

const ddl = (table: string): string => `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT);`;
const row = (table: string, id = 1): string => `INSERT INTO ${table} VALUES (${id}, 'Ada', NULL);`;

function write(place: string, sql: string): string {
  const file = path.join(root, place);
  mkdirSync(path.dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
  return file;
}

function differences(sql: string): string[] {
  const database = LegacyDatabase.open(write('cache/app.db', sql));
  try {
    return findDrift(database, [orders]);
  } finally {
    database.close();
  }
}

describe('findSources', () => {
  it('finds each table at the place that holds it, the root or a folder in it, and says so', () => {
    write('cache/app.db', ddl('orders') + row('orders'));
    write('backend/cache/app.db', ddl('people') + row('people'));
    const { files, missing, notes } = findSources({ root, tables });
    expect(files.map(({ file, tables: read }) => [path.relative(root, file), read.map(({ name }) => name)])).toEqual([
      ['cache/app.db', ['orders']],
      ['backend/cache/app.db', ['people']],
    ]);
    expect(missing).toEqual([]);
    expect(notes).toEqual(['people is in backend/cache/app.db.']);
  });

  it('ignores an empty twin and says so, and the twin is no drift', () => {
    write('cache/app.db', ddl('orders') + row('orders') + ddl('people'));
    write('backend/cache/app.db', ddl('people') + row('people'));
    const { files, notes } = findSources({ root, tables });
    expect(notes).toContain('people is empty in cache/app.db, which is ignored.');
    for (const { file, tables: read, ignored } of files) {
      const database = LegacyDatabase.open(file);
      expect(() => checkDrift(database, read, ignored)).not.toThrow();
      database.close();
    }
  });

  it('refuses two files with rows of one table, naming both, unless told which one counts', () => {
    write('cache/app.db', ddl('orders') + row('orders'));
    const second = write('backend/cache/app.db', ddl('orders') + row('orders', 2));
    expect(() => findSources({ root, tables: [orders] })).toThrow(
      expect.objectContaining({
        code: 'LEGACY_SOURCE_AMBIGUOUS',
        kind: 'refused',
        message: expect.stringContaining('cache/app.db and backend/cache/app.db') as string,
      }),
    );
    const { files } = findSources({ root, tables: [orders], files: { orders: second } });
    expect(files.map(({ file }) => path.relative(root, file))).toEqual(['backend/cache/app.db']);
  });

  it('reports what is missing, and refuses it only where it is required', () => {
    write('cache/app.db', ddl('orders'));
    expect(findSources({ root, tables }).missing).toEqual([
      { table: people, reason: 'cache/app.db is there, but has no table people' },
    ]);
    expect(() => findSources({ root, tables, required: true })).toThrow(
      expect.objectContaining({ code: 'LEGACY_SOURCE_MISSING', message: expect.stringContaining(root) as string }),
    );
  });

  it('says where what is missing was looked for, of many folders the first', async () => {
    const elsewhere = await tempDir();
    for (let i = 10; i < 21; i++) mkdirSync(path.join(root, `f${i}`));
    const { searched } = findSources({ root, tables, workingDirs: [elsewhere.path] });
    const folders = 'f10, f11, f12, f13, f14, f15, f16, f17, 3 more';
    expect(searched).toBe(
      `What is missing was searched for in ${root} and in its folders (${folders}), ${elsewhere.path}.`,
    );
    expect((await inspectTree({ root, tables })).notes).toEqual([expect.stringContaining('was searched for in')]);
    await elsewhere.remove();
  });

  it('says of a file that was named for a table, and has it not, what to do', () => {
    const files = { people: write('cache/app.db', ddl('orders')) };
    expect(() => findSources({ root, tables, files })).toThrow(
      expect.objectContaining({
        code: 'LEGACY_SOURCE_NOT_THERE',
        message: '--file names the wrong place for people: cache/app.db has no table people.',
        remedy: expect.stringContaining('leave out --file') as string,
      }),
    );
  });

  it('says of a file that was named and is not there that --file is wrong, not the folder', () => {
    expect(() => findSources({ root, tables, files: { people: path.join(root, 'cache/nowhere.db') } })).toThrow(
      expect.objectContaining({
        code: 'LEGACY_SOURCE_NOT_THERE',
        message: '--file names the wrong place for people: cache/nowhere.db does not exist.',
      }),
    );
  });

  it('finds a table whose name is spelled with capitals, and whether it has rows', () => {
    write('cache/app.db', ddl('Orders') + row('Orders'));
    write('backend/cache/app.db', ddl('orders'));
    const { files, missing } = findSources({ root, tables: [orders] });
    expect(files).toMatchObject([{ file: path.join(root, 'cache/app.db'), tables: [{ name: 'orders' }] }]);
    expect(missing).toEqual([]);
  });

  it.each([
    ['whose only table was renamed', 'cache/app.db', ddl('orders_v2') + row('orders_v2'), 'unknown table orders_v2'],
    ['at the second place', 'backend/cache/app.db', ddl('orders') + ddl('orders_v2'), 'unknown table orders_v2'],
  ])('gives a file from which nothing is read to the drift check: one %s', (_, place, sql, difference) => {
    if (place !== 'cache/app.db') write('cache/app.db', ddl('orders') + row('orders'));
    write(place, sql);
    const stray = findSources({ root, tables: [orders] }).files.find(({ tables: read }) => read.length === 0);
    expect(stray?.file).toBe(path.join(root, place));
    const database = LegacyDatabase.open(path.join(root, place));
    expect(findDrift(database, [], stray?.ignored)).toEqual([difference]);
    database.close();
  });

  it('leaves out a file that holds no chosen table and nothing unknown', () => {
    write('cache/app.db', ddl('people'));
    expect(findSources({ root, tables: [orders], known: tables })).toMatchObject({
      files: [],
      missing: [{ reason: 'cache/app.db is there, but has no table orders' }],
    });
  });

  it('searches the working directories too', async () => {
    const elsewhere = await tempDir();
    write(path.relative(root, path.join(elsewhere.path, 'cache/app.db')), ddl('orders'));
    expect(findSources({ root, tables: [orders], workingDirs: [elsewhere.path] }).files).toHaveLength(1);
    expect(findSources({ root, tables: [orders] }).files).toEqual([]);
    await elsewhere.remove();
  });

  it('refuses a symbolic link that leaves the tree', async () => {
    const elsewhere = await tempDir();
    writeFileSync(path.join(elsewhere.path, 'app.db'), 'x');
    mkdirSync(path.join(root, 'cache'));
    symlinkSync(path.join(elsewhere.path, 'app.db'), path.join(root, 'cache/app.db'));
    expect(() => findSources({ root, tables })).toThrow(expect.objectContaining({ code: 'LEGACY_SOURCE_OUTSIDE' }));
    await elsewhere.remove();
  });

  it.each(['cache/app.db', 'cache', 'backend/cache/app.db'])('refuses a link that leads nowhere at %s', (place) => {
    mkdirSync(path.dirname(path.join(root, place)), { recursive: true });
    if (place.startsWith('backend')) write('cache/app.db', ddl('orders') + row('orders'));
    symlinkSync('/nowhere/at/all', path.join(root, place));
    expect(() => findSources({ root, tables })).toThrow(
      expect.objectContaining({
        code: 'LEGACY_SOURCE_DANGLING',
        kind: 'refused',
        message: expect.stringContaining(`${place} -> /nowhere/at/all`) as string,
      }),
    );
  });

  it('refuses a link that leads to itself', () => {
    mkdirSync(path.join(root, 'cache'));
    symlinkSync('app.db', path.join(root, 'cache/app.db'));
    expect(() => findSources({ root, tables })).toThrow(expect.objectContaining({ code: 'LEGACY_SOURCE_DANGLING' }));
  });

  it('says of a folder directly below the root that its link leads nowhere', () => {
    write('cache/app.db', ddl('orders') + row('orders'));
    symlinkSync('/nowhere/at/all', path.join(root, 'backend'));
    expect(findSources({ root, tables: [orders] }).notes).toEqual([
      'backend is a link that leads nowhere (/nowhere/at/all), so nothing is searched for below it.',
    ]);
  });

  it('says which database files beside the mapped ones are not in the mapping, and of how many tables', () => {
    write('cache/app.db', ddl('orders') + row('orders'));
    write('cache/unknown.db', ddl('a') + ddl('b'));
    write('backend/cache/one.sqlite3', ddl('a'));
    writeFileSync(path.join(root, 'cache/empty.db'), '');
    writeFileSync(path.join(root, 'cache/notes.json'), '{}');
    write('data/elsewhere.db', ddl('a'));
    expect(findSources({ root, tables: [orders] }).notes).toEqual([
      'not in the mapping: cache/empty.db (LEGACY_EMPTY)',
      'not in the mapping: cache/unknown.db, 2 tables',
      'not in the mapping: backend/cache/one.sqlite3, 1 table',
    ]);
  });

  it('opens no unmapped file to which a link leads out of the tree', async () => {
    const elsewhere = await tempDir();
    write('cache/app.db', ddl('orders') + row('orders'));
    write(path.relative(root, path.join(elsewhere.path, 'far.db')), ddl('a'));
    symlinkSync(path.join(elsewhere.path, 'far.db'), path.join(root, 'cache/far.db'));
    symlinkSync('/nowhere/at/all', path.join(root, 'cache/gone.db'));
    expect(findSources({ root, tables: [orders] }).notes).toEqual([
      'not in the mapping: cache/far.db (a link out of the folder)',
      'not in the mapping: cache/gone.db (a link that leads nowhere)',
    ]);
    await elsewhere.remove();
  });

  it('does not call a file unmapped that was named for a table', () => {
    const file = write('cache/other.db', ddl('orders') + row('orders'));
    expect(findSources({ root, tables: [orders], files: { orders: file } }).notes).toEqual([]);
  });

  it('refuses an only file of 0 bytes, a folder in its place, and a root that is none', () => {
    mkdirSync(path.join(root, 'cache'));
    writeFileSync(path.join(root, 'cache/app.db'), '');
    expect(() => findSources({ root, tables })).toThrow(expect.objectContaining({ code: 'LEGACY_EMPTY' }));
    expect(() => findSources({ root: path.join(root, 'nowhere'), tables })).toThrow(
      expect.objectContaining({ code: 'LEGACY_ROOT_UNUSABLE' }),
    );
    mkdirSync(path.join(root, 'backend/cache/app.db'), { recursive: true });
    expect(() => findSources({ root: path.join(root, 'backend'), tables })).toThrow(
      expect.objectContaining({ code: 'LEGACY_NOT_A_FILE' }),
    );
  });

  it('takes a link to itself, a name below a file, and one that is too long for places where nothing is', () => {
    const file = write('app.db', ddl('orders') + row('orders'));
    const loop = path.join(root, 'loop');
    symlinkSync(loop, loop);
    for (const nowhere of [loop, path.join(file, 'x'), path.join(root, 'x'.repeat(300))]) {
      for (const search of [{ root: nowhere }, { root, workingDirs: [nowhere] }]) {
        expect(() => findSources({ ...search, tables })).toThrow(
          expect.objectContaining({ code: 'LEGACY_ROOT_UNUSABLE', message: `${nowhere} is no folder.` }),
        );
      }
      expect(() => findSources({ root, tables, files: { orders: nowhere } })).toThrow(
        expect.objectContaining({ code: 'LEGACY_SOURCE_NOT_THERE' }),
      );
    }
  });

  it('takes a file where a folder is expected for a folder that is not there', () => {
    writeFileSync(path.join(root, 'cache'), '');
    expect(findSources({ root, tables: [orders] }).missing).toEqual([{ table: orders, reason: 'no cache/app.db' }]);
  });

  it('refuses a file for a table that no mapping has', () => {
    expect(() => findSources({ root, tables, files: { nobody: 'x.db' } })).toThrow(
      expect.objectContaining({ code: 'LEGACY_SOURCE_UNKNOWN', kind: 'usage' }),
    );
  });
});

describe('findDrift', () => {
  it.each([
    ['an exact copy', ddl('orders'), []],
    ['a table whose name is spelled with capitals', ddl('Orders'), []],
    ['columns in another order', 'CREATE TABLE orders (note TEXT, name TEXT, id INTEGER PRIMARY KEY);', []],
    [
      'an unknown column',
      ddl('orders') + 'ALTER TABLE orders ADD COLUMN extra REAL;',
      ['unknown column orders.extra REAL'],
    ],
    ['a missing column', 'CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT);', ['missing column orders.note']],
    ['an unknown table', ddl('orders') + ddl('people'), ['unknown table people']],
    ['a view', ddl('orders') + 'CREATE VIEW v AS SELECT 1;', ['unknown view v']],
    [
      'a view as table',
      'CREATE TABLE t (id INTEGER); CREATE VIEW orders AS SELECT id FROM t;',
      ['unknown table t', 'orders is a view, not a table'],
    ],
    [
      'a trigger',
      ddl('orders') + 'CREATE TRIGGER spy AFTER INSERT ON orders BEGIN SELECT 1; END;',
      ['trigger spy on orders'],
    ],
    [
      'a generated column',
      `CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT, note TEXT AS (name || '!'));`,
      ['generated column orders.note'],
    ],
    [
      'a key that repeats',
      `CREATE TABLE orders (id INTEGER, name TEXT, note TEXT); ${row('orders')} ${row('orders')}`,
      ['orders.id is no unique integer key'],
    ],
    ['a sound key WITHOUT ROWID', `${ddl('orders').slice(0, -1)} WITHOUT ROWID; ${row('orders')}`, []],
  ])('sees %s', (_, sql, expected) => {
    expect(differences(sql)).toEqual(expected);
  });

  it('sees a virtual table with the tables in which it keeps its rows', () => {
    expect(differences(ddl('orders') + 'CREATE VIRTUAL TABLE search USING fts5(name);')).toContain(
      'unknown virtual table search',
    );
  });
});

describe('inspectTree', () => {
  it('reports drift instead of throwing, and changes no byte', async () => {
    const file = write(
      'cache/app.db',
      ddl('orders') + row('orders') + ddl('people') + 'ALTER TABLE people ADD COLUMN extra;',
    );
    const before = readFileSync(file);
    const inspection = await inspectTree({ root, tables });
    expect(inspection).toMatchObject({
      refused: true,
      files: [{ drift: ['unknown column people.extra'], integrity: [] }],
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('refuses a known file whose only table was renamed, and names the difference', async () => {
    write('cache/app.db', ddl('orders_v2') + row('orders_v2'));
    expect(await inspectTree({ root, tables: [orders] })).toMatchObject({
      refused: true,
      files: [{ file: 'cache/app.db', drift: ['unknown table orders_v2'], tables: [] }],
      missing: [{ table: 'orders', reason: 'cache/app.db is there, but has no table orders' }],
    });
  });

  it('tells the file, the keys, and the forms of each column', async () => {
    write(
      'cache/app.db',
      `${ddl('orders')} ${row('orders', -5)} ${row('orders', 9007)} INSERT INTO orders VALUES (7, 'na\u00efve', 'x');`,
    );
    const { files } = await inspectTree({ root, tables: [orders] });
    expect(files[0]).toMatchObject({
      file: 'cache/app.db',
      journalMode: 'rollback',
      encoding: 'UTF-8',
      pageSize: 4096,
    });
    expect(files[0]?.tables[0]).toMatchObject({ table: 'orders', rows: 3, keys: { least: '-5', highWater: null } });
    expect(files[0]?.tables[0]?.columns.map(({ forms }) => forms)).toEqual([
      { integer: 3 },
      { 'ASCII text': 2, 'text beyond ASCII': 1 },
      { NULL: 2, 'ASCII text': 1 },
    ]);
  });

  it('tells each hazard with its rows and what becomes of them', async () => {
    const odd = legacyTable({
      source: { file: 'cache/app.db', table: 'odd', key: 'id' },
      target: postgresTable('odd'),
      columns: {
        id: integer,
        cost: nullable(decimal({ precision: 20, scale: 8 })),
        doc: nullable(json()),
        at: timestamp({ zone: 'UTC' }),
      },
    });
    write(
      'cache/app.db',
      `CREATE TABLE odd (id INTEGER PRIMARY KEY, cost REAL, doc TEXT, at TIMESTAMP);
       INSERT INTO odd VALUES (1, 0.5, '{"a": NaN}', '2026-01-09 10:00:00'), (2, 1e999, '{"a": 1, "a": 2}', '2026-02-30'),
         (3, 0.1234567891, '{"NaN": "Infinity"}', 1767953303), (4, NULL, NULL, NULL), (5, 'x', '[1,]', '2026-01-09');`,
    );
    const { files } = await inspectTree({ root, tables: [odd] });
    const [, cost, doc, at] =
      files[0]?.tables[0]?.columns.map(({ hazards }) =>
        hazards.map(({ code, outcome, rule, count, keys }) => [code, outcome, rule, count, keys]),
      ) ?? [];
    expect(cost).toEqual([
      ['B13', 'quarantined', undefined, 1, ['5']],
      ['B18', 'quarantined', undefined, 1, ['2']],
      ['B20', 'normalised', 'rounded', 1, ['3']],
    ]);
    expect(doc).toEqual([
      ['B01', 'normalised', 'non-finite-to-null', 1, ['1']],
      ['B09', 'normalised', 'duplicate-key', 1, ['2']],
      ['B43', 'quarantined', undefined, 1, ['5']],
    ]);
    expect(at).toEqual([
      ['B21', 'normalised', 'epoch-s', 1, ['3']],
      ['B22', 'normalised', 'date-only', 1, ['5']],
      ['B23', 'quarantined', undefined, 1, ['2']],
      ['B32', 'quarantined', undefined, 1, ['4']],
    ]);
  });

  describe('of rows that refer to others', () => {
    const visits = legacyTable({
      source: { file: 'cache/app.db', table: 'visits', key: 'id' },
      target: postgresTable('visits'),
      columns: { id: integer, person: nullable(integer) },
      after: ['people'],
      references: [{ column: 'person', table: 'people', parentColumn: 'id' }],
    });
    const known = [people, visits];
    const visitRows =
      'CREATE TABLE visits (id INTEGER PRIMARY KEY, person INTEGER); INSERT INTO visits VALUES (1, 1), (2, 7), (3, NULL), (4, 8);';
    const personOf = async (chosen: readonly LegacyTable[]) => {
      const { files } = await inspectTree({ root, tables: chosen, known });
      const found = files.flatMap(({ tables: all }) => all).find(({ table }) => table === 'visits');
      return found?.columns.find(({ column }) => column === 'person');
    };

    it.each([
      ['all tables', known],
      ['that table alone', [visits]],
    ])('counts those whose parent does not exist, asked for %s', async (_, chosen) => {
      write('cache/app.db', `${ddl('people')} ${row('people', 1)} ${visitRows}`);
      expect((await personOf(chosen))?.hazards).toEqual([
        expect.objectContaining({ code: 'B34', outcome: 'quarantined', count: 2, keys: ['2', '4'] }),
      ]);
    });

    it('says that it cannot tell where the parents are in another file', async () => {
      write('cache/app.db', `${ddl('people')} ${visitRows}`);
      write('backend/cache/app.db', `${ddl('people')} ${row('people', 1)}`);
      const person = await personOf(known);
      expect(person?.hazards).toEqual([]);
      expect(person?.notes).toEqual([expect.stringContaining('people')]);
    });
  });

  it('stops when it is asked to', async () => {
    write('cache/app.db', `${ddl('orders')} INSERT INTO orders VALUES (1, '\u00e9', NULL);`);
    await expect(inspectTree({ root, tables: [orders], signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'interrupted',
    });
  });
});
