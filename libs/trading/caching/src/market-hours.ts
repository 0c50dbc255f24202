import { MarketCalendar, type MarketHours } from '@sluice/cache';

const WEEKDAYS = [1, 2, 3, 4, 5];

/** The cash market of the National Stock Exchange of India. Holidays and special sessions come from the configuration. */
const INDIA: MarketHours = {
  zone: 'Asia/Kolkata',
  weekdays: WEEKDAYS,
  session: { opens: '09:15', closes: '15:30' },
};

/** Somewhere in the world a market is open, from Monday to Friday by the date in UTC. */
const GLOBAL: MarketHours = { zone: 'UTC', weekdays: WEEKDAYS, session: { opens: '00:00', closes: '24:00' } };

/**
 * The calendar of a region, `India` or `Global` in just this form; any other region is always closed. The holidays and
 * special sessions are India's. Throws `MarketCalendarError`, naming the date, for those that cannot be.
 */
export function marketOf(region: string, days: Pick<MarketHours, 'holidays' | 'specialSessions'> = {}): MarketCalendar {
  if (region === 'India') return new MarketCalendar({ ...INDIA, ...days });
  return new MarketCalendar(region === 'Global' ? GLOBAL : { ...GLOBAL, weekdays: [] });
}

/** What the windows below ask of a calendar. */
export type Market = Pick<MarketCalendar, 'isOpen' | 'sessionAt' | 'minuteOfDay'>;

const SCALPING_STARTS_AFTER_MINUTES = 5;
const EOD_MINUTES = 15;
const NO_FRESH_PICKS_MINUTES = 15;
/** When the regular session's rule falls, on days without a session. */
const REGULAR_CLOSE_MINUTE = 15 * 60 + 30;

/** 09:15 to 15:30: open at 15:29:59.999, closed at 15:30. */
export const isCashMarketOpen = (market: Market, atMs: number): boolean => market.isOpen(atMs);

/** 09:20 to 15:30, the whole minute 15:30 included; on a special session from five minutes after its opening. */
export function isScalpingCycle(market: Market, atMs: number): boolean {
  const session = market.sessionAt(atMs);
  if (!session) return false;
  const minute = market.minuteOfDay(atMs);
  return minute >= session.opens + SCALPING_STARTS_AFTER_MINUTES && minute <= session.closes;
}

/** 15:30 to 15:45, the whole minute 15:45 included: when the outcomes of the day are taken. */
export function isEodWindow(market: Market, atMs: number): boolean {
  const session = market.sessionAt(atMs);
  if (!session) return false;
  const minute = market.minuteOfDay(atMs);
  return minute >= session.closes && minute <= session.closes + EOD_MINUTES;
}

/**
 * Whether a fresh run of picks may be made: not in the last quarter of an hour before the close (15:15) nor after it
 * until midnight, but at any time for the mode Swing and for the trigger `backfill`. On a day without a session the time
 * of day decides as on a regular one.
 */
export function allowsFreshPicks(
  market: Market,
  run: { readonly mode: string; readonly trigger: string },
  atMs: number,
): boolean {
  if (run.mode.toLowerCase() === 'swing' || run.trigger === 'backfill') return true;
  const closes = market.sessionAt(atMs)?.closes ?? REGULAR_CLOSE_MINUTE;
  return market.minuteOfDay(atMs) < closes - NO_FRESH_PICKS_MINUTES;
}
