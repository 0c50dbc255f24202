import { FollowBench } from './follow.fixture';

let bench: FollowBench;
afterEach(() => bench.close());

const day = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');

describe.each(['delete', 'wal'] as const)('a followed file (journal_mode %s)', (journal) => {
  beforeEach(async () => {
    bench = await FollowBench.open(journal);
    await bench.ready(`
      INSERT INTO runs (name, made_at, ratio, cost, payload) VALUES ('a', '${day(3)}', 0.5, 0.1, '{"n": 1}'), ('b', '${day(2)}', -0.0, 2, NULL);
      INSERT INTO picks (uuid, note) VALUES ('u1', 'one'), ('u2', 'two'), ('u3', 'three');
      INSERT INTO outcomes (uuid, label) VALUES ('u1', 'WIN'), ('u2', 'LOSS');
      INSERT INTO levels VALUES ('TCS', 1.5), ('INFY', 2.5);
      INSERT INTO memory (name, value) VALUES ('x', 'old'), ('y', 'why')`);
  });

  it('has every insert, update and delete of every table, and equal sums and ids', async () => {
    bench.legacy.exec(`
      INSERT INTO runs (name, made_at, payload) VALUES ('c', '${day(1)}', '{"n": 1.0, "t": "\\u00e9"}');
      UPDATE runs SET ratio = 0.0, cost = 0.00000001, payload = '{"n": 1.0}' WHERE name = 'a';
      UPDATE runs SET ratio = 0.0 WHERE name = 'b';
      DELETE FROM runs WHERE name = 'c';
      INSERT INTO picks (uuid) VALUES ('u4'); INSERT INTO outcomes (uuid, label) VALUES ('u4', NULL);
      UPDATE outcomes SET label = 'BREAKEVEN' WHERE uuid = 'u2';
      UPDATE levels SET p = 9.25 WHERE symbol = 'TCS'; DELETE FROM levels WHERE symbol = 'INFY'; INSERT INTO levels VALUES ('SBIN', 3);
      UPDATE memory SET value = 'new' WHERE name = 'x'; DELETE FROM memory WHERE name = 'y'`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.store.getMany(['levels:TCS', 'levels:INFY', 'levels:SBIN', 'memory:x', 'memory:y'])).toEqual(
      ['9.25', null, '3', 'new', null], // prettier-ignore
    );
    expect(await bench.rows('SELECT id, payload::text FROM runs ORDER BY id')).toEqual([
      ['1', '{"n": 1.0}'],
      ['2', null],
    ]);
  });

  it('has what REPLACE removes, by the key and by another unique index, and a key that changes', async () => {
    bench.legacy.exec(`
      INSERT OR REPLACE INTO runs (id, name, made_at) VALUES (1, 'anew', '${day(1)}');
      DELETE FROM outcomes;
      INSERT OR REPLACE INTO picks (uuid, note) VALUES ('u1', 'replaced');
      UPDATE OR REPLACE picks SET uuid = 'u2' WHERE uuid = 'u3';
      UPDATE picks SET id = 40 WHERE uuid = 'u2';
      INSERT OR REPLACE INTO levels VALUES ('TCS', 7)`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.rows('SELECT id, uuid FROM picks ORDER BY id')).toEqual([
      ['4', 'u1'],
      ['40', 'u2'],
    ]);
    expect(await bench.store.getMany(['levels:TCS'])).toEqual(['7']);
  });

  it('has a bulk transaction as a whole, and nothing of one that is rolled back', async () => {
    bench.legacy.exec(`
      BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO runs (name, made_at, payload) SELECT 'bulk ' || i, '${day(1)}', json_object('i', i) FROM n; COMMIT;
      BEGIN; DELETE FROM runs; DELETE FROM picks; INSERT INTO levels VALUES ('LOST', 1); ROLLBACK`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.rows('SELECT count(*) FROM runs')).toEqual([['3002']]);
  });

  it('lets unique values change places, and children follow a parent that gets another one', async () => {
    bench.legacy.exec(`
      BEGIN; UPDATE picks SET uuid = 'swap' WHERE id = 1; UPDATE picks SET uuid = 'u1' WHERE id = 3; UPDATE picks SET uuid = 'u3' WHERE id = 1;
      UPDATE picks SET uuid = 'u2b' WHERE id = 2; UPDATE outcomes SET uuid = 'u2b' WHERE uuid = 'u2'; COMMIT`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.rows('SELECT id, uuid FROM outcomes ORDER BY id')).toEqual([
      ['1', 'u1'],
      ['2', 'u2b'],
    ]);
  });

  it('sets a row aside that became bad, keeps originals, and takes it back when it is mended', async () => {
    bench.legacy.exec(
      `UPDATE runs SET made_at = 'soon' WHERE id = 1; UPDATE runs SET payload = '{"x": NaN}' WHERE id = 2`,
    );
    expect(await bench.differences()).toEqual([]);
    expect(await bench.quarantine()).toEqual([['runs', '1', 'B23']]);
    expect(await bench.rows('SELECT id FROM runs')).toEqual([['2']]);
    expect(await bench.rows('SELECT row_key, column_name, rule FROM migration_originals')).toHaveLength(1);
    bench.legacy.exec(
      `UPDATE runs SET made_at = '${day(1)}' WHERE id = 1; UPDATE runs SET payload = '{}' WHERE id = 2`,
    );
    expect(await bench.differences()).toEqual([]);
    expect(await bench.quarantine()).toEqual([]);
    expect(await bench.rows('SELECT row_key FROM migration_originals')).toEqual([]);
    expect(await bench.rows(`SELECT rows_source, rows_copied, rows_quarantined FROM migration_tables WHERE name = 'runs'`)).toEqual([['2', '2', '0']]); // prettier-ignore
  });

  it('sets children aside whose parent goes, and takes them back when one comes', async () => {
    bench.legacy.exec(`DELETE FROM picks WHERE uuid = 'u1'`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.quarantine()).toEqual([['outcomes', '1', 'B34']]);
    bench.legacy.exec(`INSERT INTO picks (uuid) VALUES ('u1')`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.quarantine()).toEqual([]);
  });

  it('does not try children whose parent is still missing', async () => {
    bench.legacy.exec(`DELETE FROM picks WHERE uuid = 'u1'`);
    expect(await bench.differences()).toEqual([]);
    await bench.client.query(`
      CREATE SEQUENCE tries; CREATE FUNCTION count_try() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM nextval('tries'); RETURN NEW; END $$;
      CREATE TRIGGER count_tries BEFORE INSERT ON outcomes FOR EACH ROW EXECUTE FUNCTION count_try()`);
    bench.legacy.exec(
      `INSERT INTO picks (uuid) VALUES ('u5'); INSERT INTO outcomes (uuid, label) VALUES ('u5', 'WIN')`,
    );
    expect(await bench.differences()).toEqual([]);
    // One is the new row; the other one is the verification, which asks PostgreSQL whether it still refuses the old one.
    expect(await bench.rows('SELECT last_value FROM tries')).toEqual([['2']]);
    expect(await bench.quarantine()).toEqual([['outcomes', '1', 'B34']]);
  });

  it('takes children back also where a follower was killed after their parent had come', async () => {
    bench.legacy.exec(`DELETE FROM picks WHERE uuid = 'u1'`);
    expect(await bench.differences()).toEqual([]);
    bench.legacy.exec(`INSERT INTO picks (id, uuid) VALUES (50, 'u1')`);
    await bench.client.query(`INSERT INTO picks (id, uuid) VALUES (50, 'u1')`);
    await bench.client.query('UPDATE migration_follow SET position = position + 1');
    await bench.client.query(`UPDATE migration_follow SET detail = (detail - 'row') || '{"last": ["2", "50"]}'`);
    await bench.client.query(`SELECT setval('picks_id_seq', 50)`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.quarantine()).toEqual([]);
  });

  it('shows the row before again when the last one of a cache entry goes', async () => {
    bench.legacy.exec(`INSERT INTO memory (name, value) VALUES ('x', 'newest')`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.store.getMany(['memory:x'])).toEqual(['newest']);
    bench.legacy.exec(`DELETE FROM memory WHERE value = 'newest'`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.store.getMany(['memory:x'])).toEqual(['old']);
  });

  it('finds the rows of a table without a key of its own again after a VACUUM', async () => {
    bench.legacy.exec(
      `DELETE FROM levels; INSERT INTO levels VALUES ('A', 1), ('B', 2), ('C', 3); DELETE FROM levels WHERE symbol = 'A'`,
    );
    expect(await bench.differences()).toEqual([]);
    bench.legacy.exec('VACUUM');
    bench.legacy.exec(`DELETE FROM levels WHERE symbol = 'B'`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.store.getMany(['levels:B', 'levels:C'])).toEqual([null, '3']);
  });

  it('keeps what retention deletes as history, deletes the rest, and counts both', async () => {
    bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('old', '${day(91)}'), ('young', '${day(80)}')`);
    expect(await bench.differences()).toEqual([]);
    bench.legacy.exec(`DELETE FROM runs WHERE name IN ('old', 'young')`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.rows('SELECT name FROM runs ORDER BY id')).toEqual([['a'], ['b'], ['old']]);
    const report = await bench.migrate('verify');
    const table = report.tables.find(({ table }) => table === 'runs');
    expect(table).toMatchObject({ rowsSource: 2, rowsTarget: 2, verification: { rowsKept: 1n, clean: true } });
    expect(table?.remarks).toEqual([
      'runs: 1 row is kept as history that the file has deleted; not among the rows of the target.',
    ]);
    await bench.client.query(`DELETE FROM runs WHERE name = 'old'`);
    expect(await bench.differences()).toEqual(['runs 3 - missing']);
  });

  it('keeps what whoever followed before was told to keep, where it is told nothing', async () => {
    await bench.follow({ history: { keep: 'all' } });
    bench.legacy.exec(`UPDATE runs SET name = 'seen' WHERE id = 2`);
    await bench.follow({ history: null });
    bench.legacy.exec('DELETE FROM runs WHERE id = 1');
    expect(await bench.differences({ history: null })).toEqual([]);
    expect(await bench.rows('SELECT id::int FROM runs ORDER BY id')).toEqual([[1], [2]]);
    bench.legacy.exec('DELETE FROM runs WHERE id = 2');
    await bench.follow();
    expect(await bench.rows('SELECT id::int FROM runs ORDER BY id')).toEqual([[1]]);
  });

  it('keeps the next id above ids that were given out for rows that never came, or went at once', async () => {
    bench.legacy
      .exec(`INSERT INTO picks (uuid, note) VALUES ('u1', 'x') ON CONFLICT (uuid) DO UPDATE SET note = excluded.note;
      INSERT INTO runs (name, made_at) VALUES ('gone', '${day(1)}'); DELETE FROM runs WHERE name = 'gone'`);
    expect(await bench.differences()).toEqual([]);
  });

  it('deletes everything that the file deletes where nothing is to be kept', async () => {
    bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('old', '${day(91)}')`);
    expect(await bench.differences()).toEqual([]);
    bench.legacy.exec(`DELETE FROM runs WHERE name = 'old'`);
    expect(await bench.differences({ history: { keep: 'none' } })).toEqual([]);
    expect(await bench.rows('SELECT count(*) FROM runs')).toEqual([['2']]);
  });
});
