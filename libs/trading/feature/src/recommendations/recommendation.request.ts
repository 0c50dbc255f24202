import { Injectable, type ArgumentMetadata } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { NumberField, ObjectField, TextField, TimeField } from '../http/fields';
import { PageQuery } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { membersOf } from '../json-members';
import { BooleanParameter, IntegerParameter, TextParameter } from '../query-parameter';

const maxLength = 200;

export class NewRecommendations {
  @TextField({
    description: 'Who made the picks: the trigger of the run.',
    maxLength: 100,
    optional: true,
    default: 'top_picks_scheduler',
    example: 'hourly',
  })
  source: string = 'top_picks_scheduler';

  @ObjectField({
    description:
      'A payload of the scheduler: `items`, and `universe`, `mode`, `run_id`, `as_of` for all of them. A time without an ' +
      "offset is India's wall clock.",
    example: {
      ...{ run_id: 'nifty50:Intraday:2026-01-09T14:28:23.933306', universe: 'nifty50', mode: 'Intraday' },
      ...{ as_of: '2026-01-09T19:56:26.097643', elapsed_seconds: 108.9 },
      items: [
        { symbol: 'TCS', rank: 1, recommendation: 'Buy', price: 3210.5, score_blend: 62.5, confidence: 'Medium' },
      ],
    },
  })
  payload!: Readonly<Record<string, unknown>>;
}

/** Items are checked one by one where they are read, so that a bad one does not lose the others. */
@Injectable()
export class ItemwisePipe extends RequestPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { payload, ...rest } = membersOf(value);
    const { items, ...head } = membersOf(payload);
    if (metadata.type !== 'body' || !Array.isArray(items)) return super.transform(value, metadata);
    const request = (await super.transform({ ...rest, payload: head }, metadata)) as NewRecommendations;
    return Object.assign(request, { payload: { ...request.payload, items } });
  }
}

export class RecommendationsQuery extends PageQuery {
  @TextParameter({ description: 'Exact mode, in this case.', maxLength, example: 'Intraday' })
  mode?: string;

  @TextParameter({ description: 'Symbol; any case.', maxLength, example: 'TCS' })
  symbol?: string;

  @TextParameter({ description: 'Universe; any case.', maxLength, example: 'NIFTY50' })
  universe?: string;

  @TextParameter({ description: 'Exact run.', maxLength: 400, example: 'nifty50:Intraday:2026-01-09T14:28:23.933306' })
  run_id?: string;

  @IsOptional()
  @BooleanParameter({ description: 'Only those whose end is known, or only the others.', example: false })
  evaluated?: boolean;
}

export class RecommendationPath {
  @TextField({ description: 'The number of a recommendation.', maxLength: 18, pattern: /^\d{1,18}$/, example: '1' })
  id!: string;
}

export class NewExit {
  @TextField({ description: 'Symbol; any case.', maxLength, example: 'TCS' })
  symbol!: string;

  @TextField({
    description: 'Its day, as written, is that of the recommendation; of any day where it is no time.',
    ...{ maxLength: 40, minLength: 0, optional: true, nullable: true, example: '2026-01-09T04:10:00+00:00' },
  })
  entry_time?: string | null;

  @NumberField({ description: 'Not compared.', optional: true, nullable: true, example: 3210.5 })
  entry_price?: number | null;

  @TimeField({ description: 'When it ended.', optional: true, nullable: true, example: '2026-01-09T04:40:00Z' })
  exit_time?: string | null;

  @NumberField({ description: 'At which price.', optional: true, nullable: true, example: 3230.25 })
  exit_price?: number | null;

  @TextField({
    description: 'Why.',
    ...{ maxLength: 100, minLength: 0, optional: true, nullable: true, example: 'TARGET_HIT' },
  })
  exit_reason?: string | null;

  @NumberField({ description: 'What it earned, in percent.', optional: true, nullable: true, example: 0.62 })
  return_pct?: number | null;

  @NumberField({ description: 'Not kept.', optional: true, nullable: true, example: 30 })
  hold_duration_mins?: number | null;

  @TextField({ description: 'Not kept.', maxLength, optional: true, nullable: true, example: 'Scalping' })
  mode?: string | null;

  @TextField({ description: 'Not kept.', maxLength, optional: true, nullable: true, example: 'Buy' })
  recommendation?: string | null;
}

export class EvaluateQuery {
  @IntegerParameter({
    description: 'Rows that are looked at, and as many again while none of them ends, five times at most.',
    minimum: 1,
    maximum: 2000,
    default: 500,
    example: 500,
  })
  max_rows = 500;
}
