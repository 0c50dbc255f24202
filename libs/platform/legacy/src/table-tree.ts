import { corrupt } from './legacy.errors';
import type { PageFile } from './page-file';

/** A leaf of a table's b-tree. Its rows have keys in (`maxKey` of the leaf before, `maxKey`]. */
export interface LeafPage {
  readonly page: number;
  /** A number where it is a safe integer. An upper bound: the row itself may have been deleted. */
  readonly maxKey: bigint | number;
}

const interior = 5;
const leaf = 13;
/** A b-tree of SQLite is never deeper (BTCURSOR_MAX_DEPTH). */
const maxDepth = 20;

/**
 * The leaves of a rowid table in key order; none for an empty table. Reads interior pages and the first and last leaf
 * only. Throws `LEGACY_CORRUPT` for a wrong page type, a pointer out of range, a page met twice, or keys out of order.
 */
export function leafPages(pages: PageFile, rootPage: number): LeafPage[] {
  const tree = new TreeWalk(pages, heightOf(pages, rootPage));
  tree.walk(rootPage, 0, null);
  return tree.leaves;
}

function heightOf(pages: PageFile, rootPage: number): number {
  let pageNo = rootPage;
  for (let height = 0; height < maxDepth; height++) {
    const page = pages.read(pageNo);
    const start = headerStart(pageNo);
    if (page[start] === leaf) return height;
    if (page[start] !== interior) throw corrupt(pages.path, `page ${pageNo} is no table page`);
    pageNo = page.readUInt16BE(start + 3) > 0 ? childAt(pages, page, pageNo, 0).page : page.readUInt32BE(start + 8);
  }
  throw corrupt(pages.path, `the tree of page ${rootPage} is deeper than ${maxDepth}`);
}

class TreeWalk {
  readonly leaves: LeafPage[] = [];
  private readonly seen: Uint8Array;
  private lastKey: bigint | number = -(2n ** 63n) - 1n;

  constructor(
    private readonly pages: PageFile,
    private readonly height: number,
  ) {
    this.seen = new Uint8Array(pages.pageCount + 1);
  }

  /** `bound` is the key of the parent's cell that points here, null for the right-most path. */
  walk(pageNo: number, depth: number, bound: bigint | number | null): void {
    this.visit(pageNo);
    if (depth === this.height) return this.addLeaf(pageNo, bound);
    const page = this.pages.read(pageNo);
    const start = headerStart(pageNo);
    if (page[start] !== interior) throw corrupt(this.pages.path, `page ${pageNo} is no interior table page`);
    const cells = page.readUInt16BE(start + 3);
    for (let i = 0; i < cells; i++) {
      const child = childAt(this.pages, page, pageNo, i);
      this.walk(child.page, depth + 1, child.key);
    }
    this.walk(page.readUInt32BE(start + 8), depth + 1, bound);
  }

  private addLeaf(pageNo: number, bound: bigint | number | null): void {
    const maxKey = bound ?? lastKeyOf(this.pages, pageNo);
    if (maxKey === null) return;
    if (maxKey <= this.lastKey) throw corrupt(this.pages.path, `keys out of order at page ${pageNo}`);
    this.lastKey = maxKey;
    this.leaves.push({ page: pageNo, maxKey });
  }

  private visit(pageNo: number): void {
    if (pageNo < 1 || pageNo > this.pages.pageCount) {
      throw corrupt(this.pages.path, `a pointer to page ${pageNo}, of ${this.pages.pageCount}`);
    }
    if (this.seen[pageNo] === 1) throw corrupt(this.pages.path, `page ${pageNo} is in the tree twice`);
    this.seen[pageNo] = 1;
  }
}

/** Page 1 starts with the 100 bytes of the file header. */
const headerStart = (pageNo: number): number => (pageNo === 1 ? 100 : 0);

function childAt(pages: PageFile, page: Buffer, pageNo: number, index: number): { page: number; key: bigint | number } {
  const slot = headerStart(pageNo) + 12 + 2 * index;
  const cell = slot + 2 <= pages.usableSize ? page.readUInt16BE(slot) : pages.usableSize;
  if (cell + 5 > pages.usableSize) throw corrupt(pages.path, `a cell outside page ${pageNo}`);
  return { page: page.readUInt32BE(cell), key: keyAt(pages, page, cell + 4, pageNo) };
}

function lastKeyOf(pages: PageFile, pageNo: number): bigint | number | null {
  const page = pages.read(pageNo);
  const start = headerStart(pageNo);
  if (page[start] !== leaf) throw corrupt(pages.path, `page ${pageNo} is no table leaf`);
  const cells = page.readUInt16BE(start + 3);
  if (cells === 0) return null;
  const slot = start + 8 + 2 * (cells - 1);
  const cell = slot + 2 <= pages.usableSize ? page.readUInt16BE(slot) : pages.usableSize;
  let at = cell;
  while (at < pages.usableSize && at < cell + 8 && (page[at] ?? 0) > 127) at++;
  return keyAt(pages, page, at + 1, pageNo);
}

/** A 64-bit varint, exact: seven bits per byte, eight in the ninth. */
function keyAt(pages: PageFile, page: Buffer, start: number, pageNo: number): bigint | number {
  let short = 0;
  for (let i = 0; i < 7; i++) {
    if (start + i >= pages.usableSize) throw corrupt(pages.path, `a key that leaves page ${pageNo}`);
    const byte = page[start + i] ?? 0;
    short = short * 128 + (byte & 127);
    if (byte < 128) return short;
  }
  if (start + 9 > pages.usableSize) throw corrupt(pages.path, `a key that leaves page ${pageNo}`);
  const eighth = page[start + 7] ?? 0;
  let long = (BigInt(short) << 7n) | BigInt(eighth & 127);
  if (eighth > 127) long = (long << 8n) | BigInt(page[start + 8] ?? 0);
  const key = BigInt.asIntN(64, long);
  return Number.isSafeInteger(Number(key)) ? Number(key) : key;
}
