import { createHash, hash, type Hash } from 'node:crypto';
import { corrupt } from '../legacy.errors';
import type { PageFile } from '../page-file';
import { LEAF, localBytesOf } from '../salvage/table-page';

const ALGORITHM = 'sha256';

/**
 * Names the content of leaves: of the page as it lies there, and of the overflow pages of its rows. A row that goes on in
 * overflow pages can change in them alone, with every byte of its leaf as it was.
 */
export class LeafStamper {
  private readonly overflowPage: Buffer;
  /** A shorter record is wholly on its leaf. */
  private readonly mostLocal: number;

  constructor(private readonly pages: PageFile) {
    this.overflowPage = Buffer.allocUnsafe(pages.pageSize);
    this.mostLocal = pages.usableSize - 35;
  }

  /** The hash of a leaf, how many rows it has, and their bytes with all pages. Throws `LEGACY_CORRUPT` for a page that is none, or a broken chain. */
  stamp(pageNo: number): LeafStamp {
    const at = this.pages.locate(pageNo);
    const page = this.pages.window.subarray(at, at + this.pages.pageSize);
    const header = pageNo === 1 ? 100 : 0;
    if (page[header] !== LEAF) throw this.broken(pageNo, 'is no table leaf');
    const rows = page.readUInt16BE(header + 3);
    const first = header + 8;
    if (first + 2 * rows > this.pages.usableSize) throw this.broken(pageNo, `claims ${rows} rows`);
    let withChains: Hash | null = null;
    let pages = 1;
    for (let pointer = first; pointer < first + 2 * rows; pointer += 2) {
      const cell = ((page[pointer] ?? 0) << 8) | (page[pointer + 1] ?? 0);
      // A length of one byte is below 128, and no page is so small that such a record would leave it.
      if ((page[cell] ?? 0) < 128) continue;
      const chain = this.chainOf(page, cell, pageNo);
      if (!chain) continue;
      withChains ??= createHash(ALGORITHM).update(page);
      this.addChain(withChains, chain, pageNo);
      pages += chain.count;
    }
    const named = withChains ? withChains.digest('binary') : hash(ALGORITHM, page, 'binary');
    return { hash: named, rows, bytes: pages * this.pages.pageSize };
  }

  /** The overflow pages of a row whose length has two bytes or more; null where it has none. */
  private chainOf(page: Buffer, cell: number, pageNo: number): Chain | null {
    let at = cell;
    let length = 0;
    for (let i = 0; i < 9; i++) {
      const byte = page[at++] ?? 0;
      length = i === 8 ? length * 256 + byte : length * 128 + (byte & 127);
      if (byte < 128) break;
    }
    if (length <= this.mostLocal) return null;
    for (let i = 0; i < 8 && (page[at] ?? 0) > 127; i++) at++;
    at++; // The last byte of the key.
    const { usableSize } = this.pages;
    const local = localBytesOf(length, usableSize, this.mostLocal);
    const pointer = at + local;
    if (pointer + 4 > usableSize) throw this.broken(pageNo, 'has a row that leaves it');
    return { first: page.readUInt32BE(pointer), count: Math.ceil((length - local) / (usableSize - 4)) };
  }

  /** Ends with the row, so a chain that bites its own tail ends too. */
  private addChain(into: Hash, { first, count }: Chain, pageNo: number): void {
    let next = first;
    for (let i = 0; i < count; i++) {
      if (next === 0) throw this.broken(pageNo, 'has a row whose overflow pages end early');
      this.pages.readInto(next, this.overflowPage);
      into.update(this.overflowPage);
      next = this.overflowPage.readUInt32BE(0);
    }
  }

  private broken(page: number, what: string): Error {
    return corrupt(this.pages.path, `page ${page} ${what}`);
  }
}

export interface LeafStamp {
  /** Bytes as a string, see `Stamps`. */
  readonly hash: string;
  readonly rows: number;
  readonly bytes: number;
}

interface Chain {
  readonly first: number;
  readonly count: number;
}
