import { Controller, Get, Query, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { LegacyAnswers } from '../legacy-answers';
import { LegacyParametersPipe } from '../legacy-parameters.pipe';
import { BooleanParameter, IntegerParameter } from '../query-parameter';
import { PositionsService } from './positions.service';

class PositionsQuery {
  @IntegerParameter({ description: 'Of the runs of so many hours.', minimum: 1, maximum: 24, default: 2, example: 24 })
  lookback_hours: number = 2;

  @BooleanParameter({ description: 'The last exits as well.', default: false, example: true })
  include_recent_exits: boolean = false;

  @IntegerParameter({ description: 'How old they may be.', minimum: 5, maximum: 240, default: 60, example: 60 })
  recent_exit_minutes: number = 60;
}

class PositionAnswer {
  @ApiProperty({ example: 'TCS' })
  symbol!: string;

  @ApiProperty({ example: 'nifty50' })
  universe!: string;

  @ApiProperty({ example: 'Scalping' })
  mode!: string;

  @ApiProperty({ example: 'Buy' })
  recommendation!: string;

  @ApiProperty({ enum: ['LONG', 'SHORT'] })
  direction!: string;

  @ApiProperty({ description: 'When its run was stored, UTC.', example: '2026-01-09T04:10:23.933306+00:00' })
  entry_time!: string;

  @ApiProperty({ example: 3210.5 })
  entry_price!: number;

  @ApiProperty({ type: 'number', nullable: true, example: 3230.25 })
  target_price!: number | null;

  @ApiProperty({ type: 'number', nullable: true, example: 3200 })
  stop_loss_price!: number | null;

  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, nullable: true, description: 'As the pick has it.' },
    example: { target_price: 3230.25, stop_loss_price: 3200, max_hold_mins: 30 },
  })
  exit_strategy!: unknown;

  @ApiProperty({ type: 'integer', nullable: true, example: 1 })
  rank!: number | null;

  @ApiProperty({ example: 'nifty50:Scalping:2026-01-09T04:10:23.933306' })
  run_id!: string;
}

class PositionsMetaAnswer {
  @ApiProperty({ example: 'nifty50' })
  universe!: string;

  @ApiProperty({ example: 'nifty50:Scalping:2026-01-09T04:10:23.933306' })
  run_id!: string;

  @ApiProperty({ type: 'string', nullable: true, description: "India's wall clock.", example: '2026-01-09T09:38:26' })
  as_of!: string | null;

  @ApiProperty({ example: '2026-01-09T04:10:23.933306Z' })
  generated_at_utc!: string;

  @ApiProperty({ type: 'integer', example: 5 })
  picks_count!: number;
}

class ActivePositionsAnswer {
  @ApiProperty({ example: 'success' })
  status!: string;

  @ApiProperty({ type: 'integer', description: 'Positions.', example: 1 })
  count!: number;

  @ApiProperty({ type: [PositionAnswer] })
  positions!: readonly PositionAnswer[];

  @ApiProperty({
    type: [PositionsMetaAnswer],
    description: 'The runs that they were looked for in, the last one first.',
  })
  scalping_top_picks_meta!: readonly PositionsMetaAnswer[];

  @ApiPropertyOptional({
    ...{ type: 'array', items: { type: 'object', additionalProperties: true }, description: 'The last one first.' },
    example: [{ symbol: 'TCS', exit_time: '2026-01-09T04:20:00Z', exit_reason: 'TARGET_HIT', return_pct: 0.62 }],
  })
  recent_exits?: readonly unknown[];

  @ApiPropertyOptional({ type: 'integer', example: 1 })
  recent_exits_count?: number;
}

@ApiTags('picks')
@UsePipes(LegacyParametersPipe)
@Controller('v1/scalping')
export class PositionsController {
  constructor(private readonly positions: PositionsService) {}

  @Get('active-positions')
  @ApiOperation({
    operationId: 'listScalpingPositions',
    summary: 'Scalping picks that nobody is known to have left',
    description:
      'The picks with a price of the stored Scalping runs, without those of whose symbol an exit was entered within two ' +
      'minutes of them. Exits are those of the files below LEGACY_DIR and of `/v1/picks/exits`. No price is looked at.',
  })
  @LegacyAnswers(ActivePositionsAnswer, { parameters: true })
  async list(@Query() query: PositionsQuery): Promise<ActivePositionsAnswer> {
    const { positions, runs, exits } = await this.positions.active(query.lookback_hours);
    const answer = { status: 'success', count: positions.length, positions, scalping_top_picks_meta: runs };
    if (!query.include_recent_exits) return answer;
    const recent = this.positions.recent(exits, query.recent_exit_minutes);
    return { ...answer, recent_exits: recent, recent_exits_count: recent.length };
  }
}
