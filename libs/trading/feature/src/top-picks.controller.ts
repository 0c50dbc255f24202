import { Readable } from 'node:stream';
import { Controller, Get, Query, Res, StreamableFile, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { cacheHeaders, type HeaderSink } from './cache-status';
import { LegacyAnswers } from './legacy-answers';
import { LegacyParametersPipe } from './legacy-parameters.pipe';
import { historyJson } from './top-picks-history.json';
import { TopPicksHistoryQuery } from './top-picks-history.query';
import { TopPicksHistoryService } from './top-picks-history.service';
import { TopPicksStatusService } from './top-picks-status.service';
import { TopPicksHistoryAnswer, TopPicksStatus } from './top-picks.response';

@ApiTags('top picks')
@UsePipes(LegacyParametersPipe)
@Controller('v1')
export class TopPicksController {
  constructor(
    private readonly history: TopPicksHistoryService,
    private readonly status: TopPicksStatusService,
  ) {}

  @Get('analytics/top-picks-history')
  @ApiOperation({
    operationId: 'listTopPicksHistory',
    summary: 'Runs of the top-picks engine',
    description: 'Newest first; runs of one time by descending id.',
  })
  @LegacyAnswers(TopPicksHistoryAnswer, { parameters: true })
  async listHistory(@Query() query: TopPicksHistoryQuery): Promise<StreamableFile> {
    const { universe, mode, trigger, start_utc: startUtc, end_utc: endUtc, limit } = query;
    const includePayload = query.include_payload;
    const history = await this.history.list({ universe, mode, trigger, startUtc, endUtc, limit, includePayload });
    const type = 'application/json; charset=utf-8';
    return new StreamableFile(Readable.from(historyJson(history), { objectMode: false }), { type });
  }

  @Get('top-picks/status')
  @ApiOperation({
    operationId: 'getTopPicksStatus',
    summary: 'Where the latest picks would come from',
    description: 'Each universe with each mode, and what each layer holds of it.',
  })
  @LegacyAnswers(TopPicksStatus, { parameters: false, isCached: true })
  async getStatus(@Res({ passthrough: true }) reply: HeaderSink): Promise<TopPicksStatus> {
    const { status, how } = await this.status.read();
    reply.headers(cacheHeaders(how));
    return status;
  }
}
