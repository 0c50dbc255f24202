import * as v from 'valibot';
import { listOf } from './setting';

/** Wall times of one day in India, `18:00`. */
export interface MarketSessionSetting {
  readonly opens: string;
  readonly closes: string;
}

/** Whether a day is on the calendar: `Date` takes February 30th for March 2nd. */
function isDate(text: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** `2026-01-26,2026-03-03` as a list of dates. */
export const marketHolidays = listOf(isDate, 'must be dates like 2026-01-26, separated by commas');

const SESSION = /^(\d{4}-\d\d-\d\d) ((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/;

/** `2026-11-08 18:00-19:15` and more of them, by their date. */
export const marketSessions = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const sessions: Record<string, MarketSessionSetting> = {};
    for (const part of dataset.value.split(',')) {
      const [, date = '', opens = '', closes = ''] = SESSION.exec(part.trim()) ?? [];
      if (isDate(date) && opens < closes && !sessions[date]) sessions[date] = { opens, closes };
      else {
        addIssue({ message: 'must be one session a day like 2026-11-08 18:00-19:15, separated by commas' });
        return NEVER;
      }
    }
    return sessions;
  }),
);
