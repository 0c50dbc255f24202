import { cacheOf, days, freshByKey, freshFor, json, seconds } from '@sluice/cache';
import { isObject } from '@sluice/core';

/** A snapshot that a scheduled job leaves for the routes: an object, and what is in it is the job's own affair. */
export type Snapshot = Readonly<Record<string, unknown>>;

/** Jobs set them and nobody loads them: a snapshot that is too old is gone, at the moment that its job counts on. */
const SET_BY_JOBS = { version: 1, store: json<Snapshot>({ check: isObject }), jitter: 0, negativeMs: 0 } as const;
const MONITOR_MS = seconds(600);

/** The positions that come from the picks. */
export class PicksMonitorCache extends cacheOf<'positions', Snapshot>({
  ...SET_BY_JOBS,
  name: 'top_picks:monitor',
  key: (what) => [what, 'last'], // top_picks:monitor:positions:last
  fresh: freshFor(MONITOR_MS),
  about: 'Last health of the positions from picks; set by their monitor.',
}) {}

export class PortfolioMonitorCache extends cacheOf<'positions' | 'watchlist', Snapshot>({
  ...SET_BY_JOBS,
  name: 'portfolio:monitor',
  key: (scope) => [scope, 'last'], // portfolio:monitor:positions:last, portfolio:monitor:watchlist:last
  fresh: freshFor(MONITOR_MS),
  about: 'Last health of portfolio and watchlist; set by the portfolio monitor.',
}) {}

export class ScalpingMonitorCache extends cacheOf<'last', Snapshot>({
  ...SET_BY_JOBS,
  name: 'scalping:monitor',
  key: (what) => what, // scalping:monitor:last
  fresh: freshFor(MONITOR_MS),
  about: 'Last look at the scalping positions; set by the scalping monitor.',
}) {}

export type DashboardScope = 'intraday' | 'performance:7d';

/** The overview of the day for a quarter of an hour, the one of seven days for a day. */
export class DashboardOverviewCache extends cacheOf<DashboardScope, Snapshot>({
  ...SET_BY_JOBS,
  name: 'dashboard:overview',
  key: (scope) => scope, // dashboard:overview:intraday, dashboard:overview:performance:7d
  fresh: freshByKey((scope: DashboardScope) => (scope === 'intraday' ? seconds(900) : days(1)), '900 s, or 1 d'),
  about: 'Overviews of the dashboard; set by the dashboard jobs.',
}) {}
