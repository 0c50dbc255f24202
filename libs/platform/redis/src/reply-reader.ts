/** Is told of each reply, in order. An array is told as its members. */
export interface ReplySink {
  integer(value: number): void;
  /** The bytes are only lent: whoever keeps them copies them. */
  bulk(bytes: Buffer, start: number, end: number): void;
  nil(): void;
  error(text: string): void;
  /** `+OK` and the like; without it such a reply is none. */
  done?(): void;
}

const [ERROR, DONE, INTEGER, BULK, ARRAY] = [0x2d, 0x2b, 0x3a, 0x24, 0x2a];
const [MINUS, CR, ZERO] = [0x2d, 0x0d, 0x30];
const END_BYTES = 2;

/**
 * Reads replies out of the bytes of a socket, however they are cut. What is incomplete is kept in pieces until all of it is
 * there: joining a large value with every piece would copy it many times over.
 */
export class ReplyReader {
  private pieces: Buffer[] = [];
  private heldBytes = 0;
  /** Of what is held, before there is anything to read in it. */
  private neededBytes = 0;

  constructor(private readonly sink: ReplySink) {}

  /** Throws where the bytes are no replies; nothing can be read after that. */
  take(chunk: Buffer): void {
    const bytes = this.heldBytes === 0 ? chunk : this.joined(chunk);
    if (bytes === null) return;
    let at = 0;
    while (at < bytes.length) {
      const next = this.read(bytes, at);
      if (next === 0) break;
      at = next;
    }
    if (at === bytes.length) return;
    this.pieces.push(bytes.subarray(at));
    this.heldBytes = bytes.length - at;
  }

  private joined(chunk: Buffer): Buffer | null {
    this.pieces.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes < this.neededBytes) return null;
    const bytes = Buffer.concat(this.pieces, this.heldBytes);
    this.pieces = [];
    this.heldBytes = 0;
    return bytes;
  }

  /** Where the next one begins; 0 where this one is incomplete. */
  private read(bytes: Buffer, start: number): number {
    this.neededBytes = 0;
    const kind = bytes[start];
    if (kind === ERROR) return this.readError(bytes, start);
    if (kind === DONE && this.sink.done) return this.readDone(bytes, start);
    if (kind !== INTEGER && kind !== BULK && kind !== ARRAY) throw new Error('Redis sent what is no reply.');
    let at = start + 1;
    const isNegative = at < bytes.length && bytes[at] === MINUS;
    if (isNegative) at++;
    let number = 0;
    for (; at < bytes.length && bytes[at] !== CR; at++) number = number * 10 + digit(bytes[at]!);
    const next = at + END_BYTES;
    if (next > bytes.length) return 0;
    if (kind === INTEGER) this.sink.integer(isNegative ? -number : number);
    if (kind !== BULK) return next;
    if (isNegative) {
      this.sink.nil();
      return next;
    }
    const end = next + number;
    if (end + END_BYTES > bytes.length) {
      this.neededBytes = end + END_BYTES - start;
      return 0;
    }
    this.sink.bulk(bytes, next, end);
    return end + END_BYTES;
  }

  private readDone(bytes: Buffer, start: number): number {
    let at = start + 1;
    while (at < bytes.length && bytes[at] !== CR) at++;
    const next = at + END_BYTES;
    if (next > bytes.length) return 0;
    this.sink.done?.();
    return next;
  }

  private readError(bytes: Buffer, start: number): number {
    const end = bytes.indexOf('\r\n', start);
    if (end < 0) return 0;
    this.sink.error(bytes.toString('utf8', start + 1, end));
    return end + END_BYTES;
  }
}

function digit(byte: number): number {
  const value = byte - ZERO;
  if (value < 0 || value > 9) throw new Error('Redis sent what is no reply.');
  return value;
}
