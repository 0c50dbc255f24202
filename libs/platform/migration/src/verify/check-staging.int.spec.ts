import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stageFamily, type CheckRow, type FileFamily, type LegacyDatabase, type StagedRow } from '@sluice/legacy';
import { tempDir, type TempDir } from '@sluice/testing';
import { json, nullable, text } from '../mapping/conversion';
import { familyTable } from '../mapping/legacy-table';
import { checkStaging } from './check-staging';

let dir: TempDir;
let folder: string;
beforeEach(async () => {
  dir = await tempDir();
  folder = path.join(dir.path, 'files');
  mkdirSync(folder);
});
afterEach(() => dir.remove());

const put = (name: string, content: string): void => {
  writeFileSync(path.join(folder, name), content);
  utimesSync(path.join(folder, name), 1_767_952_800, 1_767_952_800);
};
const row = (name: string, value: string | null): StagedRow => ({ values: { name, value } });
const sound: CheckRow[] = [{ name: 'a', value: { x: NaN } }, 'blank', null, { name: 'b' }];
const fault: StagedRow = { fault: 'broken', raw: '{' };

/** A family whose reader and checker say what they are told of each file. */
function tableOf(staged: readonly StagedRow[], checked: readonly CheckRow[]) {
  const family: FileFamily = {
    ...{ folder: 'files', pattern: '*', version: 1, grows: false, index: 'index' },
    owns: (name) => name !== 'index',
    isWhole: () => true,
    reader: () => (file) => (file.name === 'index' ? [] : staged),
    checker: () => (file) => (file.name === 'index' ? [] : checked),
  };
  const target = { kind: 'postgres', table: 't' } as const;
  return familyTable('t', family, { target, columns: { name: text, value: nullable(json()) } });
}

async function check(
  staged: readonly StagedRow[],
  checked: readonly CheckRow[],
  { quarantined = new Set<string>(), before = () => undefined as void } = {},
) {
  const table = tableOf(staged, checked);
  const columns = ['name', 'value'].map((name) => ({ name, type: 'TEXT' }) as const);
  const database: LegacyDatabase = await stageFamily(folder, table.source.family!, {
    ...{ zone: 'UTC', table: { name: 't', key: 'id', columns } },
  });
  try {
    before();
    const { found, remarks } = checkStaging(database, table, { zone: 'UTC', quarantined });
    return { found: found.map(({ rowKey, column, source }) => `${rowKey} ${column} ${source}`), remarks };
  } finally {
    database.close();
  }
}
const rows = [row('a', '{"x": NaN}'), 'blank', fault, row('b', null)] as const;
const key = (number: number): string => `10000000${number}`;

it('finds nothing where both readings agree', async () => {
  put('f', 'x');
  expect(await check(rows, sound)).toEqual({ found: [], remarks: [] });
});

it.each<[string, StagedRow[], string]>([
  ['another value of JSON', [row('a', '{"x": 0}'), ...rows.slice(1)], `${key(1)} value staged wrongly: another value`],
  [
    'JSON cut in the wrong place',
    [row('a', '{"x": NaN'), ...rows.slice(1)],
    `${key(1)} value staged wrongly: another value`,
  ],
  [
    'a value where there is none',
    [...rows.slice(0, 3), row('b', 'null')],
    `${key(4)} value staged wrongly: another value`,
  ],
  ['another text', [row('A', '{"x": NaN}'), ...rows.slice(1)], `${key(1)} name staged wrongly: another value`],
  ['a row too few', rows.slice(0, 3), `${key(4)} null staged wrongly: a row of its file is missing`],
  ['a row too many', [...rows, row('c', null)], `${key(5)} null staged wrongly: a row that its file does not have`],
  [
    'a fault that was not seen',
    [rows[0], 'blank', row('c', null), rows[3]],
    `${key(3)} null staged wrongly: a fault was not seen`,
  ],
  [
    'a fault where there is none',
    [fault, ...rows.slice(1)],
    `${key(1)} null staged wrongly: a fault where there is none`,
  ],
])('finds %s', async (_name, staged, difference) => {
  put('f', 'x');
  expect((await check(staged, sound)).found).toEqual([difference]);
});

it('takes a row that a conversion refused for a fault that was seen', async () => {
  put('f', 'x');
  const staged = [rows[0], 'blank', row('c', '{'), rows[3]] as const;
  expect((await check(staged, sound, { quarantined: new Set([key(3)]) })).found).toEqual([]);
});

it('leaves out what was rewritten, removed or added since, and says so', async () => {
  for (const name of ['f', 'g', 'h']) put(name, 'x');
  const before = (): void => {
    put('f', 'y');
    rmSync(path.join(folder, 'g'));
    put('i', 'x');
  };
  const { found, remarks } = await check([...rows, row('c', null)], sound, { before });
  expect(found).toEqual(['300000005 null staged wrongly: a row that its file does not have']);
  expect(remarks).toEqual(['t: changed since they were read, so that they count as they were: i, f, g. Run again.']);
});

it('leaves out everything where the index was rewritten', async () => {
  for (const name of ['f', 'index']) put(name, 'x');
  const { found, remarks } = await check([row('wrong', null)], sound, { before: () => put('index', 'y') });
  expect([found, remarks.join()]).toEqual([[], expect.stringContaining(': index. Run again.')]);
});
