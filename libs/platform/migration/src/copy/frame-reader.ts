const [minus, point, comma, colon, exclamation, zero, nine] = [0x2d, 0x2e, 0x2c, 0x3a, 0x21, 0x30, 0x39];
/** Powers of ten that a double holds exactly: the quotient of two such numbers is the double nearest to the decimal. */
const exactPowers = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Walks over the frames of `frameExpression`: numbers up to a mark, and texts behind their length. */
export class FrameReader {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, 0, 0);
  /** Where the next number, length or text begins. */
  at = 0;
  /** The number read last; NaN for an integer beyond 2^53 and for the infinities. */
  value = 0;
  isNull = false;
  isInteger = false;
  private from = 0;

  open(frames: Buffer): void {
    this.bytes = frames;
    this.view = new DataView(frames.buffer, frames.byteOffset, frames.length);
    this.at = 0;
  }

  /** Reads a number; true where a comma ends it and not an exclamation mark. */
  readNumber(): boolean {
    const { bytes } = this;
    const from = this.at;
    let at = bytes[from] === minus ? from + 1 : from;
    let digits = 0;
    let fractionFrom = 0;
    let byte = bytes[at] ?? comma;
    while ((byte >= zero && byte <= nine) || (byte === point && fractionFrom === 0)) {
      if (byte === point) fractionFrom = at + 1;
      else digits = digits * 10 + byte - zero;
      byte = bytes[++at] ?? comma;
    }
    this.from = from;
    this.isInteger = fractionFrom === 0;
    const power = exactPowers[this.isInteger ? 0 : at - fractionFrom];
    const isWhole = byte === comma || byte === exclamation;
    this.isNull = isWhole && at === from;
    if (!isWhole || power === undefined || digits > Number.MAX_SAFE_INTEGER) return this.readLongNumber(at, isWhole);
    this.value = bytes[from] === minus ? -digits / power : digits / power;
    this.at = at + 1;
    return byte === comma;
  }

  /** The number read last, which has to be an integer. */
  integer(): bigint {
    return BigInt(this.bytes.toString('latin1', this.from, this.at - 1));
  }

  /** Reads the length of a text; negative for NULL. */
  readLength(): number {
    const { bytes } = this;
    const from = this.at;
    let length = 0;
    let at = from;
    for (let byte = bytes[at] ?? colon; byte !== colon; byte = bytes[++at] ?? colon) length = length * 10 + byte - zero;
    this.at = at + 1;
    return at === from ? -1 : length;
  }

  /** SQLite prints a REAL with a point, and with as many digits as it takes to read the same double from them. */
  private readLongNumber(from: number, isWhole: boolean): boolean {
    let at = from;
    while (this.bytes[at] !== comma && this.bytes[at] !== exclamation && at < this.bytes.length) at++;
    this.at = at + 1;
    this.isInteger &&= isWhole;
    this.value = this.isInteger ? NaN : Number(this.bytes.toString('latin1', this.from, at));
    return this.bytes[at] === comma;
  }
}
