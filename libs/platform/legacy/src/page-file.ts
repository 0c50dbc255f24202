import { corrupt } from './legacy.errors';
import type { RawFile } from './raw-files';
import { noWal, type WalSnapshot } from './write-ahead-log';

/** Small enough to stay in a core's second-level cache: twice as fast as 1 MiB, and a call per 32 pages costs nothing. */
const windowBytes = 1 << 17;
const smallWindowBytes = 1 << 15;

/**
 * The raw pages of one snapshot: the database file with the snapshot's log frames laid over it. Pages are numbered from 1.
 * Valid only while the `LegacyDatabase` that gave it is open, because the snapshot is what keeps the bytes still.
 */
export class PageFile {
  /** Holds the pages that `locate` read last; 128 KiB, reused by the next `locate`. */
  readonly window: Buffer;
  private firstInWindow = 0;
  private pagesInWindow = 0;

  constructor(
    readonly path: string,
    readonly pageSize: number,
    /** Bytes of a page without the reserved tail. */
    readonly usableSize: number,
    readonly pageCount: number,
    private readonly main: RawFile,
    private readonly wal: RawFile | null = null,
    private readonly overlay: WalSnapshot = noWal,
  ) {
    this.window = Buffer.alloc(Math.max(windowBytes, pageSize));
  }

  /** One page, as a copy of its own. */
  read(pageNo: number): Buffer {
    const page = Buffer.allocUnsafe(this.pageSize);
    this.readInto(pageNo, page);
    return page;
  }

  /** One page into a buffer of `pageSize` bytes. Throws `LEGACY_CORRUPT` beyond the end of the snapshot. */
  readInto(pageNo: number, into: Buffer): void {
    this.checkNumber(pageNo);
    const logged = this.overlay.positions.get(pageNo);
    const position = logged ?? (pageNo - 1) * this.pageSize;
    const file = logged === undefined ? this.main : this.wal;
    if (file?.read(into, position) !== this.pageSize) throw corrupt(this.path, `page ${pageNo} is not all there`);
  }

  /**
   * Makes a page available in `window` and returns its offset there. Reads ahead where the calls go forward, so walking
   * a table in key order costs one read per 128 KiB.
   */
  locate(pageNo: number): number {
    const at = pageNo - this.firstInWindow;
    if (at >= 0 && at < this.pagesInWindow) return at * this.pageSize;
    this.fill(pageNo);
    return 0;
  }

  private fill(pageNo: number): void {
    this.checkNumber(pageNo);
    const most = this.window.length / this.pageSize;
    const forward = this.pagesInWindow > 0 && pageNo >= this.firstInWindow && pageNo < this.firstInWindow + 2 * most;
    const wanted = forward ? most : Math.max(1, smallWindowBytes / this.pageSize);
    const pages = Math.min(wanted, this.pageCount - pageNo + 1);
    this.pagesInWindow = 0;
    const target = this.window.subarray(0, pages * this.pageSize);
    const complete = Math.floor(this.main.read(target, (pageNo - 1) * this.pageSize) / this.pageSize);
    let usable = pages;
    for (let i = 0; i < pages && (this.overlay.frames > 0 || complete < pages); i++) {
      const logged = this.overlay.positions.has(pageNo + i);
      if (logged) this.readInto(pageNo + i, target.subarray(i * this.pageSize, (i + 1) * this.pageSize));
      else if (i >= complete) {
        usable = i;
        break;
      }
    }
    if (usable === 0) throw corrupt(this.path, `page ${pageNo} is not all there`);
    this.firstInWindow = pageNo;
    this.pagesInWindow = usable;
  }

  private checkNumber(pageNo: number): void {
    if (pageNo < 1 || pageNo > this.pageCount) {
      throw corrupt(this.path, `a pointer to page ${pageNo}, of ${this.pageCount}`);
    }
  }
}
