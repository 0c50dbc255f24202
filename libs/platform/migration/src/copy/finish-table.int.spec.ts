import { LegacyDatabase } from '@sluice/legacy';
import { freshDatabase, tempDir } from '@sluice/testing';
import { checkOff, createPlan, pendingRanges, type NewTableState } from '../state/table-state';
import { Bench, postgresSchema, specimens, sqliteSchema } from '../verify/specimen';
import { finishTable } from './finish-table';

const state: NewTableState = {
  name: 'specimens',
  plan: '00000000-0000-4000-8000-000000000001',
  lane: 'exact',
  sourcePath: 'specimens.db',
  fingerprint: {},
  mappingDigest: 'x',
  choices: {},
  rowsSource: 2n,
};
const oneRow = { rows: 1n, quarantined: 0n, skipped: 0n, normalised: {} };

let bench: Bench;
let database: LegacyDatabase;

beforeAll(async () => {
  bench = await Bench.open(await tempDir(), await freshDatabase());
  bench.source(sqliteSchema, `INSERT INTO specimens (id, name) VALUES (1, 'a'), (2, 'b')`);
  await bench.target.query(postgresSchema);
  database = LegacyDatabase.open(bench.file);
});
afterAll(async () => {
  database.close();
  await bench.close();
});

it('does not end a copy of which a crashed server has forgotten a range, and ends it when the range is there', async () => {
  const { target } = bench;
  const finish = () => finishTable(target, { database, table: specimens }, state, 'specimens');
  await createPlan(
    target,
    state,
    [
      { from: null, to: 1n },
      { from: 1n, to: null },
    ],
    async () => [],
  );
  await checkOff(target, state, 1, oneRow);
  expect(await finish()).toBeNull();
  const [pending] = await pendingRanges(target, state);
  expect(pending).toMatchObject({ seq: 2, from: 1n });
  await checkOff(target, state, 2, oneRow);
  expect(await finish()).toMatchObject({ rows: 2n });
});

it('takes counts that do not add up for an error where no range is pending', async () => {
  const { target } = bench;
  const more = { ...state, rowsSource: 3n };
  await expect(finishTable(target, { database, table: specimens }, more, 'specimens')).rejects.toMatchObject({
    code: 'MIGRATION_COUNT_MISMATCH',
  });
});
