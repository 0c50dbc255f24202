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

/** A leaf as the pages above it know it. `upTo` bounds its keys; null for the last leaf, which has no bound. */
export interface LeafBelow {
  readonly page: number;
  readonly upTo: bigint | number | null;
}

/**
 * The leaves of a rowid table in key order; none for an empty table. Reads interior pages and the first and last leaf
 * only. Throws `LEGACY_CORRUPT` for a wrong page type, a pointer out of range, a page met twice, or keys out of order.
 */
export function leafPages(pages: PageFile, rootPage: number): LeafPage[] {
  const leaves: LeafPage[] = [];
  for (const { page, upTo } of leavesBelow(pages, rootPage)) {
    const maxKey = upTo ?? lastKeyOf(pages, page);
    if (maxKey === null) continue;
    const before = leaves.at(-1);
    if (before && maxKey <= before.maxKey) throw corrupt(pages.path, `keys out of order at page ${page}`);
    leaves.push({ page, maxKey });
  }
  return leaves;
}

/**
 * The leaves that may have keys above `after`, one at a time and in key order; the root alone for an empty table. Reads
 * interior pages only. Throws as `leafPages` does.
 */
export function* leavesBelow(pages: PageFile, rootPage: number, after: bigint | null = null): Generator<LeafBelow> {
  yield* new TreeWalk(pages, heightOf(pages, rootPage), after).walk(rootPage, 0, null);
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
  private readonly seen: Uint8Array;
  private lastKey: bigint | number = -(2n ** 63n) - 1n;

  constructor(
    private readonly pages: PageFile,
    private readonly height: number,
    private readonly after: bigint | null,
  ) {
    this.seen = new Uint8Array(pages.pageCount + 1);
  }

  /** `bound` is the key of the parent's cell that points here, null for the right-most path. */
  *walk(pageNo: number, depth: number, bound: bigint | number | null): Generator<LeafBelow> {
    if (depth === this.height) {
      yield this.leaf(pageNo, bound);
      return;
    }
    this.visit(pageNo);
    const page = this.pages.read(pageNo);
    const start = headerStart(pageNo);
    if (page[start] !== interior) throw corrupt(this.pages.path, `page ${pageNo} is no interior table page`);
    const cells = page.readUInt16BE(start + 3);
    const isAboveLeaves = depth + 1 === this.height;
    for (let i = 0; i < cells; i++) {
      const child = childAt(this.pages, page, pageNo, i);
      if (this.after !== null && child.key <= this.after) continue;
      // A generator for each leaf would take as long as all the rest.
      if (isAboveLeaves) yield this.leaf(child.page, child.key);
      else yield* this.walk(child.page, depth + 1, child.key);
    }
    yield* this.walk(page.readUInt32BE(start + 8), depth + 1, bound);
  }

  private leaf(page: number, upTo: bigint | number | null): LeafBelow {
    this.visit(page);
    this.checkOrder(page, upTo);
    return { page, upTo };
  }

  private checkOrder(pageNo: number, bound: bigint | number | null): void {
    if (bound === null) return;
    if (bound <= this.lastKey) throw corrupt(this.pages.path, `keys out of order at page ${pageNo}`);
    this.lastKey = bound;
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
