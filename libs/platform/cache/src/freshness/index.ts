export { untilCalendarTurns, type CalendarRule, type CalendarTurn } from './calendar-turns';
export { days, hours, inWords, seconds } from './durations';
export { freshByKey, freshByValue, freshFor, jittered, type Freshness } from './freshness';
export {
  MarketCalendar,
  MarketCalendarError,
  type MarketHours,
  type MarketSession,
  type SessionMinutes,
} from './market-calendar';
export { whileMarketOpen } from './while-market-open';
