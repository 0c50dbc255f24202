import { Body, Controller, Get, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotentWrites, type IdempotentRequest } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { type Page, pageOf } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { AnalysesQuery, LatestAnalysisQuery, LearningsQuery, NewAnalysis, NewLearning } from './context.request';
import { Analysis, ContextStatistics, FullAnalysis, Learning, MemoryAnalysis } from './context.response';
import { ContextService } from './context.service';

type Reply = Pick<FastifyReply, 'header'>;

@ApiTags('context')
@UsePipes(RequestPipe)
@Controller('v1/context')
export class ContextController {
  constructor(
    private readonly context: ContextService,
    private readonly writes: IdempotentWrites,
  ) {}

  @Post('analyses')
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'storeAnalysis',
    summary: 'Store what an agent says of a symbol',
    description: 'As of now; earlier analyses stay. Symbol and agent are not normalised.',
  })
  @Answers(FullAnalysis, { status: 201 })
  async storeAnalysis(
    @Body() body: NewAnalysis,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<FullAnalysis> {
    const { symbol, agent_type: agentType, score = null, confidence = null, reasoning = null } = body;
    const analysis = {
      ...{ symbol, agentType, score, confidence, reasoning },
      ...{ signals: body.signals ?? {}, metadata: body.metadata ?? {} },
      ...{ globalContext: body.global_context ?? {}, policyContext: body.policy_context ?? {} },
    };
    return replyOf(reply, await this.writes.run(request, (tx) => this.context.addAnalysis(tx, analysis)));
  }

  @Get('analyses/latest')
  @ApiOperation({
    operationId: 'getLatestAnalysis',
    summary: 'The newest analysis of a symbol by an agent',
    description: 'Of several of one time the first that was stored. The beginning of the window is excluded.',
  })
  @Answers(FullAnalysis, { problems: { 404: 'CONTEXT_ANALYSIS_UNKNOWN: none is young enough' } })
  getLatestAnalysis(@Query() query: LatestAnalysisQuery): Promise<FullAnalysis> {
    return this.context.getLatestAnalysis(query.symbol, query.agent_type, query.max_age_minutes);
  }

  @Get('analyses')
  @ApiOperation({
    operationId: 'listAnalyses',
    summary: 'Analyses of a symbol, a page at a time',
    description: 'Newest first; those of one time by ascending id.',
  })
  @Answers(pageOf(Analysis))
  listAnalyses(@Query() { agent_type: agentType, ...query }: AnalysesQuery): Promise<Page<Analysis>> {
    return this.context.listAnalyses({ ...query, agentType });
  }

  @Get('memory-analyses')
  @ApiOperation({
    operationId: 'listMemoryAnalyses',
    summary: "Analyses from the memory manager's files, a page at a time",
    description: 'Oldest first, as in the files. They are apart from the other analyses, and nobody adds to them.',
  })
  @Answers(pageOf(MemoryAnalysis))
  listMemoryAnalyses(@Query() { agent_type: agentType, ...query }: AnalysesQuery): Promise<Page<MemoryAnalysis>> {
    return this.context.listMemoryAnalyses({ ...query, agentType });
  }

  @Post('learnings')
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'storeLearning',
    summary: 'Store what an agent learned',
    description: 'As of now; earlier learnings stay.',
  })
  @Answers(Learning, { status: 201 })
  async storeLearning(
    @Body() body: NewLearning,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<Learning> {
    const { agent_type, pattern_recognized = null, accuracy = null, sample_size = null } = body;
    const learning = { agent_type, pattern_recognized, accuracy, sample_size };
    return replyOf(reply, await this.writes.run(request, (tx) => this.context.addLearning(tx, learning)));
  }

  @Get('learnings')
  @ApiOperation({
    operationId: 'listLearnings',
    summary: 'What agents learned, a page at a time',
    description: 'What was stored last comes first.',
  })
  @Answers(pageOf(Learning))
  listLearnings(@Query() { agent_type: agentType, limit, cursor }: LearningsQuery): Promise<Page<Learning>> {
    return this.context.listLearnings({ agentType, limit, cursor });
  }

  @Get('statistics')
  @ApiOperation({
    operationId: 'getContextStatistics',
    summary: 'How much context there is',
    description: 'Counts, and the size of the tables. What is over is not counted.',
  })
  @Answers(ContextStatistics)
  getStatistics(): Promise<ContextStatistics> {
    return this.context.getStatistics();
  }
}
