import { Controller, Get, Query, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { LegacyAnswers } from '../legacy-answers';
import { LegacyParametersPipe } from '../legacy-parameters.pipe';
import { IntegerParameter, TextParameter } from '../query-parameter';
import { WinningTradesAnswer } from './winning-trades.response';
import { WinningTradesService } from './winning-trades.service';

class WinningTradesQuery {
  @IntegerParameter({ description: 'Days back from now.', minimum: 1, maximum: 30, default: 7, example: 30 })
  lookback_days = 7;

  @TextParameter({ description: 'In any case.', default: 'nifty50', example: 'nifty50', maxLength: 100 })
  universe?: string;
}

@ApiTags('performance')
@UsePipes(LegacyParametersPipe)
@Controller('v1/performance')
export class WinningTradesController {
  constructor(private readonly trades: WinningTradesService) {}

  @Get('winning-trades')
  @ApiOperation({
    operationId: 'getWinningTrades',
    summary: 'The picks of the last days with their results',
    description:
      'The picks of the stored runs of a universe, beside what became of the recommendations that were logged of them, and ' +
      'what those results add up to. Rounded half to even.',
  })
  @LegacyAnswers(WinningTradesAnswer, { parameters: true })
  getTrades(@Query() { universe, lookback_days: days }: WinningTradesQuery): Promise<WinningTradesAnswer> {
    return this.trades.of(universe || 'nifty50', days);
  }

  @Get('winning-strategies')
  @ApiOperation({
    operationId: 'getWinningStrategies',
    summary: 'The picks of the last days with their results',
    description: 'Another name of `/v1/performance/winning-trades`.',
  })
  @LegacyAnswers(WinningTradesAnswer, { parameters: true })
  getStrategies(@Query() query: WinningTradesQuery): Promise<WinningTradesAnswer> {
    return this.getTrades(query);
  }
}
