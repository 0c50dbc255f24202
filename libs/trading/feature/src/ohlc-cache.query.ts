import { IsOptional } from 'class-validator';
import { IntegerParameter, TextParameter } from './query-parameter';

export class OhlcCacheInfoQuery {
  @IntegerParameter({ description: 'Entries at most.', minimum: 1, maximum: 500, default: 50, example: 50 })
  limit = 50;
}

export class OhlcInvalidateQuery {
  @TextParameter({ description: 'Exact symbol.', example: 'TCS' })
  symbol?: string;

  @TextParameter({ description: 'Exact interval.', example: '1d' })
  interval?: string;

  @IsOptional()
  @IntegerParameter({ description: 'Only entries of at least this age.', minimum: 1, example: 24 })
  older_than_hours?: number;
}
