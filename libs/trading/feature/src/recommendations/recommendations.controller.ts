import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type IdempotentRequest, IdempotentWrites } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AlphaRecommendation } from '../alpha.response';
import { entityTagOf } from '../http/entity-tag';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { type Page, pageOf } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { RecommendationLogService } from './recommendation-log.service';
import {
  ItemwisePipe,
  NewExit,
  NewRecommendations,
  RecommendationPath,
  RecommendationsQuery,
} from './recommendation.request';
import { AppliedExitAnswer, LoggedPayloadAnswer, RecommendationAnswer } from './recommendation.response';
import { RecommendationService } from './recommendation.service';

type Reply = Pick<FastifyReply, 'header'>;

@ApiTags('recommendations')
@Controller('v1/recommendations')
export class RecommendationsController {
  constructor(
    private readonly log: RecommendationLogService,
    private readonly recommendations: RecommendationService,
    private readonly writes: IdempotentWrites,
  ) {}

  @Post()
  @HttpCode(200)
  @UsePipes(ItemwisePipe)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'logRecommendations',
    summary: 'Log the picks of a run as recommendations',
    description:
      'The first 50 items, each answered for itself: one that cannot be stored loses nobody else. A run that is logged ' +
      'again adds nothing; without `run_id` a payload is that of the same universe and time, and without a time a new one.',
  })
  @Answers(LoggedPayloadAnswer)
  async logPayload(
    @Body() { payload, source }: NewRecommendations,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LoggedPayloadAnswer> {
    const logged = await this.writes.run(request, (tx) => this.log.log(tx, payload, source));
    return replyOf(reply, logged) as LoggedPayloadAnswer;
  }

  @Post('exits')
  @HttpCode(200)
  @UsePipes(RequestPipe)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'applyScalpingExit',
    summary: 'End the oldest open Scalping recommendation of a symbol',
    description:
      'Of the day of `entry_time`, however far prices and times are apart; of several with one time the newest row. ' +
      'Without prices it counts as evaluated all the same.',
  })
  @Answers(AppliedExitAnswer)
  async applyExit(
    @Body() exit: NewExit,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<AppliedExitAnswer> {
    const applied = await this.writes.run(request, (tx) => this.recommendations.applyExit(tx, exit));
    const id = replyOf(reply, applied);
    return { updated: id === null ? 0 : 1, id };
  }

  @Get()
  @UsePipes(RequestPipe)
  @ApiOperation({
    operationId: 'listRecommendations',
    summary: 'Recommendations, a page at a time',
    description: 'Newest first; rows of one time by descending id. Doubles that are not finite are null.',
  })
  @Answers(pageOf(AlphaRecommendation))
  list(@Query() query: RecommendationsQuery): Promise<Page<AlphaRecommendation>> {
    return this.recommendations.list(query);
  }

  @Get(':id')
  @UsePipes(RequestPipe)
  @ApiOperation({
    operationId: 'getRecommendation',
    summary: 'A recommendation with all its columns',
    description: 'The ETag changes with the row.',
  })
  @Answers(RecommendationAnswer, { hasTag: true, problems: { 404: 'TRADING_RECOMMENDATION_NOT_FOUND' } })
  async get(
    @Param() { id }: RecommendationPath,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<RecommendationAnswer> {
    const { row, version } = await this.recommendations.get(BigInt(id));
    void reply.header('etag', entityTagOf(version));
    return row;
  }
}
