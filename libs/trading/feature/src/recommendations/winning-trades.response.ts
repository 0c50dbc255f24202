import { ApiProperty } from '@nestjs/swagger';

const text = (example: string) => ApiProperty({ type: 'string', example });
const integer = (example: number, description?: string) =>
  ApiProperty({ type: 'integer', example, ...(description ? { description } : {}) });
const number = (example: number, description: string) => ApiProperty({ type: 'number', example, description });
const nullableText = (example: string | null) => ApiProperty({ type: 'string', nullable: true, example });
const nullableNumber = (example: number | null) => ApiProperty({ type: 'number', nullable: true, example });

export class TradeMetrics {
  @integer(43, 'Logged of the runs of these days.') total_recommendations!: number;
  @integer(20, 'Those of them with a result.') total_trades!: number;
  @integer(11) wins!: number;
  @integer(9, 'Results of exactly 0 included.') losses!: number;
  @number(55, 'Percent, 1 decimal.') win_rate!: number;
  @number(0.42, 'Percent, 2 decimals.') avg_pnl_pct!: number;
}

export class TradeRecommendation {
  @text('RELIANCE') symbol!: string;
  @text('Swing') mode!: string;
  @text('nifty50') universe!: string;
  @text('Buy') recommendation!: string;
  @text('LONG') direction!: string;
  @ApiProperty({ type: 'string', description: 'When the run was stored.', example: '2026-01-09T14:47:36.732523Z' })
  generated_at_utc!: string;
  @nullableNumber(1475.3) entry_price!: number | null;
  @nullableNumber(null) stop_loss_price!: number | null;
  @nullableNumber(null) target_price!: number | null;
  @nullableNumber(61.6) score_blend!: number | null;
  @nullableText('Medium') confidence!: string | null;
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, description: 'By agent.' },
    example: { pattern_recognition: 75, market_regime: 75 },
  })
  scores!: object;
  @text('nifty50:Swing:2026-01-09T14:47:36.732523') run_id!: string;
  @ApiProperty({ type: 'integer', nullable: true, example: 1 }) rank_in_run!: number | null;
  @ApiProperty({ type: 'integer', enum: [0, 1], example: 0 }) evaluated!: number;
  @nullableNumber(null) exit_price!: number | null;
  @nullableText(null) exit_time_utc!: string | null;
  @nullableText(null) exit_reason!: string | null;
  @ApiProperty({ type: 'number', nullable: true, example: null, description: 'Result in percent.' })
  pnl_pct!: number | null;
}

export class WinningTradesAnswer {
  @ApiProperty({ type: TradeMetrics }) metrics!: TradeMetrics;
  @ApiProperty({ type: [TradeRecommendation], description: 'The last run first; 1,000 at most.' })
  recommendations!: TradeRecommendation[];
  @text('nifty50') universe!: string;
  @integer(7) lookback_days!: number;
  @text('2026-01-10T08:00:00.123000Z') generated_at!: string;
}
