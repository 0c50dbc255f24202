/**
 * Values in PostgreSQL's binary COPY format, straight from the bytes of a record. Each writer puts the length and the
 * value at `p` and returns the position behind it, or `notPlain` where it does not vouch for the value.
 */
export const notPlain = -1;

const daysTo2000 = 730_425; // From 0000-03-01, the start of the calendar formula below.
const secondsPerDay = 86_400;
const firstSecond = (daysFrom2000(1, 1, 1) ?? 0) * secondsPerDay;
const endSecond = (daysFrom2000(9999, 12, 31) ?? 0) * secondsPerDay + secondsPerDay;
const two32 = 4_294_967_296;

/** A 64-bit integer in two halves; `high` is signed. */
export function writeInt64(out: DataView, p: number, high: number, low: number): number {
  out.setInt32(p, 8);
  out.setInt32(p + 4, high);
  out.setUint32(p + 8, low);
  return p + 12;
}

export function writeSafeInteger(out: DataView, p: number, value: number): number {
  const high = Math.floor(value / two32);
  return writeInt64(out, p, high, value - high * two32);
}

/** Remembers the last day read, because neighbouring rows mostly share it. */
export class CalendarReader {
  private first = -1;
  private second = -1;
  private third = -1;
  private days = 0;

  /** `YYYY-MM-DD` as `date`. */
  writeDate(source: DataView, at: number, length: number, out: DataView, p: number): number {
    if (length !== 10 || !this.readDay(source, at)) return notPlain;
    out.setInt32(p, 4);
    out.setInt32(p + 4, this.days);
    return p + 8;
  }

  /** ISO text as `timestamptz`: microseconds since 2000 in UTC. `zoneSeconds` is the offset of a text without one. */
  writeTimestamp(source: DataView, at: number, length: number, zoneSeconds: number, out: DataView, p: number): number {
    if (length < 19 || !this.readDay(source, at)) return notPlain;
    const separator = source.getUint8(at + 10);
    const hour = twoDigits(source, at + 11);
    const minute = twoDigits(source, at + 14);
    const second = twoDigits(source, at + 17);
    const colons = source.getUint8(at + 13) === 58 && source.getUint8(at + 16) === 58;
    if ((separator !== 84 && separator !== 32) || !colons) return notPlain;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return notPlain;
    const end = at + length;
    let tail = at + 19;
    let micros = 0;
    if (tail < end && source.getUint8(tail) === 46) {
      const digits = fractionDigits(source, tail + 1, end);
      if (digits < 1 || digits > 6) return notPlain;
      micros = fractionMicros(source, tail + 1, digits);
      tail += 1 + digits;
    }
    const offset = tail === end ? zoneSeconds : offsetSeconds(source, tail, end);
    const seconds = this.days * secondsPerDay + hour * 3600 + minute * 60 + second - offset;
    if (!(seconds >= firstSecond && seconds < endSecond)) return notPlain; // NaN: no offset that we know.
    return writeMicros(out, p, seconds, micros);
  }

  private readDay(source: DataView, at: number): boolean {
    const first = source.getUint32(at);
    const second = source.getUint32(at + 4);
    const third = source.getUint16(at + 8);
    if (first === this.first && second === this.second && third === this.third) return true;
    if (source.getUint8(at + 4) !== 45 || source.getUint8(at + 7) !== 45) return false;
    const century = twoDigits(source, at);
    const year = twoDigits(source, at + 2);
    if (century < 0 || year < 0) return false;
    const days = daysFrom2000(century * 100 + year, twoDigits(source, at + 5), twoDigits(source, at + 8));
    if (days === null) return false;
    this.first = first;
    this.second = second;
    this.third = third;
    this.days = days;
    return true;
  }
}

/** Proleptic Gregorian, as PostgreSQL; null for a day that does not exist. Years run from March in the formula. */
function daysFrom2000(year: number, month: number, day: number): number | null {
  if (year < 1 || month < 1 || month > 12 || day < 1) return null;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (day > length) return null;
  const y = month < 3 ? year - 1 : year;
  const m = month < 3 ? month + 9 : month - 3;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) + day - 1 - daysTo2000;
}

/** Negative where one is no digit. */
function twoDigits(source: DataView, at: number): number {
  const tens = source.getUint8(at) - 48;
  const ones = source.getUint8(at + 1) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

function fractionDigits(source: DataView, at: number, end: number): number {
  let digits = 0;
  while (at + digits < end && source.getUint8(at + digits) >= 48 && source.getUint8(at + digits) <= 57) digits++;
  return digits;
}

function fractionMicros(source: DataView, at: number, digits: number): number {
  let micros = 0;
  for (let i = 0; i < 6; i++) micros = micros * 10 + (i < digits ? source.getUint8(at + i) - 48 : 0);
  return micros;
}

/** `Z`, `+HH:MM` or `-HH:MM` up to the end; NaN for anything else. */
function offsetSeconds(source: DataView, at: number, end: number): number {
  const sign = source.getUint8(at);
  if (sign === 90) return end - at === 1 ? 0 : NaN;
  if ((sign !== 43 && sign !== 45) || end - at !== 6 || source.getUint8(at + 3) !== 58) return NaN;
  const hours = twoDigits(source, at + 1);
  const minutes = twoDigits(source, at + 4);
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return NaN;
  return (hours * 3600 + minutes * 60) * (sign === 45 ? -1 : 1);
}

function writeMicros(out: DataView, p: number, seconds: number, micros: number): number {
  const value = seconds * 1_000_000 + micros;
  if (Number.isSafeInteger(value)) return writeSafeInteger(out, p, value);
  out.setInt32(p, 8);
  out.setBigInt64(p + 4, BigInt(seconds) * 1_000_000n + BigInt(micros));
  return p + 12;
}
