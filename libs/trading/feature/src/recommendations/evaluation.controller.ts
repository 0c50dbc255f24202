import { Controller, Get, HttpCode, Post, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { systemClock } from '@sluice/core';
import { RecommendationResourceRepository } from '@sluice/trading-persistence';
import { LegacyAnswers } from '../legacy-answers';
import { LegacyParametersPipe } from '../legacy-parameters.pipe';
import { nowText } from '../legacy-time';
import { NoHeadGuard } from '../no-head.guard';
import { EvaluationService } from './evaluation.service';
import { policyCandidateOf } from './policy-candidate';
import { EvaluateQuery } from './recommendation.request';
import { CandidateAnswer, EvaluationAnswer } from './recommendation.response';

@ApiTags('performance')
@UsePipes(LegacyParametersPipe)
@Controller('v1/performance')
export class EvaluationController {
  constructor(
    private readonly evaluation: EvaluationService,
    private readonly recommendations: RecommendationResourceRepository,
  ) {}

  @Get('alpha/evaluate')
  @UseGuards(NoHeadGuard)
  @ApiOperation({
    operationId: 'evaluateRecommendations',
    summary: 'Find out how open recommendations ended',
    description:
      'A GET that writes, as it always was. The oldest first: Scalping by its logged exit, Intraday by the last candle of ' +
      'its UTC day, Swing after 5 days, Options and Futures after 3. What is not over, or has no price, stays open.',
  })
  @LegacyAnswers(EvaluationAnswer, { parameters: true, isChange: true })
  async evaluate(@Query() { max_rows: maxRows }: EvaluateQuery): Promise<EvaluationAnswer> {
    const totals = await this.evaluation.evaluate(maxRows);
    return { ...totals, max_rows: maxRows, generated_at: nowText(systemClock) };
  }

  @Post('policy/candidate')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'proposePolicy',
    summary: 'How each mode did under each policy, as the next version of the weights',
    description: 'The candidate is the answer: nothing is written, so that a request may be sent again.',
  })
  @LegacyAnswers(CandidateAnswer, { parameters: false })
  async propose(): Promise<CandidateAnswer> {
    const { groups, latestPolicy } = await this.recommendations.policyGroups();
    const { groups: shown, ...versions } = policyCandidateOf(groups, latestPolicy);
    return { candidate: { ...versions, groups: [...shown] }, generated_at: nowText(systemClock) };
  }
}
