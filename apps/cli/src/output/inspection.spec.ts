import type { FileInspection, Inspection, TableInspection } from '@sluice/migration';
import { formatInspection } from './inspection';

const aTable = (over: Partial<TableInspection> = {}): TableInspection => ({
  table: 'orders',
  target: 'postgres',
  rows: 43,
  keys: { least: '1', greatest: '43', highWater: '90' },
  columns: [],
  labels: [],
  ...over,
});

const aFile = (over: Partial<FileInspection> = {}): FileInspection => ({
  file: 'cache/app.db',
  sizeBytes: 2_048,
  journalMode: 'wal',
  encoding: 'UTF-8',
  pageSize: 4_096,
  fingerprint: { sizeBytes: 2_048 } as unknown as FileInspection['fingerprint'],
  integrity: [],
  drift: [],
  tables: [aTable()],
  estimate: { copyBytes: 0, lockSeconds: 0, targetBytes: 4_096, seconds: 0.1 } as FileInspection['estimate'],
  ...over,
});

const anInspection = (file: FileInspection, refused = false): Inspection => ({
  root: '/legacy',
  files: [file],
  missing: [],
  notes: [],
  refused,
});

const column = (hazards: TableInspection['columns'][number]['hazards']): TableInspection['columns'][number] => ({
  column: 'price',
  conversion: 'decimal',
  forms: {},
  hazards,
  notes: [],
});

it('does not say that a migration may run where there is nothing to migrate', () => {
  const nothing = {
    root: '/legacy',
    files: [],
    missing: [{ table: 'orders', reason: 'no app.db' }],
    notes: [],
    refused: false,
  };
  expect(formatInspection(nothing)).toMatch(/nothing to migrate/);
  expect(formatInspection(nothing)).not.toMatch(/may run/);
});

it('takes the next id from the greatest that was ever given out', () => {
  expect(formatInspection(anInspection(aFile()))).toMatch(
    /│ orders +│ cache\/app\.db +│ Postgres +│ +43 │ +1 to 43 │ +91 │/,
  );
});

it('names a rule once, and the outcome where there is no rule', () => {
  const [count, keys] = [2, ['3', '5']];
  const columns = [
    column([
      { code: 'B20', outcome: 'normalised', rule: 'rounded', about: 'normalised by the rule rounded', count, keys },
      { code: 'B14', outcome: 'quarantined', about: 'no exact integer', count, keys },
    ]),
  ];
  const text = formatInspection(anInspection(aFile({ tables: [aTable({ columns })] })));
  expect(text).toMatch(/│ orders\.price +│ B20 +│ +2 │ normalised by the rule rounded +│ 3, 5 +│/);
  expect(text).toMatch(/│ quarantined: no exact integer +│/);
  expect(text).toContain('about 2 rows would go to quarantine');
});

it('shows the evidence on a label with numbers, and the option that corrects it', () => {
  const label = { table: 'orders', column: 'at_utc', wrong: 40, right: 1, unproven: 2 };
  const labels = [{ ...label, aheadSeconds: { min: 19_800, max: 19_800.25 }, text: 'corrected with --choose' }];
  const text = formatInspection(anInspection(aFile({ tables: [aTable({ labels })] })));
  expect(text).toMatch(/│ orders\.at_utc +│ +40 │ +1 │ +2 │ +19,800 to 19,800\.25 │/);
  expect(text).toContain('  corrected with --choose');
});

it('says nothing of seconds where no label is proven wrong', () => {
  const labels = [{ ...{ table: 'orders', column: 'at_utc' }, wrong: 0, right: 43, unproven: 0, aheadSeconds: null, text: null }]; // prettier-ignore
  expect(formatInspection(anInspection(aFile({ tables: [aTable({ labels })] })))).toMatch(
    /at_utc +│ +0 │ +43 │ +0 │ +│/,
  );
});

it('shows drift and damage, and that a migration would be refused', () => {
  const file = aFile({ drift: ['unknown column orders.region'], integrity: ['page 7 is broken'], tables: [] });
  const text = formatInspection(anInspection(file, true));
  expect(text).toContain('cache/app.db: DRIFT: unknown column orders.region');
  expect(text).toContain('cache/app.db: DAMAGED: page 7 is broken');
  expect(text).toMatch(/REFUSED \(exit 3\).*migrate --salvage/);
});
