import { RawFile } from './raw-files';

/** Where the committed frames of one snapshot are. `frames` is 0 where the log plays no part in the snapshot. */
export interface WalSnapshot {
  readonly frames: number;
  readonly salts: readonly [number, number];
  /** Running checksum after the last frame of the snapshot: names its content together with the salts. */
  readonly checksum: readonly [number, number];
  /** Pages of the database at this snapshot, or 0 where `frames` is 0. */
  readonly pageCount: number;
  /** Page number to the position of its newest image in the log file. */
  readonly positions: ReadonlyMap<number, number>;
}

export const noWal: WalSnapshot = {
  frames: 0,
  salts: [0, 0],
  checksum: [0, 0],
  pageCount: 0,
  positions: new Map(),
};

/** The published state of a log as its `-shm` file tells it: what a reader that starts now will see. */
export interface WalIndex {
  readonly frames: number;
  readonly salts: readonly [number, number];
  readonly backfilled: number;
}

const wordsAreLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Reads the header of the wal-index (https://sqlite.org/walformat.html#the_wal_index_file_format); null while a writer
 * is changing it, or where it is not initialised. It is in the machine's byte order.
 */
export function readWalIndex(shm: RawFile): WalIndex | null {
  const bytes = Buffer.alloc(136);
  if (shm.read(bytes, 0) < bytes.length) return null;
  const u32 = (at: number) => (wordsAreLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const initialised = bytes[12] === 1;
  if (!initialised || !bytes.subarray(0, 48).equals(bytes.subarray(48, 96))) return null;
  // The salts are copied from the log byte by byte, so they are big-endian on every machine.
  return { frames: u32(16), salts: [bytes.readUInt32BE(32), bytes.readUInt32BE(36)], backfilled: u32(96) };
}

export const sameIndex = (a: WalIndex, b: WalIndex): boolean =>
  a.frames === b.frames && a.salts[0] === b.salts[0] && a.salts[1] === b.salts[1] && a.backfilled === b.backfilled;

/**
 * Reads exactly the frames of a snapshot and checks salts and checksums of each; null where they do not prove that these
 * are the frames that SQLite sees. Frames committed later are after them in the file and are not looked at.
 */
export function readFrames(wal: RawFile, index: WalIndex, pageSize: number): WalSnapshot | null {
  const header = Buffer.alloc(32);
  if (wal.read(header, 0) < 32 || header.readUInt32BE(8) !== pageSize) return null;
  if (header.readUInt32BE(16) !== index.salts[0] || header.readUInt32BE(20) !== index.salts[1]) return null;
  const sum = new Checksum((header.readUInt32BE(0) & 1) === 1);
  sum.add(header.subarray(0, 24));
  if (!sum.equals(header.readUInt32BE(24), header.readUInt32BE(28))) return null;
  const positions = new Map<number, number>();
  const frame = Buffer.allocUnsafe(24 + pageSize);
  let pageCount = 0;
  for (let i = 0; i < index.frames; i++) {
    const position = 32 + i * frame.length;
    if (wal.read(frame, position) < frame.length) return null;
    if (frame.readUInt32BE(8) !== index.salts[0] || frame.readUInt32BE(12) !== index.salts[1]) return null;
    sum.add(frame.subarray(0, 8));
    sum.add(frame.subarray(24));
    if (!sum.equals(frame.readUInt32BE(16), frame.readUInt32BE(20))) return null;
    positions.set(frame.readUInt32BE(0), position + 24);
    pageCount = frame.readUInt32BE(4);
  }
  if (pageCount === 0) return null; // The last frame of a snapshot is always a commit.
  return { frames: index.frames, salts: index.salts, checksum: [sum.first, sum.second], pageCount, positions };
}

/** The log's running checksum: two sums over pairs of 32-bit words. */
class Checksum {
  first = 0;
  second = 0;

  constructor(private readonly bigEndian: boolean) {}

  add(bytes: Buffer): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const little = !this.bigEndian;
    let first = this.first;
    let second = this.second;
    for (let i = 0; i < bytes.length; i += 8) {
      first = (first + view.getUint32(i, little) + second) >>> 0;
      second = (second + view.getUint32(i + 4, little) + first) >>> 0;
    }
    this.first = first;
    this.second = second;
  }

  equals(first: number, second: number): boolean {
    return this.first === first && this.second === second;
  }
}
