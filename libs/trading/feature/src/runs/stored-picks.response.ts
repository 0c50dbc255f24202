import { ApiProperty } from '@nestjs/swagger';

const text = (example: string, description: string) => ApiProperty({ type: 'string', example, description });
const maybeText = (example: string, description: string) =>
  ApiProperty({ type: 'string', nullable: true, example, description });
const maybeSeconds = () =>
  ApiProperty({
    type: 'number',
    nullable: true,
    example: 90.05039,
    description: 'How long the run took; null: not known.',
  });
const cached = () => ApiProperty({ type: 'boolean', example: true, description: 'False: there are no picks.' });
const picks = (description: string) =>
  ApiProperty({
    ...{ type: 'array', items: { type: 'object', additionalProperties: true }, description },
    example: [{ rank: 1, symbol: 'TCS', confidence: 'Medium' }],
  });

const WHEN = "The engine's time: India's wall clock without a zone mark; null without picks.";

class TopPicksMetadata {
  @maybeSeconds() analysis_time_seconds!: number | null;

  @ApiProperty({
    ...{ enum: ['fresh', 'stale', 'none'], example: 'fresh' },
    description: 'fresh below an hour, else stale; none: there are no picks of the last session.',
  })
  cache_status!: 'fresh' | 'stale' | 'none';
}

export class TopPicksAnswer {
  @text('2026-01-09', "India's day of the picks; today where there are none.") date!: string;
  @maybeText('2026-01-09T20:14:34.765817', WHEN) generated_at!: string | null;
  @text('nifty50', "The run's own spelling.") universe!: string;
  @text('Intraday', "The run's own spelling.") mode!: string;
  @ApiProperty({ type: 'integer', example: 1, description: 'Of `picks`.' }) picks_count!: number;
  @picks('The best ones that are confident enough.') picks!: readonly unknown[];
  @cached() cached!: boolean;
  @ApiProperty({ type: 'integer', nullable: true, example: 600, description: 'On true time.' })
  cache_age_seconds!: number | null;
  @maybeText('2026-01-09T20:14:34.765817', WHEN) last_updated!: string | null;
  @text('2026-01-10T00:30:00Z', "Six in the morning of India's next day, in UTC.") next_refresh!: string;
  @ApiProperty({ type: TopPicksMetadata, description: 'How they were come by.' }) metadata!: TopPicksMetadata;
}

class ModeInfo {
  @maybeSeconds() elapsed_seconds!: number | null;
  @ApiProperty({ type: 'string', nullable: true, example: '1.0', description: 'The policy of the run.' })
  policy_version!: unknown;
}

export class AgentPicksAnswer {
  @picks('The best ones.') items!: readonly unknown[];
  @maybeText('2026-01-09T20:14:34.765817', WHEN) as_of!: string | null;
  @text('NIFTY50', 'As asked for.') universe!: string;
  @text('Moderate', 'Always this one.') risk_profile!: string;
  @maybeText('Intraday', 'The mode of the picks.') primary_mode!: string | null;
  @ApiProperty({ type: [String], example: [], description: 'Always none.' }) auxiliary_modes!: string[];
  @ApiProperty({ type: ModeInfo, description: 'The run of the picks.' }) mode_info!: ModeInfo;
  @cached() cached!: boolean;
  @maybeText('2026-01-09', "India's day of the picks.") session_date!: string | null;
  @ApiProperty({ type: 'boolean', example: false, description: 'The picks are of a day before today.' })
  previous_session!: boolean;
}
