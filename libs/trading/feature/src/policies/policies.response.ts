import { ApiProperty } from '@nestjs/swagger';

const TIME = '2026-01-09T10:00:00.123456Z';

export class PolicyAnswer {
  @ApiProperty({ description: '32 hexadecimal digits.', example: '5f1d7a84db004c5c9f0e4b8f1f6a2c3d' })
  policy_id!: string;

  @ApiProperty({ description: 'Need not be unique.', example: 'policy v1' })
  name!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'For people.', example: 'Weekly retraining' })
  description!: string | null;

  @ApiProperty({ description: 'DRAFT, ACTIVE (one at most) or RETIRED.', example: 'DRAFT' })
  status!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What it does.', example: { modes: {} } })
  config!: object;

  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, nullable: true },
    ...{ description: 'What training found; null before it.', example: { exit_profiles: {} } },
  })
  metrics!: object | null;

  @ApiProperty({ description: 'UTC.', example: TIME })
  created_at!: string;

  @ApiProperty({ description: 'UTC. Being retired for another policy does not change it.', example: TIME })
  updated_at!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'UTC.', example: TIME })
  activated_at!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'UTC; null while it is active.', example: null })
  deactivated_at!: string | null;
}

export class TrainedMode {
  @ApiProperty({ example: 'Scalping' })
  mode!: string;

  @ApiProperty({ description: 'First trade date of the window.', example: '2025-10-11' })
  start_date!: string;

  @ApiProperty({ description: 'Last trade date of the window.', example: '2026-01-08' })
  end_date!: string;

  @ApiProperty({ type: 'integer', description: 'Trades that the exit bandit counted.', example: 40 })
  exit_trades!: number;

  @ApiProperty({ type: 'integer', description: 'Trades that the entry bandit counted.', example: 0 })
  entry_trades!: number;

  @ApiProperty({ type: 'integer', description: 'Picks that exit profiles were simulated on.', example: 38 })
  simulated_picks!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Picks whose day has no candles; they count for no profile.',
    example: 2,
  })
  picks_without_candles!: number;

  @ApiProperty({
    ...{ type: 'string', nullable: true, example: null },
    description: 'Why no profile was evaluated, as an error code; the profiles of before stay.',
  })
  profiles_error!: string | null;
}

export class TrainAnswer {
  @ApiProperty({ description: 'The day after the windows.', example: '2026-01-09' })
  as_of!: string;

  @ApiProperty({ type: [TrainedMode], description: 'Each mode that the configuration speaks of.' })
  modes!: readonly TrainedMode[];

  @ApiProperty({ type: PolicyAnswer, description: 'With its new metrics.' })
  policy!: PolicyAnswer;
}
