import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ANY_JSON } from '../http/any-json';

const number = (description: string, example: number): ApiPropertyOptions => ({
  ...{ type: 'number', nullable: true, description, example },
});
const text = (description: string, example: string): ApiPropertyOptions => ({
  ...{ type: 'string', nullable: true, description, example },
});
const json = (description: string, example: object): ApiPropertyOptions => ({
  ...{ type: 'object', additionalProperties: true, nullable: true, description, example },
});
const TIME = '2026-01-09T10:00:00.123456Z';

export class PickAnswer {
  @ApiProperty({ type: 'integer', description: 'Grows with each pick.', example: 42 })
  id!: number;

  @ApiProperty({ description: '32 hexadecimal digits.', example: '0f8fad5bd9cb469fa16570867728950e' })
  pick_uuid!: string;

  @ApiProperty({ description: 'In capitals.', example: 'TCS' })
  symbol!: string;

  @ApiProperty({ description: 'LONG or SHORT.', example: 'LONG' })
  direction!: string;

  @ApiProperty({ description: 'Who signalled it.', example: 'TOP_PICKS_hourly' })
  source!: string;

  @ApiProperty({ description: 'The mode of the engine.', example: 'Intraday' })
  mode!: string;

  @ApiProperty({ description: 'UTC.', example: TIME })
  signal_ts!: string;

  @ApiProperty({ description: 'The day in India.', example: '2026-01-09' })
  trade_date!: string;

  @ApiProperty({
    type: 'number',
    nullable: true,
    description: 'Null where a migrated one is infinite.',
    example: 3250.5,
  })
  signal_price!: number | null;

  @ApiProperty(number('Where to enter.', 3250.5))
  recommended_entry!: number | null;

  @ApiProperty(number('Where to leave with a win.', 3300))
  recommended_target!: number | null;

  @ApiProperty(number('Where to leave with a loss.', 3220))
  recommended_stop!: number | null;

  @ApiProperty(text('For how long it is meant.', 'Intraday'))
  time_horizon!: string | null;

  @ApiProperty(number('The score of all agents together.', 62.5))
  blend_score!: number | null;

  @ApiProperty(text('What the engine recommends.', 'Buy'))
  recommendation!: string | null;

  @ApiProperty(text('Empty where it is not known.', 'Medium'))
  confidence!: string | null;

  @ApiProperty(text('The state of the market.', 'Bull'))
  regime!: string | null;

  @ApiProperty(text('For whom it is.', 'Moderate'))
  risk_profile_bucket!: string | null;

  @ApiProperty(text('The mode that it is counted under.', 'Intraday'))
  mode_bucket!: string | null;

  @ApiProperty(text('Out of which symbols it is.', 'NIFTY50'))
  universe!: string | null;

  @ApiProperty(json('Anything else.', { rank: 1 }))
  extra_context!: unknown;
}

export class ContributionAnswer {
  @ApiProperty({ description: 'The agent.', example: 'pattern_recognition' })
  agent_name!: string;

  @ApiProperty(number('Its score.', 75))
  score!: number | null;

  @ApiProperty(text('How sure it is.', 'High'))
  confidence!: string | null;

  @ApiProperty(json('Anything else that it said.', {}))
  metadata!: unknown;
}

export class OutcomeAnswer {
  @ApiProperty({ description: 'What it is an outcome of.', example: 'EOD' })
  evaluation_horizon!: string;

  @ApiProperty({ description: 'UTC.', example: TIME })
  horizon_end_ts!: string;

  @ApiProperty(number('The last price.', 103))
  price_close!: number | null;

  @ApiProperty(number('The highest price.', 106))
  price_high!: number | null;

  @ApiProperty(number('The lowest price.', 98))
  price_low!: number | null;

  @ApiProperty(number('The return in percent, in the direction of the pick.', 3))
  ret_close_pct!: number | null;

  @ApiProperty(number('The best that could be had, in percent.', 6))
  max_runup_pct!: number | null;

  @ApiProperty(number('The worst, in percent; below 0 is bad.', -2))
  max_drawdown_pct!: number | null;

  @ApiProperty(text('What it is compared with.', 'NIFTY'))
  benchmark_symbol!: string | null;

  @ApiProperty(number('Its return in percent.', 2))
  benchmark_ret_pct!: number | null;

  @ApiProperty(number('The return above it, in percent.', 1))
  ret_vs_benchmark_pct!: number | null;

  @ApiProperty({ type: 'boolean', nullable: true, description: 'The target was reached.', example: true })
  hit_target!: boolean | null;

  @ApiProperty({ type: 'boolean', nullable: true, description: 'The stop was reached.', example: false })
  hit_stop!: boolean | null;

  @ApiProperty(text('WIN, LOSS or BREAKEVEN.', 'WIN'))
  outcome_label!: string | null;

  @ApiProperty({
    ...ANY_JSON,
    ...{ description: 'Where it was migrated, a bare reason may stand here.', example: { capture_ratio: 0.5 } },
  })
  notes!: unknown;
}

export class WholePickAnswer extends PickAnswer {
  @ApiProperty({ type: [ContributionAnswer], description: 'In the order in which they were logged.' })
  contributions!: readonly ContributionAnswer[];

  @ApiProperty({ type: [OutcomeAnswer], description: 'By horizon.' })
  outcomes!: readonly OutcomeAnswer[];
}

export class ExitAnswer {
  @ApiProperty({ description: 'The pick that the exit is of.', example: '0f8fad5bd9cb469fa16570867728950e' })
  pick_uuid!: string;

  @ApiProperty({
    description: 'The lower the nearer: minutes (120 at most) plus 5 times the percents (200 at most).',
    example: 1.25,
  })
  score!: number;

  @ApiProperty({ description: 'Between the entry and the signal.', example: 0.5 })
  distance_minutes!: number;

  @ApiProperty(number('Of the price at the signal; null where a price is missing.', 0.15))
  distance_pct!: number | null;

  @ApiProperty({ type: OutcomeAnswer, description: 'What was stored.' })
  outcome!: OutcomeAnswer;
}

export class UnjudgedPick {
  @ApiProperty({ example: '0f8fad5bd9cb469fa16570867728950e' })
  pick_uuid!: string;

  @ApiProperty({ example: 'TCS' })
  symbol!: string;

  @ApiProperty({ enum: ['no-candles', 'no-price'], description: 'Why it has no outcome.', example: 'no-candles' })
  reason!: 'no-candles' | 'no-price';
}

export class DayError {
  @ApiProperty({ description: 'See docs/reference/errors.md.', example: 'TRADING_NO_CANDLES_OF_DAY' })
  code!: string;

  @ApiProperty({ example: 'There are no candles of this day for any of its picks.' })
  detail!: string;
}

export class JudgedDay {
  @ApiProperty({ example: '2026-01-09' })
  trade_date!: string;

  @ApiProperty({ type: 'integer', description: 'Picks of the day.', example: 7 })
  picks!: number;

  @ApiProperty({ type: 'integer', description: 'Outcomes that were stored.', example: 4 })
  computed!: number;

  @ApiProperty({ type: 'integer', description: 'Picks that had an outcome already; it stays.', example: 2 })
  already_computed!: number;

  @ApiProperty({ type: [UnjudgedPick], description: 'Picks that could not be judged.' })
  unjudged!: readonly UnjudgedPick[];

  @ApiPropertyOptional({ type: DayError, description: 'Why nothing of the day was judged.' })
  error?: DayError;
}

export class ComputeAnswer {
  @ApiProperty({ example: 'EOD' })
  horizon!: string;

  @ApiProperty({ type: 'integer', description: 'Outcomes that were stored, of all days.', example: 4 })
  computed!: number;

  @ApiProperty({ type: [JudgedDay], description: 'Each day of the range.' })
  days!: readonly JudgedDay[];
}
