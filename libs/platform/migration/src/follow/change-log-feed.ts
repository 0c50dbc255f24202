import { createHash } from 'node:crypto';
import {
  CommitWatch,
  findLog,
  FollowSourceError,
  highWaterOf,
  isSameIdentity,
  LiveDatabase,
  lastEntry,
  LOG,
  LogMissingError,
  SENT,
  type FileIdentity,
  type InstalledLog,
} from '@sluice/legacy';
import type { ExactReader, ExactRow } from '../exact/exact-reader';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import type { ChangeBatch, ChangeFeed, FeedCheckpoint, TableChanges } from './change-feed';
import { LogPruner } from './log-pruner';
import { noteIn } from './sent-note';

/** How many entries are taken at a time: as many as one read of about this time gives, so that no writer waits for it. */
const BATCH = { first: 200, most: 5_000, aimMs: 15, mostMs: 40 };
/** The values of a batch lie in memory at once; a batch of one entry may be larger. */
const MOST_CHARS = 8 * 1024 * 1024;
export interface ChangeLogFeedOptions {
  readonly live: LiveDatabase;
  readonly tables: readonly { readonly table: LegacyTable; readonly exact: ExactReader }[];
  /** Tables that the log does not vouch for: they are compared as a whole first. */
  readonly whole: readonly LegacyTable[];
  /** Throws where the schema is not the one that the mappings describe any more. */
  readonly checkSchema: () => void;
  /** Up to where every table of the log is applied, also those that others follow. */
  readonly applied: () => Promise<bigint>;
  readonly signal: AbortSignal;
  /** In whole words. */
  readonly onNote: (text: string) => void;
}

/** An entry of the log: its number, its table's number, the row's key. */
type Entry = readonly [seq: bigint, table: bigint, key: bigint];

/** The changes of a file by the log that triggers write in it, in the order of the legacy program's commits. */
export class ChangeLogFeed implements ChangeFeed {
  readonly kind = 'change-log';
  private readonly watch: CommitWatch;
  private readonly pruner: LogPruner;
  private log: InstalledLog | null = null;
  /** SQLite's number of the schema: as it was looked at last, and as of what is applied. */
  private schemaVersion: bigint | null = null;
  private provenSchema: string | null = null;
  private whole: readonly LegacyTable[];
  private hasSequences = false;
  private hasNotes = false;
  private isWal = false;
  /** The last entry that is applied; null before the first look. */
  private position: bigint | null = null;
  private last: readonly [table: bigint, key: bigint] | null = null;
  /** What the last entry's row was when it was applied; null where that cannot be told. */
  private proof: string | null = null;
  /** Another process, or another file, may have gone before: the last entry's row is asked for however much is behind it. */
  private isDoubtful = true;
  /** What the file says was carried into it has to be asked for, too. */
  private isNoteDue = false;
  private rewrites = 0;
  /** PostgreSQL knows the file by what was seen of it first, also where nothing of it has changed. */
  private isMarked = false;
  private limit = BATCH.first;

  constructor(private readonly options: ChangeLogFeedOptions) {
    this.watch = new CommitWatch(options.live.path);
    this.pruner = new LogPruner(options);
    this.whole = options.whole;
  }

  resume(checkpoint: FeedCheckpoint | null): Promise<void> {
    const { live } = this.options;
    this.position = checkpoint?.position ?? null;
    const { device, inode, bornNs = null, last, schema, row } = (checkpoint?.detail ?? {}) as CheckpointDetail;
    if (device !== undefined && inode !== undefined && !isSameIdentity({ device, inode, bornNs }, live.identity))
      return Promise.reject(new FollowSourceError(live.path, 'it is another file than before'));
    this.isMarked = device !== undefined;
    this.provenSchema = schema ?? null;
    this.last = last ? [BigInt(last[0]), BigInt(last[1])] : null;
    this.proof = row ?? null;
    this.isDoubtful = true;
    return Promise.resolve();
  }

  async next(): Promise<ChangeBatch | null> {
    const { live, signal } = this.options;
    for (;;) {
      live.assertSame();
      let startedNs = 0n;
      const limit = this.limit;
      const batch = await live.read(() => {
        startedNs = process.hrtime.bigint();
        return this.look(limit);
      }, signal);
      const tookMs = Number(process.hrtime.bigint() - startedNs) / 1e6;
      this.adapt(tookMs, batch !== 'too large' && batch !== null);
      if (batch !== 'too large') {
        if (batch) this.watch.found();
        return batch;
      }
      this.limit = Math.max(1, limit >> 1);
    }
  }

  async settled(checkpoint: FeedCheckpoint): Promise<void> {
    await this.resume(checkpoint);
    [this.isDoubtful, this.isNoteDue] = [false, false]; // It was read here.
    this.whole = [];
    await this.pruner.afterBatch(checkpoint.position, { isWal: this.isWal });
  }

  async wait(signal: AbortSignal): Promise<void> {
    if (this.position !== null) await this.pruner.beforeWait(this.position);
    await this.watch.wait(signal);
  }

  close(): Promise<void> {
    this.watch.close();
    this.pruner.close();
    return Promise.resolve();
  }

  /** A busy machine makes one read slow: the limit comes down at once and goes up by and by. */
  private adapt(tookMs: number, isFull: boolean): void {
    if (tookMs > BATCH.mostMs) this.limit = Math.max(1, this.limit >> 1);
    else if (isFull && tookMs < BATCH.aimMs) this.limit = Math.min(BATCH.most, this.limit + Math.ceil(this.limit / 8));
  }

  /** Within a read transaction. */
  private look(limit: number): ChangeBatch | 'too large' | null {
    const { live } = this.options;
    this.checkLog();
    if (live.rewrites !== this.rewrites) [this.isDoubtful, this.isNoteDue] = [true, this.hasNotes];
    this.rewrites = live.rewrites;
    const lastSeq = lastEntry(live);
    const position = this.position ?? lastSeq;
    const entries = live.rows(`SELECT seq, t, k FROM ${LOG} WHERE seq >= ? ORDER BY seq LIMIT ?`, position, BigInt(limit + 1)) as unknown as Entry[]; // prettier-ignore
    const fresh = this.freshOf(entries, { position, lastSeq, isAll: entries.length <= limit });
    const note = this.hasNotes ? noteIn(live) : null;
    if (this.whole.length > 0) return this.wholeTables(position, lastSeq, note);
    if (fresh.length === 0) {
      this.position = position;
      if (this.isMarked && !this.isNoteDue) return null;
      const [last] = entries.filter(([seq]) => seq === position);
      return { changes: [], checkpoint: this.checkpointOf(position, last, note), lagRows: 0, note };
    }
    const until = fresh[fresh.length - 1]!;
    const changes = this.changesOf(fresh, limit);
    if (changes === 'too large') return changes;
    return {
      changes,
      checkpoint: this.checkpointOf(until[0], until, note),
      lagRows: Number(lastSeq - until[0]),
      note,
    };
  }

  /** The entries behind the position. Where the log has lost some, everything is compared. */
  private freshOf(
    entries: readonly Entry[],
    { position, lastSeq, isAll }: { position: bigint; lastSeq: bigint; isAll: boolean },
  ): readonly Entry[] {
    const { live, tables } = this.options;
    const [first] = entries;
    if (lastSeq < position) throw new FollowSourceError(live.path, 'its change log ends before what was applied of it');
    if (!first || first[0] > position + 1n) {
      if (first) this.whole = tables.map(({ table }) => table);
      return [];
    }
    if (first[0] > position) return entries;
    if (this.last && (first[1] !== this.last[0] || first[2] !== this.last[1]))
      throw new FollowSourceError(live.path, 'its change log is not the one that was applied');
    const fresh = entries.slice(1);
    if (isAll || this.isDoubtful) this.checkRow(first, fresh, isAll);
    return fresh;
  }

  /**
   * An older state of the file that got as many new changes as it lacks has the same numbers, and mostly the same keys, at the
   * same places. But the last entry's row is another one there, though no later entry tells of a change.
   */
  private checkRow([seq, table, key]: Entry, fresh: readonly Entry[], isAll: boolean): void {
    const { live } = this.options;
    this.isDoubtful = false;
    if (this.proof === null || this.provenSchema !== String(this.schemaVersion)) return;
    if (fresh.some(([, t, k]) => t === table && k === key)) return;
    const behind = fresh[fresh.length - 1]?.[0] ?? seq;
    const isLater = `SELECT 1 FROM ${LOG} WHERE seq > ? AND t = ? AND k = ? LIMIT 1`;
    if (!isAll && live.rows(isLater, behind, table, key).length > 0) return;
    const now = this.rowOf(table, key);
    if (now !== null && now !== this.proof)
      throw new FollowSourceError(live.path, 'its change log is not the one that was applied');
  }

  /** A digest of the row as it is, and of none; null where a change of it need not be logged: what we carry into a file is not. */
  private rowOf(table: bigint, key: bigint): string | null {
    const { live } = this.options;
    const logged = this.log?.tables[Number(table) - 1];
    if (!logged || live.rows('SELECT 1 FROM sqlite_schema WHERE name = ?', SENT).length > 0) return null;
    const [row] = live.rows(`SELECT * FROM ${quoteName(logged.table)} WHERE ${quoteName(logged.key)} = ?`, key);
    const hash = createHash('sha256');
    for (const value of row ?? ['gone'])
      hash.update(`${typeof value} `).update(value instanceof Uint8Array ? value : `${String(value)} `);
    return hash.digest('base64');
  }

  /** Only at the end of the log everything is behind us: of what is compared as a whole no entry is needed any more. */
  private wholeTables(position: bigint, lastSeq: bigint, note: string | null): ChangeBatch {
    const all = this.whole.length === this.options.tables.length;
    const until = all ? lastSeq : position;
    const everything = [{ from: null, to: null }];
    const changes = this.whole.map((table) => ({
      table,
      keys: [],
      rows: [],
      intervals: everything,
      ...this.highWaterOf(table),
    }));
    const [entry] = this.options.live.rows(`SELECT seq, t, k FROM ${LOG} WHERE seq = ?`, until) as unknown as Entry[];
    return { changes, checkpoint: this.checkpointOf(until, entry, note), lagRows: Number(lastSeq - until) };
  }

  private changesOf(entries: readonly Entry[], limit: number): TableChanges[] | 'too large' {
    const keys = new Map<string, Set<bigint>>();
    for (const [, number, key] of entries) {
      const name = this.log!.tables[Number(number) - 1]?.table;
      if (name === undefined) continue;
      const known = keys.get(name);
      if (known) known.add(key);
      else keys.set(name, new Set([key]));
    }
    let chars = 0;
    const changes: TableChanges[] = [];
    for (const { table, exact } of this.options.tables) {
      const some = keys.get(table.source.table);
      if (!some) continue;
      const sorted = [...some].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const rows: ExactRow[] = [];
      for (const row of exact.byKeys(sorted)) {
        rows.push(row);
        if ('values' in row) for (const value of row.values) chars += value?.length ?? 0;
        if (chars > MOST_CHARS && limit > 1) return 'too large';
      }
      changes.push({ table, keys: sorted, rows, intervals: [], ...this.highWaterOf(table) });
    }
    return changes;
  }

  private highWaterOf({ source }: LegacyTable): { readonly highWater?: bigint } {
    const highWater = this.hasSequences ? highWaterOf(this.options.live, source.table) : null;
    return highWater === null ? {} : { highWater };
  }

  private checkpointOf(position: bigint, entry: Entry | undefined, sent: string | null): FeedCheckpoint {
    const { identity } = this.options.live;
    const last = entry ? { last: [String(entry[1]), String(entry[2])], row: this.rowOf(entry[1], entry[2]) } : {};
    return { position, detail: { ...identity, schema: String(this.schemaVersion), sent, ...last } };
  }

  /**
   * At the first look, and whenever somebody has changed the schema: DROP TABLE takes triggers along, a new unique index has
   * none, and VACUUM may give new numbers to the rows of a table without a key of its own, also while nobody followed.
   */
  private checkLog(): void {
    const { live, tables, checkSchema } = this.options;
    const [[version] = []] = live.rows('PRAGMA schema_version');
    if (version === this.schemaVersion) return;
    const found = findLog((sql, ...params) => live.all(sql, ...params));
    if (!found) throw new LogMissingError(live.path);
    if (this.log && found.log.generation !== this.log.generation)
      throw new LogMissingError(live.path, 'it was installed anew');
    if (found.faults.length > 0) throw new LogMissingError(live.path, found.faults.join('; '));
    checkSchema();
    if (this.provenSchema !== String(version)) {
      const renumbered = tables.filter(({ table }) => table.source.key === 'rowid').map(({ table }) => table);
      this.whole = [...new Set([...this.whole, ...renumbered])];
    }
    this.log = found.log;
    this.hasSequences = live.rows("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'").length > 0;
    this.hasNotes = live.rows('SELECT 1 FROM sqlite_schema WHERE name = ?', SENT).length > 0;
    this.isWal = live.rows('PRAGMA journal_mode')[0]?.[0] === 'wal';
    this.schemaVersion = version as bigint;
  }
}

interface CheckpointDetail extends Partial<FileIdentity> {
  readonly schema?: string;
  readonly last?: readonly [string, string];
  readonly row?: string | null;
}
