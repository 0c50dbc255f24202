import type { CopiedPages } from './copied-pages';
import { readTablePage, type Bounds, type Leaf } from './table-page';

/** What a page of the damaged file is used for. Every page of a sound file has exactly one use. */
export class PageUses {
  private readonly uses: Uint8Array;

  constructor(readonly pageCount: number) {
    this.uses = new Uint8Array(pageCount + 1);
  }

  isUsed(pageNo: number): boolean {
    return this.uses[pageNo] !== 0;
  }

  /** One more use. Two are as good as many. */
  use(pageNo: number): void {
    this.uses[pageNo] = Math.min(2, (this.uses[pageNo] ?? 0) + 1);
  }

  isShared(pageNo: number): boolean {
    return this.uses[pageNo] === 2;
  }
}

export interface FoundLeaf {
  readonly page: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** A page of a table's tree that cannot be read, and with it everything below it. */
export interface LostTree {
  readonly page: number;
  readonly bounds: Bounds;
  readonly depth: number;
  readonly fault: string;
}

export interface TableShape {
  readonly name: string;
  readonly rootPage: number;
  /** How many values a record of it has at most. */
  readonly columns: number;
}

/** SQLite's own limit. */
const MOST_DEPTH = 20;

/** Walks down a table's tree and keeps what can be believed: leaves with rows, in key order, and where it broke off. */
export class TableSurvey {
  readonly leaves: FoundLeaf[] = [];
  readonly lost: LostTree[] = [];
  /** Of the leaves; null where none can be read. */
  height: number | null = null;

  constructor(
    readonly table: TableShape,
    private readonly pages: CopiedPages,
    private readonly uses: PageUses,
    private readonly roots: ReadonlySet<number>,
  ) {
    this.walk(table.rootPage, { after: null, to: null }, 0);
  }

  /** The role of a page at which the walk broke off: all leaves of a tree are equally deep. */
  isInterior({ depth }: LostTree, hasReclaimed: boolean): boolean {
    return this.height === null ? hasReclaimed : depth < this.height;
  }

  /** Keys in order, after leaves were added. */
  add(leaves: readonly FoundLeaf[]): void {
    this.leaves.push(...leaves);
    this.leaves.sort((a, b) => (a.first < b.first ? -1 : 1));
    for (const { page } of leaves) this.uses.use(page);
  }

  private walk(page: number, bounds: Bounds, depth: number): void {
    const fault = this.misplaced(page, depth);
    if (fault !== null) return this.lose(page, bounds, depth, fault);
    const read = readTablePage(this.pages.read(page), shapeOf(this.pages, page), bounds);
    if (read.kind === 'faulty') return this.lose(page, bounds, depth, read.fault);
    if (read.kind === 'interior') {
      this.uses.use(page);
      let after = bounds.after;
      for (const child of read.children) {
        this.walk(child.page, { after, to: child.to }, depth + 1);
        after = child.to;
      }
      return;
    }
    if (read.columns > this.table.columns) return this.lose(page, bounds, depth, 'has rows with too many values');
    this.uses.use(page);
    this.height = depth;
    const leaf = spanOf(page, read);
    if (leaf) this.leaves.push(leaf);
  }

  private misplaced(page: number, depth: number): string | null {
    if (this.pages.isMissing(page)) return 'is not in the file, which ends before it';
    if (depth > MOST_DEPTH) return 'is deeper than a tree can be';
    const isOther = this.uses.isUsed(page) || (depth > 0 && this.roots.has(page));
    return isOther ? 'is pointed to from two places' : null;
  }

  private lose(page: number, bounds: Bounds, depth: number, fault: string): void {
    this.lost.push({ page, bounds, depth, fault });
  }
}

export const shapeOf = ({ usableSize, pageCount }: CopiedPages, page: number) => ({
  usableSize,
  pageCount,
  headerAt: page === 1 ? 100 : 0,
});

/** Null for a leaf without rows. */
export function spanOf(page: number, { cells }: Leaf): FoundLeaf | null {
  const [first, last] = [cells.at(0), cells.at(-1)];
  return first && last ? { page, first: first.key, last: last.key } : null;
}
