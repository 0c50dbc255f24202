import { Controller, Get, Query, Res, UsePipes } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { cacheHeaders, type HeaderSink } from './cache-status';
import { LegacyAnswers } from './legacy-answers';
import { LegacyParametersPipe } from './legacy-parameters.pipe';
import { MarketSummaryService } from './market-summary.service';
import { TextParameter } from './query-parameter';

class MarketSummaryQuery {
  @TextParameter({
    ...{ description: '`India` or `Global`, in just this form.', default: 'India', example: 'Global', maxLength: 200 },
  })
  region = 'India';
}

/** With the members of the value that is held. */
class MarketSummaryAnswer {
  @ApiProperty({ example: 'Global' })
  region!: string;

  @ApiProperty({ enum: ['Live', 'Last Trading Day (Cached)'] })
  data_source!: string;

  @ApiPropertyOptional({ description: 'Only where it is `true`: the value is past its life.', example: true })
  _cached?: boolean;

  @ApiPropertyOptional({
    ...{ type: 'array', items: { type: 'object', additionalProperties: true }, description: 'As it was left.' },
    example: [{ name: 'S&P 500', price: 6921.46, change_pct: 0.01 }],
  })
  indices?: unknown;
}

@ApiTags('cached values')
@UsePipes(LegacyParametersPipe)
@Controller('v1/market')
export class MarketSummaryController {
  constructor(private readonly summaries: MarketSummaryService) {}

  @Get('summary')
  @ApiOperation({
    operationId: 'getMarketSummary',
    summary: 'The summary of a market',
    description:
      'What the general cache holds under `{region}_indices_summary` with persistence, up to eight days old, with all of ' +
      'its members. This program asks no exchange: where nobody has left a value there is none.',
  })
  @LegacyAnswers(MarketSummaryAnswer, { parameters: true, isCached: true })
  @ApiNotFoundResponse({
    description: 'Nobody has left a summary of this region.',
    schema: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
  })
  async get(
    @Query() { region }: MarketSummaryQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<MarketSummaryAnswer> {
    const { value, freshForMs } = await this.summaries.get(region || 'India');
    const isLive = freshForMs > 0;
    reply.headers(cacheHeaders({ state: isLive ? 'hit' : 'stale', tier: 2, freshForMs, isStored: true }));
    const named = { ...value, region: region || 'India' };
    if (isLive) return { ...named, data_source: 'Live' };
    return { ...named, _cached: true, data_source: 'Last Trading Day (Cached)' };
  }
}
