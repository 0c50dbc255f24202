import path from 'node:path';
import { type LegacyWriter, startLegacyWriter, type TempDir, tempDir } from '@sluice/testing';
import {
  closeAtOnce,
  changedIntervals,
  LegacyDatabase,
  openForMoment,
  patched,
  Stamps,
  stampTable,
  TableView,
} from '../index';
import type { Bounds } from '../salvage/table-page';
import { largeChange, madeFile, Seeded, smallChange } from './testing/legacy-changes';

const SEEDS = Number(process.env['PAGE_DIFF_SEEDS'] ?? 4);
const FROM = Number(process.env['PAGE_DIFF_FROM'] ?? 1);
const LOOKS = 12;
const table = { table: 't', key: 'id' };

type Dump = Map<bigint, string>;

let directory: TempDir;
let file: string;
let writer: LegacyWriter | null = null;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.db');
});
afterEach(async () => {
  await writer?.kill();
  writer = null;
  await directory.remove();
});

async function startWriter(sql: string): Promise<LegacyWriter> {
  writer = startLegacyWriter(file);
  await writer.exec(sql);
  return writer;
}

const rowsOf = (db: LegacyDatabase, where = '', ...params: bigint[]): Dump =>
  new Map(
    db
      .rows(`SELECT id, quote(name) || n || quote(body) FROM t ${where}`, ...params)
      .map(([key, text]) => [key as bigint, String(text)]),
  );

async function dump(): Promise<Dump> {
  const db = await openForMoment(file);
  try {
    return rowsOf(db);
  } finally {
    await closeAtOnce(db);
  }
}

const isIn = (key: bigint, intervals: readonly Bounds[]): boolean =>
  intervals.some(({ after, to }) => (after === null || key > after) && (to === null || key <= to));

function changedKeys(before: Dump, after: Dump): bigint[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key));
}

async function checkpoint(random: Seeded, legacy: LegacyWriter): Promise<void> {
  if (random.int(0, 2) === 0) {
    await legacy.exec(`PRAGMA wal_checkpoint(${random.pick(['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE'])})`);
  }
}

describe('changed intervals of a file that is only read', () => {
  for (let seed = FROM; seed < FROM + SEEDS; seed++) {
    it(`hold every row that changed, and few others (seed ${seed})`, async () => {
      const random = new Seeded(seed);
      const wal = seed % 2 === 0;
      const legacy = await startWriter(madeFile(random.pick([512, 1024, 4096]), random.int(0, 2), wal));
      let [stamps, rows] = [await stampTable(file, table), await dump()];
      for (let look = 0; look < LOOKS; look++) {
        const isSmall = random.int(0, 2) > 0;
        const changes = Array.from({ length: random.int(1, 3) }, () => (isSmall ? smallChange : largeChange)(random));
        for (const change of changes) {
          await legacy.exec(change);
          await checkpoint(random, legacy);
        }
        const [nextStamps, nextRows] = [await stampTable(file, table, { lockMs: random.pick([0, 25]) }), await dump()];
        const intervals = changedIntervals(stamps, nextStamps);
        const missed = changedKeys(rows, nextRows).filter((key) => !isIn(key, intervals));
        expect({ changes, missed }).toEqual({ changes, missed: [] });
        const held = [...nextRows.keys()].filter((key) => isIn(key, intervals)).length;
        if (isSmall && nextRows.size > 600) expect(held).toBeLessThan(nextRows.size / 2);
        [stamps, rows] = [nextStamps, nextRows];
      }
    });
  }
});

/** A target that is kept equal by looks: rows and stamps of an interval are always of one transaction. */
class Mirror {
  rows: Dump = new Map();
  private shape = '';
  private stamps = Stamps.unknown;

  /** How many intervals were read. `looked`: called between the look and the reading. */
  async catchUp(looked = (): Promise<void> => Promise.resolve()): Promise<number> {
    const found = await stampTable(file, table, { lockMs: 0 });
    const intervals = changedIntervals({ shape: this.shape, stamps: this.stamps }, found);
    if (this.shape !== found.shape) this.stamps = Stamps.unknown;
    this.shape = found.shape;
    await looked();
    for (const interval of intervals) {
      for (let rest: Bounds | null = interval; rest;) rest = await this.read(rest);
    }
    return intervals.length;
  }

  private async read(interval: Bounds): Promise<Bounds | null> {
    const db = await openForMoment(file);
    try {
      const patch = new TableView(db, table).patch(interval, { rows: 40, bytes: 1e6 });
      for (const key of [...this.rows.keys()]) if (isIn(key, [patch])) this.rows.delete(key);
      const [from, to] = [patch.after ?? -(2n ** 63n), patch.to ?? 2n ** 63n - 1n];
      for (const [key, row] of rowsOf(db, 'WHERE id > ? AND id <= ?', from, to)) this.rows.set(key, row);
      this.stamps = patched(this.stamps, [patch]);
      return patch.to === interval.to ? null : { after: patch.to, to: interval.to };
    } finally {
      await closeAtOnce(db);
    }
  }
}

const sorted = (rows: Dump): [bigint, string][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

describe('a target that follows by looks', () => {
  it.each([false, true])('finds a change that is taken back after its rows were read (WAL: %s)', async (wal) => {
    const legacy = await startWriter(madeFile(1024, 0, wal));
    const mirror = new Mirror();
    await mirror.catchUp();
    await legacy.exec('UPDATE t SET n = 5 WHERE id = 30');
    const before = await dump();
    await mirror.catchUp(() => legacy.exec('UPDATE t SET n = 6 WHERE id = 30'));
    await legacy.exec('UPDATE t SET n = 5 WHERE id = 30');
    expect(await mirror.catchUp()).toBe(1);
    expect(sorted(mirror.rows)).toEqual(sorted(before));
  });

  for (let seed = FROM; seed < FROM + SEEDS; seed++) {
    it(`ends equal to a file that is written to all the time, also where changes are taken back (seed ${seed})`, async () => {
      const random = new Seeded(seed);
      const legacy = await startWriter(madeFile(random.pick([512, 1024, 4096]), random.int(0, 2), seed % 2 === 0));
      const mirror = new Mirror();
      await mirror.catchUp();
      let isWriting = true;
      const writing = (async () => {
        for (let i = 0; i < 400 && isWriting; i++) {
          await legacy.exec(i % 40 === 39 ? largeChange(random) : smallChange(random));
          if (i % 10 === 0) await checkpoint(random, legacy);
        }
      })();
      for (let look = 0; look < 6; look++) await mirror.catchUp();
      isWriting = false;
      await writing;
      await mirror.catchUp();
      expect(sorted(mirror.rows)).toEqual(sorted(await dump()));
      expect(await mirror.catchUp()).toBe(0);
    });
  }
});
