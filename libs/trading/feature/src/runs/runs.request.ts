import { BooleanField, IntegerField, ObjectField, TextField, TimeField } from '../http/fields';
import { PageQuery } from '../http/page';
import { TextParameter } from '../query-parameter';

const maxLength = 100;

const dryRun = { description: 'Only say what would be done.', optional: true, default: false, example: true };

export class NewRun {
  @TextField({ description: 'What started the run.', maxLength, optional: true, default: 'manual', example: 'hourly' })
  trigger: string = 'manual';

  @ObjectField({
    description: "The engine's whole output. All of it is kept, members that are not known included.",
    example: {
      ...{ date: '2026-01-09', generated_at: '2026-01-09T20:14:34.765817', universe: 'nifty50', mode: 'Intraday' },
      ...{ total_analyzed: 50, passed_filter: 49, picks_count: 1, picks: [{ rank: 1, symbol: 'TCS' }] },
      metadata: { analysis_time_seconds: 90.05039, policy_version: '1.0' },
    },
  })
  result!: Readonly<Record<string, unknown>>;
}

export class RunsQuery extends PageQuery {
  @TextParameter({ description: 'Universe; any case.', maxLength, example: 'nifty50' })
  universe?: string;

  @TextParameter({ description: 'Mode; any case.', maxLength, example: 'Intraday' })
  mode?: string;

  @TextParameter({ description: 'Exact trigger, in this case.', maxLength, example: 'backfill' })
  trigger?: string;

  @TimeField({ description: 'First time, included; without an offset UTC.', optional: true })
  start_utc?: string;

  @TimeField({
    description: 'Last time, included; a date alone is its midnight.',
    optional: true,
    example: '2026-01-10',
  })
  end_utc?: string;
}

export class RunPath {
  @TextField({
    description: 'The id of a run.',
    maxLength: 500,
    example: 'nifty50:Intraday:2026-01-09T14:46:10.340830',
  })
  run_id!: string;
}

export class NewRetention {
  @IntegerField({
    description: 'Runs that are older are archived; with 0 none is. TOP_PICKS_RETENTION_DAYS where it is left out.',
    ...{ minimum: 0, maximum: 36_500, optional: true, example: 90 },
  })
  days?: number;

  @BooleanField({ ...dryRun, default: true })
  dry_run: boolean = true;
}

export class NewReconciliation {
  @BooleanField(dryRun)
  dry_run: boolean = false;
}
