import { Controller, Get, Query, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiBadRequestResponse } from '@nestjs/swagger';
import { LegacyAnswers } from '../legacy-answers';
import { LegacyParametersPipe } from '../legacy-parameters.pipe';
import { TextParameter } from '../query-parameter';
import { DailyMetricsAnswer, PolicyMetricsAnswer } from './rl-metrics.response';
import { RlMetricsService } from './rl-metrics.service';

export class RlMetricsQuery {
  @TextParameter({ description: 'In any case for the policy; as it was logged for the days.', maxLength: 50 })
  mode?: string;

  @TextParameter({
    description: '`daily` for the days; anything else is the policy.',
    default: 'policy',
    maxLength: 20,
  })
  view?: string;

  @TextParameter({ description: 'First trade date; six days before the last.', example: '2026-01-03', maxLength: 40 })
  start_date?: string;

  @TextParameter({ description: 'Last trade date; today in UTC.', example: '2026-01-09', maxLength: 40 })
  end_date?: string;
}

@ApiTags('policies')
@UsePipes(LegacyParametersPipe)
@Controller('v1/analytics/rl-metrics')
export class RlMetricsController {
  constructor(private readonly metrics: RlMetricsService) {}

  @Get()
  @ApiOperation({
    operationId: 'getRlMetrics',
    summary: 'What the active policy has learnt, or how the picks of some days did',
    description:
      'By day: end-of-day outcomes only, the newest day first, rates in percent; a level that is not known is not hit.',
  })
  @LegacyAnswers([PolicyMetricsAnswer, DailyMetricsAnswer], { parameters: true })
  @ApiBadRequestResponse({
    description: 'A day that is none, or a first day after the last.',
    schema: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
  })
  get(@Query() query: RlMetricsQuery): Promise<PolicyMetricsAnswer | DailyMetricsAnswer> {
    const mode = query.mode || undefined;
    if (query.view !== 'daily') return this.metrics.ofPolicy(mode);
    return this.metrics.ofDays(mode, query.start_date || undefined, query.end_date || undefined);
  }
}
