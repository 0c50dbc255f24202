import { leafPages, type LeafPage, type LegacyDatabase, type PageFile } from '@sluice/legacy';
import { quoteName } from '../exact/legacy-value';
import type { LegacyTable } from '../mapping/legacy-table';
import type { KeyRange, Lane, RangeStream } from './lane';
import { copyHeader, copyTrailer, PageEncoder } from './page-encoder';
import { canEncode, type PageLayout } from './page-layout';
import { targetName } from '../exact/target-name';

/**
 * The fast lane: the leaf pages of the table's b-tree, turned into binary COPY without a JavaScript value per text. A
 * range is a run of leaves, so its key bounds are exact and the same for the same snapshot.
 */
export class PagesLane implements Lane {
  readonly name = 'pages';
  private readonly leaves: readonly LeafPage[];

  private constructor(
    private readonly table: LegacyTable,
    private readonly pages: PageFile,
    private readonly layout: PageLayout,
    private readonly leavesPerRange: number,
    leaves: readonly LeafPage[],
  ) {
    this.leaves = leaves;
  }

  /** The lane, or why this table has to go another way. `rowBytes` is the average size of its rows. */
  static of(
    database: LegacyDatabase,
    table: LegacyTable,
    size: { readonly rows: number; readonly rowBytes: number; readonly rangeBytes: number },
  ): PagesLane | string {
    const info = database.table(table.source.table);
    if (!info) return 'there is no such table';
    const pages = database.pages();
    if (!pages) return `its texts are ${database.encoding}`;
    const encodable = canEncode(info, table);
    if ('reason' in encodable) return encodable.reason;
    const leaves = leafPages(pages, info.rootPage);
    const rowsPerLeaf = Math.max(1, size.rows / Math.max(1, leaves.length));
    const leavesPerRange = Math.max(1, Math.floor(size.rangeBytes / Math.max(1, size.rowBytes) / rowsPerLeaf));
    return new PagesLane(table, pages, encodable.layout, leavesPerRange, leaves);
  }

  get copySql(): string {
    const columns = this.layout.columns.map(({ name }) => quoteName(name)).join(', ');
    return `COPY ${targetName(this.table)} (${columns}) FROM STDIN WITH (FORMAT binary)`;
  }

  plan(): KeyRange[] {
    const ranges: KeyRange[] = [];
    let from: bigint | null = null;
    for (let i = this.leavesPerRange; i < this.leaves.length; i += this.leavesPerRange) {
      const to: bigint = BigInt(this.leaves[i - 1]?.maxKey ?? 0);
      ranges.push({ from, to });
      from = to;
    }
    return [...ranges, { from, to: null }];
  }

  *stream(range: KeyRange): RangeStream {
    const odd: bigint[] = [];
    yield { bytes: copyHeader() };
    const encoder = new PageEncoder(this.pages, this.layout);
    for (const bytes of encoder.encode(this.leavesOf(range), (key) => odd.push(key))) yield { bytes };
    yield { bytes: copyTrailer() };
    if (odd.length > 0) yield { odd };
    yield { rules: new Map([...encoder.rounded].map(([column, count]) => [`${column}: rounded`, count])) };
  }

  private leavesOf({ from, to }: KeyRange): number[] {
    const first = from === null ? 0 : this.firstAbove(from);
    const end = to === null ? this.leaves.length : this.firstAbove(to);
    return this.leaves.slice(first, end).map(({ page }) => page);
  }

  /** The first leaf that may hold keys above this one: leaves are in key order. */
  private firstAbove(key: bigint): number {
    let low = 0;
    let high = this.leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (BigInt(this.leaves[middle]?.maxKey ?? 0) > key) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
