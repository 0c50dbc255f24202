import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';
import { IdempotentWrites, type IdempotentRequest } from '@sluice/postgres';
import { SessionRepository, type SessionData } from '@sluice/trading-persistence';
import type { FastifyReply } from 'fastify';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { unstorableParts } from '../http/plain-json';
import { LegacyAnswers } from '../legacy-answers';
import { ParameterInvalidError } from '../legacy-parameters.pipe';
import { SessionUpsert, SessionUpsertPipe } from './session.request';

class SessionAnswer {
  @ApiProperty({ example: 'session-7' })
  session_id!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { risk_profile: 'Moderate' } })
  data!: SessionData;
}

/**
 * The sessions that the legacy service kept in a dictionary of its process. Here they are rows, and not the memory manager's
 * cache of sessions: Redis may evict an entry or come back empty, and what was acknowledged would be gone.
 */
@ApiTags('sessions')
@Controller('v1/memory')
export class SessionsController {
  constructor(
    private readonly sessions: SessionRepository,
    private readonly writes: IdempotentWrites,
  ) {}

  @Get('session/:session_id')
  @ApiParam({ name: 'session_id', example: 'session-7' })
  @ApiOperation({
    operationId: 'getSession',
    summary: 'What is kept of a session',
    description: 'An empty object where there is nothing, or where nothing was stored for 90 days.',
  })
  @LegacyAnswers(SessionAnswer, { parameters: false })
  async get(@Param('session_id') session_id: string): Promise<SessionAnswer> {
    const canBeThere = unstorableParts(session_id).length === 0;
    return { session_id, data: (canBeThere ? await this.sessions.find(session_id) : null) ?? {} };
  }

  @Post('upsert')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiBody({ type: SessionUpsert })
  @ApiOperation({
    operationId: 'upsertSession',
    summary: 'Keep something of a session',
    description: 'Merged into what is there, at the first level only; answers all of it. A session has 1 MiB at most.',
  })
  @LegacyAnswers(SessionAnswer, { parameters: true })
  async upsert(
    @Body(SessionUpsertPipe) { session_id, data }: SessionUpsert,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: Pick<FastifyReply, 'header'>,
  ): Promise<SessionAnswer> {
    const done = await this.writes.run(request, async (tx) => {
      const merged = await this.sessions.merge(tx, session_id, data);
      if (merged === null) throw sessionFull();
      return { session_id, data: merged };
    });
    return replyOf(reply, done);
  }
}

const sessionFull = (): ParameterInvalidError =>
  new ParameterInvalidError([
    { loc: ['body', 'data'], msg: 'A session should have at most 1 MiB', type: 'value_error' },
  ]);
