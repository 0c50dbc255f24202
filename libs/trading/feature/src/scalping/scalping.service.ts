import { Injectable } from '@nestjs/common';
import { DomainError, systemClock } from '@sluice/core';
import { parseBound, utcDayOf } from '../legacy-time';
import { dayAfter } from '../india-day';
import { ScalpingExits } from '../recommendations/scalping-exits';
import { findExit, summaryOf, type ExitSummary } from './exit-summary';

/** A day or a time is none. */
export class ScalpingTimeError extends DomainError {
  readonly code = 'TRADING_SCALPING_TIME';
  readonly kind = 'usage';

  constructor() {
    super('date must be a day like 2026-01-09, and entry_time a time in ISO 8601.');
  }
}

/** What the exit files of the legacy backend tell (`data/scalping_exits` below LEGACY_DIR); nothing where there is no folder. */
@Injectable()
export class ScalpingService {
  constructor(private readonly exits: ScalpingExits) {}

  /** Of a day in UTC, today where none is given. Throws `TRADING_SCALPING_TIME`. */
  async daily(date: string | undefined): Promise<ExitSummary & { readonly date: string }> {
    const day = date === undefined ? today() : dayOf(date);
    return { date: day, ...summaryOf(await this.exits.records(day)) };
  }

  /** Of the last days in UTC, today among them. */
  async stats(days: number): Promise<ExitSummary & { readonly days: number }> {
    const dates = Array.from({ length: days }, (_, i) => dayAfter(today(), -i));
    const found = await Promise.all(dates.map((day) => this.exits.records(day)));
    return { days, ...summaryOf(found.flat()) };
  }

  /** The exit of a symbol; null where there is none. Throws `TRADING_SCALPING_TIME`. */
  async find(symbol: string, date: string, entryTime: string | undefined): Promise<{ date: string; exit: unknown }> {
    const day = dayOf(date);
    const entryMs = entryTime === undefined ? null : readMs(entryTime);
    if (entryTime !== undefined && entryMs === null) throw new ScalpingTimeError();
    return { date: day, exit: findExit(await this.exits.records(day), symbol.trim().toUpperCase(), entryMs, readMs) };
  }
}

const today = (): string => utcDayOf(systemClock.nowMs());

/** A time without an offset is UTC; null where it is none. */
export function readMs(text: string): number | null {
  const time = parseBound(text);
  return time === undefined ? null : Date.parse(time);
}

function dayOf(text: string): string {
  const day = /^\d{4}-?\d\d-?\d\d$/.test(text) ? parseBound(text) : undefined;
  if (day === undefined) throw new ScalpingTimeError();
  return day.slice(0, 10);
}
