import path from 'node:path';
import { inspectTree, type HazardCount } from '@sluice/migration';
import { tempDir } from '@sluice/testing';
import { tradingDatabaseTables } from '../../trading.legacy';
import { makeSampleTree } from '../sample-tree';
import { makeNastyTree, type NastyRow } from './nasty-tree';

let root: string;
let remove: () => Promise<void>;
beforeAll(async () => ({ path: root, remove } = await tempDir()));
afterAll(() => remove());

const tableNames = tradingDatabaseTables.map(({ name }) => name);

it('plants something in every column of every mapping, and each outcome in every table', () => {
  const rows = makeNastyTree({ dir: path.join(root, 'every') });
  for (const { name, columns } of tradingDatabaseTables) {
    const here = rows.filter(({ table }) => table === name);
    expect(new Set(here.map(({ column }) => column))).toEqual(new Set(Object.keys(columns)));
    expect(new Set(here.map(({ expected }) => expected))).toEqual(
      new Set(
        name === 'support_resistance_levels' ? ['stored', 'quarantined'] : ['stored', 'normalised', 'quarantined'],
      ),
    );
  }
  expect(new Set(rows.map(({ table, key }) => `${table} ${key}`)).size).toBe(rows.length);
});

it('plants every hazard of the reliability table that a SQLite value can be', () => {
  const codes = new Set(makeNastyTree({ dir: path.join(root, 'codes') }).map(({ code }) => code));
  const wanted = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 32,
    34, 35, 38, 43, 44, 45,
  ];
  expect(wanted.map((n) => `B${String(n).padStart(2, '0')}`).filter((code) => !codes.has(code))).toEqual([]);
});

it('leaves out what the exact legacy schema forbids', () => {
  const rows = makeNastyTree({ dir: path.join(root, 'exact'), loose: false, longTextBytes: 0 });
  expect(rows.filter(({ code, expected }) => code === 'B31' && expected === 'quarantined')).toEqual([]);
});

it('is inspected by the same rules: as many values quarantined and normalised per column as planted', async () => {
  const dir = path.join(root, 'inspected');
  const planted = makeNastyTree({ dir });
  const inspection = await inspectTree({ root: dir, tables: tradingDatabaseTables });
  expect(inspection).toMatchObject({ refused: false, missing: [], notes: [] });
  const found = inspection.files.flatMap(({ tables }) =>
    tables.flatMap(({ table, columns }) =>
      columns.flatMap(({ column, hazards }) => hazards.map((hazard) => ({ table, column, hazard }))),
    ),
  );
  // Repeated keys and entries too long for an index show only at the load.
  const atLoad = ['B30', 'B31'];
  const wanted = planted.filter(({ code, expected }) => expected !== 'stored' && !atLoad.includes(code));
  expect(tally(found.filter(({ hazard }) => hazard.outcome !== 'stored').map(asCount))).toEqual(
    tally(wanted.map((row) => [labelOf(row), 1])),
  );
});

it('inspects the sample: planted hazards by table, key and column, and the mislabelled times', async () => {
  const dir = path.join(root, 'sample');
  const { hazards } = makeSampleTree({ dir, seed: 3, hazards: true, files: false });
  const { files } = await inspectTree({ root: dir, tables: tradingDatabaseTables });
  const tables = files.flatMap((file) => file.tables);
  for (const planted of hazards.filter(({ expected }) => expected !== 'stored')) {
    const columns = tables.find(({ table }) => table === planted.table)?.columns;
    const seen = columns?.find(({ column }) => column === planted.column)?.hazards;
    expect(seen).toContainEqual(
      expect.objectContaining({
        code: planted.code,
        outcome: planted.expected,
        keys: expect.arrayContaining([planted.key]),
      }),
    );
  }
  expect(tables.map(({ table }) => table).sort()).toEqual([...tableNames].sort());
  const [label] = tables.flatMap(({ labels }) => labels);
  expect(label).toMatchObject({ table: 'ai_recommendations', column: 'generated_at_utc' });
  expect((label?.wrong ?? 0) + (label?.right ?? 0) + (label?.unproven ?? 0)).toBe(3000);
  expect(label?.wrong).toBeGreaterThan(2700);
  expect(label?.right).toBeGreaterThan(0);
  expect(label?.unproven).toBeGreaterThan(0);
  expect(label?.aheadSeconds?.max).toBeLessThan(19_800);
  expect(label?.text).toMatch('--choose ai_recommendations.generated_at_utc=proven');
});

const labelOf = ({ table, column, code, expected, rule }: NastyRow): string =>
  `${table}.${column} ${expected === 'quarantined' ? code : (rule ?? '')}`;

const asCount = ({
  table,
  column,
  hazard,
}: {
  table: string;
  column: string;
  hazard: HazardCount;
}): [string, number] => [
  `${table}.${column} ${hazard.outcome === 'quarantined' ? hazard.code : (hazard.rule ?? '')}`,
  hazard.count,
];

function tally(counts: readonly (readonly [string, number])[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([a], [b]) => a.localeCompare(b)));
}
