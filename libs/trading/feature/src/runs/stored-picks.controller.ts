import { Controller, Get, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { cacheHeaders, type HeaderSink } from '../cache-status';
import { LegacyAnswers } from '../legacy-answers';
import { LegacyParametersPipe } from '../legacy-parameters.pipe';
import { BooleanParameter, IntegerParameter, TextParameter } from '../query-parameter';
import { AgentPicksAnswer, TopPicksAnswer } from './stored-picks.response';
import { StoredPicksService } from './stored-picks.service';

const maxLength = 200;
const REFRESH = { description: 'Make new picks; not possible here: what is stored is the answer.', default: false };

export class TopPicksQuery {
  @TextParameter({ description: 'Universe; any case.', maxLength, default: 'nifty50', example: 'nifty50' })
  universe = 'nifty50';

  @TextParameter({ description: 'Mode; any case.', maxLength, default: 'Swing', example: 'Intraday' })
  mode = 'Swing';

  @IntegerParameter({ description: 'Picks at most.', minimum: 1, maximum: 10, default: 5, example: 5 })
  limit = 5;

  @TextParameter({
    description: '`low`, `medium` or `high`, in any case; what else it may be counts as medium.',
    ...{ maxLength, default: 'medium', example: 'medium' },
  })
  min_confidence = 'medium';

  @BooleanParameter(REFRESH)
  refresh = false;
}

export class AgentPicksQuery {
  @IntegerParameter({ description: 'Picks at most.', minimum: 1, maximum: 10, default: 5, example: 5 })
  limit = 5;

  @TextParameter({ description: 'Universe; any case.', maxLength, default: 'NIFTY50', example: 'NIFTY50' })
  universe = 'NIFTY50';

  @TextParameter({ description: 'Not looked at.', maxLength, example: 'a-session' })
  session_id?: string;

  @BooleanParameter(REFRESH)
  refresh = false;

  @TextParameter({
    description: 'Mode, any case; the first with picks where it is not given.',
    maxLength,
    example: 'Swing',
  })
  primary_mode?: string;
}

@ApiTags('top picks')
@UsePipes(LegacyParametersPipe)
@Controller('v1')
export class StoredPicksController {
  constructor(private readonly picks: StoredPicksService) {}

  @Get('top-picks')
  @ApiOperation({
    operationId: 'getTopPicks',
    summary: 'The picks of the last session',
    description: 'As they are stored; with none of the last session the list is empty and `cached` false.',
  })
  @LegacyAnswers(TopPicksAnswer, { parameters: true, isCached: true })
  async getTopPicks(
    @Query() { universe, mode, limit, min_confidence: minConfidence }: TopPicksQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<TopPicksAnswer> {
    const request = { universe: universe || 'nifty50', mode: mode || 'Swing', limit, minConfidence };
    const { body, how } = await this.picks.topPicks(request);
    reply.headers(cacheHeaders(how));
    return body;
  }

  @Get('agents/picks')
  @ApiOperation({
    operationId: 'getAgentPicks',
    summary: 'The picks of a mode, or of the first mode that has some',
    description:
      'Of the last session. Without a mode: Intraday of the last session, else the newest of Swing, Intraday, Scalping, ' +
      'Options or Futures, of any age.',
  })
  @LegacyAnswers(AgentPicksAnswer, { parameters: true, isCached: true })
  async getAgentPicks(
    @Query() { universe, limit, primary_mode: mode }: AgentPicksQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<AgentPicksAnswer> {
    const { body, how } = await this.picks.agentPicks({ universe: universe || 'NIFTY50', limit, mode: mode || null });
    reply.headers(cacheHeaders(how));
    return body;
  }
}
