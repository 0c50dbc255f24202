import { Controller, Get, Param, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { levelKeyOf } from '@sluice/trading-caching';
import { cacheHeaders, type HeaderSink } from '../cache-status';
import { TextField } from '../http/fields';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { LevelsService, NoLevelsKnownError } from './levels.service';

class LevelsPath {
  @TextField({ description: 'In any case.', maxLength: 50, pattern: /\S/, example: 'TCS' })
  symbol!: string;

  @TextField({
    description: 'Day, week, month or year, in any case: of how many days they are made, and how long they count.',
    ...{ maxLength: 1, pattern: /^[dwmy]$/i, example: 'D' },
  })
  scope!: string;
}

class LevelsAnswer {
  @ApiProperty({ description: 'In capitals.', example: 'TCS' })
  symbol!: string;

  @ApiProperty({ enum: ['D', 'W', 'M', 'Y'], description: 'Of the last 1, 5, 22 or 252 daily candles.', example: 'D' })
  timeframe_scope!: string;

  @ApiProperty({ description: 'The pivot.', example: 100.25 })
  p!: number;

  @ApiProperty({ description: 'The first resistance.', example: 101 })
  r1!: number;

  @ApiProperty({ description: 'The second.', example: 102 })
  r2!: number;

  @ApiProperty({ description: 'The third.', example: 103 })
  r3!: number;

  @ApiProperty({ description: 'The first support.', example: 99 })
  s1!: number;

  @ApiProperty({ description: 'The second.', example: 98 })
  s2!: number;

  @ApiProperty({ description: 'The third; it may be 0 or less.', example: 97 })
  s3!: number;

  @ApiProperty({ description: "India's time, with its offset.", example: '2026-01-09T11:00:00.123456+05:30' })
  computed_at_ist!: string;
}

@ApiTags('levels')
@UsePipes(RequestPipe)
@Controller('v1/levels')
export class LevelsController {
  constructor(private readonly levels: LevelsService) {}

  @Get(':symbol/:scope')
  @ApiOperation({
    operationId: 'getLevels',
    summary: 'Pivot, supports and resistances of a symbol',
    description:
      "From the cache, until India's calendar turns by the scope; then computed from daily candles. While they cannot be " +
      'computed the old ones are answered. `X-Cache-Status` and `Cache-Status` (RFC 9211) tell how the answer was come by.',
  })
  @Answers(LevelsAnswer, { problems: { 404: 'TRADING_LEVELS_UNKNOWN' } })
  async get(
    @Param() { symbol, scope }: LevelsPath,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<LevelsAnswer> {
    const key = levelKeyOf(symbol, scope);
    const answer = key && (await this.levels.find(key));
    if (answer) reply.headers(cacheHeaders(answer));
    if (!answer?.value) throw new NoLevelsKnownError();
    return answer.value;
  }
}
