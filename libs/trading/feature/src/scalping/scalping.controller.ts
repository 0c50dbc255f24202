import { Controller, Get, Param, Query, UsePipes } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { LegacyAnswers } from '../legacy-answers';
import { LegacyParametersPipe } from '../legacy-parameters.pipe';
import { IntegerParameter, TextParameter } from '../query-parameter';
import { ScalpingService } from './scalping.service';

class DailySummaryQuery {
  @TextParameter({ description: 'The day of the exits in UTC; today.', example: '2026-01-09', maxLength: 40 })
  date?: string;
}

class StatsQuery {
  @IntegerParameter({ description: 'The last days in UTC, today among them.', minimum: 1, maximum: 30, default: 7 })
  days: number = 7;
}

class ExitQuery {
  @ApiProperty({ description: 'The day of the exit in UTC.', example: '2026-01-09' })
  @IsString()
  @MaxLength(40)
  date!: string;

  @TextParameter({ description: 'Within two minutes; the first of the symbol, where it is left out.', maxLength: 40 })
  entry_time?: string;
}

class SummaryAnswer {
  @ApiProperty({ example: 'success' })
  status!: string;

  @ApiProperty({ type: 'integer', example: 4 })
  total_exits!: number;

  @ApiProperty({ type: 'integer', example: 3 })
  winning_exits!: number;

  @ApiProperty({ type: 'integer', description: 'One of exactly 0 is lost.', example: 1 })
  losing_exits!: number;

  @ApiProperty({ description: 'Percent.', example: 75 })
  win_rate!: number;

  @ApiProperty({ description: 'Percent.', example: 0.62 })
  avg_return!: number;

  @ApiProperty({ example: 18.5 })
  avg_hold_time_mins!: number;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example: { TARGET_HIT: 3, STOP_LOSS: 1 } })
  exit_reason_breakdown!: Readonly<Record<string, number>>;
}

class DailySummaryAnswer extends SummaryAnswer {
  @ApiProperty({ example: '2026-01-09' })
  date!: string;
}

class StatsAnswer extends SummaryAnswer {
  @ApiProperty({ type: 'integer', example: 7 })
  days!: number;
}

class ExitLookupAnswer {
  @ApiProperty({ example: 'success' })
  status!: string;

  @ApiProperty({ example: true })
  found!: boolean;

  @ApiProperty({ example: 'TCS' })
  symbol!: string;

  @ApiProperty({ example: '2026-01-09' })
  date!: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { symbol: 'TCS', return_pct: 1.52 } })
  exit?: unknown;

  @ApiPropertyOptional({ example: 'There is no such exit.' })
  message?: string;
}

const NoDay = (): MethodDecorator =>
  ApiBadRequestResponse({
    description: 'A day or a time that is none.',
    schema: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
  });

@ApiTags('picks')
@UsePipes(LegacyParametersPipe)
@Controller('v1/scalping')
export class ScalpingController {
  constructor(private readonly scalping: ScalpingService) {}

  @Get('daily-summary')
  @ApiOperation({
    operationId: 'getScalpingDailySummary',
    summary: 'What the scalping exits of a day add up to',
    description: 'From the exit files below LEGACY_DIR.',
  })
  @LegacyAnswers(DailySummaryAnswer, { parameters: true })
  @NoDay()
  async getDaily(@Query() { date }: DailySummaryQuery): Promise<DailySummaryAnswer> {
    return { status: 'success', ...(await this.scalping.daily(date || undefined)) };
  }

  @Get('stats')
  @ApiOperation({
    operationId: 'getScalpingStats',
    summary: 'What the scalping exits of the last days add up to',
    description: 'From the exit files below LEGACY_DIR.',
  })
  @LegacyAnswers(StatsAnswer, { parameters: true })
  async getStats(@Query() { days }: StatsQuery): Promise<StatsAnswer> {
    return { status: 'success', ...(await this.scalping.stats(days)) };
  }

  @Get('exits/:symbol')
  @ApiParam({ name: 'symbol', description: 'In any case.', example: 'TCS' })
  @ApiOperation({
    operationId: 'findScalpingExit',
    summary: 'The exit of a symbol on a day',
    description: 'From the exit files below LEGACY_DIR, as it is there. `found` is false where there is none.',
  })
  @LegacyAnswers(ExitLookupAnswer, { parameters: true })
  @NoDay()
  async getExit(@Param('symbol') symbol: string, @Query() query: ExitQuery): Promise<ExitLookupAnswer> {
    const { date, exit } = await this.scalping.find(symbol, query.date, query.entry_time || undefined);
    const head = { status: 'success', found: exit !== null, symbol: symbol.trim().toUpperCase(), date };
    return exit === null ? { ...head, message: 'There is no such exit.' } : { ...head, exit };
  }
}
