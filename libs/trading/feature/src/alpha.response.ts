import { ApiProperty } from '@nestjs/swagger';

const text = (example: string) => ApiProperty({ type: 'string', example });
const number = (example: number) => ApiProperty({ type: 'number', example });
const integer = (example: number) => ApiProperty({ type: 'integer', example });
const nullableText = (example: string | null) => ApiProperty({ type: 'string', nullable: true, example });
const nullableNumber = (description: string) =>
  ApiProperty({ type: 'number', nullable: true, example: null, description: `${description} Not finite: null.` });

export class AlphaRecommendation {
  @integer(35) id!: number;
  @text('RELIANCE') symbol!: string;
  @text('Swing') mode!: string;
  @text('NIFTY50') universe!: string;
  @text('backfill') source!: string;
  @text('Buy') recommendation!: string;
  @text('LONG') direction!: string;
  @ApiProperty({
    type: 'string',
    example: '2026-01-09T20:16:10.347363Z',
    description:
      "As labelled in the legacy file: the engine wrote India's wall clock with a `Z`, unless the migration corrected it.",
  })
  generated_at_utc!: string;
  @nullableNumber('Price at the entry.') entry_price!: number | null;
  @nullableNumber('Stop.') stop_loss_price!: number | null;
  @nullableNumber('Target.') target_price!: number | null;
  @ApiProperty({ type: 'number', nullable: true, example: 61.6 }) score_blend!: number | null;
  @nullableText('Medium') confidence!: string | null;
  @nullableText('nifty50:Swing:2026-01-09T14:47:36.732523') run_id!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 1 }) rank_in_run!: number | null;
  @nullableText('1.0') policy_version!: string | null;
  @ApiProperty({ type: 'integer', enum: [0, 1], example: 0 }) evaluated!: number;
  @nullableText(null) evaluated_at_utc!: string | null;
  @nullableNumber('Price at the exit.') exit_price!: number | null;
  @nullableText(null) exit_time_utc!: string | null;
  @nullableText(null) exit_reason!: string | null;
  @nullableNumber('Result in percent.') pnl_pct!: number | null;
}

export class AlphaDatasetFilters {
  @nullableText('Swing') mode!: string | null;
  @nullableText(null) symbol!: string | null;
  @ApiProperty({ type: 'boolean', example: false }) evaluated_only!: boolean;
}

export class Pagination {
  @integer(100) limit!: number;
  @integer(0) offset!: number;
}

export class AlphaDataset {
  @ApiProperty({ type: [AlphaRecommendation] }) items!: AlphaRecommendation[];
  @ApiProperty({ type: 'integer', example: 1, description: 'Rows of this page.' }) count!: number;
  @ApiProperty({ type: AlphaDatasetFilters }) filters!: AlphaDatasetFilters;
  @ApiProperty({ type: Pagination }) pagination!: Pagination;
  @text('2026-01-10T08:00:00.123000Z') generated_at!: string;
}

export class ModeAlpha {
  @text('Intraday') mode!: string;
  @integer(20) trades!: number;
  @integer(11) wins!: number;
  @ApiProperty({ type: 'integer', example: 9, description: 'Results of exactly 0 included.' }) losses!: number;
  @ApiProperty({ type: 'number', example: 55, description: 'Percent, 1 decimal.' }) win_rate!: number;
  @number(0.42) avg_pnl_pct!: number;
  @number(0.31) median_pnl_pct!: number;
}

export class AlphaByMode {
  @ApiProperty({ type: [ModeAlpha], description: 'By name of the mode.' }) modes!: ModeAlpha[];
  @integer(20) total_trades!: number;
  @number(0.42) overall_avg_pnl_pct!: number;
  @integer(30) lookback_days!: number;
  @text('2026-01-10T08:00:00.123000Z') generated_at!: string;
}
