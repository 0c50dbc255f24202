import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inStepMs } from '@sluice/core';
import {
  compareLooks,
  FollowSourceError,
  lookAt,
  readStamps,
  removeStamps,
  stampTables,
  systemErrorCode,
  whyReplaced,
  writeStamps,
  type FileLook,
  type FileMark,
  type LegacyDatabase,
  type TableStamps,
} from '@sluice/legacy';
import type { LegacyTable } from '../mapping/legacy-table';
import { pause } from '../pace';
import type { ChangeBatch, ChangeFeed, FeedCheckpoint, KeyInterval, TableChanges } from './change-feed';
import { givenOf, markOf, storedMark, type Given, type WatchDetail } from './watch-checkpoint';
import { StampsUnwritableError } from './watch.errors';
import type { WatchedFile } from './watch-file';
import type { ReadRows, WatchedTable } from './watched-table';

/** Rows and bytes of pages that are read in one transaction: some 20 ms. */
const BATCH = { rows: 2_000, bytes: 4 * 1024 * 1024 };
/** A look reads all pages of all tables: it takes a fifth of a core at most, and what changes is found within seconds. */
const PACE = { leastMs: 500, share: 5, mostMs: 3_000 };
/** The file is asked for its times: an event of the system for each write would be the writer's to pay for. */
const WAIT = { everyMs: 250, mostMs: 10_000 };
/** While very much is read again, its stamps are kept so often; what was read since is read again after a restart. */
const KEEP_MS = 5_000;

export interface WatchFeedOptions {
  readonly file: WatchedFile;
  /** In the order of the mappings. */
  readonly tables: readonly WatchedTable[];
  /** Tables of which nothing is known, whatever a checkpoint says; until the first batch is applied. */
  readonly whole: readonly LegacyTable[];
  /** Under which stamps of these tables were kept before. */
  readonly owners: readonly string[];
  /** A folder of ours for the stamps, which outlives the process. Made where it is not there. */
  readonly stampsDir: string;
  /** The stamps of the pages that a table's copy was made of; null where there are none. */
  readonly copiedStamps: (table: LegacyTable) => Promise<TableStamps | null>;
  /** The keys that the target and its quarantine have within the intervals. */
  readonly knownKeys: (table: LegacyTable, intervals: readonly KeyInterval[]) => Promise<readonly bigint[]>;
  /** Throws where the schema is not the one that the mappings describe any more. */
  readonly checkSchema: (database: LegacyDatabase) => void;
  readonly signal: AbortSignal;
}

/**
 * The changes of a file to which nothing is written: its pages are compared with the stamps of what was applied, and the rows
 * of what differs are read again.
 *
 * The stamps of a batch are on the disk before PostgreSQL commits its rows, in files of their own which the checkpoint names;
 * those of the batch before go when it is committed. So whatever PostgreSQL remembers, its stamps are there. Where they are
 * not, because somebody has removed or damaged them, everything is read again.
 */
export class WatchFeed implements ChangeFeed {
  readonly kind = 'watch';
  private owner: string = randomUUID();
  private position = 0n;
  private mark: FileMark | null = null;
  /** PostgreSQL has a mark. */
  private isMarked = false;
  /** The file as it was before the last look at its pages; null: look again, whatever it is now. */
  private look: FileLook | null = null;
  private kept: Readonly<Record<string, string>> = {};
  private readonly keptStamps = new Map<WatchedTable, TableStamps>();
  private keptMs = -Infinity;
  private whole: readonly LegacyTable[];
  private schemaVersion: unknown = null;
  /** By table, the greatest key that it ever gave out: as the file says, and as PostgreSQL knows. */
  private given: Given = {};
  private knownGiven: Given = {};
  private notBeforeMs = 0;

  constructor(private readonly options: WatchFeedOptions) {
    this.whole = options.whole;
  }

  async resume(checkpoint: FeedCheckpoint | null): Promise<void> {
    const { owner, mark, stamps, given } = (checkpoint?.detail ?? {}) as WatchDetail;
    const { stampsDir, tables, copiedStamps } = this.options;
    this.keeping(() => mkdirSync(stampsDir, { recursive: true, mode: 0o700 }));
    this.position = checkpoint?.position ?? 0n;
    this.owner = owner ?? this.owner;
    this.mark = mark ? markOf(mark) : null;
    this.isMarked = mark !== undefined;
    this.kept = stamps ?? {};
    this.knownGiven = given ?? {};
    this.look = null;
    this.notBeforeMs = 0;
    for (const table of tables) {
      const name = this.kept[table.mapping.name];
      this.keptStamps.delete(table);
      if (!checkpoint || this.whole.includes(table.mapping)) table.resume(null);
      else if (name === undefined) table.resume(await copiedStamps(table.mapping));
      else table.resume(readStamps(path.join(stampsDir, path.basename(name))));
    }
  }

  async next(): Promise<ChangeBatch | null> {
    // A file is known again by what was seen of it first, also where nothing of it has changed.
    if (!this.isPending && !(await this.findChanges()))
      return this.isMarked && !this.hasGiven ? null : this.batchOf([]);
    for (;;) {
      const read = await this.readPending();
      if (read) return this.batchOf(read);
      // Declared anew since the look.
      if (!(await this.findChanges())) return null;
    }
  }

  settled(checkpoint: FeedCheckpoint): Promise<void> {
    this.position = checkpoint.position;
    this.isMarked = true;
    this.knownGiven = (checkpoint.detail as WatchDetail).given ?? {};
    this.whole = [];
    const { stampsDir } = this.options;
    const needed = new Set(Object.values(this.kept));
    for (const name of readdirSync(stampsDir)) {
      const isOurs = [this.owner, ...this.options.owners].some((owner) => name.startsWith(`${owner}.`));
      if (isOurs && !needed.has(name)) removeStamps(path.join(stampsDir, name));
    }
    return Promise.resolve();
  }

  async wait(signal: AbortSignal): Promise<void> {
    const endsMs = performance.now() + WAIT.mostMs;
    do await pause(Math.max(inStepMs(WAIT.everyMs), this.notBeforeMs - performance.now()), signal);
    while (!signal.aborted && performance.now() < endsMs && this.comparedLook() === 'same');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private get isPending(): boolean {
    return this.options.tables.some((table) => table.isPending);
  }

  private get hasGiven(): boolean {
    return this.options.tables.some((table) => this.newlyGiven(table) !== undefined);
  }

  /** An id that SQLite has given out, be it for a row that is gone again or for none, must not be given out by PostgreSQL. */
  private newlyGiven({ mapping }: WatchedTable): bigint | undefined {
    const [now, known] = [this.given[mapping.name], this.knownGiven[mapping.name]];
    return now !== undefined && BigInt(now) > BigInt(known ?? 0) ? BigInt(now) : undefined;
  }

  /** Looks at all pages where there is reason to; true where something has to be read again. */
  private async findChanges(): Promise<boolean> {
    const { tables, signal } = this.options;
    const hasDoubts = tables.some((table) => table.hasDoubts);
    const now = lookAt(this.options.file.path);
    const compared = this.comparedLook(now);
    if (!now || compared === 'replaced') throw this.replaced(`${now ? 'another file' : 'nothing'} lies at its path`);
    if (!hasDoubts && (compared === 'same' || performance.now() < this.notBeforeMs)) return this.isPending;
    const startedMs = performance.now();
    await this.options.file.read((database) => this.checkFile(database));
    const found = await stampTables(
      this.options.file.path,
      tables.map(({ stamped }) => stamped),
      { patienceMs: Infinity, signal },
    );
    tables.forEach((table, i) => table.compare(found[i]!));
    const tookMs = performance.now() - startedMs;
    this.look = now;
    this.keptMs = -Infinity;
    this.notBeforeMs = performance.now() + Math.min(PACE.mostMs, Math.max(PACE.leastMs, PACE.share * tookMs));
    return this.isPending;
  }

  private comparedLook(now = lookAt(this.options.file.path)): ReturnType<typeof compareLooks> {
    return this.look ? compareLooks(this.look, now) : 'changed';
  }

  /** Null where a table was declared anew since the look. */
  private readPending(): Promise<ReadTable[] | null> {
    return this.options.file.read((database) => {
      this.checkFile(database);
      const pending = this.options.tables.filter((table) => table.isPending);
      if (!pending.every((table) => table.isAsDeclared)) {
        this.look = null;
        this.notBeforeMs = 0;
        return null;
      }
      const read: ReadTable[] = [];
      const left = { ...BATCH };
      for (const table of pending) {
        if (left.rows <= 0 || left.bytes <= 0) break;
        const part = table.readPending(left);
        left.rows -= part.rows.length;
        left.bytes -= part.bytes;
        read.push({ table, ...part });
      }
      return read;
    });
  }

  /** Nothing is taken from a file that is another one, or an older state, or not what the mappings describe. */
  private checkFile(database: LegacyDatabase): void {
    const now = database.mark;
    const reason = this.mark ? whyReplaced(this.mark, now) : null;
    if (reason !== null) throw this.replaced(reason);
    const [[version] = []] = database.rows('PRAGMA schema_version');
    if (version !== this.schemaVersion) this.options.checkSchema(database);
    this.schemaVersion = version;
    this.given = givenOf(database, this.options.tables);
    this.mark = now;
  }

  private async batchOf(read: readonly ReadTable[]): Promise<ChangeBatch> {
    const changes: TableChanges[] = [];
    for (const table of this.options.tables) {
      const part = read.find((one) => one.table === table);
      const highWater = this.newlyGiven(table);
      if (!part && highWater === undefined) continue;
      const { intervals = [], rows = [] } = part ?? {};
      const keys = new Set(rows.map(({ key }) => key));
      if (part) for (const key of await this.options.knownKeys(table.mapping, intervals)) keys.add(key);
      const sorted = [...keys].sort((a, b) => (a < b ? -1 : 1));
      // Without a row to apply it is an interval without keys that carries the number.
      const carrier = keys.size === 0 && highWater !== undefined ? [{ from: highWater, to: highWater }] : [];
      changes.push({
        ...{ table: table.mapping, keys: sorted, rows, intervals: carrier },
        ...(highWater === undefined ? {} : { highWater }),
      });
    }
    const lagRows = this.options.tables.reduce((sum, table) => sum + table.rowsPending, 0);
    this.keepStamps();
    const mark = this.mark && storedMark(this.mark);
    const detail = { owner: this.owner, mark, stamps: this.kept, given: this.given };
    return { changes, checkpoint: { position: this.position + 1n, detail }, lagRows };
  }

  /**
   * Not with every batch while very much is read again: those of the look's first batch say of what was pending that nothing is
   * known, so whatever of it is applied until the next are kept is only read once more.
   */
  private keepStamps(): void {
    if (this.isPending && performance.now() - this.keptMs < KEEP_MS) return;
    const kept: Record<string, string> = { ...this.kept };
    for (const table of this.options.tables) {
      const { known } = table;
      const before = this.keptStamps.get(table);
      if (before && before.stamps === known.stamps && before.shape === known.shape) continue;
      const name = `${this.owner}.${table.mapping.name}.${randomUUID()}.stamps`;
      this.keeping(() => writeStamps(path.join(this.options.stampsDir, name), known));
      this.keptStamps.set(table, known);
      kept[table.mapping.name] = name;
    }
    this.kept = kept;
    this.keptMs = performance.now();
  }

  private keeping(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw systemErrorCode(error) === null ? error : new StampsUnwritableError(this.options.stampsDir, error);
    }
  }

  private replaced(what: string): Error {
    return new FollowSourceError(this.options.file.path, what);
  }
}

interface ReadTable extends ReadRows {
  readonly table: WatchedTable;
}
