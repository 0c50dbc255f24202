import { Controller, Get, HttpCode, Post, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { LegacyAnswers } from './legacy-answers';
import { LegacyParametersPipe } from './legacy-parameters.pipe';
import { NoBodyGuard } from './no-body.guard';
import { OhlcCacheInfoQuery, OhlcInvalidateQuery } from './ohlc-cache.query';
import {
  OhlcCacheHealthAnswer,
  OhlcCacheInfoAnswer,
  OhlcCacheStatsAnswer,
  OhlcClearAnswer,
  OhlcInvalidateAnswer,
} from './ohlc-cache.response';
import { OhlcCacheService } from './ohlc-cache.service';

const entriesOf = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`;

@ApiTags('candles cache')
@UsePipes(LegacyParametersPipe)
@Controller('v1/cache')
export class OhlcCacheController {
  constructor(private readonly cache: OhlcCacheService) {}

  @Get('stats')
  @ApiOperation({
    operationId: 'getOhlcCacheStats',
    summary: 'What the cache of candles holds, and how often it helped',
    description: 'Numbers of all processes together. What it holds is up to 5 s old: a look goes over all keys.',
  })
  @LegacyAnswers(OhlcCacheStatsAnswer, { parameters: false })
  async getStats(): Promise<OhlcCacheStatsAnswer> {
    return { status: 'success', cache_stats: await this.cache.readStats() };
  }

  @Get('info')
  @ApiOperation({
    operationId: 'listOhlcCacheEntries',
    summary: 'Its entries, the newest first',
    description: 'By when they were stored, as what is left of their lives tells; up to 5 s old.',
  })
  @LegacyAnswers(OhlcCacheInfoAnswer, { parameters: true })
  async getInfo(@Query() { limit }: OhlcCacheInfoQuery): Promise<OhlcCacheInfoAnswer> {
    const { total, entries } = await this.cache.list(limit);
    return { status: 'success', total_entries: total, entries };
  }

  @Post('invalidate')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @ApiOperation({
    operationId: 'invalidateOhlcCache',
    summary: 'Remove what passes every filter that is given',
    description: 'Without a filter everything. Needs the scope `admin`.',
  })
  @LegacyAnswers(OhlcInvalidateAnswer, { parameters: true, isChange: true })
  async invalidate(@Query() query: OhlcInvalidateQuery): Promise<OhlcInvalidateAnswer> {
    const { symbol, interval, older_than_hours: olderThanHours } = query;
    const count = await this.cache.invalidate({ symbol, interval, olderThanHours });
    return { status: 'success', message: `${entriesOf(count)} invalidated.`, invalidated_count: count };
  }

  @Post('clear')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @ApiOperation({
    operationId: 'clearOhlcCache',
    summary: 'Remove all candles from the cache',
    description: 'In every process. Needs the scope `admin`.',
  })
  @LegacyAnswers(OhlcClearAnswer, { parameters: true, isChange: true })
  async clear(): Promise<OhlcClearAnswer> {
    const count = await this.cache.clear();
    return { status: 'success', message: `${entriesOf(count)} cleared.`, cleared_count: count };
  }

  @Get('health')
  @ApiOperation({
    operationId: 'getOhlcCacheHealth',
    summary: 'Whether it helps, and what could be done',
    description: 'By the hit rate: excellent from 70 %, good from 50, fair from 30, else poor.',
  })
  @LegacyAnswers(OhlcCacheHealthAnswer, { parameters: false })
  async getHealth(): Promise<OhlcCacheHealthAnswer> {
    return { status: 'success', ...(await this.cache.readHealth()) };
  }
}
