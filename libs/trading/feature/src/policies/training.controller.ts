import { Body, Controller, HttpCode, Param, Post, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotentWrites, type IdempotentRequest } from '@sluice/postgres';
import type { FastifyReply } from 'fastify';
import { AcceptsIdempotencyKey, Idempotent, replyOf } from '../http/idempotency';
import { RequestPipe } from '../http/request.pipe';
import { Answers } from '../http/resource-answers';
import { PolicyPath, TrainBody } from './policies.request';
import { TrainAnswer } from './policies.response';
import { TrainingService } from './training.service';

@ApiTags('policies')
@UsePipes(RequestPipe)
@Controller('v1/policies/:id/train')
export class TrainingController {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly training: TrainingService,
  ) {}

  @Post()
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @ApiOperation({
    operationId: 'trainPolicy',
    summary: 'Learn from the outcomes of the days before',
    description:
      'Exit and entry bandits from the outcomes, and exit profiles simulated on the candles of the days, of each mode that the ' +
      'configuration speaks of. All is computed anew from the rows of the window: a trade counts once however often this is run.',
  })
  @Answers(TrainAnswer, {
    problems: {
      404: 'TRADING_POLICY_UNKNOWN: nothing was changed',
      409: 'TRADING_POLICY_RECONFIGURED: its configuration was changed in the meantime. TRADING_POLICY_TOO_LARGE: over 50 modes, or 50 exit profiles of one',
    },
  })
  async train(
    @Param() { id }: PolicyPath,
    @Body() body: TrainBody,
    @Idempotent() request: IdempotentRequest | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TrainAnswer> {
    const trained = await this.training.train(id, body?.as_of);
    return replyOf(reply, await this.writes.run(request, (tx) => this.training.store(tx, trained)));
  }
}
