import { TextParameter } from './query-parameter';

/** Part of a key: longer than any that there is, and short enough that made-up ones take no memory. */
const maxLength = 200;

export class LatestPicksQuery {
  @TextParameter({ description: 'Universe; any case.', maxLength, default: 'nifty50', example: 'nifty50' })
  universe = 'nifty50';

  @TextParameter({ description: 'Mode; any case.', maxLength, default: 'Intraday', example: 'Intraday' })
  mode = 'Intraday';
}

export class PicksHeatmapQuery extends LatestPicksQuery {
  @TextParameter({ description: 'Only these symbols, separated by commas; any case.', example: 'TCS,INFY' })
  symbols?: string;
}

export class PortfolioMonitorQuery {
  @TextParameter({ description: '`positions` or `watchlist`.', default: 'positions', example: 'positions' })
  scope = 'positions';
}

export class DashboardOverviewQuery {
  @TextParameter({ description: '`intraday` or `performance_7d`.', default: 'intraday', example: 'intraday' })
  scope = 'intraday';
}
