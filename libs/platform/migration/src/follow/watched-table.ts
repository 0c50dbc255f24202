import {
  changedIntervals,
  patched,
  Stamps,
  TableView,
  unknownHash,
  type Bounds,
  type Patch,
  type PatchSize,
  type StampedTable,
  type TableStamps,
} from '@sluice/legacy';
import { ExactReader, type ExactRow } from '../exact/exact-reader';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { KeyInterval } from './change-feed';
import type { WatchedFile } from './watch-file';

/** Rows that were read with the stamps of their intervals, in one transaction. `bytes` are of their pages. */
export interface ReadRows {
  readonly intervals: readonly KeyInterval[];
  readonly rows: readonly ExactRow[];
  readonly bytes: number;
}

/**
 * One table of a file that is watched: what of it is applied, and what of it has to be read again.
 *
 * The stamps say of each interval of keys what the file held when the rows were read that the target has now. So a stamp is
 * only taken over together with its rows, out of one transaction: were it older or newer than they, a change that the legacy
 * program takes back between two looks would stay in the target for ever. `byKeys` is for whoever applies rows and needs
 * others beside them: where one is not what its stamp says, nothing is known of its key any more, and the next look reads it
 * again.
 */
export class WatchedTable extends ExactReader {
  private shape = '';
  private stamps = Stamps.unknown;
  /** Changed, and not read again yet; in key order. */
  private pending: Bounds[] = [];
  private doubtful: bigint[] = [];
  private leavesPending = 0;
  private read = { rows: 0, leaves: 0 };

  constructor(
    private readonly file: WatchedFile,
    readonly mapping: LegacyTable,
    choices: Choices,
  ) {
    super(file, mapping, choices);
  }

  /** What was applied when this process or another one ended; null: nothing is known. */
  resume(known: TableStamps | null): void {
    this.shape = known?.shape ?? '';
    this.stamps = known?.stamps ?? Stamps.unknown;
    this.pending = [];
    this.doubtful = [];
  }

  /** The stamps to keep, should the rows that were given so far be applied. What is pending is unknown in them. */
  get known(): TableStamps {
    return { shape: this.shape, stamps: this.stamps };
  }

  get stamped(): StampedTable {
    const { table, key } = this.mapping.source;
    return { table, key };
  }

  get isPending(): boolean {
    return this.pending.length > 0;
  }

  get hasDoubts(): boolean {
    return this.doubtful.length > 0;
  }

  /** About how many rows have to be read again. */
  get rowsPending(): number {
    const perLeaf = this.read.leaves > 0 ? this.read.rows / this.read.leaves : 1;
    return Math.ceil(this.leavesPending * perLeaf);
  }

  /** Takes a look's stamps: what differs from those of the rows that are applied is pending from now on. */
  compare(found: TableStamps): void {
    this.forgetDoubtful();
    this.pending = changedIntervals(this.known, found);
    if (this.shape !== found.shape) this.stamps = Stamps.unknown;
    this.shape = found.shape;
    if (this.pending.length > 0) this.stamps = patched(this.stamps, this.pending.map(unknownIn));
    this.leavesPending = this.pending.reduce(
      (sum, { after, to }) => sum + found.stamps.indexUpTo(to) - found.stamps.indexAbove(after) + 1,
      0,
    );
  }

  /** False where the table was declared anew since the look. Within a transaction of the file. */
  get isAsDeclared(): boolean {
    return new TableView(this.file.current, this.stamped).shape === this.shape;
  }

  /** Reads of what is pending as much as the size allows. Within a transaction of the file. */
  readPending(most: PatchSize): ReadRows {
    const view = new TableView(this.file.current, this.stamped);
    const patches: Patch[] = [];
    const rows: ExactRow[] = [];
    let bytes = 0;
    while (rows.length < most.rows && bytes < most.bytes) {
      const interval = this.pending.shift();
      if (!interval) break;
      const patch = view.patch(interval, { rows: most.rows - rows.length, bytes: most.bytes - bytes });
      if (patch.to !== interval.to) this.pending.unshift({ after: patch.to, to: interval.to });
      for (const row of this.range(patch.after, patch.to)) rows.push(row);
      bytes += patch.bytes;
      this.note(patch);
      patches.push(patch);
    }
    this.stamps = patched(this.stamps, patches);
    return { intervals: patches.map(({ after, to }) => ({ from: after, to })), rows, bytes };
  }

  override *byKeys(keys: readonly bigint[]): Generator<ExactRow> {
    const view = new TableView(this.file.current, this.stamped);
    this.doubtful.push(...keys.filter((key) => !this.isAsStamped(view, key)));
    yield* super.byKeys(keys);
  }

  private isAsStamped(view: TableView, key: bigint): boolean {
    const before = key - 1n;
    const hash = this.stamps.hash(this.stamps.indexAbove(before));
    if (hash === unknownHash) return true; // It will be read again anyway.
    const [stamp] = view.patch({ after: before, to: key }, { rows: 1, bytes: 1 }).stamps;
    return view.shape === this.shape && stamp?.hash.slice(0, hash.length) === hash;
  }

  private forgetDoubtful(): void {
    const keys = [...new Set(this.doubtful)].sort((a, b) => (a < b ? -1 : 1));
    const unknown = keys.map((key) => unknownIn({ after: key - 1n, to: key }));
    if (unknown.length > 0) this.stamps = patched(this.stamps, unknown);
    this.doubtful = [];
  }

  private note({ rows, stamps }: PatchSize & { readonly stamps: readonly unknown[] }): void {
    this.read = { rows: this.read.rows + rows, leaves: this.read.leaves + stamps.length };
    this.leavesPending = Math.max(this.pending.length, this.leavesPending - stamps.length);
  }
}

const unknownIn = ({ after, to }: Bounds): Patch => ({ after, to, stamps: [{ upTo: to, hash: unknownHash }] });
