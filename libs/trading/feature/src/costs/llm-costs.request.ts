import { BooleanField, DecimalField, IntegerField, TextField, TimeField } from '../http/fields';
import { PageQuery } from '../http/page';
import { IntegerParameter } from '../query-parameter';

const model = { description: 'Exact, in this case.', example: 'gpt-4-turbo', maxLength: 200 } as const;

export class LlmPricesQuery extends PageQuery {
  @TextField({ ...model, optional: true })
  model?: string;
}

export class NewLlmPrice {
  @TextField({ ...model, description: 'Exact, in this case. `default` prices the models that have no price.' })
  model!: string;

  @DecimalField({ description: 'US dollars for 1000 tokens that are sent.', example: '0.01', digits: 4, scale: 8 })
  input_per_1k_usd!: string;

  @DecimalField({ description: 'US dollars for 1000 tokens that are answered.', example: '0.03', digits: 4, scale: 8 })
  output_per_1k_usd!: string;

  @TimeField({ description: 'From when on; also in the past, which changes no cost that was logged.' })
  valid_from!: string;
}

/** No request has more; the cost of as many fits its column at every price. */
const TOKENS = { minimum: 0, maximum: 1_000_000_000 } as const;

export class NewLlmRequest {
  @TextField(model)
  model!: string;

  @IntegerField({ description: 'Tokens that were sent.', example: 1200, ...TOKENS })
  tokens_input!: number;

  @IntegerField({ description: 'Tokens that were answered.', example: 350, ...TOKENS })
  tokens_output!: number;

  @TimeField({ description: 'When it was made; now where it is left out. Decides the price.', optional: true })
  created_at?: string;
}

export class LlmRequestsQuery extends PageQuery {
  @TextField({ ...model, optional: true })
  model?: string;

  @TimeField({ description: 'Only requests from this time on.', optional: true })
  since?: string;

  @TimeField({ description: 'Only requests before this time.', example: '2026-01-10T00:00:00Z', optional: true })
  until?: string;
}

export class LlmUsageQuery {
  @IntegerParameter({
    description: 'Days of 24 hours back from now.',
    minimum: 1,
    maximum: 3650,
    default: 7,
    example: 7,
  })
  days = 7;
}

export class LlmBudgetQuery {
  @DecimalField({
    description: 'What the day may cost; LLM_DAILY_BUDGET_USD where it is left out.',
    ...{ example: '10.0', digits: 9, scale: 8, optional: true },
  })
  budget_usd?: string;

  @TextField({ ...model, description: 'The model that is to be used, for advice.', example: 'gpt-4', optional: true })
  model?: string;
}

export class NewLlmRetention {
  @IntegerField({ description: 'Requests older than so many days.', example: 90, minimum: 1, maximum: 36_500 })
  days!: number;

  @BooleanField({ description: 'Only count.', example: true, default: true, optional: true })
  dry_run: boolean = true;

  @IntegerField({
    description: 'At most so many at once; ask again, under another key, until `due` is 0.',
    ...{ example: 10_000, default: 10_000, minimum: 1, maximum: 20_000, optional: true },
  })
  limit: number = 10_000;
}
