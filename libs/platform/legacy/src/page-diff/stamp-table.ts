import { createHash } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { releaseClosed } from '../change-log/release-closed';
import { LegacyFileError } from '../legacy.errors';
import { LegacyDatabase } from '../legacy-database';
import { foldName, isRowidAlias, type LegacyTableInfo } from '../legacy-schema';
import type { Bounds } from '../salvage/table-page';
import { inTurns, stepMs, type Steps } from '../steps';
import { leavesBelow } from '../table-tree';
import { LeafStamper, type LeafStamp } from './leaf-stamper';
import { rowBlocks } from './row-stamper';
import { StampBuilder, type Patch, type Stamps } from './stamps';

/** Which table is looked at, and the column of integers that names its rows: the rowid, by whatever name, or another. */
export interface StampedTable {
  readonly table: string;
  readonly key: string;
}

/** The stamps of a table, and what has to be the same for two lists of them to say anything of each other. */
export interface TableStamps {
  /** How they were made and of what declaration: `ALTER TABLE` can change rows without changing a leaf. */
  readonly shape: string;
  readonly stamps: Stamps;
}

interface KeyStamp {
  /** Null: there are no more. */
  readonly upTo: bigint | number | null;
  readonly stamp: LeafStamp;
}

/** Where a patch ends before its interval does. */
export interface PatchSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Of keys without rows, where rows are stamped and not leaves. */
const nothing: LeafStamp = { hash: createHash('sha256').digest('binary'), rows: 0, bytes: 0 };

/** One table as one transaction sees it. Use it only while the database is open. */
export class TableView {
  readonly info: LegacyTableInfo;
  /** See `TableStamps`. */
  readonly shape: string;
  private readonly byLeaves: boolean;

  /** Throws `LEGACY_CHANGED` where the file has no such table. */
  constructor(
    readonly database: LegacyDatabase,
    private readonly stamped: StampedTable,
  ) {
    const info = database.table(stamped.table);
    if (!info || info.type === 'view') {
      throw new LegacyFileError('LEGACY_CHANGED', `${database.path} has no table ${stamped.table} any more.`, {
        remedy: 'Look at the file with "sluice inspect".',
      });
    }
    this.info = info;
    this.byLeaves = hasLeaves(info, stamped.key);
    this.shape = `${this.byLeaves ? 'leaves' : 'rows'} by ${stamped.key}, ${database.encoding}: ${info.sql}`;
  }

  /** From the one that holds the first key above `after` to the last, which is up to null. */
  *stampsAbove(after: bigint | null): Generator<KeyStamp> {
    if (!this.byLeaves) {
      yield* rowBlocks(this.database, this.info, this.stamped.key, after);
      yield { upTo: null, stamp: nothing };
      return;
    }
    const stamper = new LeafStamper(this.database.rawPages);
    for (const { page, upTo } of leavesBelow(this.database.rawPages, this.info.rootPage, after)) {
      yield { upTo, stamp: stamper.stamp(page) };
    }
  }

  /** The stamps of an interval, or of its beginning where that is all of the size, but always of one leaf at least. */
  patch({ after, to }: Bounds, most: PatchSize): Patch & PatchSize {
    const stamps: { upTo: bigint | null; hash: string }[] = [];
    let [rows, bytes] = [0, 0];
    for (const { upTo: bound, stamp } of this.stampsAbove(after)) {
      const leafTo = bound === null ? null : BigInt(bound);
      const isLast = leafTo === null || (to !== null && leafTo >= to);
      const upTo = isLast ? to : leafTo;
      rows += stamp.rows;
      bytes += stamp.bytes;
      stamps.push({ upTo, hash: stamp.hash });
      if (isLast || rows >= most.rows || bytes >= most.bytes) return { after, to: upTo, stamps, rows, bytes };
    }
    throw new TypeError('The last stamp has no bound.');
  }
}

/** The key is the rowid, which is the key of the leaves. */
function hasLeaves(info: LegacyTableInfo, key: string): boolean {
  if (info.type !== 'table' || info.withoutRowid || info.rootPage < 1) return false;
  const column = info.columns.find(({ name }) => foldName(name) === foldName(key));
  return column ? isRowidAlias(info, column) : ['rowid', 'oid', '_rowid_'].includes(foldName(key));
}

export interface StampOptions {
  /** How long a read lock on a file in rollback mode is held at most, but for one leaf; 25 ms. In WAL mode nobody waits. */
  readonly lockMs?: number;
  /** How long to try again where a writer has the lock; 5 s. */
  readonly patienceMs?: number;
  /** For the copy of a WAL database whose log nobody has open. */
  readonly workDir?: string;
  readonly signal?: AbortSignal;
}

const defaultLockMs = 25;
const defaultPatienceMs = 5_000;
/** The first attempts follow each other closely; whoever has the lock for longer than they take is asked less often. */
const retry = { close: 100, closeMs: 1, apartMs: 20 };
/**
 * A journal that lies beside the file is mostly one that its writer is about to delete. A WAL database whose log nobody has
 * open is copied, and not while somebody opens it for each of his calls; as long as he has it open, it is read as it is.
 */
const passing: readonly string[] = ['LEGACY_LOCKED', 'LEGACY_HOT_JOURNAL', 'LEGACY_NOT_SETTLED'];

/**
 * Opens the file itself for a moment. Tries again every millisecond while a writer has it: SQLite's own waiting grows to
 * 100 ms a time, and beside a writer that never rests it comes too late again and again. Throws `LEGACY_LOCKED`,
 * `LEGACY_HOT_JOURNAL` or `LEGACY_NOT_SETTLED` at last, and the signal's reason.
 */
export async function openForMoment(file: string, options: StampOptions = {}): Promise<LegacyDatabase> {
  const { patienceMs = defaultPatienceMs, workDir, signal } = options;
  const deadline = performance.now() + patienceMs;
  for (let tries = 1; ; tries++) {
    try {
      return await LegacyDatabase.openInTurns(file, {
        snapshot: 'in-place',
        busyMs: 0,
        ...(workDir === undefined ? {} : { workDir }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      const isPassing = error instanceof LegacyFileError && passing.includes(error.code);
      if (!isPassing || performance.now() >= deadline) throw error;
    }
    await pause(tries < retry.close ? retry.closeMs : retry.apartMs);
    signal?.throwIfAborted();
  }
}

/** Closes what `openForMoment` opened, and what the driver keeps of it: the next one to open the file must have locks of its own. */
export async function closeAtOnce(database: LegacyDatabase): Promise<void> {
  database.close();
  if (database.journalMode === 'wal') await releaseClosed(database.path);
}

/** Stamps of a table as an open database holds it, at once. */
export function stampsOf(database: LegacyDatabase, stamped: StampedTable): TableStamps {
  const stamping = new Stamping(stamped);
  stamping.goOn(database, Infinity);
  return stamping.finish();
}

/** The same, with a turn for others every now and then. Throws the signal's reason. */
export async function stampsInTurns(
  database: LegacyDatabase,
  stamped: StampedTable,
  signal: AbortSignal,
): Promise<TableStamps> {
  signal.throwIfAborted();
  return inTurns(stampSteps(database, stamped), signal);
}

function* stampSteps(database: LegacyDatabase, stamped: StampedTable): Steps<TableStamps> {
  const stamping = new Stamping(stamped);
  while (!stamping.goOn(database, performance.now() + stepMs)) yield;
  return stamping.finish();
}

/** As `stampTables`, of one table. */
export async function stampTable(
  file: string,
  stamped: StampedTable,
  options: StampOptions = {},
): Promise<TableStamps> {
  const [stamps] = await stampTables(file, [stamped], options);
  if (!stamps) throw new TypeError('A table has stamps.');
  return stamps;
}

/**
 * Stamps of whole tables, in their order. In WAL mode they are of one moment. In rollback mode a writer's commit waits for
 * readers, so the lock is given back after `lockMs`, and the next one goes on behind the last key: each stamp is then true at
 * a moment of its own, which is all that finding changes needs. Nothing is written to the file or beside it.
 *
 * Throws `LEGACY_CORRUPT`, `LEGACY_LOCKED`, `LEGACY_CHANGED` (no such table), and the signal's reason.
 */
export async function stampTables(
  file: string,
  tables: readonly StampedTable[],
  options: StampOptions = {},
): Promise<TableStamps[]> {
  const { lockMs = defaultLockMs, signal } = options;
  const stampings = tables.map((stamped) => new Stamping(stamped));
  let database = await openForMoment(file, options);
  try {
    for (;;) {
      const deadline = performance.now() + lockMs;
      if (stampings.every((stamping) => stamping.goOn(database, deadline))) return stampings.map((one) => one.finish());
      const isLocking = database.journalMode === 'rollback';
      if (isLocking) database.close();
      await nextTurn();
      signal?.throwIfAborted();
      if (isLocking) database = await openForMoment(file, options);
    }
  } finally {
    await closeAtOnce(database);
  }
}

class Stamping {
  private built = new StampBuilder();
  private after: bigint | null = null;
  private shape: string | null = null;
  private isDone = false;

  constructor(private readonly stamped: StampedTable) {}

  /** Stamps until the deadline; true when nothing is left. Begins again where the table was declared anew meanwhile. */
  goOn(database: LegacyDatabase, deadline: number): boolean {
    if (this.isDone) return true;
    const view = new TableView(database, this.stamped);
    if (view.shape !== this.shape) {
      this.built = new StampBuilder();
      this.after = null;
      this.shape = view.shape;
    }
    for (const { upTo, stamp } of view.stampsAbove(this.after)) {
      this.built.add(upTo, stamp.hash);
      if (upTo === null) break;
      if (performance.now() < deadline) continue;
      this.after = BigInt(upTo);
      return false;
    }
    this.isDone = true;
    return true;
  }

  finish(): TableStamps {
    return { shape: this.shape ?? '', stamps: this.built.finish() };
  }
}
