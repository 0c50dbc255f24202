import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { installLog, uninstallLog } from '@sluice/legacy';
import { connectedClient } from '@sluice/testing';
import { legacyTable } from '../mapping/legacy-table';
import { allTables, FollowBench, memory, outcomes, picks, runs } from './follow.fixture';
import { openWatch } from './open-watch';

let bench: FollowBench;
beforeEach(async () => {
  bench = await FollowBench.open();
  await bench.ready(`INSERT INTO runs (name, made_at, cost, payload) VALUES
    ('a', '2026-11-01 00:00:00', 1.5, '{"b": 1, "a": [2.50]}'), ('b', '2026-11-02 00:00:00', NULL, NULL);
    INSERT INTO picks (uuid, note) VALUES ('p1', 'x'), ('p2', 'y'); INSERT INTO outcomes (uuid, label) VALUES ('p1', 'won')`);
});
afterEach(() => bench.close());

const names = (): Promise<unknown[][]> => bench.rows('SELECT id::int, name FROM runs ORDER BY id');
const namesInFile = (): unknown[][] => bench.inFile('SELECT id, name FROM runs ORDER BY id');
const queued = (): Promise<unknown[][]> => bench.rows('SELECT table_name, row_key::int, dead_at IS NOT NULL FROM migration_outbox ORDER BY seq'); // prettier-ignore
const diverged = (): Promise<unknown[][]> =>
  bench.rows(
    `SELECT table_name, row_key::int, kind, winner, legacy_row->>'name', target_row->>'name' FROM migration_divergences ORDER BY id`,
  );
const lastLogged = (): unknown => bench.inFile('SELECT max(seq) FROM _sluice_log')[0]?.[0];

describe('what is written in PostgreSQL', () => {
  it('is in the file as the legacy program would have written it, and comes back as no change', async () => {
    await bench.move('dual');
    await bench.client.query(
      `INSERT INTO runs (name, made_at, ratio, cost, payload) VALUES ('new', '2026-11-03 10:00:00.25+00', 0.1, 2.5, '{"z": [1.0], "y": null}');
       UPDATE runs SET name = 'a2' WHERE name = 'a'; DELETE FROM runs WHERE name = 'b';
       INSERT INTO picks (uuid) VALUES ('p3'); INSERT INTO outcomes (uuid, label) VALUES ('p3', 'lost')`,
    );
    const before = lastLogged();
    expect(await bench.differences()).toEqual([]);
    expect(bench.inFile('SELECT * FROM runs ORDER BY id')).toEqual([
      [1, 'a2', '2026-11-01 00:00:00', null, 1.5, '{"b": 1, "a": [2.50]}'],
      [3, 'new', '2026-11-03 10:00:00.250000', 0.1, 2.5, '{"y": null, "z": [1.0]}'],
    ]);
    expect(bench.inFile('SELECT uuid, label FROM outcomes')).toEqual([['p1', 'won'], ['p3', 'lost']]); // prettier-ignore
    expect([await queued(), await diverged(), lastLogged()]).toEqual([[], [], before]);
    const applied: number[] = [];
    await bench.follow({ onEvent: (event) => event.type === 'applied' && applied.push(event.changes) });
    expect(applied).toEqual([]);
    expect(await bench.differences()).toEqual([]);
  });

  it.each([
    [`payload = '{"n": 1.10, "z": -0.0}'`, '{"n": 1.1, "z": 0.0}', '{"n": 1.1, "z": 0.0}'],
    [`payload = '{"n": 12345678901234568.0}', ratio = '-0'`, '{"n": 1.2345678901234568e+16}', '{"n": 12345678901234568}'], // prettier-ignore
    [`payload = '{"b": 1.0, "a": [2.500]}'`, '{"b": 1, "a": [2.50]}', '{"a": [2.50], "b": 1}'],
  ])('is proven equal also where the file has its number in another form: %s', async (changes, inFile, inTarget) => {
    await bench.move('cutover');
    await bench.client.query(`UPDATE runs SET ratio = 0; UPDATE runs SET ${changes} WHERE id = 1`);
    expect(await bench.differences()).toEqual([]);
    expect(bench.inFile('SELECT ratio, payload FROM runs WHERE id = 1')).toEqual([[0, inFile]]);
    expect(await bench.rows('SELECT ratio::text, payload::text FROM runs WHERE id = 1')).toEqual([['0', inTarget]]);
    expect([await queued(), await diverged()]).toEqual([[], []]);
  });

  it('is carried while the follower runs, beside what the legacy program writes', async () => {
    await bench.move('shadow');
    const { ended, stop } = bench.start();
    await bench.arrives('legacy');
    await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('api', now())`);
    await bench.until(() => bench.inFile(`SELECT 1 FROM runs WHERE name = 'api'`).length === 1);
    await bench.arrives('legacy again');
    stop();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    expect(await bench.differences()).toEqual([]);
    expect(await diverged()).toEqual([]);
  });

  it('is in the file at once after a change of the mode, for which a follower that waits does not look', async () => {
    const { ended, stop } = bench.start();
    let [quickestMs, tries] = [Infinity, 0];
    for (; quickestMs > 2_000 && tries < 4; tries++) {
      await bench.move('legacy');
      await bench.arrives(`before ${tries}`);
      await delay(1_500); // It has looked at the modes, and waits for the file for three seconds more at least.
      await bench.move('dual');
      const movedMs = performance.now();
      await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('api ${tries}', now())`);
      await bench.until(() => bench.inFile(`SELECT 1 FROM runs WHERE name = 'api ${tries}'`).length === 1);
      quickestMs = Math.min(quickestMs, performance.now() - movedMs);
    }
    expect(tries).toBeLessThan(4); // Without the bell none of them; on a machine that stands still not each.
    stop();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
  });

  it('is carried from the moment at which a follower that runs finds its domain two-way', async () => {
    const { ended, stop } = bench.start();
    await bench.arrives('one-way');
    await bench.move('dual');
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
    await bench.until(() => bench.inFile(`SELECT 1 FROM runs WHERE name = 'api'`).length === 1);
    stop();
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
  });

  it('is carried, though the clocks are set back meanwhile', async () => {
    const { ended, stop } = bench.start();
    await bench.arrives('before');
    const now = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    await bench.move('dual');
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1;
      UPDATE migration_outbox SET queued_at = queued_at + interval '1 h', next_at = next_at + interval '1 h'`);
    await bench.until(() => namesInFile()[0]?.[1] === 'api');
    clock.mockRestore();
    stop();
    await ended.catch(() => undefined);
  });

  it('gets ids of its own also after the legacy program has changed rows, and given out none behind the block', async () => {
    await bench.move('dual');
    bench.legacy.exec(`UPDATE runs SET name = 'changed' WHERE id = 1; UPDATE picks SET note = 'changed' WHERE id = 1`);
    await bench.follow();
    await bench.follow({ recheck: true });
    await bench.client.query(
      `INSERT INTO runs (name, made_at) VALUES ('api', now()); INSERT INTO picks (uuid) VALUES ('p3')`,
    );
    expect((await names()).at(-1)).toEqual([3, 'api']);
    expect(await bench.differences()).toEqual([]);
  });

  it('leaves no trace when the log is taken out', async () => {
    const before = bench.inFile(`SELECT name FROM sqlite_schema WHERE name NOT LIKE '\\_sluice%' ESCAPE '\\'`);
    await bench.move('dual');
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
    await bench.follow();
    await uninstallLog(bench.file);
    expect(bench.inFile('SELECT name FROM sqlite_schema')).toEqual(before);
  });
});

describe('a row that both sides have written', () => {
  const bothWrite = async (): Promise<void> => {
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1; DELETE FROM runs WHERE id = 2`);
    bench.legacy.exec(`UPDATE runs SET name = 'legacy' WHERE id IN (1, 2)`);
  };

  it('is as the file has it while the file is read, and what PostgreSQL had is kept', async () => {
    await bench.move('dual');
    await bothWrite();
    expect(await bench.differences()).toEqual([]);
    expect([await names(), namesInFile()]).toEqual([[[1, 'legacy'], [2, 'legacy']], [[1, 'legacy'], [2, 'legacy']]]); // prettier-ignore
    expect(await diverged()).toEqual([
      ['runs', 1, 'conflict', 'legacy', 'legacy', 'api'],
      ['runs', 2, 'conflict', 'legacy', 'legacy', null],
    ]);
    expect(await queued()).toEqual([]);
  });

  it('is as PostgreSQL has it once that is read, and what the file had is kept', async () => {
    await bench.move('cutover');
    await bothWrite();
    expect(await bench.differences()).toEqual([]);
    expect([await names(), namesInFile()]).toEqual([[[1, 'api']], [[1, 'api']]]);
    expect(await diverged()).toEqual([
      ['runs', 1, 'conflict', 'target', 'legacy', 'api'],
      ['runs', 2, 'conflict', 'target', 'legacy', null],
    ]);
  });

  it('is no conflict where both have written the same', async () => {
    await bench.move('dual');
    await bench.client.query(`UPDATE runs SET name = 'same' WHERE id = 1`);
    bench.legacy.exec(`UPDATE runs SET name = 'same' WHERE id = 1`);
    expect(await bench.differences()).toEqual([]);
    expect([await diverged(), await queued()]).toEqual([[], []]);
  });

  it('is decided by the unique value where each side has put it in under an id of its own', async () => {
    for (const [mode, stays, winner] of [
      ['dual', 'legacy', 'legacy'],
      ['cutover', 'api', 'target'],
    ] as const) {
      await bench.move(mode);
      await bench.client.query(`INSERT INTO picks (uuid, note) VALUES ('${mode}', 'api')`);
      bench.legacy.exec(`INSERT INTO picks (uuid, note) VALUES ('${mode}', 'legacy')`);
      expect(await bench.differences()).toEqual([]);
      expect(bench.inFile(`SELECT note FROM picks WHERE uuid = '${mode}'`)).toEqual([[stays]]);
      expect(await bench.rows(`SELECT kind, winner, legacy_row->>'note', target_row->>'note' FROM migration_divergences ORDER BY id DESC LIMIT 1`)).toEqual([['conflict', winner, 'legacy', 'api']]); // prettier-ignore
    }
  });

  it('tells of a row that the legacy program takes from PostgreSQL where that is read, because nobody can read it any more', async () => {
    await bench.move('dual');
    bench.legacy.exec(`UPDATE runs SET ratio = 'not one' WHERE id = 1`);
    await bench.follow();
    await bench.move('shadow');
    await bench.move('cutover');
    bench.legacy.exec(`UPDATE runs SET ratio = 'none' WHERE id = 2; UPDATE outcomes SET uuid = 'nowhere' WHERE id = 1;
      INSERT INTO runs (name, made_at, ratio) VALUES ('never read', '2026-11-02 00:00:00', 'none')`);
    expect(await bench.differences()).toEqual([]);
    expect((await bench.quarantine()).map(([table, key]) => [table, key])).toEqual([['outcomes', '1'], ['runs', '1'], ['runs', '1000003'], ['runs', '2']]); // prettier-ignore
    expect(
      await bench.rows(
        `SELECT table_name, row_key::int, kind, winner, target_row->>'name', target_row->>'label' FROM migration_divergences ORDER BY table_name`,
      ),
    ).toEqual([
      ['outcomes', 1, 'conflict', 'legacy', null, 'won'],
      ['runs', 2, 'conflict', 'legacy', 'b', null],
    ]);
  });

  it('tells of such a row once where everything is compared', async () => {
    await bench.move('cutover');
    await bench.follow();
    bench.legacy.exec(`UPDATE runs SET ratio = 'none' WHERE id = 2`);
    expect(await bench.differences({ recheck: true })).toEqual([]);
    expect((await diverged()).map(([table, key, , winner]) => [table, key, winner])).toEqual([['runs', 2, 'legacy']]);
  });

  it('keeps a child of PostgreSQL whose parent the legacy program has deleted: in the file, and in quarantine', async () => {
    await bench.move('dual');
    await bench.client.query(`INSERT INTO outcomes (uuid, label) VALUES ('p2', 'api')`);
    bench.legacy.exec(`DELETE FROM picks WHERE uuid = 'p2'`);
    expect(await bench.differences({ history: { keep: 'none' } })).toEqual([]);
    expect(bench.inFile(`SELECT label FROM outcomes WHERE uuid = 'p2'`)).toEqual([['api']]);
    expect(await bench.quarantine()).toMatchObject([['outcomes', expect.any(String), 'B34']]);
  });

  it('tells of a child of the API that loses its parent to the legacy program, carried by then or not, and of no other', async () => {
    const history = { keep: 'none' } as const;
    await bench.move('cutover');
    await bench.client.query(`INSERT INTO outcomes (uuid, label) VALUES ('p2', 'api')`);
    bench.legacy.exec(`DELETE FROM picks WHERE uuid = 'p2'`);
    await bench.follow({ history });
    await bench.client.query(
      `INSERT INTO picks (uuid) VALUES ('p3'); INSERT INTO outcomes (uuid, label) VALUES ('p3', 'api, carried')`,
    );
    await bench.follow({ history });
    expect(await diverged()).toHaveLength(1);
    bench.legacy.exec(`DELETE FROM picks WHERE uuid IN ('p1', 'p3')`);
    expect(await bench.differences({ history })).toEqual([]);
    expect((await bench.quarantine()).map(([table, , code]) => [table, code])).toEqual(
      Array(3).fill(['outcomes', 'B34']),
    );
    expect(
      await bench.rows(
        `SELECT table_name, kind, winner, legacy_row->>'label', target_row->>'label' FROM migration_divergences ORDER BY id`,
      ),
    ).toEqual([
      ['outcomes', 'conflict', 'legacy', 'api', 'api'],
      ['outcomes', 'conflict', 'legacy', 'api, carried', 'api, carried'],
    ]);
    // Whoever looks again finds nothing new.
    await bench.follow({ history });
    expect(await diverged()).toHaveLength(2);
  });
});

describe('a write of the API in the very moment at which the legacy row is applied', () => {
  it('is not overwritten by the older state that the batch has read: it comes before and is a conflict, or after', async () => {
    await bench.move('cutover');
    const api = await connectedClient(bench.database.url);
    await api.query(`BEGIN; UPDATE runs SET name = 'api' WHERE id = 1`);
    bench.legacy.exec(`UPDATE runs SET name = 'legacy' WHERE id = 1`);
    const { ended, stop } = bench.start();
    // The follower has read the legacy row, and waits for the row that the API is about to commit.
    await bench.until(async () => (await bench.rows(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND application_name LIKE 'sluice follow%'`)).length > 0); // prettier-ignore
    await api.query('COMMIT');
    await api.end();
    await bench.until(() => namesInFile().some(([, name]) => name === 'api'));
    stop();
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
    expect(await names()).toMatchObject([[1, 'api'], [2, 'b']]); // prettier-ignore
    expect(await diverged()).toEqual([['runs', 1, 'conflict', 'target', 'legacy', 'api']]);
  });
});

describe('a row that somebody has locked in PostgreSQL for long', () => {
  it.each([
    ['from the start', 1_000_003],
    ['from now on, with the first batch after the change of the mode', 3],
  ])(
    'keeps what the legacy program has written to it waiting, and no other row from the file: both sides write %s',
    async (_since, first) => {
      if (first > 3) await bench.move('dual');
      const { ended, stop } = bench.start();
      await bench.arrives('before');
      if (first === 3) await bench.move('dual');
      const idle = await connectedClient(bench.database.url);
      await idle.query(`BEGIN; UPDATE runs SET name = 'idle' WHERE id = 1`);
      bench.legacy.exec(`UPDATE runs SET name = 'legacy' WHERE id = 1`);
      await bench.until(() => bench.notes.some((note) => note.includes('lock timeout')));
      await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 2`);
      await bench.until(() => namesInFile().some(([, name]) => name === 'api'));
      await idle.end();
      await bench.arrives('after');
      stop();
      await ended.catch(() => undefined);
      expect(await bench.differences()).toEqual([]);
      expect(await names()).toMatchObject([[1, 'legacy'], [2, 'api'], [first, 'before'], [1_000_004, 'after']]); // prettier-ignore
    },
  );

  it('is told of, also where the follower waited for something else before', async () => {
    await bench.move('dual');
    const { ended, stop } = bench.start();
    await bench.arrives('before');
    const idle = await connectedClient(bench.database.url);
    await idle.query(`BEGIN; UPDATE runs SET name = 'idle' WHERE id = 1`);
    bench.legacy.exec(`UPDATE runs SET name = 'legacy' WHERE id = 1`);
    const ofFollower = `FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice follow%'`;
    await bench.until(async () => (await bench.rows(`SELECT 1 ${ofFollower} AND wait_event_type = 'Lock'`)).length > 0);
    await bench.rows(`SELECT pg_terminate_backend(pid) ${ofFollower}`);
    const toldAfter = (last: string, first: string): boolean =>
      bench.notes.slice(bench.notes.findIndex((note) => note.includes(first))).some((note) => note.includes(last));
    await bench.until(() => toldAfter('lock timeout', 'does not answer'));
    await idle.end();
    await bench.arrives('after');
    stop();
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
  });
});

describe('a row that the file refuses', () => {
  it('is given up by itself, is told of, and is written when it was mended', async () => {
    await bench.move('dual');
    await bench.client.query(
      `INSERT INTO runs (name, made_at, ratio) SELECT 'good ' || n, now(), CASE WHEN n = 5 THEN 'NaN' ELSE n::float8 END FROM generate_series(1, 9) n`,
    );
    await bench.follow();
    expect(namesInFile().map(([, name]) => name)).toEqual(['a', 'b', ...[1, 2, 3, 4, 6, 7, 8, 9].map((n) => `good ${n}`)]); // prettier-ignore
    expect(await bench.rows('SELECT error, dead_at IS NOT NULL FROM migration_outbox')).toEqual([['WRITE_BACK_REFUSED runs.ratio: not-a-number', true]]); // prettier-ignore
    expect(await diverged()).toEqual([['runs', 7, 'refused', null, null, 'good 5']]);
    await bench.client.query(`UPDATE runs SET ratio = 5 WHERE name = 'good 5'`);
    expect(await bench.differences()).toEqual([]);
    expect([await queued(), await bench.rows('SELECT 1 FROM migration_divergences WHERE settled_at IS NULL')]).toEqual([[], []]); // prettier-ignore
  });

  it('was given up for a unique value, and is written when it wins the conflict over that', async () => {
    await bench.move('cutover');
    await bench.follow();
    bench.legacy.exec(`INSERT INTO picks (uuid, note) VALUES ('both', 'legacy')`);
    await bench.client.query(`INSERT INTO picks (uuid, note) VALUES ('both', 'api');
      UPDATE migration_outbox SET error = 'WRITE_BACK_REFUSED picks: unique', attempts = 4, dead_at = now()`);
    expect(await bench.differences()).toEqual([]);
    expect(bench.inFile(`SELECT note FROM picks WHERE uuid = 'both'`)).toEqual([['api']]);
    expect(await queued()).toEqual([]);
  });

  it.each([
    ['cutover', 'api', 'target'],
    ['dual', 'bad', null],
  ] as const)(
    'because a row of the file that is set aside has its unique value, in %s',
    async (mode, stays, winner) => {
      bench.legacy.exec(`UPDATE picks SET note = 'bad' || char(0) WHERE uuid = 'p2'`);
      await bench.follow();
      await bench.move('dual');
      if (mode === 'cutover') await bench.move(mode);
      await bench.client.query(`INSERT INTO picks (uuid, note) VALUES ('p2', 'api')`);
      const { ended, stop } = bench.start();
      await bench.until(async () => (await diverged()).length > 0 && (await queued()).every(([, , isDead]) => isDead));
      stop();
      await ended.catch(() => undefined);
      expect(bench.inFile(`SELECT substr(note, 1, 3) FROM picks WHERE uuid = 'p2'`)).toEqual([[stays]]);
      expect((await diverged())[0]?.slice(0, 4)).toEqual(
        winner ? ['picks', 2, 'conflict', winner] : ['picks', 3, 'refused', null],
      );
      expect(await queued()).toEqual(winner ? [] : [['picks', 3, true]]);
      if (!winner) return;
      expect(await bench.differences()).toEqual([]);
      expect(await bench.rows(`SELECT rows_source::int, rows_copied::int, rows_quarantined::int FROM migration_tables WHERE name = 'picks'`)).toEqual([[2, 2, 0]]); // prettier-ignore
    },
  );

  it('is not given up for a unique value that another row gives away, apart from which it was tried', async () => {
    await bench.move('dual');
    await bench.client
      .query(`UPDATE picks SET uuid = 'elsewhere' WHERE id = 2; INSERT INTO picks (uuid, note) VALUES ('p2', 'new');
      UPDATE runs SET ratio = 'NaN' WHERE id = 1;
      UPDATE migration_outbox SET seq = seq + 100 WHERE table_name = 'picks' AND row_key = 2;
      UPDATE migration_outbox SET error = 'WRITE_BACK_REFUSED picks: unique', attempts = 3 WHERE table_name = 'picks' AND row_key = 3`);
    await bench.follow();
    expect(bench.inFile('SELECT uuid, note FROM picks WHERE id > 1')).toEqual([['elsewhere', 'y'], ['p2', 'new']]); // prettier-ignore
    expect(await queued()).toEqual([['runs', 1, true]]);
  });

  it('waits where the whole file cannot be written to, and nothing else does', async () => {
    await bench.move('dual');
    const { ended, stop } = bench.start();
    await bench.arrives('before');
    bench.legacy.exec('BEGIN IMMEDIATE');
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
    await bench.until(async () => (await bench.rows(`SELECT 1 FROM migration_outbox WHERE attempts > 0 AND error = 'LEGACY_LOCKED'`)).length === 1); // prettier-ignore
    bench.legacy.exec('ROLLBACK');
    await bench.arrives('after');
    await bench.until(() => namesInFile()[0]?.[1] === 'api');
    stop();
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
  });
});

describe('after the file was locked', () => {
  it('no row is given up for a unique value that another one which waits is about to give away', async () => {
    await bench.move('dual');
    await bench.client.query(`DELETE FROM picks WHERE id = 2; INSERT INTO picks (uuid, note) VALUES ('p2', 'new');
      UPDATE migration_outbox SET error = 'LEGACY_LOCKED', attempts = 8, next_at = now() + CASE row_key WHEN 2 THEN interval '25 s' ELSE '0' END`);
    const { ended, stop } = bench.start();
    await bench.until(() => bench.inFile(`SELECT 1 FROM picks WHERE note = 'new'`).length === 1);
    stop();
    await ended.catch(() => undefined);
    expect([await queued(), await diverged()]).toEqual([[], []]);
  });

  it('following goes on, though new ids are needed just then', async () => {
    await bench.move('dual');
    await bench.client.query(
      `SELECT setval(pg_get_serial_sequence('runs', 'id'), last - 5) FROM migration_id_blocks WHERE table_name = 'runs'`,
    );
    bench.legacy.exec('BEGIN IMMEDIATE');
    const { ended, stop } = bench.start();
    await bench.until(() => bench.notes.some((note) => note.includes('is locked by another program')));
    bench.legacy.exec('COMMIT');
    await bench.arrives('after');
    stop();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
  });
});

describe('what was carried and not forgotten', () => {
  it('leaves the queue before a later change of the legacy program is taken for one at the same time', async () => {
    await bench.move('cutover');
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
    await bench.client.query('CREATE TABLE before AS TABLE migration_outbox');
    await bench.follow();
    // As after a kill between the two commits.
    await bench.client.query('INSERT INTO migration_outbox TABLE before');
    bench.legacy.exec(`UPDATE runs SET name = 'legacy, later' WHERE id = 1`);
    expect(await bench.differences()).toEqual([]);
    expect([await diverged(), namesInFile()[0]]).toEqual([[], [1, 'legacy, later']]);
  });
});

describe('the modes', () => {
  it('leave what the legacy program still writes where PostgreSQL alone has the tables, and tell of it; the others go on', async () => {
    await bench.move('dual');
    const { ended, stop } = bench.start();
    await bench.arrives('before');
    await bench.move('new');
    bench.legacy.exec(
      `UPDATE runs SET name = 'late' WHERE id = 1; INSERT INTO memory (name, value) VALUES ('m', 'alive')`,
    );
    await bench.until(async () => (await bench.store.getMany(['memory:m']))[0] !== null);
    bench.legacy.exec(`DELETE FROM runs WHERE id = 2`);
    await bench.until(async () => (await diverged()).length === 2);
    stop();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    expect(await bench.states()).toEqual([['ended', null]]);
    // Another one, later: what was told once is not told again, and what both sides have alike is nothing to tell.
    bench.legacy.exec(`UPDATE runs SET name = 'later' WHERE id = 1; UPDATE picks SET note = note WHERE id = 1;
      UPDATE memory SET value = 'well' WHERE name = 'm'`);
    await bench.follow();
    expect(bench.notes.filter((note) => note.startsWith('runs: the legacy program still writes it'))).toHaveLength(2);
    expect(bench.notes).toContain('Not carried, because PostgreSQL alone has them now: all.');
    expect(await diverged()).toEqual([
      ['runs', 1, 'late', 'target', 'late', 'a'],
      ['runs', 2, 'late', 'target', null, 'b'],
    ]);
    expect(await names()).toEqual([[1, 'a'], [2, 'b'], [1_000_003, 'before']]); // prettier-ignore
  });

  it.each([
    [10, '2026-11-02 00:00:00', []],
    [4_000, '2020-01-01 00:00:00', [['runs', 3, 'late', 'target', null, 'old']]],
  ])(
    'count what is deleted as gone by its age after the %s days that the legacy program was told',
    async (days, madeAt, late) => {
      bench.legacy.run(`INSERT INTO runs (name, made_at) VALUES ('old', ?)`, madeAt);
      await bench.follow();
      await bench.move('new');
      bench.legacy.exec('DELETE FROM runs WHERE id = 3');
      await bench.follow({ history: { keep: 'retention', days } });
      expect(await diverged()).toEqual(late);
    },
  );

  it('are carried on, both ways, by a log that was made anew because it did not tell everything', async () => {
    await bench.move('dual');
    await bench.client.query(`UPDATE runs SET name = 'api' WHERE id = 1`);
    await bench.follow();
    bench.legacy.exec('DROP TRIGGER _sluice_1d; DELETE FROM runs WHERE id = 2'); // Nobody hears of it.
    await bench.client.query(`INSERT INTO runs (name, made_at) VALUES ('queued', now())`);
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_LOG_MISSING' });
    await bench.install();
    expect(await bench.differences()).toEqual([]);
    expect(await names()).toEqual([[1, 'api'], [2, 'b'], [3, 'queued']]); // prettier-ignore
    bench.legacy.exec('DELETE FROM runs WHERE id = 1');
    expect(await bench.differences({ history: { keep: 'none' } })).toEqual([]);
    expect(await names()).toEqual([[2, 'b'], [3, 'queued']]); // prettier-ignore
  });

  it('end nobody over a file that holds closed tables alone and has lost its log', async () => {
    await bench.move('new');
    const closed = [runs, picks, outcomes];
    const elsewhere = legacyTable({ ...memory, name: 'elsewhere', source: { file: 'other.db', table: 'elsewhere', key: 'id' } }); // prettier-ignore
    const other = new DatabaseSync(path.join(bench.root, 'other.db'));
    other.exec(`CREATE TABLE elsewhere (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, value TEXT)`);
    await installLog(path.join(bench.root, 'other.db'), [{ table: 'elsewhere', key: 'id' }]);
    const known = [...allTables, elsewhere];
    await bench.migrate('migrate', { tables: [elsewhere], known });
    await uninstallLog(bench.file);
    other.exec(`INSERT INTO elsewhere (name, value) VALUES ('e', 'applied')`);
    await bench.follow({ tables: [...closed, elsewhere], known });
    expect(await bench.store.getMany(['memory:e'])).toEqual(['applied']);
    expect(bench.notes).toContainEqual(expect.stringMatching(/^legacy\.db: not looked at any more: .*change log/));
    other.close();
  });

  it('end a follower that has nothing left to follow, as done, when it has told of what was written late', async () => {
    await bench.move('new');
    bench.legacy.exec(`UPDATE runs SET name = 'late' WHERE id = 1`);
    const over = { tables: [runs, picks, outcomes], once: false };
    await bench.follow(over);
    expect(await diverged()).toEqual([['runs', 1, 'late', 'target', 'late', 'a']]);
    expect(bench.notes[0]).toBe('Nothing is left to follow, because PostgreSQL alone has them now: all.');
    expect(await bench.states()).toEqual([['ended', null]]);
    await bench.follow({ ...over, openSource: openWatch(`${bench.file}.stamps`) });
    expect(bench.notes.at(-1)).toMatch(/^Nothing is left to follow.*needs the change log\.$/);
    await bench.follow({ ...over, root: path.join(bench.root, 'archived') });
    expect(bench.notes.at(-1)).toMatch(/^Nothing is left to follow/);
  });

  it('refuse the copy and the watch while both sides write', async () => {
    await bench.move('dual');
    await expect(bench.migrate('migrate', { restart: true })).rejects.toMatchObject({ code: 'DOMAIN_MODE_REFUSED' });
    bench.legacy.exec(`UPDATE runs SET name = 'x' WHERE id = 1`);
    await expect(bench.follow({ openSource: openWatch(`${bench.file}.stamps`) })).rejects.toMatchObject({ code: 'FOLLOW_LOG_NEEDED' }); // prettier-ignore
  });

  it('change between two writes and never within one: the writer that is open ends first, the next one sees the new one', async () => {
    await bench.move('dual');
    const api = await connectedClient(bench.database.url);
    await api.query(`BEGIN; UPDATE runs SET name = 'open' WHERE id = 1`);
    const moved = bench.move('legacy');
    await bench.until(async () => (await api.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rowCount! > 0);
    const late = await connectedClient(bench.database.url);
    const next = late.query(`UPDATE runs SET name = 'late' WHERE id = 2`);
    next.catch(() => undefined);
    await api.query('COMMIT');
    await moved;
    await expect(next).rejects.toMatchObject({ code: 'SL001' });
    expect(await names()).toMatchObject([[1, 'open'], [2, 'b']]); // prettier-ignore
    await Promise.all([api.end(), late.end()]);
  });
});
