import { BooleanParameter, IntegerParameter, TextParameter } from './query-parameter';

export class AlphaDatasetQuery {
  @TextParameter({ description: 'Exact mode, in this case.', example: 'Intraday' })
  mode?: string;

  @TextParameter({ description: 'Symbol; any case.', example: 'TCS' })
  symbol?: string;

  @BooleanParameter({ description: 'Only recommendations whose outcome is known.', default: true, example: false })
  evaluated_only = true;

  @IntegerParameter({ description: 'Rows of the page.', minimum: 1, maximum: 500, default: 100, example: 2 })
  limit = 100;

  @IntegerParameter({ description: 'Rows that are passed over first.', minimum: 0, default: 0, example: 0 })
  offset = 0;
}

export class AlphaByModeQuery {
  @IntegerParameter({ description: 'Days back from now.', minimum: 1, maximum: 365, default: 30, example: 90 })
  lookback_days = 30;
}
