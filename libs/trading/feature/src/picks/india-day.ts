const DAY_MS = 86_400_000;
/** India's wall clock is ahead of UTC by this, all year. */
const INDIA_AHEAD_MS = 19_800_000;

/** The day in India of an instant, `2026-01-09`. */
export const indianDayOf = (ms: number): string => new Date(ms + INDIA_AHEAD_MS).toISOString().slice(0, 10);

/** The first and the last second of a day in India, since 1970, UTC. */
export function secondsOfIndianDay(day: string): { readonly from: number; readonly to: number } {
  const from = (Date.parse(`${day}T00:00:00Z`) - INDIA_AHEAD_MS) / 1000;
  return { from, to: from + DAY_MS / 1000 - 1 };
}

/** The day that is `days` after one, or before it where they are negative. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The days from one to another, both included, at most `maxDays` of them; null where there are more, or none. */
export function daysBetween(from: string, to: string, maxDays: number): string[] | null {
  const count = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (count < 1 || count > maxDays) return null;
  return Array.from({ length: count }, (_, i) => dayAfter(from, i));
}
