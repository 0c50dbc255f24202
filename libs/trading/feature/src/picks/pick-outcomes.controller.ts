import { Body, Controller, Get, Param, Put, Res, UsePipes } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Postgres } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AcceptsIfMatch, AcceptsIfNoneMatch, Conditions, entityTagOf, type Preconditions } from '../http/entity-tag';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { OutcomeBody, OutcomePath } from './picks.request';
import { OutcomeAnswer } from './picks.response';
import { PicksService } from './picks.service';

@ApiTags('picks')
@UsePipes(RequestPipe)
@Controller('v1/picks/:uuid/outcomes/:horizon')
export class PickOutcomesController {
  constructor(
    private readonly postgres: Postgres,
    private readonly picks: PicksService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getPickOutcome',
    summary: 'What became of a pick at a horizon',
    description: 'With the ETag that replacing it asks for.',
  })
  @Answers(OutcomeAnswer, { hasTag: true, problems: { 404: 'TRADING_OUTCOME_UNKNOWN' } })
  async get(@Param() path: OutcomePath, @Res({ passthrough: true }) reply: FastifyReply): Promise<OutcomeAnswer> {
    const { outcome, version } = await this.picks.getOutcome(path);
    void reply.header('ETag', entityTagOf(version));
    return outcome;
  }

  @Put()
  @AcceptsIfMatch('outcome that is to be replaced')
  @AcceptsIfNoneMatch()
  @ApiOperation({
    operationId: 'putPickOutcome',
    summary: 'Say what became of a pick at a horizon',
    description: 'All of the outcome is replaced: what is left out becomes null. 201 where there was none.',
  })
  @Answers(OutcomeAnswer, { hasTag: true, problems: { 404: 'TRADING_PICK_UNKNOWN' } })
  @ApiCreatedResponse({ type: OutcomeAnswer, description: 'There was none.' })
  async put(
    @Param() path: OutcomePath,
    @Body() body: OutcomeBody,
    @Conditions() conditions: Preconditions,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OutcomeAnswer> {
    const written = await this.postgres.transaction((tx) => this.picks.putOutcome(tx, path, body, conditions));
    void reply.status(written.isNew ? 201 : 200).header('ETag', entityTagOf(written.version));
    return written.outcome;
  }
}
