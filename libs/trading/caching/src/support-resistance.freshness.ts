import { days, untilCalendarTurns } from '@sluice/cache';
import { parseIndianTime } from './indian-time';
import type { LevelScope, SupportResistance } from './support-resistance.levels';

export interface LevelKey {
  readonly symbol: string;
  readonly scope: LevelScope;
}

/** While no fresh level can be computed the stale one is served, for a year's levels over a year later still. */
export const SUPPORT_RESISTANCE_GRACE_MS = days(400);

/**
 * Levels are stale when India's calendar turns by their scope (day, ISO week, month, year) since they were computed, not
 * after a number of hours. It must be used without jitter: a life cut short would have a year's levels computed anew in
 * November. A payload that does not say when it was computed counts as computed when it is stored.
 */
export const supportResistanceFreshness = untilCalendarTurns<LevelKey, Pick<SupportResistance, 'computed_at_ist'>>({
  zone: 'Asia/Kolkata',
  by: ({ scope }) => scope,
  madeAtMs: ({ computed_at_ist: computedAt }) => parseIndianTime(computedAt) ?? NaN,
});
