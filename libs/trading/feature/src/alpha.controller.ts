import { Controller, Get, Query, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { AlphaByModeQuery, AlphaDatasetQuery } from './alpha.query';
import { AlphaByMode, AlphaDataset } from './alpha.response';
import { AlphaService } from './alpha.service';
import { LegacyAnswers } from './legacy-answers';
import { LegacyParametersPipe } from './legacy-parameters.pipe';

@ApiTags('performance')
@UsePipes(LegacyParametersPipe)
@Controller('v1/performance/alpha')
export class AlphaController {
  constructor(private readonly alpha: AlphaService) {}

  @Get('dataset')
  @ApiOperation({
    operationId: 'getAlphaDataset',
    summary: 'Recommendations with their results, a page at a time',
    description:
      'Newest first; rows of one time by descending id. By default only rows whose outcome is known. Doubles that are ' +
      'not finite are null.',
  })
  @LegacyAnswers(AlphaDataset, { parameters: true })
  getDataset(@Query() query: AlphaDatasetQuery): Promise<AlphaDataset> {
    const { mode, symbol, evaluated_only: evaluatedOnly, limit, offset } = query;
    return this.alpha.getDataset({ mode, symbol, evaluatedOnly, limit, offset });
  }

  @Get('by-mode')
  @ApiOperation({
    operationId: 'getAlphaByMode',
    summary: 'Wins, means and medians per mode',
    description: 'Over the evaluated recommendations of the last days. Rounded half to even, as Python rounds.',
  })
  @LegacyAnswers(AlphaByMode, { parameters: true })
  getByMode(@Query() query: AlphaByModeQuery): Promise<AlphaByMode> {
    return this.alpha.getByMode(query.lookback_days);
  }
}
