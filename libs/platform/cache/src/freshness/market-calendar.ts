import { DomainError } from '@sluice/core';
import { days } from './durations';
import { WallClock } from './wall-clock';

/** Wall times of one day, `09:15`; `opens` belongs to the session, `closes` does not. `24:00` is the end of the day. */
export interface MarketSession {
  readonly opens: string;
  readonly closes: string;
}

export interface MarketHours {
  /** An IANA name, such as `Asia/Kolkata`. */
  readonly zone: string;
  /** 1 is Monday, 7 is Sunday; empty for a market that never opens by itself. */
  readonly weekdays: readonly number[];
  readonly session: MarketSession;
  /** `YYYY-MM-DD`, on the zone's calendar. */
  readonly holidays?: readonly string[];
  /** By date: the only session of that day, be it a holiday or a Sunday (Muhurat trading). */
  readonly specialSessions?: Readonly<Record<string, MarketSession>>;
}

/** Holidays, sessions or weekdays that no calendar can have. Names the setting, and the date or time that is wrong. */
export class MarketCalendarError extends DomainError {
  readonly code = 'MARKET_CALENDAR_INVALID';
  readonly kind = 'usage';
}

/** A session in minutes since midnight on the wall, the end not included. */
export interface SessionMinutes {
  readonly opens: number;
  readonly closes: number;
}

/** How far a session is looked for. A market without one in that time is closed for good. */
const HORIZON_DAYS = 400;

/** When a market is open, from what the configuration says. Days without a session may follow one another for a year. */
export class MarketCalendar {
  readonly #clock: WallClock;
  readonly #weekdays: ReadonlySet<number>;
  readonly #holidays: ReadonlySet<number>;
  readonly #special: ReadonlyMap<number, SessionMinutes>;
  readonly #regular: SessionMinutes;
  #known: MarketDay | undefined;

  /** Throws `MarketCalendarError`, and `CacheOptionError` for an unknown zone. */
  constructor({ zone, weekdays, session, holidays = [], specialSessions = {} }: MarketHours) {
    this.#clock = new WallClock(zone);
    for (const day of weekdays)
      if (!Number.isInteger(day) || day < 1 || day > 7)
        throw new MarketCalendarError(`weekdays are 1 (Monday) to 7 (Sunday), not ${day}.`);
    this.#weekdays = new Set(weekdays);
    this.#regular = sessionMinutes('session', session);
    this.#holidays = new Set(holidays.map((date) => dayOf('holidays', date)));
    const special = Object.entries(specialSessions);
    this.#special = new Map(
      special.map(([date, hours]) => [
        dayOf('specialSessions', date),
        sessionMinutes(`specialSessions of ${date}`, hours),
      ]),
    );
  }

  isOpen(atMs: number): boolean {
    const { session } = this.#dayAt(atMs);
    return session !== null && atMs >= session.opensAtMs && atMs < session.closesAtMs;
  }

  /** The first moment from this one on at which the market is open; null where there is none for 400 days. */
  opensAtMs(atMs: number): number | null {
    if (this.isOpen(atMs)) return atMs;
    const { day } = this.#dayAt(atMs);
    for (let next = day; next <= day + HORIZON_DAYS; next += 1) {
      const session = this.#sessionOn(next);
      if (session && session.opensAtMs >= atMs) return session.opensAtMs;
    }
    return null;
  }

  /** The date of the newest trading day, today included even before it opens; null where there is none for 400 days. */
  lastTradingDay(atMs: number): string | null {
    const { day } = this.#dayAt(atMs);
    for (let last = day; last >= day - HORIZON_DAYS; last -= 1) if (this.#minutesOn(last)) return dateOf(last);
    return null;
  }

  /** The dates with a session from one date to another, both included. Throws `MarketCalendarError` for no date. */
  tradingDays(from: string, to: string): string[] {
    const found: string[] = [];
    const last = dayOf('to', to);
    for (let day = dayOf('from', from); day <= last; day += 1) if (this.#minutesOn(day)) found.push(dateOf(day));
    return found;
  }

  /** The session of this moment's day, over or still to come; null on a day without. */
  sessionAt(atMs: number): SessionMinutes | null {
    return this.#minutesOn(this.#dayAt(atMs).day);
  }

  /** Whole minutes since midnight on the market's wall. */
  minuteOfDay(atMs: number): number {
    return Math.floor((this.#clock.wallMs(atMs) % DAY_MS) / MINUTE_MS);
  }

  #minutesOn(day: number): SessionMinutes | null {
    const special = this.#special.get(day);
    if (special) return special;
    return this.#weekdays.has(weekdayOf(day)) && !this.#holidays.has(day) ? this.#regular : null;
  }

  #sessionOn(day: number): MarketDay['session'] {
    const minutes = this.#minutesOn(day);
    return (
      minutes && {
        opensAtMs: this.#clock.instantMs(day * DAY_MS + minutes.opens * MINUTE_MS),
        closesAtMs: this.#clock.instantMs(day * DAY_MS + minutes.closes * MINUTE_MS),
      }
    );
  }

  /** Reads ask for the same day over and over, and a wall time costs microseconds: the last day is remembered. */
  #dayAt(atMs: number): MarketDay {
    if (this.#known && atMs >= this.#known.startMs && atMs < this.#known.endMs) return this.#known;
    const day = Math.floor(this.#clock.wallMs(atMs) / DAY_MS);
    const [startMs, endMs] = [this.#clock.instantMs(day * DAY_MS), this.#clock.instantMs((day + 1) * DAY_MS)];
    return (this.#known = { day, startMs, endMs, session: this.#sessionOn(day) });
  }
}

/** Days are counted from 1970-01-01, a Thursday. */
interface MarketDay {
  readonly day: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly session: { readonly opensAtMs: number; readonly closesAtMs: number } | null;
}

const DAY_MS = days(1);
const MINUTE_MS = 60_000;

const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;
const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

function dayOf(setting: string, date: string): number {
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / DAY_MS : NaN;
  if (Number.isNaN(day) || dateOf(day) !== date)
    throw new MarketCalendarError(`${setting}: ${JSON.stringify(date)} is no date of the form YYYY-MM-DD.`);
  return day;
}

function sessionMinutes(setting: string, { opens, closes }: MarketSession): SessionMinutes {
  const [from, to] = [minuteOf(setting, opens), minuteOf(setting, closes)];
  if (from >= to) throw new MarketCalendarError(`${setting}: ${closes} is not after ${opens}.`);
  return { opens: from, closes: to };
}

function minuteOf(setting: string, time: string): number {
  const [, hour = '', minute = ''] = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/.exec(time) ?? fail(setting, time);
  return time === '24:00' ? 24 * 60 : Number(hour) * 60 + Number(minute);
}

function fail(setting: string, time: string): never {
  throw new MarketCalendarError(`${setting}: ${JSON.stringify(time)} is no time of the form HH:MM.`);
}
