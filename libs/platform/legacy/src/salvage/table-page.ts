/** A row on a leaf. Places and sizes are bytes on its page. */
export interface Cell {
  readonly start: number;
  readonly size: number;
  readonly key: bigint;
  /** Where the record begins, and how much of it is on this page. */
  readonly recordAt: number;
  readonly localBytes: number;
  /** Bytes of the record on overflow pages, the first of which is `overflow`; both 0 where all of it is here. */
  readonly overflowBytes: number;
  readonly overflow: number;
}

export interface Leaf {
  readonly kind: 'leaf';
  readonly cells: readonly Cell[];
  /** The most values that a record on it has; 0 where no record's header is on the page. */
  readonly columns: number;
}

export interface Interior {
  readonly kind: 'interior';
  /** In key order, with the greatest key that the page below may have; null for the last. */
  readonly children: readonly { readonly page: number; readonly to: bigint | null }[];
}

export interface Faulty {
  readonly kind: 'faulty';
  readonly fault: string;
}

/** Keys in (`after`, `to`]; null where there is no bound. */
export interface Bounds {
  readonly after: bigint | null;
  readonly to: bigint | null;
}

export const LEAF = 13;
export const INTERIOR = 5;
const LEAF_HEADER = 8;
const INTERIOR_HEADER = 12;
/** SQLite's own limit of a row. */
const MOST_RECORD_BYTES = 2_147_483_647;

const faulty = (fault: string): Faulty => ({ kind: 'faulty', fault });

/**
 * A page of a rowid table's b-tree, believed only as a whole: every cell lies on the page and on no other, keys ascend and are
 * within the bounds that the parent gives, and each record is as long as its header says. A page that does not hold all of
 * that may hold anything, also where single rows of it look well.
 */
export function readTablePage(page: Buffer, shape: PageShape, bounds: Bounds): Leaf | Interior | Faulty {
  const type = page[shape.headerAt];
  if (type !== LEAF && type !== INTERIOR) {
    return faulty(page.every((byte) => byte === 0) ? 'is all zeros' : 'is no page of a table');
  }
  try {
    return type === LEAF ? readLeaf(page, shape, bounds) : readInterior(page, shape, bounds);
  } catch (error) {
    if (error instanceof PageFault) return faulty(error.message);
    throw error;
  }
}

export interface PageShape {
  readonly usableSize: number;
  readonly pageCount: number;
  /** 100 on page 1, 0 on every other. */
  readonly headerAt: number;
}

/** Thrown and caught in this file. */
class PageFault extends Error {}

function readLeaf(page: Buffer, shape: PageShape, bounds: Bounds): Leaf {
  let columns = 0;
  const starts = cellStarts(page, shape, LEAF_HEADER);
  const cells = starts.map((start) => {
    const cell = readCell(page, start, shape);
    columns = Math.max(columns, checkRecord(page, cell));
    return cell;
  });
  checkApart(cells);
  checkKeys(
    cells.map(({ key }) => key),
    bounds,
  );
  return { kind: 'leaf', cells, columns };
}

function readInterior(page: Buffer, shape: PageShape, bounds: Bounds): Interior {
  const children = cellStarts(page, shape, INTERIOR_HEADER).map((start) => {
    const key = new Varints(page, start + 4, shape.usableSize).next();
    return { page: page.readUInt32BE(start), to: key };
  });
  checkKeys(
    children.map(({ to }) => to),
    bounds,
  );
  const all = [...children, { page: page.readUInt32BE(shape.headerAt + 8), to: bounds.to }];
  const stray = all.find((child) => child.page < 2 || child.page > shape.pageCount);
  if (stray) throw new PageFault(`points to page ${stray.page}, of ${shape.pageCount}`);
  return { kind: 'interior', children: all };
}

function cellStarts(page: Buffer, { headerAt, usableSize }: PageShape, headerBytes: number): number[] {
  const count = page.readUInt16BE(headerAt + 3);
  const first = headerAt + headerBytes;
  const end = first + 2 * count;
  if (end > usableSize) throw new PageFault(`says that it has ${count} cells`);
  return Array.from({ length: count }, (_, i) => {
    const start = page.readUInt16BE(first + 2 * i);
    if (start < end || start + 4 > usableSize) throw new PageFault('has a cell that is not on it');
    return start;
  });
}

function readCell(page: Buffer, start: number, { usableSize }: PageShape): Cell {
  const varints = new Varints(page, start, usableSize);
  const payload = Number(varints.next());
  if (payload < 0 || payload > MOST_RECORD_BYTES) throw new PageFault('has a row that is too long');
  const key = varints.next();
  const recordAt = varints.at;
  const localBytes = localBytesOf(payload, usableSize, usableSize - 35);
  const isWhole = localBytes === payload;
  const end = recordAt + localBytes + (isWhole ? 0 : 4);
  if (end > usableSize) throw new PageFault('has a row that leaves it');
  return {
    start,
    size: Math.max(4, end - start),
    key,
    recordAt,
    localBytes,
    overflowBytes: payload - localBytes,
    overflow: isWhole ? 0 : page.readUInt32BE(recordAt + localBytes),
  };
}

/** Where an entry of an index goes on, whose length is at this place; null where it does not, or leaves the page. */
export function overflowOf(
  page: Buffer,
  at: number,
  usableSize: number,
): Pick<Cell, 'overflow' | 'overflowBytes'> | null {
  const varints = new Varints(page, at, usableSize);
  const payload = varints.find();
  if (payload === null || payload > MOST_RECORD_BYTES) return null;
  const localBytes = localBytesOf(payload, usableSize, Math.floor(((usableSize - 12) * 64) / 255) - 23);
  const end = varints.at + localBytes;
  if (localBytes === payload || end + 4 > usableSize) return null;
  return { overflow: page.readUInt32BE(end), overflowBytes: payload - localBytes };
}

/** https://sqlite.org/fileformat2.html#b_tree_pages: how much of a record is on its page, at most `most`. */
export function localBytesOf(payload: number, usableSize: number, most: number): number {
  if (payload <= most) return payload;
  const least = Math.floor(((usableSize - 12) * 32) / 255) - 23;
  const fitting = least + ((payload - least) % (usableSize - 4));
  return fitting <= most ? fitting : least;
}

/** The number of a record's values, which together are as long as it is. A header that goes on elsewhere is not judged. */
function checkRecord(page: Buffer, { recordAt, localBytes, overflowBytes }: Cell): number {
  const varints = new Varints(page, recordAt, recordAt + localBytes);
  const headerBytes = Number(varints.next());
  if (headerBytes > localBytes && overflowBytes > 0) return 0;
  const end = recordAt + headerBytes;
  let bytes = headerBytes;
  let columns = 0;
  while (varints.at < end) {
    bytes += serialBytes(Number(varints.next()));
    columns++;
  }
  if (varints.at !== end || bytes !== localBytes + overflowBytes) {
    throw new PageFault('has a row whose parts do not add up');
  }
  return columns;
}

function serialBytes(type: number): number {
  if (type < 0 || type === 10 || type === 11) throw new PageFault('has a value of a type that there is not');
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type] ?? 0;
}

function checkApart(cells: readonly Cell[]): void {
  const sorted = [...cells].sort((a, b) => a.start - b.start);
  sorted.forEach((cell, i) => {
    const before = sorted[i - 1];
    if (before && before.start + before.size > cell.start) throw new PageFault('has rows that lie over each other');
  });
}

function checkKeys(keys: readonly bigint[], { after, to }: Bounds): void {
  let last = after;
  for (const key of keys) {
    if (last !== null && key <= last) throw new PageFault('has keys that do not ascend, or are another page’s');
    last = key;
  }
  if (to !== null && last !== null && last > to) throw new PageFault('has keys that are another page’s');
}

/** Reads numbers of 1 to 9 bytes, seven bits each, eight in the ninth. */
class Varints {
  constructor(
    private readonly page: Buffer,
    public at: number,
    private readonly end: number,
  ) {}

  next(): bigint {
    let short = 0;
    for (let i = 0; i < 7; i++) {
      const byte = this.byte();
      short = short * 128 + (byte & 127);
      if (byte < 128) return BigInt(short);
    }
    const eighth = this.byte();
    const long = (BigInt(short) << 7n) | BigInt(eighth & 127);
    return BigInt.asIntN(64, eighth < 128 ? long : (long << 8n) | BigInt(this.byte()));
  }

  /** As a number that is not negative; null where there is none. */
  find(): number | null {
    try {
      return Math.max(0, Number(this.next()));
    } catch (error) {
      if (error instanceof PageFault) return null;
      throw error;
    }
  }

  private byte(): number {
    const byte = this.at < this.end ? this.page[this.at++] : undefined;
    if (byte === undefined) throw new PageFault('has a number that leaves it');
    return byte;
  }
}
