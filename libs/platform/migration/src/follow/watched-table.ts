import { changedIntervals, patched, Stamps, stampTable, TableView, unknownHash, type Bounds, type PatchSize } from '@sluice/legacy';
import { ExactReader, type ExactRow } from '../exact/exact-reader';
import type { Choices, LegacyTable } from '../mapping/legacy-table';
import type { KeyInterval } from './change-feed';
import type { WatchedFile } from './watch-file';

/** Rows that were read with the stamps of their interval, in one transaction. */
export interface ReadInterval extends KeyInterval {
  readonly rows: readonly ExactRow[];
}

/**
 * One table of a file that is watched: what of it is applied, and what of it has to be read again.
 *
 * The stamps say of each interval of keys what the file held when the rows were read that the target has now. So a stamp is
 * only taken over together with its rows, out of one transaction: were it older or newer than they, a change that the legacy
 * program takes back between two looks would stay in the target for ever. For the same reason `byKeys`, which is for whoever
 * applies rows and needs others beside them, gives none that differ from their stamp: those are read again by the next look.
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
  resume(known: { readonly shape: string; readonly stamps: Stamps } | null): void {
    this.shape = known?.shape ?? '';
    this.stamps = known?.stamps ?? Stamps.unknown;
    this.pending = [];
    this.doubtful = [];
  }

  /** The stamps to keep, should the rows that were given so far be applied. What is pending is unknown in them. */
  get known(): { readonly shape: string; readonly stamps: Stamps } {
    return { shape: this.shape, stamps: this.stamps };
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

  /** Finds what changed since the stamps were taken. */
  async look(signal: AbortSignal): Promise<void> {
    const { table, key } = this.mapping.source;
    const found = await stampTable(this.file.path, { table, key }, { patienceMs: Infinity, signal });
    this.forgetDoubtful();
    this.pending = changedIntervals(this.known, found);
    if (this.shape !== found.shape) this.stamps = Stamps.unknown;
    this.shape = found.shape;
    this.stamps = patched(this.stamps, this.pending.map(unknownIn));
    this.leavesPending = this.pending.reduce(
      (sum, { after, to }) => sum + found.stamps.indexAbove(to) - found.stamps.indexAbove(after) + 1,
      0,
    );
  }

  /**
   * Reads of what is pending as much as the size allows, within a transaction of the file. Null where the table was declared
   * anew since the look.
   */
  readPending(most: PatchSize): ReadInterval[] | null {
    const view = new TableView(this.file.current, { table: this.mapping.source.table, key: this.mapping.source.key });
    if (view.shape !== this.shape) return null;
    const read: ReadInterval[] = [];
    const patches = [];
    let [rows, bytes] = [0, 0];
    while (rows < most.rows && bytes < most.bytes) {
      const interval = this.pending.shift();
      if (!interval) break;
      const patch = view.patch(interval, { rows: most.rows - rows, bytes: most.bytes - bytes });
      if (patch.to !== interval.to) this.pending.unshift({ after: patch.to, to: interval.to });
      rows += patch.rows;
      bytes += patch.bytes;
      this.note(patch);
      patches.push(patch);
      read.push({ from: patch.after, to: patch.to, rows: [...this.range(patch.after, patch.to)] });
    }
    this.stamps = patched(this.stamps, patches);
    return read;
  }

  override *byKeys(keys: readonly bigint[]): Generator<ExactRow> {
    const { table, key } = this.mapping.source;
    const view = new TableView(this.file.current, { table, key });
    const isKnown = (one: bigint): boolean => view.shape === this.shape && this.isAsStamped(view, one);
    const known = keys.filter(isKnown);
    if (known.length < keys.length) {
      const some = new Set(known);
      this.doubtful.push(...keys.filter((one) => !some.has(one)));
    }
    if (known.length > 0) yield* super.byKeys(known);
  }

  private isAsStamped(view: TableView, key: bigint): boolean {
    const before = key - 1n;
    const [stamp] = view.patch({ after: before, to: key }, { rows: 1, bytes: 1 }).stamps;
    const hash = this.stamps.hash(this.stamps.indexAbove(before));
    return hash !== unknownHash && stamp?.hash.slice(0, hash.length) === hash;
  }

  /** The target may lack a row that could not be vouched for: of its key nothing is known. */
  private forgetDoubtful(): void {
    const keys = [...new Set(this.doubtful)].sort((a, b) => (a < b ? -1 : 1));
    this.stamps = patched(
      this.stamps,
      keys.map((key) => unknownIn({ after: key - 1n, to: key })),
    );
    this.doubtful = [];
  }

  private note({ rows, stamps }: PatchSize & { readonly stamps: readonly unknown[] }): void {
    this.read = { rows: this.read.rows + rows, leaves: this.read.leaves + stamps.length };
    this.leavesPending = Math.max(this.pending.length, this.leavesPending - stamps.length);
  }
}

const unknownIn = ({ after, to }: Bounds) => ({ after, to, stamps: [{ upTo: to, hash: unknownHash }] });
