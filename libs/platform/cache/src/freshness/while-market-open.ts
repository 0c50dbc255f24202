import { assertDurationMs } from '../declare/cache-options';
import { days, inWords } from './durations';
import { freshFor, type Freshness } from './freshness';
import type { MarketCalendar } from './market-calendar';

/** "At most seven full days", as the legacy cache counted them: an age of eight days is the first that is too old. */
const CLOSED_MAX_AGE_MS = days(8);

/**
 * A fixed life while the market is open. While it is closed nothing new can be known, so that a value of the last
 * session stays as good as new, until it is `closedMaxAgeMs` old. The cache's grace must be at least that long, or the
 * value is gone before. Throws `CacheOptionError`.
 */
export function whileMarketOpen({
  calendar,
  freshMs,
  closedMaxAgeMs = CLOSED_MAX_AGE_MS,
}: {
  readonly calendar: Pick<MarketCalendar, 'isOpen'>;
  readonly freshMs: number;
  readonly closedMaxAgeMs?: number;
}): Freshness<unknown, unknown> {
  const fixed = freshFor(freshMs);
  assertDurationMs('closedMaxAgeMs', closedMaxAgeMs, { min: freshMs });
  const heldMs = closedMaxAgeMs - freshMs;
  return {
    ...fixed,
    stillFresh: ({ nowMs, staleForMs }) => staleForMs < heldMs && !calendar.isOpen(nowMs),
    heldMs,
    says: `${inWords(freshMs)}, while the market is closed up to ${inWords(closedMaxAgeMs)}`,
  };
}
