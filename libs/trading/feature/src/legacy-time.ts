import type { Clock } from '@sluice/core';

const minuteMs = 60_000;
/** India's wall clock is ahead of UTC by so much, all year. */
export const indiaOffsetMs = 330 * minuteMs;

/** What Python's `datetime.fromisoformat` reads, but for week dates: basic and extended form, any one separator. */
const isoForm =
  /^(\d{4})(-?)(\d\d)\2(\d\d)(?:.(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?(Z|([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?)?)?$/s;

/** An instant to the microsecond. */
interface Instant {
  readonly ms: number;
  /** 0 to 999, below the milliseconds. */
  readonly us: number;
}

/** Reads ISO 8601 text; null where it is none, or names a day or time that does not exist. */
function parseInstant(text: string, naiveOffsetMs: number): Instant | null {
  const found = isoForm.exec(text);
  if (!found) return null;
  const part = (index: number): number => Number(found[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(3), part(4), part(5), part(6), part(7)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  if (hour > 23 || minute > 59 || second > 59 || part(11) > 23 || part(12) > 59 || part(13) > 59) return null;
  const fraction = (found[8] ?? '').slice(0, 6).padEnd(6, '0');
  const sign = found[10] === '-' ? -1 : 1;
  const offsetMs = found[9] ? sign * ((part(11) * 60 + part(12)) * minuteMs + part(13) * 1000) : naiveOffsetMs;
  const timeMs = (hour * 60 + minute) * minuteMs + second * 1000 + Number(fraction.slice(0, 3));
  return { ms: date.getTime() + timeMs - offsetMs, us: Number(fraction.slice(3)) };
}

/** Years 1 to 9999 in the extended form with six digits and `Z`; null beyond them. */
function format({ ms, us }: Instant): string | null {
  const text = new Date(ms).toISOString();
  return /^(?!0000)\d{4}-/.test(text) ? `${text.slice(0, -1)}${String(us).padStart(3, '0')}Z` : null;
}

/**
 * A bound of a time window as the client sent it, as ISO text with `Z`. Without an offset it is UTC; a bare date is
 * midnight, also as an end. Text that is no time gives undefined: such a bound is ignored, as it always was.
 */
export function parseBound(text: string | undefined): string | undefined {
  const instant = text === undefined ? null : parseInstant(text, 0);
  return (instant && format(instant)) ?? undefined;
}

/** Whether it is the text of a day that exists, `2026-01-09`. */
export const isDay = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && parseBound(value) !== undefined;

/** Milliseconds since 1970 of a payload's time; without an offset it is India's wall clock. Null where it is no time. */
export function parseIndianTime(text: string | null): number | null {
  return text === null ? null : (parseInstant(text, indiaOffsetMs)?.ms ?? null);
}

/** A payload's time as ISO text with `Z`, to the microsecond; without an offset it is India's wall clock. Null where it is none. */
export function indianTimeText(text: string): string | null {
  const instant = parseInstant(text, indiaOffsetMs);
  return instant && format(instant);
}

/** The day that a time is written with, whatever its offset: `2026-01-09`. Null where it is no time. */
export function writtenDay(text: string | null | undefined): string | null {
  if (typeof text !== 'string' || parseInstant(text, 0) === null) return null;
  const [, year, , month, day] = isoForm.exec(text) ?? [];
  return `${year}-${month}-${day}`;
}

/** The true time in the legacy text form: `Z`, six digits of a fraction, omitted when zero. */
export function nowText(clock: Clock): string {
  return utcText(clock.nowMs());
}

/** An instant in the legacy text form. */
export function utcText(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('.000Z', 'Z')
    .replace(/\.(\d{3})Z$/, '.$1000Z');
}

/** The day in UTC of an instant, `2026-01-09`. */
export const utcDayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Days since 1970 on India's calendar. */
function indianDay(ms: number): number {
  return Math.floor((ms + indiaOffsetMs) / (1440 * minuteMs));
}

/**
 * True where the time's day in India is today or the weekday before today: picks of that session still count. There is
 * no calendar of holidays, as there never was. 1970-01-01 was a Thursday, so day 2 is a Saturday.
 */
export function isInLastSession(atMs: number, nowMs: number): boolean {
  const [day, today] = [indianDay(atMs), indianDay(nowMs)];
  let weekdayBefore = today - 1;
  while (weekdayBefore % 7 === 2 || weekdayBefore % 7 === 3) weekdayBefore -= 1;
  return day === today || day === weekdayBefore;
}
