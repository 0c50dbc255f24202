import { ApiProperty } from '@nestjs/swagger';
import { BUDGET_LEVELS, type BudgetAlert, type BudgetLevel } from './budget';

const text = (example: string, description: string) => ApiProperty({ type: 'string', example, description });
const integer = (example: number, description: string) => ApiProperty({ type: 'integer', example, description });
const number = (example: number, description: string) => ApiProperty({ type: 'number', example, description });
const orNull = (type: 'string' | 'integer', example: string | number, description: string) =>
  ApiProperty({ type, nullable: true, example, description });

export class LlmPrice {
  @text('gpt-4-turbo', 'Exact, in this case.') model!: string;
  @text('0.01', 'US dollars for 1000 tokens that are sent, exact.') input_per_1k_usd!: string;
  @text('0.03', 'US dollars for 1000 tokens that are answered, exact.') output_per_1k_usd!: string;
  @text('2026-01-01T00:00:00Z', "From when on, until the model's next price.") valid_from!: string;
}

export class LlmRequest {
  @integer(1, 'Counts up in the order of logging.') id!: number;
  @text('gpt-4-turbo', 'As it was logged.') model!: string;
  @orNull('integer', 1200, 'Tokens that were sent.') tokens_input!: number | null;
  @orNull('integer', 350, 'Tokens that were answered.') tokens_output!: number | null;
  @orNull('string', '0.0225', 'US dollars, exact.') cost_usd!: string | null;
  @orNull('string', '2026-01-09T10:00:00.123456Z', 'UTC.') created_at!: string | null;
}

export class LoggedLlmRequest extends LlmRequest {
  @ApiProperty({ type: 'boolean', example: false, description: 'The model has no price; it cost the default one.' })
  default_priced!: boolean;
}

export class LlmDailySpend {
  @text('2026-01-09', 'Today, in UTC.') date!: string;
  @text('1.0725', 'US dollars, exact; 0 without requests.') spent_usd!: string;
}

export class LlmModelUsage {
  @text('gpt-4-turbo', 'As it was logged.') model!: string;
  @integer(12, 'Requests.') requests!: number;
  @number(0.27, 'US dollars, 2 decimals.') cost_usd!: number;
  @ApiProperty({ type: 'boolean', example: false, description: 'For some of them the model has no price.' })
  default_priced!: boolean;
}

export class LlmDayUsage {
  @text('2026-01-09', 'A day of UTC.') date!: string;
  @integer(12, 'Requests.') requests!: number;
  @number(0.27, 'US dollars, 2 decimals.') cost_usd!: number;
}

export class LlmUsageAnswer {
  @integer(7, 'As asked for.') period_days!: number;
  @integer(12, 'Requests.') total_requests!: number;
  @orNull('integer', 14_400, 'Null without requests.') total_input_tokens!: number | null;
  @orNull('integer', 4200, 'Null without requests.') total_output_tokens!: number | null;
  @number(0.27, 'US dollars, 2 decimals.') total_cost_usd!: number;
  @number(0.0225, 'US dollars, 4 decimals.') avg_cost_per_request!: number;
  @ApiProperty({ type: [LlmModelUsage], description: 'The most expensive first.' }) by_model!: LlmModelUsage[];
  @ApiProperty({ type: [LlmDayUsage], description: 'The last day first; up to `period_days` + 1.' })
  daily_breakdown!: LlmDayUsage[];
}

export class LlmBudgetAnswer implements BudgetAlert {
  @ApiProperty({
    enum: BUDGET_LEVELS,
    example: 'WARNING',
    description: 'From 50 % CAUTION, from 80 % WARNING, from 100 % EXCEEDED; EXCEEDED for a budget of 0.',
  })
  status!: BudgetLevel;
  @number(8.25, 'US dollars today, 2 decimals.') spent_usd!: number;
  @number(10, 'As asked for.') budget_usd!: number;
  @number(1.75, 'US dollars, 2 decimals, not below 0.') remaining_usd!: number;
  @number(82.5, 'Percent, 1 decimal.') percentage_used!: number;
  @ApiProperty({ type: 'boolean', example: true, description: 'Less is spent than the budget.' }) available!: boolean;
  @orNull('string', 'gpt-4', 'As asked for.') model!: string | null;
  @orNull('string', 'gpt-4', 'One step cheaper where nothing is available. Null where no model was asked about.')
  recommended_model!: string | null;
}

export class LlmRetention {
  @ApiProperty({ type: 'boolean', example: false, description: 'Only counted.' }) dry_run!: boolean;
  @text('2025-10-11T10:00:00.123000Z', 'Requests before this time.') before!: string;
  @integer(10_000, 'Requests that went to the archive now.') archived!: number;
  @integer(2345, 'Requests that are still to go there.') due!: number;
}
