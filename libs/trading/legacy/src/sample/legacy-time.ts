/** Instants are microseconds since 1970, UTC: whole numbers below 2^53, so that every digit of the legacy texts is exact. */
export const second = 1_000_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** India's wall clock runs 5 h 30 min ahead of UTC, all year. */
export const indiaOffset = 5.5 * hour;

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

let lastDay = { number: 0, text: '1970-01-01' };

/** `YYYY-MM-DD`. Rows come in the order of time, so the day before is remembered: a calendar is costly per row. */
export function dateOf(us: number): string {
  const number = Math.floor(us / day);
  if (number !== lastDay.number) lastDay = { number, text: new Date((number * day) / 1000).toISOString().slice(0, 10) };
  return lastDay.text;
}

/** As SQLite's CURRENT_TIMESTAMP: whole seconds, a blank between date and time. */
export const sqliteTime = (us: number): string => `${dateOf(us)} ${clockOf(us)}`;

/** As Python's `isoformat`: the fraction has six digits and is left out where it is 0. */
export function isoTime(us: number, separator: 'T' | ' ' = 'T'): string {
  const fraction = us % second;
  const text = `${dateOf(us)}${separator}${clockOf(us)}`;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}

/** `20260109_143805`, the stamp in the names of the intraday files. */
export const fileStamp = (us: number): string => `${dateOf(us).replaceAll('-', '')}_${clockOf(us).replaceAll(':', '')}`;

function clockOf(us: number): string {
  const seconds = Math.floor((us % day) / second);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
