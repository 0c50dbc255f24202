import { Body, Controller, Get, HttpCode, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotentWrites, type IdempotentRequest } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { type Page, pageOf } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { parseBound } from '../legacy-time';
import {
  LlmBudgetQuery,
  LlmPricesQuery,
  LlmRequestsQuery,
  LlmUsageQuery,
  NewLlmPrice,
  NewLlmRequest,
  NewLlmRetention,
} from './llm-costs.request';
import {
  LlmBudgetAnswer,
  LlmDailySpend,
  LlmPrice,
  LlmRequest,
  LlmRetention,
  LlmUsageAnswer,
  LoggedLlmRequest,
} from './llm-costs.response';
import { LlmCostsService } from './llm-costs.service';

type Reply = Pick<FastifyReply, 'header'>;

@ApiTags('LLM costs')
@UsePipes(RequestPipe)
@Controller('v1/llm-costs')
export class LlmCostsController {
  constructor(
    private readonly costs: LlmCostsService,
    private readonly writes: IdempotentWrites,
  ) {}

  @Get('prices')
  @ApiOperation({
    operationId: 'listLlmPrices',
    summary: 'Prices of the models',
    description: 'By model; each one its newest price first.',
  })
  @Answers(pageOf(LlmPrice))
  listPrices(@Query() query: LlmPricesQuery): Promise<Page<LlmPrice>> {
    return this.costs.listPrices(query);
  }

  @Post('prices')
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'addLlmPrice',
    summary: 'Add the price of a model from a time on',
    description: 'Costs that were logged stay as they are.',
  })
  @Answers(LlmPrice, { status: 201, problems: { 409: 'LLM_PRICE_EXISTS: from this very time on' } })
  async addPrice(
    @Body() body: NewLlmPrice,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LlmPrice> {
    const price = { ...body, valid_from: parseBound(body.valid_from)! };
    return replyOf(reply, await this.writes.run(request, (tx) => this.costs.addPrice(tx, price)));
  }

  @Post('requests')
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'logLlmRequest',
    summary: 'Log a request to a model, and compute what it cost',
    description: 'At the price of its time. A model without a price costs the price `default`, and the answer says so.',
  })
  @Answers(LoggedLlmRequest, { status: 201, problems: { 422: 'API_REQUEST_INVALID, LLM_PRICE_MISSING' } })
  async logRequest(
    @Body() { model, tokens_input: tokensInput, tokens_output: tokensOutput, created_at: at }: NewLlmRequest,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LoggedLlmRequest> {
    const logged = { model, tokensInput, tokensOutput, createdAt: parseBound(at) };
    return replyOf(reply, await this.writes.run(request, (tx) => this.costs.logRequest(tx, logged)));
  }

  @Get('requests')
  @ApiOperation({
    operationId: 'listLlmRequests',
    summary: 'Logged requests, a page at a time',
    description: 'Those that were logged last come first. Archived ones are not among them.',
  })
  @Answers(pageOf(LlmRequest))
  listRequests(@Query() { model, since, until, limit, cursor }: LlmRequestsQuery): Promise<Page<LlmRequest>> {
    const window = { since: parseBound(since), until: parseBound(until) };
    return this.costs.listRequests({ model, ...window, limit, cursor });
  }

  @Get('daily-spend')
  @ApiOperation({
    operationId: 'getLlmDailySpend',
    summary: "What today's requests cost",
    description: 'Today is the day of UTC. Exact, not rounded.',
  })
  @Answers(LlmDailySpend)
  getDailySpend(): Promise<LlmDailySpend> {
    return this.costs.getDailySpend();
  }

  @Get('usage')
  @ApiOperation({
    operationId: 'getLlmUsage',
    summary: 'Requests, tokens and costs of the last days',
    description:
      'In total, by model and by day of UTC. Rounded half to even, as Python rounds. Archived requests do not count.',
  })
  @Answers(LlmUsageAnswer)
  getUsage(@Query() { days }: LlmUsageQuery): Promise<LlmUsageAnswer> {
    return this.costs.getUsage(days);
  }

  @Get('budget')
  @ApiOperation({
    operationId: 'getLlmBudget',
    summary: "How much of the day's budget is used, and which model to use",
    description: 'Nothing is ever blocked: where nothing is available a cheaper model is recommended.',
  })
  @Answers(LlmBudgetAnswer)
  getBudget(@Query() { budget_usd: budgetUsd, model }: LlmBudgetQuery): Promise<LlmBudgetAnswer> {
    return this.costs.getBudget({ budgetUsd, model });
  }

  @Post('retention')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'archiveLlmRequests',
    summary: 'Move old requests to the archive',
    description:
      'The oldest first, a bounded number at once. Nothing is deleted; a dry run, which is the default, only counts.',
  })
  @Answers(LlmRetention)
  async retain(
    @Body() { days, dry_run: isDryRun, limit }: NewLlmRetention,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LlmRetention> {
    return replyOf(reply, await this.writes.run(request, (tx) => this.costs.retain(tx, { days, limit, isDryRun })));
  }
}
