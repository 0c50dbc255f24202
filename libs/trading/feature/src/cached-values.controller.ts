import { Controller, Get, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { systemClock } from '@sluice/core';
import type { LatestPicks, Snapshot } from '@sluice/trading-caching';
import { allAnswered, cacheHeaders, type HeaderSink } from './cache-status';
import {
  DashboardOverviewQuery,
  LatestPicksQuery,
  PicksHeatmapQuery,
  PortfolioMonitorQuery,
} from './cached-values.query';
import { CachedPicksAnswer, CachedSnapshotAnswer, OverviewAnswer, PicksHeatmapAnswer } from './cached-values.response';
import { CachedValuesService, type CachedValue } from './cached-values.service';
import { LegacyAnswers } from './legacy-answers';
import { LegacyParametersPipe } from './legacy-parameters.pipe';
import { nowText } from './legacy-time';

const NO_PICKS = 'There are no picks of this universe and mode.';
const NO_SNAPSHOT = 'Nothing is cached under this key.';

@ApiTags('cached values')
@UsePipes(LegacyParametersPipe)
@Controller('v1')
export class CachedValuesController {
  constructor(private readonly values: CachedValuesService) {}

  @Get('cache/redis/top-picks')
  @ApiOperation({
    operationId: 'getCachedTopPicks',
    summary: 'The newest picks of a universe and mode',
    description: 'From the cache, which is filled from the stored runs; `as_of` tells of when they are.',
  })
  @LegacyAnswers(CachedPicksAnswer, { parameters: true, isCached: true })
  async getTopPicks(
    @Query() query: LatestPicksQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<CachedPicksAnswer> {
    const { scope, key, picks } = await this.picks(query, reply);
    const head = { status: 'success', found: picks !== null, key, ...scope };
    return picks ? { ...head, data: picks } : { ...head, message: NO_PICKS };
  }

  @Get('cache/redis/top-picks-heatmap')
  @ApiOperation({
    operationId: 'getCachedTopPicksHeatmap',
    summary: 'The newest picks, by symbol',
    description: 'All of them, or those of some symbols.',
  })
  @LegacyAnswers(PicksHeatmapAnswer, { parameters: true, isCached: true })
  async getHeatmap(
    @Query() query: PicksHeatmapQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<PicksHeatmapAnswer> {
    const { scope, key, picks } = await this.picks(query, reply);
    const head = { status: 'success', found: picks !== null, key, ...scope };
    if (!picks) return { ...head, message: NO_PICKS };
    const items = picksOf(picks, symbolsOf(query.symbols));
    const symbols = [...new Set(items.map(symbolOf))].sort();
    return { ...head, as_of: picks.as_of, count: items.length, symbols, items };
  }

  @Get('cache/redis/portfolio-monitor')
  @ApiOperation({
    operationId: 'getCachedPortfolioMonitor',
    summary: 'The last health of positions or watchlist',
    description: 'As their monitor left it, for ten minutes.',
  })
  @LegacyAnswers(CachedSnapshotAnswer, { parameters: true, isCached: true, isScoped: true })
  async getPortfolio(
    @Query() { scope }: PortfolioMonitorQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<CachedSnapshotAnswer> {
    return snapshotAnswer(await this.values.portfolio(scope || 'positions'), reply);
  }

  @Get('cache/redis/scalping-monitor-last')
  @ApiOperation({
    operationId: 'getCachedScalpingMonitor',
    summary: 'The last look at the scalping positions',
    description: 'As its monitor left it, for ten minutes.',
  })
  @LegacyAnswers(CachedSnapshotAnswer, { parameters: false, isCached: true })
  async getScalping(@Res({ passthrough: true }) reply: HeaderSink): Promise<CachedSnapshotAnswer> {
    return snapshotAnswer(await this.values.scalping(), reply);
  }

  @Get('cache/redis/dashboard-overview')
  @ApiOperation({
    operationId: 'getCachedDashboardOverview',
    summary: 'One overview of the dashboard',
    description: 'As its job left it: that of the day for 15 minutes, that of seven days for a day.',
  })
  @LegacyAnswers(CachedSnapshotAnswer, { parameters: true, isCached: true, isScoped: true })
  async getDashboard(
    @Query() { scope }: DashboardOverviewQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<CachedSnapshotAnswer> {
    return snapshotAnswer(await this.values.dashboard(scope || 'intraday'), reply);
  }

  @Get('dashboard/overview')
  @ApiOperation({
    operationId: 'getDashboardOverview',
    summary: 'Both overviews of the dashboard',
    description: 'What no job has left is not found, and null.',
  })
  @LegacyAnswers(OverviewAnswer, { parameters: false, isCached: true })
  async getOverview(@Res({ passthrough: true }) reply: HeaderSink): Promise<OverviewAnswer> {
    const [intraday, performance] = [
      await this.values.dashboard('intraday'),
      await this.values.dashboard('performance_7d'),
    ];
    reply.headers(cacheHeaders(allAnswered([intraday.answer, performance.answer])));
    const partOf = ({ answer: { value } }: CachedValue<Snapshot>) => ({ found: value !== null, data: value });
    return {
      status: 'success',
      generated_at: nowText(systemClock),
      intraday: partOf(intraday),
      performance_7d: partOf(performance),
    };
  }

  /** An empty parameter is one that was not given. */
  private async picks(query: LatestPicksQuery, reply: HeaderSink) {
    const scope = { universe: query.universe || 'nifty50', mode: query.mode || 'Intraday' };
    const { key, answer } = await this.values.keyedLatestPicks(scope.universe, scope.mode);
    reply.headers(cacheHeaders(answer));
    return { scope, key, picks: answer.value };
  }
}

function snapshotAnswer({ key, answer }: CachedValue<Snapshot>, reply: HeaderSink): CachedSnapshotAnswer {
  reply.headers(cacheHeaders(answer));
  const head = { status: 'success', found: answer.value !== null, key };
  return answer.value ? { ...head, data: answer.value } : { ...head, message: NO_SNAPSHOT };
}

function picksOf({ items }: LatestPicks, wanted: ReadonlySet<string>): object[] {
  const objects = items.filter((item): item is object => typeof item === 'object' && item !== null);
  return wanted.size === 0 ? objects : objects.filter((item) => wanted.has(symbolOf(item).toUpperCase()));
}

const symbolOf = (item: object): string => ('symbol' in item && typeof item.symbol === 'string' ? item.symbol : '');

const symbolsOf = (list = ''): ReadonlySet<string> =>
  new Set(list.split(',').flatMap((symbol) => symbol.trim().toUpperCase() || []));
