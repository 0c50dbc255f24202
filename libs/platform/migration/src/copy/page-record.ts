import { corrupt, type PageFile } from '@sluice/legacy';

const leafType = 13;
const two21 = 2_097_152;
const two28 = 268_435_456;
/** Bytes of the serial types 0 to 9; 10 and 11 never occur in a file. */
const fixedBytes = Uint8Array.from([0, 1, 2, 3, 4, 6, 8, 8, 0, 0]);

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** A longer record would need several buffers of its size between its pages and the socket. */
const MOST_RECORD_BYTES = 2 * 1024 * 1024;

/**
 * Finds the fields of a table's rows (https://sqlite.org/fileformat2.html#b_tree_pages and #record_format). After
 * `readCell` and `readFields` they are at `offsets` in `source`. Every position is checked against page, cell and record.
 */
export class RecordReader {
  /** The page window, or `joined` where the row continues on overflow pages. */
  source: Buffer;
  view: DataView;
  start = 0;
  /** Bytes of the record. */
  length = 0;
  keyHigh = 0;
  keyLow = 0;
  /** Fields in this record; those behind are missing. */
  present = 0;
  readonly types: Int32Array;
  readonly offsets: Int32Array;
  private readonly window: DataView;
  private readonly overflowPage: Buffer;
  private joined = Buffer.alloc(0);
  private joinedView = viewOf(this.joined);
  private at = 0;

  constructor(
    private readonly pages: PageFile,
    private readonly fields: number,
  ) {
    this.source = pages.window;
    this.window = viewOf(pages.window);
    this.view = this.window;
    this.overflowPage = Buffer.alloc(pages.pageSize);
    this.types = new Int32Array(fields);
    this.offsets = new Int32Array(fields);
  }

  /** The row's key, exact. */
  get key(): bigint {
    return (BigInt(this.keyHigh) << 32n) | BigInt(this.keyLow);
  }

  /** The number of cells of the leaf that the window holds at `base`. */
  openLeaf(page: number, base: number): number {
    const start = page === 1 ? base + 100 : base;
    if (this.window.getUint8(start) !== leafType) throw this.broken(page, 'is no table leaf');
    const cells = this.window.getUint16(start + 3);
    if (start - base + 8 + 2 * cells > this.pages.usableSize) throw this.broken(page, `claims ${cells} rows`);
    return cells;
  }

  /** Reads length and key of a cell and brings the whole record together; false: it is too long for that. */
  readCell(page: number, base: number, index: number): boolean {
    const pointers = (page === 1 ? base + 100 : base) + 8;
    const cell = this.window.getUint16(pointers + 2 * index);
    const { usableSize } = this.pages;
    if (cell < 8 || cell + 2 > usableSize) throw this.broken(page, 'has a row outside itself');
    const end = base + usableSize;
    this.at = base + cell;
    this.length = this.readLength(page, end);
    this.readKey(page, end);
    const local = this.localBytes();
    const overflows = local < this.length;
    if (this.at + local + (overflows ? 4 : 0) > end) throw this.broken(page, 'has a row that leaves it');
    if (this.length > MOST_RECORD_BYTES) return false;
    if (overflows) {
      this.join(page, local);
      return true;
    }
    this.source = this.pages.window;
    this.view = this.window;
    this.start = this.at;
    return true;
  }

  /** Fills `types` and `offsets`; false where the record's header does not fit the record. */
  readFields(): boolean {
    const { view, types, offsets, fields, start } = this;
    const end = start + this.length;
    if (this.length < 1) return false;
    let h = start;
    let headerBytes = view.getUint8(h++);
    if (headerBytes > 127) {
      headerBytes &= 127;
      for (let more = 128; more > 127 && h < end;) {
        more = view.getUint8(h++);
        headerBytes = headerBytes * 128 + (more & 127);
      }
    }
    const headerEnd = start + headerBytes;
    if (headerEnd > end || headerEnd < h) return false;
    let data = headerEnd;
    let i = 0;
    while (h < headerEnd) {
      let type = view.getUint8(h++);
      if (type > 127) {
        type &= 127;
        for (let more = 128; more > 127;) {
          if (h >= headerEnd) return false;
          more = view.getUint8(h++);
          type = type * 128 + (more & 127);
        }
      }
      if (i === fields || type === 10 || type === 11) return false;
      const size = type < 10 ? (fixedBytes[type] ?? 0) : Math.floor((type - 12) / 2);
      if (size > end - data) return false;
      types[i] = type;
      offsets[i] = data;
      data += size;
      i++;
    }
    this.present = i;
    return true;
  }

  private readLength(page: number, end: number): number {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      if (this.at >= end) throw this.broken(page, 'has a row that leaves it');
      const byte = this.window.getUint8(this.at++);
      value = i === 8 ? value * 256 + byte : value * 128 + (byte & 127);
      if (byte < 128) break;
    }
    if (value > this.pages.pageCount * this.pages.usableSize || value > 0x7fffffff) {
      throw this.broken(page, `has a row of ${value} bytes`);
    }
    return value;
  }

  /** Seven bits per byte, most significant first; a ninth byte gives eight. Kept as two halves, so exact. */
  private readKey(page: number, end: number): void {
    const { window } = this;
    let value = 0;
    for (let i = 0; i < 7; i++) {
      if (this.at >= end) throw this.broken(page, 'has a row that leaves it');
      const byte = window.getUint8(this.at++);
      value = value * 128 + (byte & 127);
      if (byte < 128) {
        this.keyHigh = Math.floor(value / 4_294_967_296);
        this.keyLow = value >>> 0;
        return;
      }
    }
    if (this.at + 2 > end) throw this.broken(page, 'has a row that leaves it');
    // `value` has 49 bits now: split them at 21 so that the shifts below stay within 32 bits.
    const upper = Math.floor(value / two28);
    const lower = value % two28;
    const eighth = window.getUint8(this.at++);
    if (eighth < 128) {
      this.keyHigh = (upper << 3) | (lower >>> 25);
      this.keyLow = ((lower << 7) | eighth) >>> 0;
      return;
    }
    const ninth = window.getUint8(this.at++);
    this.keyHigh = ((upper % two21) << 11) | (lower >>> 17);
    this.keyLow = ((lower << 15) | ((eighth & 127) << 8) | ninth) >>> 0;
  }

  /** How much of the record is in the cell itself (https://sqlite.org/fileformat2.html#cell_payload_overflow_pages). */
  private localBytes(): number {
    const { usableSize } = this.pages;
    const most = usableSize - 35;
    if (this.length <= most) return this.length;
    const least = Math.floor(((usableSize - 12) * 32) / 255) - 23;
    const surplus = least + ((this.length - least) % (usableSize - 4));
    return surplus <= most ? surplus : least;
  }

  /** The chain ends with the record, so a chain that bites its own tail ends too; one that ends early is corrupt. */
  private join(page: number, local: number): void {
    if (this.joined.length < this.length) {
      this.joined = Buffer.allocUnsafe(Math.max(this.length, 65_536));
      this.joinedView = viewOf(this.joined);
    }
    this.pages.window.copy(this.joined, 0, this.at, this.at + local);
    let next = this.window.getUint32(this.at + local);
    for (let done = local; done < this.length;) {
      if (next === 0) throw this.broken(page, 'has a row whose overflow pages end early');
      this.pages.readInto(next, this.overflowPage);
      const bytes = Math.min(this.pages.usableSize - 4, this.length - done);
      this.overflowPage.copy(this.joined, done, 4, 4 + bytes);
      done += bytes;
      next = this.overflowPage.readUInt32BE(0);
    }
    if (next !== 0) throw this.broken(page, 'has a row with too many overflow pages');
    this.source = this.joined;
    this.view = this.joinedView;
    this.start = 0;
  }

  private broken(page: number, what: string): Error {
    return corrupt(this.pages.path, `page ${page} ${what}`);
  }
}
