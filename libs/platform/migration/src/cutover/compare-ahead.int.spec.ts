import { LegacyDatabase } from '@sluice/legacy';
import { connectedClient } from '@sluice/testing';
import { runs } from '../follow/follow.fixture';
import { quarantinedKeys } from '../state/quarantine';
import { compareAhead, compareChanged, type Ahead } from './compare-ahead';
import { compareWithFile } from './compare-file';
import { CutoverBench, runsDomain } from './cutover.fixture';

let cutover: CutoverBench;
let ahead: Ahead;
const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
  INSERT INTO runs (name, made_at, cost, payload) SELECT 'run ' || i, '2026-11-01 00:00:00', 1.5, CASE i WHEN 9 THEN '{"n": NaN}' ELSE '{"n": ' || i || '.0}' END FROM n`;
beforeEach(async () => {
  cutover = await CutoverBench.open();
  cutover.bench.legacy.exec(many);
  await cutover.bench.follow();
  ahead = await compareAhead(cutover.client, runsDomain, cutover.options());
});
afterEach(() => cutover.close());

/** How many rows are equal by what has changed since alone; null where that does not tell. */
async function changed(underWay: ReadonlySet<string> | null = null): Promise<bigint | null> {
  const database = await LegacyDatabase.openInTurns(cutover.bench.file, { snapshot: 'auto' });
  try {
    const quarantined = await quarantinedKeys(cutover.client, 'runs');
    const now = { database, table: runs, choices: {}, quarantined, underWay };
    return await compareChanged(cutover.client, ahead.get('runs')!, now, cutover.options());
  } finally {
    database.close();
  }
}

/** Past the guard and the queue, as somebody with a superuser's rights could. */
const unseen = (sql: string): Promise<unknown> =>
  cutover.client.query(`SET session_replication_role = replica; ${sql}; SET session_replication_role = origin`);

it('knows that all rows are equal when little or nothing has changed since', async () => {
  expect(await changed()).toBe(3002n);
  cutover.bench.legacy.exec(
    `UPDATE runs SET name = 'changed' WHERE id IN (7, 2000); DELETE FROM runs WHERE id = 100; INSERT INTO runs (name, made_at) VALUES ('added', '2026-11-05 00:00:00')`,
  );
  expect(await changed()).toBeNull();
  expect(await changed(new Set(['7', '2000', '100', '3004']))).toBe(3002n);
  await cutover.bench.follow({ history: { keep: 'none' } });
  expect(await changed()).toBe(3002n);
});

it.each([
  ['a row of PostgreSQL is changed', `UPDATE runs SET name = 'x' WHERE id = 1500`],
  ['a row of PostgreSQL is gone', 'DELETE FROM runs WHERE id = 1500'],
  ['PostgreSQL has another row', `INSERT INTO runs (id, name, made_at) VALUES (9000000, 'x', now())`],
  ['PostgreSQL has a row under another key', 'UPDATE runs SET id = 9000000 WHERE id = 1500'],
  [
    'a row of PostgreSQL is hidden as history',
    `INSERT INTO migration_kept (table_name, row_key) VALUES ('runs', 1500)`,
  ],
  ['the original of a value is gone', `DELETE FROM migration_originals`],
  ['the original of a value is changed', `UPDATE migration_originals SET original = 'x'`],
  ['a row has left quarantine', `UPDATE migration_quarantine SET replayed_at = now() WHERE table_name = 'runs'`],
])('does not know it where %s', async (_what, sql) => {
  expect(await cutover.bench.rows('SELECT 1 FROM migration_originals')).toHaveLength(1);
  await unseen(sql);
  expect(await changed()).toBeNull();
});

it('does not know it where a row was written before, and committed since by a transaction that was open', async () => {
  const writer = await connectedClient(cutover.bench.database.url);
  await writer.query(
    `BEGIN; SELECT pg_current_xact_id(); SAVEPOINT s; SET LOCAL session_replication_role = replica; UPDATE runs SET name = 'late' WHERE id = 1500; RELEASE s`,
  );
  await unseen(`UPDATE runs SET name = name WHERE id = 1`);
  ahead = await compareAhead(cutover.client, runsDomain, cutover.options());
  expect(await changed()).toBe(3002n);
  await writer.query('COMMIT');
  await writer.end();
  expect(await changed()).toBeNull();
});

it('names what differs, as a comparison of the whole does', async () => {
  await unseen(`UPDATE runs SET name = 'x' WHERE id = 1500`);
  await expect(
    compareWithFile(cutover.client, runsDomain, cutover.options(), { step: 'close', ahead }),
  ).rejects.toMatchObject({ code: 'CUTOVER_FILE_DIFFERS', message: expect.stringContaining('runs 1500 name differs') });
});
