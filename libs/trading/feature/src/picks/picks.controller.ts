import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotentWrites, type IdempotentRequest } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { pageOf, type Page } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { OutcomesService } from './outcomes.service';
import { ComputeBody, ExitBody, PickBody, PickPath, PicksQuery } from './picks.request';
import { ComputeAnswer, ExitAnswer, PickAnswer, WholePickAnswer } from './picks.response';
import { PicksService } from './picks.service';

@ApiTags('picks')
@UsePipes(RequestPipe)
@Controller('v1/picks')
export class PicksController {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly picks: PicksService,
    private readonly outcomes: OutcomesService,
  ) {}

  @Post()
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'logPick',
    summary: 'Log a pick with what the agents said of it',
    description: 'All of it is stored, or nothing and the answer says why.',
  })
  @Answers(WholePickAnswer, { status: 201 })
  async log(
    @Body() body: PickBody,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WholePickAnswer> {
    const answer = replyOf(reply, await this.writes.run(request, (tx) => this.picks.log(tx, body)));
    void reply.header('Location', `/v1/picks/${answer.pick_uuid}`);
    return answer;
  }

  @Get()
  @ApiOperation({
    operationId: 'listPicks',
    summary: 'Picks, the newest first',
    description: 'A page at a time, without contributions and outcomes.',
  })
  @Answers(pageOf(PickAnswer))
  list(@Query() query: PicksQuery): Promise<Page<PickAnswer>> {
    return this.picks.list(query);
  }

  @Post('exits')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'logPickExit',
    summary: 'Log how a scalping trade ended',
    description:
      'It becomes the outcome of the nearest pick of the symbol, of mode `Scalping` and of the day of the entry (UTC), by time ' +
      'and price. The legacy service took the nearest however far it was; ask for that with `any_distance`.',
  })
  @Answers(ExitAnswer, { problems: { 404: 'TRADING_EXIT_UNMATCHED: nothing was stored' } })
  async logExit(
    @Body() body: ExitBody,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ExitAnswer> {
    return replyOf(reply, await this.writes.run(request, (tx) => this.picks.logExit(tx, body)));
  }

  @Post('outcomes/compute')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'computePickOutcomes',
    summary: 'Judge the picks of some days by the candles of those days',
    description:
      'Picks that have an outcome at the horizon keep it. A day whose prices are not there is told with an error; it is never ' +
      'judged by the prices of another day.',
  })
  @Answers(ComputeAnswer)
  async compute(
    @Body() body: ComputeBody,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ComputeAnswer> {
    const computed = await this.outcomes.compute(body);
    return replyOf(reply, await this.writes.run(request, (tx) => this.outcomes.store(tx, computed)));
  }

  @Get(':uuid')
  @ApiOperation({
    operationId: 'getPick',
    summary: 'A pick with its contributions and outcomes',
    description: 'Doubles that are not finite are null.',
  })
  @Answers(WholePickAnswer, { problems: { 404: 'TRADING_PICK_UNKNOWN' } })
  get(@Param() { uuid }: PickPath): Promise<WholePickAnswer> {
    return this.picks.get(uuid);
  }
}
