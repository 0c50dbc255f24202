import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotentWrites, Postgres, type IdempotentRequest } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AcceptsIfMatch, Conditions, entityTagOf, type Preconditions } from '../http/entity-tag';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { pageOf, type Page } from '../http/page';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { MetricsBody, PoliciesQuery, PolicyBody, PolicyPatch, PolicyPath } from './policies.request';
import { PolicyAnswer } from './policies.response';
import { PoliciesService, type TaggedPolicy } from './policies.service';

const UNKNOWN = { 404: 'TRADING_POLICY_UNKNOWN: nothing was changed' };

@ApiTags('policies')
@UsePipes(RequestPipe)
@Controller('v1/policies')
export class PoliciesController {
  constructor(
    private readonly postgres: Postgres,
    private readonly writes: IdempotentWrites,
    private readonly policies: PoliciesService,
  ) {}

  @Post()
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'createPolicy',
    summary: 'Make a policy',
    description: 'A draft, until it is activated.',
  })
  @Answers(PolicyAnswer, { status: 201, hasTag: true })
  async create(
    @Body() body: PolicyBody,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyAnswer> {
    const made = replyOf(reply, await this.writes.run(request, (tx) => this.policies.create(tx, body)));
    void reply.header('Location', `/v1/policies/${made.policy.policy_id}`);
    return withTag(reply, made);
  }

  @Get()
  @ApiOperation({
    operationId: 'listPolicies',
    summary: 'Policies, the newest first',
    description: 'A page at a time.',
  })
  @Answers(pageOf(PolicyAnswer))
  list(@Query() query: PoliciesQuery): Promise<Page<PolicyAnswer>> {
    return this.policies.list(query);
  }

  @Get('active')
  @ApiOperation({
    operationId: 'getActivePolicy',
    summary: 'The policy that is active',
    description: 'At most one is: the database sees to that.',
  })
  @Answers(PolicyAnswer, { hasTag: true, problems: { 404: 'TRADING_NO_ACTIVE_POLICY' } })
  async getActive(@Res({ passthrough: true }) reply: FastifyReply): Promise<PolicyAnswer> {
    return withTag(reply, await this.policies.getActive());
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getPolicy', summary: 'A policy', description: 'With the ETag that changes ask for.' })
  @Answers(PolicyAnswer, { hasTag: true, problems: { 404: 'TRADING_POLICY_UNKNOWN' } })
  async get(@Param() { id }: PolicyPath, @Res({ passthrough: true }) reply: FastifyReply): Promise<PolicyAnswer> {
    return withTag(reply, await this.policies.get(id));
  }

  @Patch(':id')
  @AcceptsIfMatch('policy that is to be changed')
  @ApiOperation({
    operationId: 'changePolicy',
    summary: 'Change name, description or configuration',
    description: 'What is left out stays as it is. A configuration is replaced as a whole.',
  })
  @Answers(PolicyAnswer, { hasTag: true, problems: UNKNOWN })
  async change(
    @Param() { id }: PolicyPath,
    @Body() body: PolicyPatch,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyAnswer> {
    return withTag(reply, await this.postgres.transaction((tx) => this.policies.change(tx, id, body, conditions)));
  }

  @Put(':id/metrics')
  @AcceptsIfMatch('policy that is to be changed')
  @ApiOperation({
    operationId: 'putPolicyMetrics',
    summary: 'Replace the metrics',
    description: 'As a whole. Training writes its own parts of them.',
  })
  @Answers(PolicyAnswer, { hasTag: true, problems: UNKNOWN })
  async putMetrics(
    @Param() { id }: PolicyPath,
    @Body() { metrics }: MetricsBody,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyAnswer> {
    return withTag(
      reply,
      await this.postgres.transaction((tx) => this.policies.setMetrics(tx, id, metrics, conditions)),
    );
  }

  @Post(':id/activate')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @AcceptsIfMatch('policy as it was looked at')
  @ApiOperation({
    operationId: 'activatePolicy',
    summary: 'Make it the active policy',
    description:
      'The one that was is retired. The active one stays as it is. Of several at the same time the last one stays active.',
  })
  @Answers(PolicyAnswer, { hasTag: true, problems: UNKNOWN })
  async activate(
    @Param() { id }: PolicyPath,
    @Idempotent() request: IdempotentRequest | null,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyAnswer> {
    const done = await this.writes.run(request, (tx) => this.policies.activate(tx, id, conditions));
    return withTag(reply, replyOf(reply, done));
  }

  @Post(':id/deactivate')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @AcceptsIfMatch('policy as it was looked at')
  @ApiOperation({
    operationId: 'deactivatePolicy',
    summary: 'Retire the active policy',
    description: 'Then none is active. A policy that is not active stays as it is.',
  })
  @Answers(PolicyAnswer, { hasTag: true, problems: UNKNOWN })
  async deactivate(
    @Param() { id }: PolicyPath,
    @Idempotent() request: IdempotentRequest | null,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PolicyAnswer> {
    const done = await this.writes.run(request, (tx) => this.policies.deactivate(tx, id, conditions));
    return withTag(reply, replyOf(reply, done));
  }
}

function withTag(reply: FastifyReply, { policy, version }: TaggedPolicy): PolicyAnswer {
  void reply.header('ETag', entityTagOf(version));
  return policy;
}
