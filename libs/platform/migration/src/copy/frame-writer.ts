import { zoneOffsetUs, type Conversion } from '../mapping/conversion';
import { FrameReader } from './frame-reader';
import type { FrameColumn } from './frame-sql';
import { DecimalWriter } from './page-decimal';
import { maxScale } from './page-layout';
import { JsonScanner } from './json-scanner';
import { CalendarReader, notPlain, writeSafeInteger } from './page-values';

/** A loop beats the call of `Buffer.copy` up to about here. */
const shortText = 32;

/** Of a value with its length, but without the bytes of a text. */
const mostBytes: Readonly<Record<Conversion['kind'], number>> = {
  text: 4, json: 5, integer: 12, float: 12, decimal: 24, boolean: 5, timestamp: 12, date: 8,
}; // prettier-ignore

interface ColumnState {
  readonly name: string;
  readonly kind: Conversion['kind'];
  readonly nullable: boolean;
  readonly zoneSeconds: number;
  readonly decimal: DecimalWriter | null;
  readonly calendar: CalendarReader;
}

/**
 * Turns the frames of `frameExpression` into tuples of PostgreSQL's binary COPY. Plain, and so vouched for, are the values
 * that `RowWriter` names, infinities aside; a row with another one is left out and named to `odd`.
 */
export class FrameWriter {
  /** By column: decimals of vouched rows that lost digits, since the writer was made. */
  readonly rounded = new Map<string, number>();
  private readonly reader = new FrameReader();
  private readonly json = new JsonScanner();
  private readonly columns: readonly ColumnState[];
  private readonly startsWithKey: boolean;
  private readonly mostRowBytes: number;
  private readonly roundedHere: string[] = [];
  private out = Buffer.alloc(0);
  private view = new DataView(this.out.buffer, 0, 0);

  /** The key, where it is one of the columns, has to be the first. */
  constructor(columns: readonly FrameColumn[]) {
    this.columns = columns.map(stateOf);
    this.startsWithKey = columns[0]?.isKey ?? false;
    this.mostRowBytes = columns.reduce((sum, { conversion }) => sum + mostBytes[conversion.kind], 2);
  }

  /** The tuples of so many frames, freshly allocated and never touched again, so that a socket may keep them. */
  write(frames: Buffer, rows: number, odd: (key: bigint) => void): Buffer {
    const { reader } = this;
    this.out = Buffer.allocUnsafeSlow(frames.length + rows * this.mostRowBytes);
    this.view = new DataView(this.out.buffer, this.out.byteOffset, this.out.length);
    reader.open(frames);
    let p = 0;
    while (reader.at < frames.length) {
      const start = reader.at;
      const end = reader.readNumber() ? this.row(p) : notPlain;
      if (end === notPlain) odd(keyAt(frames, start));
      else p = end;
    }
    return this.out.subarray(0, p);
  }

  /** Reads on to the end of the frame also where a value is not plain. */
  private row(start: number): number {
    const { columns, roundedHere } = this;
    this.view.setInt16(start, columns.length);
    let p = start + 2;
    let isPlain = true;
    for (let i = 0; i < columns.length; i++) {
      const end = this.column(i, p);
      if (end === notPlain) isPlain = false;
      else p = end;
    }
    if (roundedHere.length > 0) {
      if (isPlain) for (const name of roundedHere) this.rounded.set(name, (this.rounded.get(name) ?? 0) + 1);
      roundedHere.length = 0;
    }
    return isPlain ? p : notPlain;
  }

  private column(i: number, p: number): number {
    const column = this.columns[i];
    if (!column) return notPlain;
    switch (column.kind) {
      case 'text':
      case 'json':
      case 'timestamp':
      case 'date': {
        const length = this.reader.readLength();
        if (length < 0) return this.nothing(column, p);
        const from = this.reader.at;
        this.reader.at += length;
        return this.text(column, from, length, p);
      }
      default:
        if (i > 0 || !this.startsWithKey) this.reader.readNumber();
        return this.reader.isNull ? this.nothing(column, p) : this.number(column, p);
    }
  }

  private nothing(column: ColumnState, p: number): number {
    if (!column.nullable) return notPlain;
    this.view.setInt32(p, -1);
    return p + 4;
  }

  private number(column: ColumnState, p: number): number {
    const { value, isInteger } = this.reader;
    switch (column.kind) {
      case 'integer':
        return isInteger ? this.integer(value, p) : notPlain;
      case 'boolean':
        if (!isInteger || (value !== 0 && value !== 1)) return notPlain;
        this.view.setInt32(p, 1);
        this.view.setUint8(p + 4, value);
        return p + 5;
      case 'float':
        if (Number.isNaN(value)) return notPlain;
        this.view.setInt32(p, 8);
        this.view.setFloat64(p + 4, value);
        return p + 12;
      default: {
        if (!column.decimal || Number.isNaN(value)) return notPlain;
        const end = column.decimal.writeReal(value, this.view, p);
        if (end !== notPlain && column.decimal.rounded) this.roundedHere.push(column.name);
        return end;
      }
    }
  }

  private integer(value: number, p: number): number {
    if (Number.isSafeInteger(value)) return writeSafeInteger(this.view, p, value);
    this.view.setInt32(p, 8);
    this.view.setBigInt64(p + 4, this.reader.integer());
    return p + 12;
  }

  private text(column: ColumnState, from: number, length: number, p: number): number {
    const { view } = this.reader;
    switch (column.kind) {
      case 'json':
        if (length === 0 || !this.json.isPlain(view, from, length)) return notPlain;
        this.view.setInt32(p, length + 1);
        this.view.setUint8(p + 4, 1);
        return this.copy(from, length, p + 5);
      case 'timestamp':
        return column.calendar.writeTimestamp(view, from, length, column.zoneSeconds, this.view, p);
      case 'date':
        return column.calendar.writeDate(view, from, length, this.view, p);
      default:
        this.view.setInt32(p, length);
        return this.copy(from, length, p + 4);
    }
  }

  private copy(from: number, length: number, p: number): number {
    const { out } = this;
    const { bytes } = this.reader;
    if (length > shortText) bytes.copy(out, p, from, from + length);
    else for (let i = 0; i < length; i++) out[p + i] = bytes[from + i] ?? 0;
    return p + length;
  }
}

function stateOf({ name, conversion }: FrameColumn): ColumnState {
  const { kind, nullable } = conversion;
  const zoneSeconds = kind === 'timestamp' ? zoneOffsetUs[conversion.zone] / 1_000_000 : 0;
  const isShallow = kind === 'decimal' && conversion.scale <= maxScale;
  const decimal = isShallow ? new DecimalWriter(conversion.precision, conversion.scale) : null;
  return { name, kind, nullable, zoneSeconds, decimal, calendar: new CalendarReader() };
}

const keyAt = (frames: Buffer, at: number): bigint =>
  BigInt(/^-?\d+/.exec(frames.toString('latin1', at, at + 20))?.[0] ?? '');
