import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsOptional, ValidateNested } from 'class-validator';
import { AtMost, ChoiceField, DateField, NumberField, ObjectField, TextField, TimeField } from '../http/fields';
import { PageQuery } from '../http/page';
import { OUTCOME_LABELS } from './outcome.rules';

const open = { optional: true, nullable: true } as const;
const HORIZON = { description: '`EOD`, `SCALPING` or a name of your own.', maxLength: 50, example: 'EOD' };

/** What one agent said of a pick. */
export class ContributionBody {
  @TextField({ description: 'The agent.', maxLength: 100, example: 'pattern_recognition' })
  agent_name!: string;

  @NumberField({ description: 'Its score.', example: 75, ...open })
  score?: number | null;

  @TextField({ description: 'How sure it is.', maxLength: 50, minLength: 0, example: 'High', ...open })
  confidence?: string | null;

  @ObjectField({ description: 'Anything else that it said.', example: { pattern: 'flag' }, default: {}, ...open })
  metadata?: object | null;
}

/** A pick at the time of its signal. */
export class PickBody {
  @TextField({ description: 'Kept in capitals.', maxLength: 50, example: 'TCS' })
  symbol!: string;

  @TextField({ description: 'LONG or SHORT, in any case.', maxLength: 5, pattern: /^(long|short)$/i, example: 'LONG' })
  direction!: string;

  @TextField({ description: 'Who signals it.', maxLength: 100, example: 'TOP_PICKS_hourly' })
  source!: string;

  @TextField({ description: 'As it is written: exits look for `Scalping`.', maxLength: 50, example: 'Intraday' })
  mode!: string;

  @NumberField({ description: 'The price at the signal.', example: 3250.5 })
  signal_price!: number;

  @TimeField({ description: 'ISO 8601; without an offset it is UTC. Now, where it is left out.', optional: true })
  signal_ts?: string;

  @DateField({ description: 'The day in India. That of `signal_ts`, where it is left out.', optional: true })
  trade_date?: string;

  @NumberField({ description: 'Where to enter.', example: 3250.5, ...open })
  recommended_entry?: number | null;

  @NumberField({ description: 'Where to leave with a win.', example: 3300, ...open })
  recommended_target?: number | null;

  @NumberField({ description: 'Where to leave with a loss.', example: 3220, ...open })
  recommended_stop?: number | null;

  @TextField({ description: 'For how long it is meant.', maxLength: 50, example: 'Intraday', ...open })
  time_horizon?: string | null;

  @NumberField({ description: 'The score of all agents together.', example: 62.5, ...open })
  blend_score?: number | null;

  @TextField({ description: 'What the engine recommends.', maxLength: 50, example: 'Buy', ...open })
  recommendation?: string | null;

  @TextField({ description: 'Empty where it is not known.', maxLength: 50, minLength: 0, example: 'Medium', ...open })
  confidence?: string | null;

  @TextField({ description: 'The state of the market.', maxLength: 50, example: 'Bull', ...open })
  regime?: string | null;

  @TextField({ description: 'For whom it is.', maxLength: 50, example: 'Moderate', ...open })
  risk_profile_bucket?: string | null;

  @TextField({ description: 'The mode that it is counted under.', maxLength: 50, example: 'Intraday', ...open })
  mode_bucket?: string | null;

  @TextField({
    description: 'Out of which symbols it is; kept in capitals.',
    maxLength: 100,
    example: 'NIFTY50',
    ...open,
  })
  universe?: string | null;

  @ObjectField({
    description:
      'Anything else. Training reads `bandit_ctx`, `exit_profile_id`, `entry_action_id`, `session_segment`, `value_bucket`.',
    example: { rank: 1, bandit_ctx: 'Intraday|Bull|LowVol|Moderate' },
    default: {},
    ...open,
  })
  extra_context?: object | null;

  @ApiProperty({ type: [ContributionBody], required: false, description: 'At most 100.' })
  @IsOptional()
  @IsArray()
  @AtMost(100)
  @ValidateNested({ each: true })
  @Type(() => ContributionBody)
  contributions?: ContributionBody[];
}

/** Which picks a page is of. */
export class PicksQuery extends PageQuery {
  @TextField({ description: 'In any case.', maxLength: 50, example: 'TCS', optional: true })
  symbol?: string;

  @TextField({ description: 'As it was logged.', maxLength: 50, example: 'Intraday', optional: true })
  mode?: string;

  @TextField({ description: 'In any case.', maxLength: 100, example: 'NIFTY50', optional: true })
  universe?: string;

  @DateField({ description: 'The first trade date.', example: '2026-01-01', optional: true })
  from?: string;

  @DateField({ description: 'The last trade date.', example: '2026-01-31', optional: true })
  to?: string;
}

export class PickPath {
  @TextField({ description: 'The id of a pick.', maxLength: 100, example: '0f8fad5bd9cb469fa16570867728950e' })
  uuid!: string;
}

export class OutcomePath extends PickPath {
  @TextField(HORIZON)
  horizon!: string;
}

/** All of an outcome: what is left out becomes null. */
export class OutcomeBody {
  @TimeField({ description: 'When the horizon ended; without an offset it is UTC.' })
  horizon_end_ts!: string;

  @NumberField({ description: 'The last price.', example: 103, ...open })
  price_close?: number | null;

  @NumberField({ description: 'The highest price.', example: 106, ...open })
  price_high?: number | null;

  @NumberField({ description: 'The lowest price.', example: 98, ...open })
  price_low?: number | null;

  @NumberField({ description: 'The return in percent, in the direction of the pick.', example: 3, ...open })
  ret_close_pct?: number | null;

  @NumberField({ description: 'The best that could be had, in percent.', example: 6, ...open })
  max_runup_pct?: number | null;

  @NumberField({ description: 'The worst, in percent; below 0 is bad.', example: -2, ...open })
  max_drawdown_pct?: number | null;

  @TextField({ description: 'What it is compared with.', maxLength: 50, example: 'NIFTY', ...open })
  benchmark_symbol?: string | null;

  @NumberField({ description: 'Its return in percent.', example: 2, ...open })
  benchmark_ret_pct?: number | null;

  @NumberField({ description: 'The return above it, in percent.', example: 1, ...open })
  ret_vs_benchmark_pct?: number | null;

  @ApiProperty({
    type: 'boolean',
    nullable: true,
    required: false,
    description: 'The target was reached.',
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  hit_target?: boolean | null;

  @ApiProperty({
    type: 'boolean',
    nullable: true,
    required: false,
    description: 'The stop was reached.',
    example: false,
  })
  @IsOptional()
  @IsBoolean()
  hit_stop?: boolean | null;

  @ChoiceField({
    description: 'Over 0.5 percent, below -0.5, or between.',
    choices: OUTCOME_LABELS,
    example: 'WIN',
    ...open,
  })
  outcome_label?: string | null;

  @ObjectField({ description: 'Training reads `capture_ratio`.', example: { capture_ratio: 0.5 }, ...open })
  notes?: object | null;
}

/** An exit as the exit tracker writes it, and how far from its pick it may be. */
export class ExitBody {
  @TextField({ description: 'In any case.', maxLength: 50, example: 'TCS' })
  symbol!: string;

  @TimeField({ description: 'When the trade was entered; without an offset it is UTC.' })
  entry_time!: string;

  @NumberField({
    description: 'Not above 0, or left out: only the time tells whose exit it is.',
    example: 3250.5,
    ...open,
  })
  entry_price?: number | null;

  @TimeField({ description: 'When it ended. Now, where it is left out.', ...open })
  exit_time?: string | null;

  @NumberField({ description: 'The price at its end.', example: 3300, ...open })
  exit_price?: number | null;

  @TextField({ description: 'Kept in capitals.', maxLength: 100, example: 'TARGET_HIT', ...open })
  exit_reason?: string | null;

  @NumberField({ description: 'In percent, in the direction of the trade.', example: 1.52, ...open })
  return_pct?: number | null;

  @NumberField({ description: 'Of the exit tracker; not kept.', example: 18.5, ...open })
  hold_duration_mins?: number | null;

  @TextField({ description: 'Of the exit tracker; not kept.', maxLength: 50, example: 'Scalping', ...open })
  mode?: string | null;

  @TextField({ description: 'Of the exit tracker; not kept.', maxLength: 50, example: 'Buy', ...open })
  recommendation?: string | null;

  @TextField({ ...HORIZON, example: 'SCALPING', default: 'SCALPING', optional: true })
  horizon: string = 'SCALPING';

  @NumberField({
    description:
      'How far in time the pick may be. The scalping cycle is of ten minutes, so that a wider one may mean another cycle.',
    ...{ minimum: 0, maximum: 1440, default: 10, example: 10, optional: true },
  })
  tolerance_minutes: number = 10;

  @NumberField({
    description: 'How far in price the pick may be, in percent of the price at its signal.',
    ...{ minimum: 0, maximum: 1000, default: 1, example: 1, optional: true },
  })
  tolerance_pct: number = 1;

  @ApiProperty({
    ...{ type: 'boolean', required: false, default: false, example: false },
    description: 'The rule of the legacy service: the nearest pick of the day, however far.',
  })
  @IsBoolean()
  any_distance: boolean = false;
}

/** Which days to judge. */
export class ComputeBody {
  @DateField({ description: 'The first trade date.', example: '2026-01-05' })
  from!: string;

  @DateField({ description: 'The last one; at most 31 days.', example: '2026-01-09' })
  to!: string;

  @TextField({ ...HORIZON, default: 'EOD', optional: true })
  horizon: string = 'EOD';
}
