import type { Conversion } from '../mapping/conversion';
import { zoneOffsetUs } from '../mapping/conversion';
import { JsonScanner } from './json-scanner';
import { DecimalWriter } from './page-decimal';
import type { MissingValue, PageLayout } from './page-layout';
import type { RecordReader } from './page-record';
import { CalendarReader, notPlain, writeInt64, writeSafeInteger } from './page-values';

const kinds = ['key', 'text', 'integer', 'decimal', 'float', 'boolean', 'json', 'timestamp', 'date'] as const;
const [isKey, isText, isInteger, isDecimal, isFloat, isBoolean, isJson, isTimestamp, isDate] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
/** The greatest fixed-size value with its length, a numeric of six groups, and the length and version of a jsonb. */
const mostPerColumn = 32;
/** A copy in words beats the call of `Buffer.copy` up to about here. */
const shortText = 64;
const unknown = -1;

/**
 * Writes one row as a COPY tuple. Plain, and so vouched for, are: TEXT in text and (not empty) json columns, byte for byte,
 * PostgreSQL itself refuses bad UTF-8, NUL and bad JSON, and the scanner JSON of which it would lose a part; INTEGER in integer, float (within +-2^53), decimal and, if 0 or
 * 1, boolean columns; REAL in float and decimal columns; canonical times and dates; NULL where it is allowed.
 */
export class RowWriter {
  used = 0;
  /** By column: decimals that lost digits. */
  readonly rounded: number[];
  private out = Buffer.alloc(0);
  private view = new DataView(this.out.buffer, 0, 0);
  private readonly kinds: Uint8Array;
  private readonly fields: Int32Array;
  private readonly nullable: Uint8Array;
  private readonly real: Uint8Array;
  private readonly zoneSeconds: Int32Array;
  private readonly decimals: readonly (DecimalWriter | null)[];
  private readonly decimalColumns: readonly number[];
  private readonly roundedHere: Uint8Array;
  private hasRounded = false;
  private readonly calendars: readonly CalendarReader[];
  private readonly json = new JsonScanner();
  private readonly missing: MissingFields;

  constructor(layout: PageLayout) {
    const { columns, fields } = layout;
    this.kinds = Uint8Array.from(columns, ({ field, conversion }) =>
      field < 0 ? isKey : kinds.indexOf(conversion.kind),
    );
    this.fields = Int32Array.from(columns, ({ field }) => field);
    this.nullable = Uint8Array.from(columns, ({ conversion }) => (conversion.nullable ? 1 : 0));
    this.real = Uint8Array.from(columns, ({ field }) => (fields[field]?.real ? 1 : 0));
    this.zoneSeconds = Int32Array.from(columns, ({ conversion }) => zoneSeconds(conversion));
    this.decimals = columns.map(({ conversion }) =>
      conversion.kind === 'decimal' ? new DecimalWriter(conversion.precision, conversion.scale) : null,
    );
    this.decimalColumns = columns.flatMap(({ conversion }, i) => (conversion.kind === 'decimal' ? [i] : []));
    this.calendars = columns.map(() => new CalendarReader());
    this.rounded = columns.map(() => 0);
    this.roundedHere = new Uint8Array(columns.length);
    this.missing = new MissingFields(fields.map(({ missing }) => missing));
  }

  get room(): number {
    return this.out.length - this.used;
  }

  /** An upper bound for the tuple of a record of `recordBytes`. */
  mostBytes(recordBytes: number): number {
    return 2 + this.kinds.length * mostPerColumn + recordBytes + this.missing.bytes.length;
  }

  /** Starts a new buffer; the one before belongs to whoever took it. */
  begin(bytes: number): void {
    this.out = Buffer.allocUnsafeSlow(bytes);
    this.view = new DataView(this.out.buffer, this.out.byteOffset, bytes);
    this.used = 0;
  }

  take(): Buffer {
    return this.out.subarray(0, this.used);
  }

  /** False where a value is not plain: then nothing is written. */
  write(record: RecordReader): boolean {
    const columns = this.kinds.length;
    this.view.setInt16(this.used, columns);
    let p = this.used + 2;
    for (let i = 0; i < columns; i++) {
      p = this.kinds[i] === isKey ? writeInt64(this.view, p, record.keyHigh, record.keyLow) : this.column(record, i, p);
      if (p === notPlain) {
        if (this.hasRounded) this.roundedHere.fill(0);
        this.hasRounded = false;
        return false;
      }
    }
    this.used = p;
    if (this.hasRounded) this.countRounded();
    return true;
  }

  private column(record: RecordReader, i: number, p: number): number {
    const field = this.fields[i] ?? 0;
    if (field >= record.present) {
      const { missing } = this;
      return this.value(
        missing.bytes,
        missing.view,
        missing.types[field] ?? unknown,
        missing.offsets[field] ?? 0,
        i,
        p,
      );
    }
    return this.value(record.source, record.view, record.types[field] ?? 0, record.offsets[field] ?? 0, i, p);
  }

  private value(source: Buffer, view: DataView, type: number, at: number, i: number, p: number): number {
    if (type === 0) {
      if (this.nullable[i] === 0) return notPlain;
      this.view.setInt32(p, -1);
      return p + 4;
    }
    if (type >= 13 && (type & 1) === 1) return this.text(source, view, at, (type - 13) / 2, i, p);
    if (type > 9 || type < 1) return notPlain; // A BLOB, or a default that only SQLite can tell.
    return type === 7 ? this.realValue(view, at, i, p) : this.integerValue(view, type, at, i, p);
  }

  private text(source: Buffer, view: DataView, at: number, length: number, i: number, p: number): number {
    const out = this.view;
    switch (this.kinds[i]) {
      case isText:
        out.setInt32(p, length);
        return this.bytes(source, view, at, length, p + 4);
      case isJson:
        if (length === 0 || !this.json.isPlain(view, at, length)) return notPlain;
        out.setInt32(p, length + 1);
        out.setUint8(p + 4, 1);
        return this.bytes(source, view, at, length, p + 5);
      case isTimestamp:
        return this.calendars[i]?.writeTimestamp(view, at, length, this.zoneSeconds[i] ?? 0, out, p) ?? notPlain;
      case isDate:
        return this.calendars[i]?.writeDate(view, at, length, out, p) ?? notPlain;
      default:
        return notPlain;
    }
  }

  private bytes(source: Buffer, view: DataView, at: number, length: number, p: number): number {
    if (length > shortText) {
      source.copy(this.out, p, at, at + length);
      return p + length;
    }
    const out = this.view;
    let k = 0;
    for (; k + 4 <= length; k += 4) out.setUint32(p + k, view.getUint32(at + k));
    for (; k < length; k++) out.setUint8(p + k, view.getUint8(at + k));
    return p + length;
  }

  private realValue(view: DataView, at: number, i: number, p: number): number {
    const value = view.getFloat64(at);
    if (Number.isNaN(value)) return notPlain; // SQLite reads it as NULL.
    if (this.kinds[i] === isFloat) return writeInt64(this.view, p, view.getInt32(at), view.getUint32(at + 4));
    return this.kinds[i] === isDecimal ? this.decimal(value, i, p) : notPlain;
  }

  private integerValue(view: DataView, type: number, at: number, i: number, p: number): number {
    const kind = this.kinds[i];
    if (kind === isInteger && type === 6 && this.real[i] === 0) {
      return writeInt64(this.view, p, view.getInt32(at), view.getUint32(at + 4));
    }
    const value = readInteger(view, type, at);
    if (!Number.isSafeInteger(value)) return notPlain;
    if (kind === isFloat) {
      this.view.setInt32(p, 8);
      this.view.setFloat64(p + 4, value);
      return p + 12;
    }
    if (kind === isDecimal) return this.decimal(value, i, p);
    if (this.real[i] === 1) return notPlain; // To SQLite it is a REAL: the exact lane counts the rule.
    if (kind === isInteger) return writeSafeInteger(this.view, p, value);
    if (kind !== isBoolean || (value !== 0 && value !== 1)) return notPlain;
    this.view.setInt32(p, 1);
    this.view.setUint8(p + 4, value);
    return p + 5;
  }

  private decimal(value: number, i: number, p: number): number {
    const decimal = this.decimals[i];
    if (!decimal) return notPlain;
    const end = decimal.writeReal(value, this.view, p);
    if (end !== notPlain && decimal.rounded) {
      this.roundedHere[i] = 1;
      this.hasRounded = true;
    }
    return end;
  }

  /** Only now, because a later column may have made the row odd. */
  private countRounded(): void {
    for (const i of this.decimalColumns) {
      this.rounded[i] = (this.rounded[i] ?? 0) + (this.roundedHere[i] ?? 0);
      this.roundedHere[i] = 0;
    }
    this.hasRounded = false;
  }
}

const zoneSeconds = (conversion: Conversion): number =>
  conversion.kind === 'timestamp' ? zoneOffsetUs[conversion.zone] / 1_000_000 : 0;

/** Serial types 1 to 6, 8 and 9. Beyond 2^53 the result is not a safe integer. */
function readInteger(view: DataView, type: number, at: number): number {
  switch (type) {
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getInt16(at);
    case 3:
      return view.getInt8(at) * 65_536 + view.getUint16(at + 1);
    case 4:
      return view.getInt32(at);
    case 5:
      return view.getInt16(at) * 4_294_967_296 + view.getUint32(at + 2);
    case 6:
      return view.getInt32(at) * 4_294_967_296 + view.getUint32(at + 4);
    default:
      return type - 8;
  }
}

/** The defaults of a table's columns in the form of a record, for rows that are older than a column. */
class MissingFields {
  readonly types: Int32Array;
  readonly offsets: Int32Array;
  readonly bytes: Buffer;
  readonly view: DataView;

  constructor(values: readonly MissingValue[]) {
    const parts = values.map(bytesOf);
    const padding = Buffer.alloc(8); // Readers may look at a few bytes behind a short text.
    this.bytes = Buffer.concat([...parts, padding]);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.types = Int32Array.from(values, (value, i) => typeOf(value, parts[i]?.length ?? 0));
    this.offsets = Int32Array.from(parts, (_part, i) => parts.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  }
}

function bytesOf(value: MissingValue): Buffer {
  const bytes = Buffer.alloc(8);
  if (typeof value === 'string') return Buffer.from(value);
  if (typeof value === 'bigint') bytes.writeBigInt64BE(value);
  else if (typeof value === 'number') bytes.writeDoubleBE(value);
  else return Buffer.alloc(0);
  return bytes;
}

function typeOf(value: MissingValue, length: number): number {
  if (value === undefined) return unknown;
  if (value === null) return 0;
  if (typeof value === 'string') return 13 + 2 * length;
  return typeof value === 'bigint' ? 6 : 7;
}
