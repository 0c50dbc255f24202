import { indiaOffsetMs, utcDayOf } from './legacy-time';

const DAY_MS = 86_400_000;

/** The day in India of an instant, `2026-01-09`. */
export const indianDayOf = (ms: number): string => utcDayOf(ms + indiaOffsetMs);

/** The first and the last second of a day in India, since 1970, UTC. */
export function secondsOfIndianDay(day: string): { readonly from: number; readonly to: number } {
  const from = (Date.parse(`${day}T00:00:00Z`) - indiaOffsetMs) / 1000;
  return { from, to: from + DAY_MS / 1000 - 1 };
}

/** When the regular session of a day in India closes, 15:30, in milliseconds since 1970. */
export const closeOfIndianDayMs = (day: string): number => Date.parse(`${day}T15:30:00Z`) - indiaOffsetMs;

/** The day that is `days` after one, or before it where they are negative. */
export const dayAfter = (day: string, days: number): string => utcDayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);

/** The days from one to another, both included, at most `maxDays` of them; null where there are more, or none. */
export function daysBetween(from: string, to: string, maxDays: number): string[] | null {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (count < 1 || count > maxDays) return null;
  return Array.from({ length: count }, (_, i) => dayAfter(from, i));
}
