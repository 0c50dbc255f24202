import { FollowBench, allTables } from '../follow/follow.fixture';
import { reviveEntries } from '../follow/outbox';
import { listDivergences, settleDivergences } from './divergences';
import { queueWinners, reconcile, type Reconciled, type ReconcileOptions } from './reconcile';

let bench: FollowBench;
beforeEach(async () => {
  bench = await FollowBench.open();
  await bench.ready(
    `INSERT INTO runs (name, made_at) VALUES ('a', '2026-11-01 00:00:00'), ('b', '2026-11-02 00:00:00')`,
  );
});
afterEach(() => bench.close());

const options = (): ReconcileOptions => ({
  ...{ root: bench.root, workingDirs: [], files: {}, required: false, tables: allTables, known: allTables, note: true },
  ...{ connectionString: bench.database.url, holder: 'a test', signal: new AbortController().signal },
});
const found = ({ unequal }: Reconciled): unknown[] =>
  unequal.map(({ table, key, winner, legacyRow, targetRow }) => [table, key, winner, legacyRow?.['name'], targetRow?.['name']]); // prettier-ignore

/** Something that neither a trigger nor a log has seen. */
async function unseen(): Promise<void> {
  await bench.client.query(
    `SET sluice.writer = 'follow'; UPDATE runs SET name = 'bent' WHERE id = 1; DELETE FROM runs WHERE id = 2; SET sluice.writer = ''`,
  );
}

it('names what is unequal and not under way, and has the side that is read carried over', async () => {
  for (const [mode, after] of [
    ['dual', [['a'], ['b']]],
    ['cutover', [['bent']]],
  ] as const) {
    await bench.move(mode);
    await unseen();
    await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('under way', now())`);
    const winner = mode === 'dual' ? 'legacy' : 'target';
    const result = await reconcile(bench.client, options());
    expect(found(result)).toEqual([['runs', 1n, winner, 'a', 'bent'], ['runs', 2n, winner, 'b', undefined]]); // prettier-ignore
    await reconcile(bench.client, options());
    expect(await listDivergences(bench.client, { domain: 'all' })).toMatchObject([{ key: '1', kind: 'unequal', winner }, { key: '2' }]); // prettier-ignore
    await queueWinners(bench.client, options(), result.unequal);
    expect(await bench.differences({ history: { keep: 'none' } })).toEqual([]);
    expect(bench.inFile(`SELECT name FROM runs WHERE name <> 'under way' ORDER BY id`)).toEqual(after);
    expect([await listDivergences(bench.client), found(await reconcile(bench.client, options()))]).toEqual([[], []]);
  }
});

it('takes nothing that a restored database has lost out of the file', async () => {
  await bench.move('cutover');
  await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('acknowledged', now())`);
  await bench.follow();
  expect(found(await reconcile(bench.client, options()))).toEqual([]);
  await bench.client.query(
    `SET sluice.writer = 'follow'; DELETE FROM runs WHERE name = 'acknowledged'; SET sluice.writer = '';
     UPDATE migration_follow SET detail = jsonb_set(detail, '{sent}', 'null')`,
  );
  await expect(reconcile(bench.client, options())).rejects.toMatchObject({ code: 'FOLLOW_DATABASE_OLDER' });
  expect(await listDivergences(bench.client)).toEqual([]);
});

it('outdates a pass from before the clock was set back, which would seem later than what it finds', async () => {
  await bench.move('dual');
  await bench.client.query(`UPDATE migration_runs SET started_at = now() + interval '1 hour'`);
  const outdated = (): Promise<unknown[][]> => bench.rows(`SELECT DISTINCT report ? 'outdated' FROM migration_runs`);
  await reconcile(bench.client, options());
  expect(await outdated()).toEqual([[false]]);
  await unseen();
  await reconcile(bench.client, options());
  expect(await outdated()).toEqual([[true]]);
});

it('compares nothing that one side alone writes, and puts back what was given up', async () => {
  expect(await reconcile(bench.client, options())).toEqual({ tables: [], unequal: [], others: [] });
  await bench.move('dual');
  await bench.client.query(`UPDATE runs SET ratio = 'NaN' WHERE id = 1`);
  await bench.follow();
  expect((await reconcile(bench.client, options())).others).toEqual([expect.stringContaining('runs: 1 refused by the file')]); // prettier-ignore
  expect(await listDivergences(bench.client)).toMatchObject([{ kind: 'refused', winner: null, targetRow: { ratio: 'NaN' } }]); // prettier-ignore
  expect(await settleDivergences(bench.client, { ids: null, by: 'Anna', resolution: 'not needed' })).toBe(1);
  expect(await listDivergences(bench.client, { all: true })).toMatchObject([{ settledBy: 'Anna' }]);
  expect(await reviveEntries(bench.client, ['picks'])).toBe(0);
  expect(await reviveEntries(bench.client, null)).toBe(1);
});
