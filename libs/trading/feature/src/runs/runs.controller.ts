import { Body, Controller, Get, HttpCode, Param, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type IdempotentRequest, IdempotentWrites } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { cacheHeaders } from '../cache-status';
import { LatestPicksQuery } from '../cached-values.query';
import { CachedValuesService } from '../cached-values.service';
import { entityTagOf } from '../http/entity-tag';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { type Page, pageOf } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { ReconciliationService } from './reconciliation.service';
import { NoPicksError } from './runs.errors';
import { NewReconciliation, NewRetention, NewRun, RunPath, RunsQuery } from './runs.request';
import {
  LatestRunAnswer,
  ReconciliationAnswer,
  RetentionAnswer,
  RunAnswer,
  RunWithPayloadAnswer,
  StoredRunAnswer,
} from './runs.response';
import { RunsService } from './runs.service';

type Reply = Pick<FastifyReply, 'header' | 'headers'>;

@ApiTags('runs')
@UsePipes(RequestPipe)
@Controller('v1/runs')
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly values: CachedValuesService,
    private readonly reconciliation: ReconciliationService,
    private readonly writes: IdempotentWrites,
  ) {}

  @Post()
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'storeRun',
    summary: 'Store a run of the top-picks engine',
    description: 'As of now. The latest picks of its universe and mode are those of this run from then on.',
  })
  @Answers(StoredRunAnswer, { status: 201, problems: { 422: 'API_REQUEST_INVALID, TRADING_RUN_NOT_JSON' } })
  async store(
    @Body() { result, trigger }: NewRun,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<StoredRunAnswer> {
    return replyOf(
      reply,
      await this.writes.run(request, async (tx) => ({ run_id: await this.runs.store(tx, result, trigger) })),
    );
  }

  @Post('retention')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'archiveRuns',
    summary: 'Move old runs into the archive',
    description: 'The oldest first, a thousand at most: ask again while some remain. Nothing is deleted.',
  })
  @Answers(RetentionAnswer)
  async archive(
    @Body() retention: NewRetention,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<RetentionAnswer> {
    return replyOf(reply, await this.writes.run(request, (tx) => this.runs.archive(tx, retention)));
  }

  @Post('reconciliation')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'reconcileRuns',
    summary: 'Compare the run files of the legacy backend with the stored runs',
    description:
      'Files below LEGACY_DIR. A run whose store failed, which only a file tells of, is added with the trigger `file`, 200 ' +
      'at most; what does not agree is listed and left as it is.',
  })
  @Answers(ReconciliationAnswer, { problems: { 409: 'TRADING_NO_LEGACY_DIR' } })
  async reconcile(
    @Body() { dry_run: isDry }: NewReconciliation,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<ReconciliationAnswer> {
    const comparison = await this.reconciliation.compare();
    if (isDry) return this.reconciliation.preview(comparison) as ReconciliationAnswer;
    const done = await this.writes.run(request, (tx) => this.reconciliation.add(tx, comparison));
    return replyOf(reply, done) as ReconciliationAnswer;
  }

  @Get()
  @ApiOperation({
    operationId: 'listRuns',
    summary: 'Runs without their payloads, a page at a time',
    description: 'Newest first; runs of one time by descending number.',
  })
  @Answers(pageOf(RunAnswer))
  list(@Query() query: RunsQuery): Promise<Page<RunAnswer>> {
    return this.runs.list(query);
  }

  @Get('latest')
  @ApiOperation({
    operationId: 'getLatestRun',
    summary: 'The newest run with picks of a universe and mode',
    description: 'From the cache, which is filled from the stored runs. Runs without picks are passed over.',
  })
  @Answers(LatestRunAnswer, { problems: { 404: 'TRADING_NO_PICKS' } })
  async getLatest(
    @Query() { universe, mode }: LatestPicksQuery,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<LatestRunAnswer> {
    const answer = await this.values.latestPicks(universe || 'nifty50', mode || 'Intraday');
    void reply.headers(cacheHeaders(answer));
    if (answer.value === null) throw new NoPicksError();
    return answer.value as unknown as LatestRunAnswer;
  }

  @Get(':run_id')
  @ApiOperation({
    operationId: 'getRun',
    summary: 'A run with its payload',
    description: 'The first that was stored, where an id is there twice. The ETag changes with the row.',
  })
  @Answers(RunWithPayloadAnswer, { hasTag: true, problems: { 404: 'TRADING_RUN_NOT_FOUND' } })
  async get(@Param() { run_id: runId }: RunPath, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    const { version, text } = await this.runs.get(runId);
    void reply.headers({ etag: entityTagOf(version), 'content-type': 'application/json; charset=utf-8' });
    return text;
  }
}
