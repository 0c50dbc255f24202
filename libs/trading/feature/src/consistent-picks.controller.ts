import { Controller, Get, Query, Res, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { cacheHeaders, type HeaderSink } from './cache-status';
import { ConsistentPicks } from './consistent-picks.response';
import { ConsistentPicksService } from './consistent-picks.service';
import { LegacyAnswers } from './legacy-answers';
import { LegacyParametersPipe } from './legacy-parameters.pipe';
import { BooleanParameter, IntegerParameter, TextParameter } from './query-parameter';

const DEFAULT_UNIVERSES = 'NIFTY50,BANKNIFTY';

export class ConsistentPicksQuery {
  @TextParameter({ description: 'Separated by commas.', default: DEFAULT_UNIVERSES, example: DEFAULT_UNIVERSES })
  universes = DEFAULT_UNIVERSES;

  @IntegerParameter({ description: 'Picks of each universe.', minimum: 1, maximum: 10, default: 5, example: 5 })
  limit = 5;

  @BooleanParameter({ description: 'Analyse anew; not possible here, and the note says so.', default: false })
  refresh = false;
}

@ApiTags('top picks')
@UsePipes(LegacyParametersPipe)
@Controller('v1/agents')
export class ConsistentPicksController {
  constructor(private readonly picks: ConsistentPicksService) {}

  @Get('picks-consistent')
  @ApiOperation({
    operationId: 'getConsistentPicks',
    summary: 'Picks of several universes from one score per symbol',
    description: 'From the scores that the engine left in the cache. Nothing is analysed here.',
  })
  @LegacyAnswers(ConsistentPicks, { parameters: true, isCached: true })
  async get(
    @Query() { universes, limit, refresh }: ConsistentPicksQuery,
    @Res({ passthrough: true }) reply: HeaderSink,
  ): Promise<ConsistentPicks> {
    const names = (universes || DEFAULT_UNIVERSES).split(',').flatMap((name) => name.trim() || []);
    const { picks, how } = await this.picks.read(names, limit, refresh);
    reply.headers(cacheHeaders(how));
    return picks;
  }
}
