import { zoneOffsetUs, type Zone } from '../mapping/conversion';
import { roundDouble } from './decimal';
import { reject, type Outcome } from './outcome';

const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * A legacy time as PostgreSQL reads it: the wall clock stays as it is and the offset is written behind it, so that no
 * arithmetic can bend it. `labelledAs` replaces the offset of a value whose label is known to be wrong.
 */
export function timestampText(text: string, zone: Zone, labelledAs?: Zone): Outcome {
  const match = FORM.exec(text);
  if (!match) return reject('B23', 'not a time that Python or SQLite writes');
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', offset] = match;
  if (!isRealDay(Number(year), Number(month), Number(day))) return reject('B23', 'no such day');
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return reject('B23', 'no such time of day');
  const shown = labelledAs ? zoneText(labelledAs) : offset ? offsetText(offset) : zoneText(zone);
  if (shown === null) return reject('B23', 'no such offset');
  const instantYear = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${shown}`).getUTCFullYear();
  if (instantYear < 1 || instantYear > 9999) return reject('B24', 'an instant outside the years 1 to 9999');
  const digits = fraction ? `.${fraction.slice(0, 6)}` : '';
  const out = `${year}-${month}-${day} ${hour}:${minute}:${second}${digits}${shown}`;
  if (fraction.length > 6) return { text: out, rule: 'nanoseconds-cut', keepOriginal: true };
  return text.length === 10 ? { text: out, rule: 'date-only' } : { text: out };
}

/** `+05:30` of `Z`, `+0530`, `+05`; null beyond what PostgreSQL accepts (16 hours). */
function offsetText(offset: string): string | null {
  if (offset === 'Z') return '+00:00';
  const hours = offset.slice(1, 3);
  const minutes = offset.slice(3).replace(':', '') || '00';
  return Number(hours) < 16 && Number(minutes) < 60 ? `${offset[0]}${hours}:${minutes}` : null;
}

function zoneText(zone: Zone): string {
  const minutes = zoneOffsetUs[zone] / 60_000_000;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `+${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Proleptic Gregorian, as PostgreSQL; the year 0 does not exist. */
export function isRealDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

const UNITS = [
  { rule: 'epoch-s', perSecond: 1, decimals: 6 },
  { rule: 'epoch-ms', perSecond: 1_000, decimals: 3 },
  { rule: 'epoch-us', perSecond: 1_000_000, decimals: 0 },
] as const;
const YEAR_2001 = Date.UTC(2001, 0, 1) / 1000;
const YEAR_2101 = Date.UTC(2101, 0, 1) / 1000;

/** A number in a time column: an epoch where exactly one unit puts it into the years 2001 to 2100. */
export function epochText(value: number): Outcome {
  const fitting = UNITS.filter(({ perSecond }) => value / perSecond >= YEAR_2001 && value / perSecond < YEAR_2101);
  const [unit] = fitting;
  if (!unit || fitting.length > 1) return reject('B21', 'a number that is no epoch between 2001 and 2100');
  // From the exact binary value: the product of a double and a million is wrong in the last microsecond.
  const microseconds = Number(roundDouble(value, unit.decimals));
  const rest = microseconds % 1_000_000;
  const seconds = new Date(((microseconds - rest) / 1_000_000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return { text: `${seconds}.${String(rest).padStart(6, '0')}+00:00`, rule: unit.rule, keepOriginal: true };
}

/** The instant of a text that `timestampText` made, in milliseconds. */
export const instantMs = (text: string): number => Date.parse(text.replace(' ', 'T'));
