import { BooleanParameter, IntegerParameter, TextParameter } from './query-parameter';

const bound =
  'ISO 8601; without an offset it is UTC, a date alone is midnight. Inclusive. Text that is no time is ignored.';

export class TopPicksHistoryQuery {
  @TextParameter({ description: 'Universe; any case.', example: 'nifty50' })
  universe?: string;

  @TextParameter({ description: 'Mode; any case.', example: 'Intraday' })
  mode?: string;

  @TextParameter({ description: 'Exact trigger, in this case.', example: 'backfill' })
  trigger?: string;

  @TextParameter({ description: `First time. ${bound}`, example: '2026-01-09T14:50:00Z' })
  start_utc?: string;

  @TextParameter({ description: `Last time. ${bound}`, example: '2026-01-10' })
  end_utc?: string;

  @IntegerParameter({ description: 'Runs at most.', minimum: 1, maximum: 5000, default: 500, example: 10 })
  limit = 500;

  @BooleanParameter({ description: "With each run's whole payload.", default: true, example: false })
  include_payload = true;
}
