import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { TradingCaches } from '@sluice/trading-caching';
import { LegacyAnswers } from './legacy-answers';
import { SharedCacheAwayError } from './shared-cache';

export class ClearCacheAnswer {
  @ApiProperty({ type: 'boolean', example: true }) ok!: boolean;
  @ApiProperty({ type: 'string', example: 'The general cache is empty: 7 entries deleted.' }) message!: string;
}

@ApiTags('general cache')
@Controller('admin')
export class GeneralCacheController {
  constructor(private readonly caches: TradingCaches) {}

  @Post('clear-cache')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'clearGeneralCache',
    summary: 'Remove everything from the general cache',
    description:
      'Also what was kept for a closed market, in every process, and of no other cache. Needs the scope `admin`.',
  })
  @LegacyAnswers(ClearCacheAnswer, { parameters: false, isChange: true })
  async clear(): Promise<ClearCacheAnswer> {
    const { volatile, persistent } = this.caches.general;
    const [one, other] = [await volatile.clear(), await persistent.clear()];
    if (one.removed === null || other.removed === null)
      throw new SharedCacheAwayError('Redis is not available; the cache is cleared when it is back.');
    const count = one.removed + other.removed;
    return { ok: true, message: `The general cache is empty: ${count} ${count === 1 ? 'entry' : 'entries'} deleted.` };
  }
}
