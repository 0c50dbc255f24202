const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;

/** In milliseconds. A day has 24 hours here: for a calendar's days there is `untilCalendarTurns`. */
export const seconds = (count: number): number => count * SECOND_MS;
export const hours = (count: number): number => count * HOUR_MS;
export const days = (count: number): number => count * DAY_MS;

/** Longer than anybody looks ahead: what is to live as long as the store can say. */
const NO_END_MS = 36_500 * DAY_MS;

/** For people: `300 s`, `6 h`, `400 d`, in the largest unit that needs no fraction; from a hundred years on `no end`. */
export function inWords(ms: number): string {
  if (ms >= NO_END_MS) return 'no end';
  if (ms % DAY_MS === 0) return `${ms / DAY_MS} d`;
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS} h`;
  return ms % SECOND_MS === 0 ? `${ms / SECOND_MS} s` : `${ms} ms`;
}
