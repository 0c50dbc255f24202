import { copyFileSync, existsSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import { uninstallLog } from '@sluice/legacy';
import { openCacheStore } from '@sluice/cache';
import { connectedClient, startLegacyWriter, startPostgres, startRedis } from '@sluice/testing';
import { FollowBench, legacySchema, runs } from './follow.fixture';
import { followStatus } from './follow-status';
import { openWatch } from './open-watch';

let bench: FollowBench;
beforeEach(async () => (bench = await FollowBench.open()));
afterEach(() => bench.close());

const someRows = `INSERT INTO runs (name, made_at) VALUES ('a', '2026-11-01 00:00:00'), ('b', '2026-11-02 00:00:00');
  INSERT INTO levels VALUES ('TCS', 1)`;

describe('the start', () => {
  it('is refused without a log, without a complete copy, and while nobody has found the copy equal', async () => {
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_NOT_READY' });
    bench.legacy.exec(someRows);
    await bench.migrate();
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_LOG_MISSING' });
    await bench.install();
    await bench.client.query(`UPDATE migration_verifications SET clean = false WHERE table_name = 'picks'`);
    await expect(bench.follow()).rejects.toThrow('picks was not found equal since it was copied');
  });

  it('is not refused for a cache that has an entry of its own, which may be newer, or has lost one', async () => {
    bench.legacy.exec(`${someRows}; INSERT INTO memory (name, value) VALUES ('x', 'old'), ('y', 'old')`);
    await bench.store.setMany([{ key: 'memory:x', value: 'newer', ttlMs: 60_000 }]);
    await bench.install();
    const { exitCode } = await bench.migrate();
    bench.legacy.exec(`UPDATE runs SET name = 'later' WHERE id = 1; UPDATE memory SET value = 'new' WHERE name = 'y'`);
    await bench.follow();
    expect([exitCode, await bench.rows('SELECT name FROM runs ORDER BY id')]).toEqual([5, [['later'], ['b']]]);
    expect(await bench.store.getMany(['memory:x', 'memory:y'])).toEqual(['newer', 'new']);
  });

  it('finds what changed between a copy and a log that was installed after it', async () => {
    bench.legacy.exec(someRows);
    await bench.migrate();
    bench.legacy.exec(
      `DELETE FROM runs WHERE name = 'a'; UPDATE runs SET name = 'b2'; INSERT INTO levels VALUES ('SBIN', 2)`,
    );
    await bench.install();
    expect(await bench.differences({ history: { keep: 'none' } })).toEqual([]);
  });

  it('compares everything once after the log was installed anew, also where that was interrupted', async () => {
    await bench.ready(someRows);
    expect(await bench.differences()).toEqual([]);
    await uninstallLog(bench.file);
    bench.legacy.exec(`UPDATE runs SET name = 'unseen' WHERE name = 'a'`);
    await bench.install();
    await bench.client.query('BEGIN; LOCK TABLE runs IN SHARE MODE');
    const { ended, stop } = bench.start();
    await bench.until(async () => (await bench.rows(`SELECT 1 FROM pg_locks WHERE NOT granted`)).length > 0); // prettier-ignore
    await bench.client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sluice follow%'`,
    );
    stop();
    await bench.client.query('COMMIT');
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.rows(`SELECT name FROM runs WHERE id = 1`)).toEqual([['unseen']]);
  });

  it('goes on where it was, without comparing anything', async () => {
    await bench.ready(someRows);
    expect(await bench.differences()).toEqual([]);
    const whole: string[] = [];
    await bench.follow({ onEvent: (event) => event.type === 'following' && whole.push(...event.whole) });
    expect(whole).toEqual([]);
  });
});

describe('a file that is another one', () => {
  it('is known from the first look on, and not from the first change', async () => {
    await bench.ready(someRows);
    await bench.follow();
    copyFileSync(bench.file, `${bench.file}.new`);
    renameSync(`${bench.file}.new`, bench.file);
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
  });

  it('is no detail where it is gone before the start', async () => {
    await bench.ready(someRows);
    renameSync(bench.file, `${bench.file}.away`);
    await expect(bench.follow()).rejects.toMatchObject({
      code: 'FOLLOW_SOURCE_CHANGED',
      message: expect.stringContaining('it is not there any more'),
    });
  });

  it('stops with its state when it is replaced, and is taken with --recheck', async () => {
    await bench.ready(someRows);
    const { ended } = bench.start();
    await bench.arrives('before');
    bench.legacy.exec(`VACUUM INTO '${bench.file}.new'`);
    renameSync(`${bench.file}.new`, bench.file);
    await expect(ended).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    expect(await bench.states()).toEqual([['failed', 'FOLLOW_SOURCE_CHANGED']]);
    // Whatever log the other file has: another one would not mend it.
    for (const log of [null, { generation: 'other', entries: 0, last: 0n, faults: [] }]) {
      const { tables } = await followStatus(bench.client, [
        { file: 'legacy.db', tables: ['runs'], journalMode: 'wal', log },
      ]);
      expect(tables).toContainEqual(expect.objectContaining({ table: 'runs', state: 'failed', reason: 'FOLLOW_SOURCE_CHANGED', remedy: expect.stringMatching(/^Mend what the code says/) })); // prettier-ignore
    }
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    expect(await bench.differences({ recheck: true })).toEqual([]);
    expect(await bench.differences()).toEqual([]);
  });

  it.each(['another inode', 'the inode of the one that was removed'])(
    'is not taken without --recheck because a log was installed in it: %s',
    async (inode) => {
      await bench.ready(someRows);
      await bench.follow();
      await bench.legacy.close();
      const schema = `${bench.file}.schema`;
      const made = new DatabaseSync(schema);
      made.exec(legacySchema);
      made.close();
      if (inode === 'another inode') renameSync(bench.file, `${bench.file}.away`);
      else rmSync(bench.file);
      copyFileSync(schema, bench.file);
      const { ctimeMs } = statSync(bench.file);
      while (Date.now() < ctimeMs + 20) utimesSync(bench.file, new Date(), new Date()); // Or it might be new still.
      await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
      await bench.install();
      await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
      await expect(bench.follow({ openSource: openWatch(bench.root) })).rejects.toMatchObject({
        code: 'FOLLOW_SOURCE_CHANGED',
      });
      expect(await bench.states()).toEqual([['failed', 'FOLLOW_SOURCE_CHANGED']]);
      expect(await bench.rows('SELECT name FROM runs ORDER BY id')).toEqual([['a'], ['b']]);
      expect(await bench.differences({ recheck: true, history: { keep: 'none' } })).toEqual([]);
      expect(await bench.rows('SELECT 1 FROM runs')).toEqual([]);
    },
  );

  it('stops where it is an older state of itself, and what that lacks goes only with --recheck', async () => {
    await bench.ready(someRows);
    copyFileSync(bench.file, `${bench.file}.backup`);
    bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('late', '2026-11-03 00:00:00')`);
    expect(await bench.differences()).toEqual([]);
    await bench.legacy.close();
    copyFileSync(`${bench.file}.backup`, bench.file);
    await expect(bench.follow()).rejects.toThrow('its change log ends before what was applied of it');
    expect(await bench.rows(`SELECT 1 FROM runs WHERE name = 'late'`)).toHaveLength(1);
    expect(await bench.differences({ recheck: true, history: { keep: 'none' } })).toEqual([]);
    expect(await bench.rows(`SELECT 1 FROM runs WHERE name = 'late'`)).toHaveLength(0);
  });

  it('stops where an older state of it has got as many changes as it lacks', async () => {
    await bench.ready(someRows);
    const late = (name: string): void =>
      bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('${name}', '2026-11-03 00:00:00')`);
    late('kept');
    expect(await bench.differences()).toEqual([]);
    copyFileSync(bench.file, `${bench.file}.backup`);
    late('lost');
    expect(await bench.differences()).toEqual([]);
    await bench.legacy.close();
    copyFileSync(`${bench.file}.backup`, bench.file);
    late('other');
    late('another');
    await expect(bench.follow()).rejects.toThrow('its change log is not the one that was applied');
    expect(await bench.differences({ recheck: true })).toEqual([]);
    bench.legacy.exec(`DELETE FROM runs WHERE name = 'another'`);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.differences()).toEqual([]);
  });

  it.each([
    ['LEGACY_SCHEMA_DRIFT', 'ALTER TABLE runs ADD COLUMN more TEXT'],
    ['FOLLOW_LOG_MISSING', 'DROP TRIGGER _sluice_1u'],
    ['FOLLOW_LOG_MISSING', 'CREATE UNIQUE INDEX late ON runs (name)'],
  ])('stops with %s after %s', async (code, sql) => {
    await bench.ready(someRows);
    const { ended } = bench.start();
    await bench.arrives('before');
    bench.legacy.exec(sql);
    await expect(ended).rejects.toMatchObject({ code });
    expect(await bench.states()).toEqual([['failed', code]]);
  });
});

describe('a transaction of a program that was killed', () => {
  /** Half of it is in the file already. */
  async function killedWriter(): Promise<void> {
    const writer = startLegacyWriter(bench.file);
    await writer.exec(`PRAGMA cache_size = 2; BEGIN; UPDATE runs SET payload = '{"lost": 1}'`);
    await writer.kill();
    expect(statSync(`${bench.file}-journal`).size).toBeGreaterThan(0);
  }
  const manyRows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
    INSERT INTO runs (name, made_at, payload) SELECT 'row ' || i, '2026-11-01 00:00:00', json_object('i', hex(randomblob(500))) FROM n`;

  it('is rolled back before the start', async () => {
    await bench.ready(manyRows);
    await bench.follow();
    await killedWriter();
    expect(await bench.differences()).toEqual([]);
    expect(existsSync(`${bench.file}-journal`)).toBe(false);
  });

  it('is rolled back where a follower waits for the file', async () => {
    await bench.ready(manyRows);
    const { ended, stop } = bench.start();
    await bench.arrives('seen');
    await killedWriter();
    await bench.until(() => !existsSync(`${bench.file}-journal`));
    stop();
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
  });
});

describe('while it follows', () => {
  it('refuses a second follower with the name of the first, and lets a verification run', async () => {
    await bench.ready(someRows);
    const { ended, stop } = bench.start();
    await bench.arrives('one');
    await expect(bench.follow()).rejects.toMatchObject({ code: 'FOLLOW_LOCK_HELD', message: expect.stringContaining('sluice follow a test') }); // prettier-ignore
    const report = await bench.migrate('verify');
    expect(report.exitCode).toBe(0);
    await bench.arrives('two');
    stop();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    expect(await bench.states()).toEqual([['ended', null]]);
    const { holder, tables } = await followStatus(bench.client, []);
    expect([holder, tables.map(({ state, lagRows }) => [state, lagRows])]).toEqual([null, Array(5).fill(['ended', 0])]);
  });

  it('stops, and leaves nothing behind, when another copy of its tables is begun', async () => {
    await bench.ready(someRows);
    const { ended } = bench.start();
    await bench.arrives('one');
    await bench.migrate('migrate', { restart: true });
    bench.legacy.exec(`UPDATE runs SET name = 'changed'`);
    await expect(ended).rejects.toMatchObject({ code: 'FOLLOW_LOST' });
    expect(await bench.differences()).toEqual([]);
  });

  it('forgets what is applied, but not the last entry, and goes on behind it', async () => {
    await bench.ready(someRows);
    bench.legacy.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO runs (name, made_at) SELECT i, '2026-11-01 00:00:00' FROM n`);
    const { ended, stop } = bench.start();
    await bench.until(() => Number(bench.inFile('SELECT count(*) FROM _sluice_log')[0]?.[0]) < 1500);
    await bench.arrives('behind');
    stop();
    await ended.catch(() => undefined);
    expect(await bench.differences()).toEqual([]);
  });

  it('does not forget what a table needs that is not followed now', async () => {
    await bench.ready(someRows);
    bench.legacy
      .exec(`INSERT INTO picks (uuid) VALUES ('u'); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO runs (name, made_at) SELECT i, '2026-11-01 00:00:00' FROM n`);
    await bench.follow({ tables: [runs] });
    expect(await bench.rows('SELECT count(*) FROM picks')).toEqual([['0']]);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.rows('SELECT count(*) FROM picks')).toEqual([['1']]);
  });
});

it('says for what it waits, as long as it does', async () => {
  await bench.ready(someRows);
  const { ended, stop } = bench.start();
  await bench.arrives('before');
  const other = await connectedClient(bench.database.url);
  const seen = async (): Promise<unknown> => {
    const { tables } = await followStatus(bench.client, []);
    const one = tables.find(({ table }) => table === 'runs');
    return [one?.state, one?.reason, one?.remedy];
  };
  try {
    await other.query('BEGIN; LOCK TABLE runs IN SHARE MODE');
    bench.legacy.exec(`UPDATE runs SET name = 'later' WHERE name = 'a'`);
    await bench.until(async () => String(await seen()).includes('POSTGRES_BUSY'));
    expect(await seen()).toEqual([expect.stringMatching(/^(behind|following)$/), 'POSTGRES_BUSY', expect.stringContaining('pg_stat_activity')]); // prettier-ignore
  } finally {
    await other.end();
  }
  await bench.arrives('after');
  expect(await seen()).toEqual(['following', null, null]);
  stop();
  await ended.catch(() => undefined);
});

it('waits for a PostgreSQL that restarts or crashes, and goes on', async () => {
  const server = await startPostgres();
  await bench.close();
  bench = await FollowBench.open('delete', { url: server.url, drop: () => server.stop() });
  await bench.ready(someRows);
  const { ended, stop } = bench.start();
  await bench.arrives('before');
  await server.restart();
  bench.legacy.exec(`INSERT INTO runs (name, made_at) VALUES ('meanwhile', '2026-11-03 00:00:00')`);
  await bench.reconnect();
  await bench.arrives('after');
  await server.kill();
  await server.restart();
  await bench.reconnect();
  await bench.arrives('again');
  stop();
  await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
  expect(await bench.differences()).toEqual([]);
});

it('is not kept from PostgreSQL by a Redis that is away, and fills it again when it is back without its data', async () => {
  const server = await startRedis();
  const cache = await openCacheStore(server.url);
  try {
    bench.legacy.exec(someRows);
    await bench.install();
    await bench.migrate('migrate', { cache });
    const { ended, stop } = bench.start({ cache });
    await bench.arrives('before');
    await server.kill();
    const lookedMs = 6_000; // The follower has asked for its mark meanwhile.
    for (const endMs = Date.now() + lookedMs; Date.now() < endMs;) await bench.arrives(`meanwhile ${Date.now()}`);
    await server.restart();
    await bench.until(async () => (await cache.getMany(['levels:TCS']).catch(() => []))[0] === '1');
    stop();
    await expect(ended).rejects.toMatchObject({ code: 'MIGRATION_INTERRUPTED' });
    expect(bench.notes).toContain('legacy.db: the cache has lost levels, which is filled again');
    expect(bench.notes.filter((text) => text.includes('Waiting'))).toEqual([]);
  } finally {
    await cache.close();
    await server.stop();
  }
});
