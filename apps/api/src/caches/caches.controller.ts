import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CacheAdministration,
  type CacheCensus,
  type CacheSummary,
  type RemoveResult,
  type WriteResult,
} from '@sluice/cache';
import type { WarmProgress } from '@sluice/trading-caching';
import { CacheMetrics } from './cache-metrics';
import { CacheWarmUp } from './cache-warm-up';
import { CacheEntryAbsentError } from './caches.errors';
import { CacheAnswers } from './caches.openapi';
import {
  CacheClearQuery,
  CacheEntryParams,
  CacheKeysQuery,
  CacheParams,
  CachePolicyChanges,
  CacheTags,
} from './caches.request';
import {
  CacheCensusAnswer,
  CacheClearPlanAnswer,
  CacheEntryAnswer,
  CacheKeyPageAnswer,
  CacheRemoveAnswer,
  CacheSummaryAnswer,
  CacheWarmAnswer,
  CacheWriteAnswer,
} from './caches.response';
import { NoBodyGuard } from './no-body.guard';
import { plainOf } from './plain-value';
import { RequestPipe } from '@sluice/trading-feature';
import { Actor } from '../security/actor';

/** Keys answered by one page, the cursor for the next. */
type KeyPage = Awaited<ReturnType<CacheAdministration['keys']>>;

@ApiTags('caches')
@UsePipes(RequestPipe)
@Controller('v1/admin/caches')
export class CachesController {
  constructor(
    private readonly caches: CacheAdministration,
    private readonly metrics: CacheMetrics,
    private readonly warmUp: CacheWarmUp,
  ) {}

  @Get()
  @CacheAnswers({
    ...{ id: 'listCaches', summary: 'Every cache of this process', answer: [CacheSummaryAnswer] },
    description: 'With its policy, state and counters.',
  })
  list(): CacheSummary[] {
    return this.caches.list();
  }

  @Get('metrics')
  @Header('content-type', CacheMetrics.contentType)
  @CacheAnswers({
    ...{ id: 'readCacheMetrics', summary: 'The numbers of all caches' },
    description: 'In the text format of Prometheus.',
  })
  text(): Promise<string> {
    return this.metrics.text();
  }

  @Get(':name')
  @CacheAnswers({
    ...{ id: 'getCache', summary: 'One cache', answer: CacheSummaryAnswer },
    description: 'With its policy, state and counters.',
  })
  get(@Param() { name }: CacheParams): CacheSummary {
    return this.caches.get(name);
  }

  @Get(':name/keys')
  @CacheAnswers({
    ...{ id: 'listCacheKeys', summary: 'Keys of a cache, by page', answer: CacheKeyPageAnswer },
    description: 'The cursor 0 ends. A page may be empty before, and a key come twice.',
  })
  keys(@Param() { name }: CacheParams, @Query() { cursor, count }: CacheKeysQuery): Promise<KeyPage> {
    return this.caches.keys(name, cursor, count);
  }

  @Get(':name/entries/:key')
  @CacheAnswers({
    ...{ id: 'getCacheEntry', summary: 'One entry, as each tier has it', answer: CacheEntryAnswer },
    description: 'Its value, age, life and size.',
  })
  async inspect(@Param() { name, key }: CacheEntryParams): Promise<unknown> {
    const entry = await this.caches.inspect(name, key);
    if (!entry) throw new CacheEntryAbsentError(name);
    return plainOf(entry);
  }

  @Delete(':name/entries/:key')
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{ id: 'deleteCacheEntry', summary: 'Delete one entry', answer: CacheRemoveAnswer },
    description: 'In every process.',
  })
  remove(@Actor() actor: string, @Param() { name, key }: CacheEntryParams): Promise<RemoveResult> {
    return this.caches.deleteKeys(actor, name, [key]);
  }

  @Post(':name/entries/:key/expire')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{ id: 'expireCacheEntry', summary: 'Make one entry stale', answer: CacheRemoveAnswer },
    description: 'Loaded again, and served only while that fails; deleted where the cache has no grace.',
  })
  expire(@Actor() actor: string, @Param() { name, key }: CacheEntryParams): Promise<RemoveResult> {
    return this.caches.expireKeys(actor, name, [key]);
  }

  @Post(':name/invalidate-tags')
  @HttpCode(200)
  @CacheAnswers({
    ...{ id: 'invalidateCacheTags', summary: 'Make every entry with a tag absent', answer: CacheWriteAnswer },
    description: 'In every process and in one step, whatever the keys; how many there were nobody knows.',
  })
  invalidateTags(
    @Actor() actor: string,
    @Param() { name }: CacheParams,
    @Body() { tags }: CacheTags,
  ): Promise<WriteResult> {
    return this.caches.invalidateTags(actor, name, tags);
  }

  @Post(':name/clear')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{
      id: 'clearCache',
      summary: 'Delete every entry of a cache',
      answer: [CacheRemoveAnswer, CacheClearPlanAnswer],
    },
    description: 'In every process; a dry run only counts.',
  })
  async clear(
    @Actor() actor: string,
    @Param() { name }: CacheParams,
    @Query() { dryRun }: CacheClearQuery,
  ): Promise<RemoveResult | { wouldRemove: number }> {
    if (dryRun === 'true') return { wouldRemove: await this.caches.countKeys(name) };
    return this.caches.clear(actor, name);
  }

  @Post(':name/warm')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{ id: 'warmCache', summary: 'Fill a cache from PostgreSQL', answer: CacheWarmAnswer },
    description:
      'Loads what is absent, at most 50 entries a second, and replaces nothing; a dry run only counts. Answers when it is done.',
  })
  async warm(
    @Actor() actor: string,
    @Param() { name }: CacheParams,
    @Query() { dryRun }: CacheClearQuery,
  ): Promise<WarmProgress> {
    const progress = await this.warmUp.warm(this.caches.get(name).name, { dryRun: dryRun === 'true' });
    if (dryRun !== 'true') this.caches.noteWarm(actor, name);
    return progress;
  }

  @Post(':name/pause')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{ id: 'pauseCache', summary: 'Ask the loaders instead of a cache', answer: CacheSummaryAnswer },
    description: 'In this process, until it resumes or ends.',
  })
  pause(@Actor() actor: string, @Param() { name }: CacheParams): CacheSummary {
    return this.caches.pause(actor, name);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{ id: 'resumeCache', summary: 'Use a cache again', answer: CacheSummaryAnswer },
    description: 'In this process.',
  })
  resume(@Actor() actor: string, @Param() { name }: CacheParams): CacheSummary {
    return this.caches.resume(actor, name);
  }

  @Patch(':name/policy')
  @CacheAnswers({
    ...{ id: 'changeCachePolicy', summary: 'Change the policy of a cache', answer: CacheSummaryAnswer },
    description: 'In this process until it ends.',
  })
  setPolicy(@Actor() actor: string, @Param() { name }: CacheParams, @Body() changes: CachePolicyChanges): CacheSummary {
    return this.caches.setPolicy(actor, name, { ...changes });
  }

  @Post(':name/verify')
  @HttpCode(200)
  @UseGuards(NoBodyGuard)
  @CacheAnswers({
    ...{ id: 'verifyCache', summary: 'Decode every entry of a cache', answer: CacheCensusAnswer },
    description: 'Changes nothing in Redis. It reads everything.',
  })
  verify(@Param() { name }: CacheParams): Promise<CacheCensus> {
    return this.caches.verify(name);
  }
}
