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
import { CacheAdministration, type CacheCensus, type CacheSummary, type RemoveResult } from '@sluice/cache';
import { CacheMetrics } from './cache-metrics';
import { CacheEntryAbsentError } from './caches.errors';
import { CacheAnswers } from './caches.openapi';
import { CacheClearQuery, CacheEntryParams, CacheKeysQuery, CacheParams, CachePolicyChanges } from './caches.request';
import { plainOf } from './plain-value';
import { LoopbackGuard } from './loopback.guard';
import { RequestPipe } from './request.pipe';

/** Who asks, in the audit: there are no accounts yet, and changes come from this machine only. */
const LOCAL = 'api, from this machine';

/** Keys answered by one page, the cursor for the next. */
type KeyPage = Awaited<ReturnType<CacheAdministration['keys']>>;

@UseGuards(LoopbackGuard)
@UsePipes(RequestPipe)
@Controller('v1/admin/caches')
export class CachesController {
  constructor(
    private readonly caches: CacheAdministration,
    private readonly metrics: CacheMetrics,
  ) {}

  @Get()
  @CacheAnswers('listCaches', 'Every cache of this process', 'With its policy, state and counters.')
  list(): CacheSummary[] {
    return this.caches.list();
  }

  @Get('metrics')
  @Header('content-type', CacheMetrics.contentType)
  @CacheAnswers('readCacheMetrics', 'The numbers of all caches', 'In the text format of Prometheus.')
  text(): Promise<string> {
    return this.metrics.text();
  }

  @Get(':name')
  @CacheAnswers('getCache', 'One cache', 'With its policy, state and counters.')
  get(@Param() { name }: CacheParams): CacheSummary {
    return this.caches.get(name);
  }

  @Get(':name/keys')
  @CacheAnswers(
    'listCacheKeys',
    'Keys of a cache, by page',
    'The cursor 0 ends. A page may be empty before, and a key come twice.',
  )
  keys(@Param() { name }: CacheParams, @Query() { cursor, count }: CacheKeysQuery): Promise<KeyPage> {
    return this.caches.keys(name, cursor, count);
  }

  @Get(':name/entries/:key')
  @CacheAnswers('getCacheEntry', 'One entry, as each tier has it', 'Its value, age, life and size.')
  async inspect(@Param() { name, key }: CacheEntryParams): Promise<unknown> {
    const entry = await this.caches.inspect(name, key);
    if (!entry) throw new CacheEntryAbsentError(name);
    return plainOf(entry);
  }

  @Delete(':name/entries/:key')
  @CacheAnswers('deleteCacheEntry', 'Delete one entry', 'In every process. Only from this machine.')
  remove(@Param() { name, key }: CacheEntryParams): Promise<RemoveResult> {
    return this.caches.deleteKeys(LOCAL, name, [key]);
  }

  @Post(':name/clear')
  @HttpCode(200)
  @CacheAnswers(
    'clearCache',
    'Delete every entry of a cache',
    'In every process; a dry run only counts. Only from this machine.',
  )
  async clear(
    @Param() { name }: CacheParams,
    @Query() { dryRun }: CacheClearQuery,
  ): Promise<RemoveResult | { wouldRemove: number }> {
    if (dryRun === 'true') return { wouldRemove: await this.caches.countKeys(name) };
    return this.caches.clear(LOCAL, name);
  }

  @Post(':name/pause')
  @HttpCode(200)
  @CacheAnswers(
    'pauseCache',
    'Ask the loaders instead of a cache',
    'In this process, until it resumes or ends. Only from this machine.',
  )
  pause(@Param() { name }: CacheParams): CacheSummary {
    return this.caches.pause(LOCAL, name);
  }

  @Post(':name/resume')
  @HttpCode(200)
  @CacheAnswers('resumeCache', 'Use a cache again', 'In this process. Only from this machine.')
  resume(@Param() { name }: CacheParams): CacheSummary {
    return this.caches.resume(LOCAL, name);
  }

  @Patch(':name/policy')
  @CacheAnswers(
    'changeCachePolicy',
    'Change the policy of a cache',
    'In this process until it ends. Only from this machine.',
  )
  setPolicy(@Param() { name }: CacheParams, @Body() changes: CachePolicyChanges): CacheSummary {
    return this.caches.setPolicy(LOCAL, name, { ...changes });
  }

  @Post(':name/verify')
  @HttpCode(200)
  @CacheAnswers(
    'verifyCache',
    'Decode every entry of a cache',
    'Changes nothing in Redis. Only from this machine: it reads everything.',
  )
  verify(@Param() { name }: CacheParams): Promise<CacheCensus> {
    return this.caches.verify(name);
  }
}
