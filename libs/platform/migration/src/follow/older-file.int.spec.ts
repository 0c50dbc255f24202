import { copyFileSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { allTables, FollowBench, runs } from './follow.fixture';

let bench: FollowBench;
beforeEach(async () => {
  bench = await FollowBench.open();
  await bench.ready(`INSERT INTO runs (name, made_at, cost) VALUES
    ('a', '2026-11-01 00:00:00', 1.5), ('b', '2026-11-02 00:00:00', NULL), ('c', '2026-11-02 00:00:00', NULL)`);
});
afterEach(() => bench.close());

const names = (): Promise<unknown[][]> => bench.rows('SELECT id::int, name FROM runs ORDER BY id');
const namesInFile = (): unknown[][] => bench.inFile('SELECT id, name FROM runs ORDER BY id');
const diverged = (): Promise<unknown[][]> =>
  bench.rows(
    `SELECT row_key::int, winner, legacy_row->>'name', target_row->>'name' FROM migration_divergences ORDER BY id`,
  );

const WRITES = `UPDATE runs SET name = 'api' WHERE id = 1; DELETE FROM runs WHERE id = 2;
  INSERT INTO runs (name, made_at) VALUES ('new', now())`;

/** As `cp` does: the file is the same, and what is in it is older. What was carried into it has left no entry in its log. */
async function olderInPlace(work: () => Promise<unknown>): Promise<void> {
  await bench.legacy.close();
  copyFileSync(bench.file, `${bench.file}.backup`);
  await work();
  copyFileSync(`${bench.file}.backup`, bench.file);
}

it.each(['dual', 'cutover'] as const)(
  'stops in mode %s where the file lacks what was carried into it',
  async (mode) => {
    await bench.move(mode);
    await bench.client.query(`UPDATE runs SET name = 'carried before' WHERE id = 3`);
    await bench.follow();
    await olderInPlace(async () => {
      await bench.client.query(WRITES);
      await bench.follow();
    });
    bench.legacy.exec('UPDATE runs SET cost = 9 WHERE id = 1');
    await expect(bench.follow()).rejects.toMatchObject({
      code: 'FOLLOW_SOURCE_CHANGED',
      message: expect.stringContaining('lacks'),
    });
    expect(await names()).toEqual([[1, 'api'], [3, 'carried before'], [4, 'new']]); // prettier-ignore
  },
);

it('taken with --recheck, lacks what its log says that the legacy program has deleted', async () => {
  await bench.move('dual');
  await bench.follow();
  bench.legacy.exec('DELETE FROM runs WHERE id = 2');
  expect(await bench.differences({ recheck: true, history: { keep: 'none' } })).toEqual([]);
  expect([await names(), await diverged()]).toEqual([[[1, 'a'], [3, 'c']], []]); // prettier-ignore
});

describe('an older state of PostgreSQL', () => {
  const NEW = `INSERT INTO runs (name, made_at) VALUES ('lost', now())`;
  const STATE = ['runs', 'picks', 'outcomes', 'migration_outbox', 'migration_follow', 'migration_id_blocks'];

  /** As a backup is put back: with the ids and what is remembered of the file as they were then. */
  async function olderDatabase(work: () => Promise<unknown>): Promise<void> {
    const [[next] = []] = await bench.rows(
      `SELECT format('ALTER SEQUENCE runs_id_seq MINVALUE %s MAXVALUE %s RESTART WITH %s', seqmin, seqmax, last_value + is_called::int)
         FROM pg_sequence, runs_id_seq WHERE seqrelid = 'runs_id_seq'::regclass`,
    );
    for (const name of STATE) await bench.client.query(`CREATE TABLE saved_${name} AS TABLE ${name}`);
    await work();
    await bench.client.query(`SET session_replication_role = replica`);
    for (const name of [...STATE].reverse()) await bench.client.query(`DELETE FROM ${name}`);
    for (const name of STATE) await bench.client.query(`INSERT INTO ${name} TABLE saved_${name}`);
    await bench.client.query(`RESET session_replication_role; ${String(next)}`);
  }

  it('stops before its ids overwrite what the file has, though nothing had been carried then', async () => {
    await bench.move('dual');
    await bench.follow();
    await olderDatabase(async () => {
      await bench.client.query(NEW);
      await bench.follow();
    });
    await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('after', now())`);
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_DATABASE_OLDER' });
    expect(namesInFile()).toEqual([[1, 'a'], [2, 'b'], [3, 'c'], [4, 'lost']]); // prettier-ignore
  });

  it('stops also where the domain was not written on both sides yet', async () => {
    await bench.move('legacy');
    await bench.follow();
    await olderDatabase(async () => {
      await bench.move('dual');
      await bench.client.query(NEW);
      await bench.follow();
    });
    await bench.client.query(`UPDATE migration_domains SET mode = 'legacy'`);
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_DATABASE_OLDER' });
  });

  it('taken with --recheck, gives no id out that the file has', async () => {
    await bench.move('dual');
    await bench.follow();
    await olderDatabase(async () => {
      await bench.client.query(NEW);
      await bench.follow();
      bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('behind the block', '2026-11-02 00:00:00')`);
      await bench.follow();
    });
    expect(await bench.differences({ recheck: true })).toEqual([]);
    await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('after', now())`);
    expect(await bench.differences()).toEqual([]);
    expect((await names()).map(([, name]) => name)).toEqual(['a', 'b', 'c', 'lost', 'after', 'behind the block']);
  });
});

it('is no older one where some of its tables were followed alone', async () => {
  await bench.move('dual');
  for (const [name, tables] of [
    ['one', allTables],
    ['two', [runs]],
    ['three', allTables],
  ] as const) {
    await bench.client.query(`UPDATE runs SET name = '${name}' WHERE id = 1`);
    await bench.follow({ tables });
  }
  expect(namesInFile()[0]).toEqual([1, 'three']);
});

it('stops also while somebody follows', async () => {
  await bench.move('dual');
  const { ended } = bench.start();
  await bench.arrives('before');
  await bench.client.query(`UPDATE runs SET name = 'before' WHERE id = 3`);
  await bench.until(async () => (await bench.rows('SELECT 1 FROM migration_outbox')).length === 0);
  await olderInPlace(async () => {
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
    await bench.until(async () => (await bench.rows('SELECT 1 FROM migration_outbox')).length === 0);
  });
  // More commits than it lacks: SQLite takes a file with the counter that it knows for the one that it knows.
  for (const cost of [9, 10]) bench.legacy.exec(`UPDATE runs SET cost = ${cost} WHERE id = 1`);
  await expect(ended).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
  expect(await bench.rows('SELECT name FROM runs WHERE id = 1')).toEqual([['api']]);
});

describe('another state with as many commits', () => {
  /** Of the file as it is now: one more commit, which its log tells with the same number and the same row. */
  async function swap(twin: string, own: () => Promise<unknown>): Promise<void> {
    const copy = `${bench.file}.twin`;
    copyFileSync(bench.file, copy);
    const other = new DatabaseSync(copy);
    other.exec(twin);
    other.close();
    await own();
    copyFileSync(copy, bench.file); // As `cp` does, and no commit after it.
  }

  it('stops who follows at once, by the row of the last entry', async () => {
    const { ended } = bench.start();
    await bench.arrives('before');
    await swap(`UPDATE runs SET name = 'twin' WHERE id = 1`, async () => {
      bench.legacy.exec(`UPDATE runs SET name = 'own' WHERE id = 1`);
      await bench.until(async () => (await names())[0]?.[1] === 'own');
    });
    await expect(ended).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    expect((await names())[0]).toEqual([1, 'own']);
  });

  it('stops who follows also where it got more of them since', async () => {
    const { ended } = bench.start();
    await bench.arrives('before');
    await swap(`UPDATE runs SET name = 'twin' WHERE id = 1; UPDATE runs SET name = 'more' WHERE id = 2`, async () => {
      bench.legacy.exec(`UPDATE runs SET name = 'own' WHERE id = 1`);
      await bench.until(async () => (await names())[0]?.[1] === 'own');
    });
    await expect(ended).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    expect((await names()).slice(0, 2)).toEqual([[1, 'own'], [2, 'b']]); // prettier-ignore
  });

  it('stops who follows both ways at once, by what was carried into it', async () => {
    await bench.move('dual');
    const { ended } = bench.start();
    await bench.arrives('before');
    await swap(`UPDATE runs SET cost = 1 WHERE id = 1`, async () => {
      await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
      await bench.until(async () => (await bench.rows('SELECT 1 FROM migration_outbox')).length === 0);
    });
    await expect(ended).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    expect((await names())[0]).toEqual([1, 'api']);
  });
});

it.each(['dual', 'cutover'] as const)(
  'taken with --recheck in mode %s, overwrites and deletes nothing of PostgreSQL without a word',
  async (mode) => {
    await bench.move(mode);
    await bench.follow();
    await olderInPlace(async () => {
      await bench.client.query(WRITES);
      await bench.follow();
    });
    expect(await bench.differences({ recheck: true })).toEqual([]);
    expect([await names(), namesInFile()]).toEqual([await names(), await names()]);
    expect((await names()).map(([, name]) => name)).toEqual(['a', 'b', 'c', 'new']);
    expect(await diverged()).toEqual([[1, 'legacy', 'a', 'api'], [4, 'target', null, 'new']]); // prettier-ignore
  },
);
