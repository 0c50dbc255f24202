/** A moment as a person reads it: `2026-11-21 19:44:55 UTC`. */
export const shownTime = (time: Date): string => `${time.toISOString().replace('T', ' ').slice(0, 19)} UTC`;
