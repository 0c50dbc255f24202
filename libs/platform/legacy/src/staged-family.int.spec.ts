import { mkdirSync, readdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir, type TempDir } from '@sluice/testing';
import { jsonMembers, JsonSliceError, LegacyDatabase, ROWS_PER_FILE, stageFamily, type FileFamily } from './index';

let dir: TempDir;
let folder: string;
let work: string;
beforeEach(async () => {
  dir = await tempDir();
  [folder, work] = [path.join(dir.path, 'files'), path.join(dir.path, 'work')];
  mkdirSync(folder);
  mkdirSync(work);
});
afterEach(() => dir.remove());

/** A row per member of the object in a file; the index, where there is one, is told by every row. */
const family: FileFamily = {
  folder: 'files',
  pattern: '<name>.json',
  version: 1,
  owns: (name) => name.endsWith('.json') && name !== 'index.json',
  index: 'index.json',
  grows: false,
  isWhole: (bytes) => bytes.at(-1) === '}'.charCodeAt(0),
  reader: ({ index }) =>
    function* ({ bytes }) {
      for (const { name, text } of jsonMembers(bytes.toString()))
        yield name === '' ? 'blank' : { values: { name, value: text, told: index?.bytes.toString() ?? null } };
    },
  checker: () => () => [],
};
const columns = ['name', 'value', 'told'].map((name) => ({ name, type: 'TEXT' }) as const);
const stage = (over: Partial<FileFamily> = {}, options: { zone?: 'UTC'; signal?: AbortSignal } = {}) =>
  stageFamily(folder, { ...family, ...over }, {
    ...{ zone: 'Asia/Kolkata', table: { name: 't', key: 'id', columns }, workDir: work },
    ...options,
  }); // prettier-ignore
const put = (name: string, content: string | Buffer, ageMs = 60_000): void => {
  writeFileSync(path.join(folder, name), content);
  utimesSync(path.join(folder, name), (Date.now() - ageMs) / 1000, (Date.now() - ageMs) / 1000);
};
const rowsOf = (database: LegacyDatabase): unknown[][] =>
  database.rows('SELECT id, name, value, source_file, source_row, fault, CAST(raw AS BLOB) FROM t ORDER BY id');
async function staged<T>(use: (database: LegacyDatabase) => T, ...how: Parameters<typeof stage>): Promise<T> {
  const database = await stage(...how);
  try {
    return use(database);
  } finally {
    database.close();
  }
}
const none = [null, null];

it('numbers files in the order of their names and rows in the order of the file, blanks counted', async () => {
  put('b.json', '{"x": 1.50, "": 2, "y": "\\u00e9"}');
  put('a.json', '{"z": NaN}');
  put('B.json', '{}');
  expect(await staged(rowsOf)).toEqual([
    [2n * ROWS_PER_FILE + 1n, 'z', 'NaN', 'a.json', 1n, ...none],
    [3n * ROWS_PER_FILE + 1n, 'x', '1.50', 'b.json', 1n, ...none],
    [3n * ROWS_PER_FILE + 3n, 'y', '"\\u00e9"', 'b.json', 3n, ...none],
  ]);
});

it('makes a file that is broken one row with its fault and its bytes, however far its reader came', async () => {
  put('a.json', '{"x": 1, "y": ');
  put('b.json', Buffer.from([0x7b, 0xff, 0x7d]));
  mkdirSync(path.join(folder, 'c.json'));
  const late = () =>
    function* () {
      yield { values: { name: 'x', value: '1', told: null } };
      throw new JsonSliceError('is broken at its end');
    };
  const faults = (database: LegacyDatabase) =>
    rowsOf(database).map((row) => [row[3], row[5], Buffer.from(row[6] as Uint8Array)]);
  expect(await staged(faults)).toEqual([
    ['a.json', 'ends before its JSON does', Buffer.from('{"x": 1, "y": ')],
    ['b.json', 'is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['c.json', 'is no regular file', Buffer.alloc(0)],
  ]);
  expect((await staged(faults, { reader: late }))[0]).toEqual([
    'a.json',
    'is broken at its end',
    Buffer.from('{"x": 1, "y": '),
  ]);
});

it('refuses a file that is too large to be held', async () => {
  put('a.json', '{}');
  truncateSync(path.join(folder, 'a.json'), 16 * 1024 * 1024 + 1);
  expect(await staged((database) => rowsOf(database)[0]?.[5])).toBe('is larger than 16777216 bytes');
});

it('keeps a NUL, and takes half a surrogate pair for a fault', async () => {
  put('a.json', '{"a\\u0000b": 1, "a\\ud83d": 2}');
  const [nul, half] = await staged((database) => database.rows('SELECT CAST(name AS BLOB), fault FROM t ORDER BY id'));
  expect(nul).toEqual([new Uint8Array(Buffer.from('a\0b')), null]);
  expect(half).toEqual([null, 'holds half a surrogate pair']);
});

it('reads again what is being rewritten, and gives up on it after a second', async () => {
  put('a.json', '{"x": 1', 0);
  put('b.json', '{"y": 1', 0);
  setTimeout(() => put('a.json', '{"x": 1, "z": 2}', 0), 250);
  const rows = await staged(rowsOf);
  expect(rows.map(([, name, , file, , fault]) => [file, name, fault])).toEqual([
    ['a.json', 'x', null],
    ['a.json', 'z', null],
    ['b.json', null, 'ends before its JSON does'],
  ]);
});

it('knows the same files again, and other ones by name, content and zone', async () => {
  const fingerprint = (...how: Parameters<typeof stage>) => staged((database) => database.fingerprint, ...how);
  put('a.json', '{"x": 1}');
  put('index.json', '{}');
  const first = await fingerprint();
  put('a.json', '{"x": 1}', 1_000);
  expect(await fingerprint()).toEqual(first);
  expect(await fingerprint({}, { zone: 'UTC' })).not.toEqual(first);
  put('index.json', '{"a": 1}');
  const told = await fingerprint();
  put('a.json', '{"x": 2}');
  const changed = await fingerprint();
  put('b.json', '{}');
  expect(new Set([first, told, changed, await fingerprint()].map((print) => JSON.stringify(print))).size).toBe(4);
});

it('reads the index first and places its rows last', async () => {
  put('index.json', '{"i": 0}');
  put('z.json', '{"z": 1}');
  const rows = await staged((database) => database.rows('SELECT name, told FROM t ORDER BY id'));
  expect(rows).toEqual([['z', '{"i": 0}'], ['i', '{"i": 0}']]); // prettier-ignore
});

it('has no name while it is read, and leaves nothing behind', async () => {
  put('a.json', '{"x": 1}');
  const database = await stage();
  expect(readdirSync(work)).toEqual([]);
  put('a.json', '{"x": 2}');
  expect(() => database.assertSame()).not.toThrow();
  expect(database.highWater('t')).toBe(ROWS_PER_FILE + 1n);
  expect(database.rows('SELECT value FROM t')).toEqual([['1']]);
  database.close();
});

it('is given up between two files, and leaves nothing behind', async () => {
  put('a.json', '{}');
  put('b.json', '{}');
  const stop = new AbortController();
  const staging = stage({}, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(staging).rejects.toThrow('enough');
  expect(readdirSync(work)).toEqual([]);
});
