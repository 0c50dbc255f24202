import { Controller, Get, Param, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { cacheHeaders, type HeaderSink } from '../cache-status';
import { TextField } from '../http/fields';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { CandlesQuery } from './candles.query';
import { CandlesAnswer } from './candles.response';
import { CandlesService } from './candles.service';

class CandlesParams {
  @TextField({ description: 'In the case of the source.', example: 'TCS', maxLength: 64 })
  symbol!: string;
}

@ApiTags('candles')
@UsePipes(RequestPipe)
@Controller('v1/candles')
export class CandlesController {
  constructor(private readonly candles: CandlesService) {}

  @Get(':symbol')
  @ApiParam({ name: 'symbol', description: 'In the case of the source.', example: 'TCS', schema: { type: 'string' } })
  @ApiOperation({
    operationId: 'getCandles',
    summary: 'Candles of a symbol',
    description: 'From the cache, and from the source that the settings name where it has none.',
  })
  @Answers(CandlesAnswer, { problems: { 503: 'CANDLES_UNAVAILABLE: neither the cache nor the source has an answer' } })
  async get(
    @Param() { symbol }: CandlesParams,
    @Query() query: CandlesQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<CandlesAnswer> {
    const { interval, from, to } = query;
    const answer = await this.candles.read({ symbol, ...query });
    reply.headers(cacheHeaders(answer));
    const { source = null, rows = [] } = answer.value ?? {};
    return { symbol, interval, from, to, source, rows };
  }
}
