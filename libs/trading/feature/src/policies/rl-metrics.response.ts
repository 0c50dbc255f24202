import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';

const TIME = '2026-01-09T10:00:00.123456Z';
const openObject = { type: 'object', additionalProperties: true, nullable: true } as const;

class ActivePolicyAnswer {
  @ApiProperty({ example: '5f1d7a84db004c5c9f0e4b8f1f6a2c3d' })
  policy_id!: string;

  @ApiProperty({ example: 'policy v1' })
  name!: string;

  @ApiProperty({ example: 'ACTIVE' })
  status!: string;

  @ApiProperty({ example: TIME })
  created_at!: string;

  @ApiProperty({ example: TIME })
  updated_at!: string;

  @ApiProperty({ type: 'string', nullable: true, example: TIME })
  activated_at!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: null })
  deactivated_at!: string | null;
}

class BanditSizeAnswer {
  @ApiProperty({ type: 'integer', description: 'Contexts that it knows.', example: 4 })
  contexts!: number;

  @ApiProperty({ type: 'integer', description: 'Actions that it knows, of all contexts.', example: 9 })
  actions!: number;
}

export class ModeMetricsAnswer {
  @ApiProperty({ example: 'Scalping' })
  mode!: string;

  @ApiProperty({ type: 'string', nullable: true, example: TIME })
  last_evaluated_at!: unknown;

  @ApiProperty({ ...openObject, description: 'What the profiles were evaluated on.', example: { mode: 'Scalping' } })
  sample!: unknown;

  @ApiProperty({
    ...{ type: 'array', items: { type: 'object', additionalProperties: true } },
    example: [{ id: 'tight', trades: 12, score: 0.4, is_best: true }],
  })
  profiles!: readonly object[];

  @ApiProperty({ type: BanditSizeAnswer })
  bandit!: BanditSizeAnswer;
}

@ApiExtraModels(ActivePolicyAnswer)
export class PolicyMetricsAnswer {
  @ApiProperty({ type: ActivePolicyAnswer, nullable: true, description: 'Null where none is active.' })
  policy!: ActivePolicyAnswer | null;

  @ApiProperty({ type: [ModeMetricsAnswer], description: 'By name.' })
  modes!: readonly ModeMetricsAnswer[];
}

class DayMetricsAnswer {
  @ApiProperty({ example: '2026-01-09' })
  date!: string;

  @ApiProperty({ example: 'Intraday' })
  mode!: string;

  @ApiProperty({ type: 'integer', example: 5 })
  trades!: number;

  @ApiProperty({ type: 'number', nullable: true, example: 0.8 })
  avg_ret_close_pct!: number | null;

  @ApiProperty({ type: 'number', nullable: true, example: -0.4 })
  avg_max_drawdown_pct!: number | null;

  @ApiProperty({ description: 'In percent.', example: 60 })
  win_rate!: number;

  @ApiProperty({ description: 'In percent.', example: 20 })
  hit_target_rate!: number;

  @ApiProperty({ description: 'In percent.', example: 20 })
  hit_stop_rate!: number;
}

export class DailyMetricsAnswer {
  @ApiProperty({ type: ActivePolicyAnswer, nullable: true, description: 'Null where none is active.' })
  policy!: ActivePolicyAnswer | null;

  @ApiProperty({ type: [DayMetricsAnswer], description: 'The newest day first, then by mode.' })
  daily!: readonly DayMetricsAnswer[];
}
