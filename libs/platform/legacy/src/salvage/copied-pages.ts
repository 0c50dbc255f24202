import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** The lock bytes are on a page that no b-tree uses, in files beyond a gigabyte. */
const LOCK_BYTES_AT = 0x4000_0000;

/** The pages of our own copy of a damaged file, read and written one at a time. */
export class CopiedPages {
  private readonly descriptor: number;
  /** 1 for each page that the damaged file does not have, or not all of. */
  private readonly missing: Uint8Array;

  constructor(
    file: string,
    readonly pageSize: number,
    readonly usableSize: number,
    /** Of the damaged file, as its header says. */
    readonly pageCount: number,
  ) {
    this.descriptor = openSync(file, 'w+', 0o600);
    this.missing = new Uint8Array(pageCount + 1);
    ftruncateSync(this.descriptor, pageCount * pageSize);
  }

  get lockPage(): number {
    return LOCK_BYTES_AT / this.pageSize + 1;
  }

  read(pageNo: number): Buffer {
    const page = Buffer.alloc(this.pageSize);
    for (let done = 0; done < page.length;) {
      const bytes = readSync(this.descriptor, page, done, page.length - done, this.placeOf(pageNo) + done);
      if (bytes === 0) break;
      done += bytes;
    }
    return page;
  }

  write(pageNo: number, page: Buffer): void {
    for (let done = 0; done < page.length;) {
      done += writeSync(this.descriptor, page, done, page.length - done, this.placeOf(pageNo) + done);
    }
  }

  markMissing(pageNo: number): void {
    this.missing[pageNo] = 1;
  }

  isMissing(pageNo: number): boolean {
    return this.missing[pageNo] === 1;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private placeOf(pageNo: number): number {
    return (pageNo - 1) * this.pageSize;
  }
}
