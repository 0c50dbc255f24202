import { cacheOf, defaultGraceMs, freshFor, json, seconds } from '@sluice/cache';

export interface PicksScope {
  /** In any case. */
  readonly universe: string;
  readonly mode: string;
}

/** The newest run with picks, as the legacy scheduler shaped it; other members than these occur and are kept. */
export interface LatestPicks {
  readonly items: readonly unknown[];
  readonly as_of: string;
  readonly universe: string;
  readonly mode: string;
  readonly [member: string]: unknown;
}

const FRESH_MS = seconds(300);

/**
 * The newest run with picks per universe and mode, from Postgres; a new run invalidates it in its own transaction through
 * the outbox. While Postgres is away the old one is served: whether it still counts is judged by its `as_of`, by whoever
 * reads it. That there is none is kept for a moment as well.
 */
export class LatestPicksCache extends cacheOf<PicksScope, LatestPicks | null>({
  name: 'picks:latest',
  version: 1,
  key: ({ universe, mode }) => [universe.toLowerCase(), titleCased(mode)], // picks:latest:{universe}:{mode}, as in the runs
  store: json<LatestPicks | null>({ check: isPicksOrNone, keepsText: true }),
  fresh: freshFor(FRESH_MS),
  graceMs: defaultGraceMs(FRESH_MS),
  about: 'The newest run with picks per universe and mode; filled from Postgres.',
}) {}

/** Most are spelled so already, and this is asked at each read. */
const TITLE_CASED = /^[A-Z][a-z]*$/;

/** As the runs are stored: each run of letters begins with a capital. */
const titleCased = (mode: string) =>
  TITLE_CASED.test(mode)
    ? mode
    : mode.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));

function isPicksOrNone(value: unknown): value is LatestPicks | null {
  return value === null || Array.isArray((value as Partial<LatestPicks>).items);
}
