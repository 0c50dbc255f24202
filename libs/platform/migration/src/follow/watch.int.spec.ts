import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FollowBench } from './follow.fixture';
import { openWatch } from './open-watch';
import type { FollowOptions } from './follow-options';

let bench: FollowBench;
let stamps: string;
afterEach(() => bench.close());

const day = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
const watching = (): Partial<FollowOptions> => ({ openSource: openWatch(stamps) });
const differences = (over: Partial<FollowOptions> = {}): Promise<string[]> =>
  bench.differences({ ...watching(), ...over });

describe.each(['delete', 'wal'] as const)('a watched file (journal_mode %s)', (journal) => {
  beforeEach(async () => {
    bench = await FollowBench.open(journal);
    stamps = path.join(path.dirname(bench.file), 'stamps');
    bench.legacy.exec(`
      INSERT INTO runs (name, made_at, ratio, cost, payload) VALUES ('a', '${day(3)}', 0.5, 0.1, '{"n": 1}'), ('b', '${day(2)}', -0.5, 2, NULL);
      INSERT INTO picks (uuid, note) VALUES ('u1', 'one'), ('u2', 'two'), ('u3', 'three');
      INSERT INTO outcomes (uuid, label) VALUES ('u1', 'WIN'), ('u2', 'LOSS');
      INSERT INTO levels VALUES ('TCS', 1.5), ('INFY', 2.5);
      INSERT INTO memory (name, value) VALUES ('x', 'old'), ('y', 'why')`);
    await bench.migrate();
  });

  it('has every insert, update and delete of every table, and nothing was written to it', async () => {
    expect(await differences()).toEqual([]);
    bench.legacy.exec(`
      INSERT INTO runs (name, made_at, payload) VALUES ('c', '${day(1)}', '{"n": 1.0, "t": "\\u00e9"}');
      UPDATE runs SET ratio = 0.25, cost = 0.00000001, payload = '{"n": 1.0}' WHERE name = 'a';
      DELETE FROM runs WHERE name = 'b';
      INSERT INTO picks (uuid) VALUES ('u4'); INSERT INTO outcomes (uuid, label) VALUES ('u4', NULL);
      UPDATE outcomes SET label = 'BREAKEVEN' WHERE uuid = 'u2';
      UPDATE levels SET p = 9.25 WHERE symbol = 'TCS'; DELETE FROM levels WHERE symbol = 'INFY'; INSERT INTO levels VALUES ('SBIN', 3);
      UPDATE memory SET value = 'new' WHERE name = 'x'; DELETE FROM memory WHERE name = 'y'`);
    const before = digest();
    expect(await differences()).toEqual([]);
    expect(digest()).toBe(before);
    expect(await bench.store.getMany(['levels:TCS', 'levels:INFY', 'levels:SBIN', 'memory:x', 'memory:y'])).toEqual(
      ['9.25', null, '3', 'new', null], // prettier-ignore
    );
    expect(await bench.rows('SELECT id, payload::text FROM runs ORDER BY id')).toEqual([
      ['1', '{"n": 1.0}'],
      ['3', '{"n": 1.0, "t": "é"}'],
    ]);
  });

  it('has what is again as it was copied, though a table of the file was copied anew since', async () => {
    await bench.follow(watching());
    bench.legacy.exec(`UPDATE runs SET ratio = 0.25 WHERE name = 'a'`);
    expect(await differences()).toEqual([]);
    await bench.migrate(); // A cache is filled by every run.
    bench.legacy.exec(`UPDATE runs SET ratio = 0.5 WHERE name = 'a'`);
    expect(await differences()).toEqual([]);
  });

  it('has what REPLACE removes, keys that change, values that change places, and a bulk transaction', async () => {
    await bench.follow(watching());
    bench.legacy.exec(`
      INSERT OR REPLACE INTO runs (id, name, made_at) VALUES (1, 'anew', '${day(1)}');
      DELETE FROM outcomes WHERE uuid = 'u1';
      INSERT OR REPLACE INTO picks (uuid, note) VALUES ('u1', 'replaced');
      UPDATE picks SET id = 40 WHERE uuid = 'u2';
      INSERT OR REPLACE INTO levels VALUES ('TCS', 7);
      BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO runs (name, made_at, payload) SELECT 'bulk ' || i, '${day(1)}', json_object('i', i) FROM n; COMMIT`);
    expect(await differences()).toEqual([]);
    bench.legacy.exec(`DELETE FROM runs WHERE id % 2 = 0; UPDATE runs SET name = 'other' WHERE id % 100 = 1; VACUUM`);
    expect(await differences()).toEqual([]);
  });

  it('tells PostgreSQL of every id that was given out, also where no row has it', async () => {
    await bench.follow(watching());
    bench.legacy.exec(`INSERT INTO picks (uuid) VALUES ('brief'); DELETE FROM picks WHERE uuid = 'brief';
      UPDATE runs SET name = 'changed' WHERE id = 1; INSERT INTO runs (name, made_at) VALUES ('brief', '${day(1)}'); DELETE FROM runs WHERE name = 'brief'`);
    expect(await differences()).toEqual([]);
    bench.legacy.exec(`INSERT INTO picks (uuid) VALUES ('u1') ON CONFLICT (uuid) DO UPDATE SET uuid = 'u1'`);
    expect(await differences()).toEqual([]);
    expect(await bench.rows(`SELECT last_value FROM picks_id_seq`)).toEqual([['5']]);
  });

  it('keeps no stamps but the last ones, also where everything is compared anew, and after an end in the middle of that', async () => {
    await bench.follow(watching());
    const first = readdirSync(stamps);
    await bench.follow({ ...watching(), recheck: true });
    const second = readdirSync(stamps);
    expect([first.length, second.length, second.filter((name) => first.includes(name))]).toEqual([5, 5, []]);
    const killed = { ...watching(), recheck: true, onEvent: () => { throw new Error('killed'); } }; // prettier-ignore
    await expect(bench.follow(killed)).rejects.toThrow('killed');
    expect(await differences()).toEqual([]);
    const third = readdirSync(stamps);
    expect([third.length, third.filter((name) => second.includes(name))]).toEqual([5, []]);
  });

  it('reads only what changed, also after a restart, and everything where its stamps are lost or damaged', async () => {
    bench.legacy.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO runs (name, made_at) SELECT 'some ' || i, '${day(1)}' FROM n`);
    const added = await readRows();
    expect([added >= 5000, added < 5100]).toEqual([true, true]);
    expect(await readRows()).toBe(0);
    bench.legacy.exec(`UPDATE runs SET name = 'changed' WHERE id = 2500`);
    const read = await readRows();
    expect([read > 0, read < 500]).toEqual([true, true]);
    for (const file of readdirSync(stamps)) {
      const damaged = readFileSync(path.join(stamps, file));
      damaged[damaged.length >> 1]! ^= 1;
      writeFileSync(path.join(stamps, file), damaged);
    }
    expect(await readRows()).toBeGreaterThan(5000);
    rmSync(stamps, { recursive: true });
    expect(await readRows()).toBeGreaterThan(5000);
    expect(await readRows()).toBe(0);
    expect(readdirSync(stamps)).toHaveLength(5);
  });

  it('begins with what changed since the copy, but compares everything where another way was followed since', async () => {
    expect(await readRows()).toBe(0);
    bench.legacy.exec(`UPDATE memory SET value = 'new' WHERE name = 'x'`);
    expect(await readRows()).toBe(2);
    await bench.install();
    await bench.migrate('migrate', { restart: true });
    await bench.follow();
    expect(await readRows()).toBe(11);
    expect(await differences()).toEqual([]);
  });

  it('sets a row aside that became bad, and takes it back when it is mended', async () => {
    await bench.follow(watching());
    bench.legacy.exec(
      `UPDATE runs SET made_at = 'soon' WHERE id = 1; UPDATE picks SET uuid = 'gone' WHERE uuid = 'u1'`,
    );
    expect(await differences()).toEqual([]);
    expect((await bench.quarantine()).map(([table, key]) => `${String(table)} ${String(key)}`)).toEqual(['outcomes 1', 'runs 1']); // prettier-ignore
    bench.legacy.exec(
      `UPDATE runs SET made_at = '${day(1)}' WHERE id = 1; UPDATE picks SET uuid = 'u1' WHERE uuid = 'gone'`,
    );
    expect(await differences()).toEqual([]);
    expect(await bench.quarantine()).toEqual([]);
  });

  it('stops at a file that took its place, and goes on with it when everything may be compared', async () => {
    await bench.follow(watching());
    bench.legacy.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    await bench.legacy.close();
    copyFileSync(bench.file, `${bench.file}.new`);
    renameSync(`${bench.file}.new`, bench.file);
    await expect(bench.follow(watching())).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    bench.legacy.exec(`UPDATE runs SET name = 'of another file'`);
    await expect(bench.follow(watching())).rejects.toMatchObject({ code: 'FOLLOW_SOURCE_CHANGED' });
    expect(await differences({ recheck: true })).toEqual([]);
  });

  it('ends equal wherever it is killed, whatever was changed and taken back meanwhile', async () => {
    const seed = Number(process.env['WATCH_SEED'] ?? (journal === 'wal' ? 11 : 12));
    const kills = Number(process.env['WATCH_KILLS'] ?? 5);
    let state = seed;
    const chance = (of: number): number => (state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647) % of;
    const change = (): void =>
      bench.legacy.exec(
        [
          `UPDATE runs SET ratio = ${chance(2)} WHERE id = ${1 + chance(40)}`,
          `INSERT INTO runs (name, made_at) VALUES ('new', '${day(1)}')`,
          `DELETE FROM runs WHERE id = ${1 + chance(60)}`,
          `INSERT OR REPLACE INTO picks (uuid, note) VALUES ('w${chance(9)}', '${chance(3)}')`,
          `INSERT INTO outcomes (uuid, label) SELECT uuid, 'x' FROM picks WHERE id % 3 = ${chance(3)} AND uuid NOT IN (SELECT uuid FROM outcomes)`,
          `DELETE FROM outcomes WHERE id % 4 = ${chance(4)}`,
          `INSERT OR REPLACE INTO levels VALUES ('S${chance(5)}', ${chance(4)})`,
          `DELETE FROM memory WHERE id % 5 = ${chance(5)}; INSERT INTO memory (name, value) VALUES ('m${chance(4)}', 'v${chance(9)}')`,
        ][chance(8)] ?? '',
      );
    /** At a random place between finding changes and their end, and with changes at each of them. */
    const fragile = (): void => {
      change();
      if (chance(4) === 0) throw new Error('killed');
    };
    const openSource: FollowOptions['openSource'] = async (parts) => {
      const client = (): ReturnType<typeof parts.client> => {
        if (chance(12) === 0) fragile();
        return parts.client();
      };
      const source = await openWatch(stamps)({ ...parts, client });
      const feed: typeof source.feed = (whole, owners) => {
        const inner = source.feed(whole, owners);
        const next = inner.next.bind(inner);
        const settled = inner.settled.bind(inner);
        return Object.assign(inner, {
          next: async () => {
            const batch = await next();
            fragile();
            return batch;
          },
          settled: (checkpoint: Parameters<typeof settled>[0]) => {
            fragile();
            return settled(checkpoint);
          },
        });
      };
      return { ...source, feed };
    };
    for (let round = 0, killed = 0; round < 100 && killed < kills; round++) {
      change();
      await bench.follow({ openSource }).catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
        killed++;
      });
    }
    expect({ seed, differences: await differences() }).toEqual({ seed, differences: [] });
  });

  it('applies nothing whose stamps cannot be kept', async () => {
    await bench.follow(watching());
    rmSync(stamps, { recursive: true });
    writeFileSync(stamps, '');
    bench.legacy.exec(`UPDATE runs SET name = 'changed'`);
    await expect(bench.follow(watching())).rejects.toMatchObject({ code: 'FOLLOW_STAMPS_UNWRITABLE' });
    expect(await bench.rows(`SELECT count(*) FROM runs WHERE name = 'changed'`)).toEqual([['0']]);
  });

  it('stops at an added column before it applies a row', async () => {
    await bench.follow(watching());
    bench.legacy.exec(`ALTER TABLE runs ADD COLUMN more TEXT; UPDATE runs SET name = 'changed'`);
    await expect(bench.follow(watching())).rejects.toMatchObject({ code: 'LEGACY_SCHEMA_DRIFT' });
    expect(await bench.rows(`SELECT count(*) FROM runs WHERE name = 'changed'`)).toEqual([['0']]);
  });
});

/** How many keys the batches of a run name. */
async function readRows(): Promise<number> {
  let keys = 0;
  await bench.follow({ ...watching(), onEvent: (event) => void (event.type === 'applied' && (keys += event.changes)) });
  return keys;
}

/** Of the file and what lies beside it. By another process: a descriptor that is closed here would drop SQLite's locks. */
function digest(): string {
  const files = readdirSync(path.dirname(bench.file)).filter((name) => /^legacy\.db(-wal|-journal)?$/.test(name));
  const hash = createHash('sha256').update(files.join());
  for (const name of files) hash.update(execFileSync('cat', [path.join(path.dirname(bench.file), name)]));
  return hash.digest('hex');
}
