import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ANY_JSON } from '@sluice/trading-feature';
import type { WarmProgress } from '@sluice/trading-caching';
import type { CacheCensus, CacheFinding, CacheSummary, Inspection, WriteResult } from '@sluice/cache';

/** A class can implement a name only, and that something is described which administration does not give is a mistake. */
type Shown<T> = T;

const text = (example: string, description = '') => ApiProperty({ type: 'string', example, description });
const flag = (description: string) => ApiProperty({ type: 'boolean', description });
const count = (description: string) => ApiProperty({ type: 'integer', example: 0, description });
const ms = (description: string) => ApiProperty({ type: 'number', description: `${description} In milliseconds.` });
const nullableMs = (description: string) =>
  ApiProperty({ type: 'number', nullable: true, description: `${description} In milliseconds.` });

export class CachePolicyAnswer implements Shown<CacheSummary['policy']> {
  @ms('How long after its fresh life a value is kept to be served stale; part of what is stored.') graceMs!: number;
  @flag('Serves a stale value at once and loads behind it.') staleWhileRevalidate!: boolean;
  @ms('Loads again behind a hit with so much left of its fresh life; 0 for never.') refreshAheadMs!: number;
  @ApiProperty({ type: 'number', description: 'Up to this part of its life shorter, from 0 to 1.' }) jitter!: number;
  @ms('Fresh life of a loaded null; 0 keeps none.') negativeMs!: number;
  @ms('Pause after a failed load, doubled with each in a row.') backoffMs!: number;
  @ms('Beyond it a stale value is served, and the load goes on.') loaderSoftMs!: number;
  @ms('Beyond it a load has failed.') loaderHardMs!: number;
  @ms('Beyond it a stale value is served instead of waiting for Redis.') tier2SoftMs!: number;
  @ms('Right of one process to load.') leaseMs!: number;
  @ms('How long memory is served without having heard from the others.') staleCeilingMs!: number;
  @flag('Whether this process keeps values in memory.') tier1!: boolean;
  @count('Loads at once in this process.') maxLoads!: number;
  @count('Writes that may wait for what is behind the cache, where it is written back.') maxQueuedWrites!: number;
}

export class CacheCountersAnswer implements Omit<CacheSummary['counters'], 'failed'> {
  @count('Values served from the memory of this process.') tier1Hits!: number;
  @count('Values served from Redis.') tier2Hits!: number;
  @count('Reads that found nothing to serve.') misses!: number;
  @count('Stale values served.') staleServed!: number;
  @count('Loads begun.') loads!: number;
  @count('Loads that failed.') loadErrors!: number;
  @ms('Time spent loading.') loadMs!: number;
  @count('Loaded values not stored because an invalidation came first.') overtaken!: number;
  @count('Entries that did not decode.') corrupt!: number;
  @count('Values written, by callers or after a load.') writes!: number;
  @count('Entries removed, or made stale, from here.') removed!: number;
  @count('Invalidations that had to wait for Redis.') queued!: number;
  @count('Writes that were made durable, and are on their way to what is behind the cache.') queuedWrites!: number;
  @count('Invalidations made here.') invalidations!: number;
  @count('Times that invalidations of other processes were missed.') gaps!: number;
  @count('Reads that went past the cache because it is paused.') bypassed!: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { timeout: 1 },
    description: 'Calls of Redis that failed, by class.',
  })
  failures!: object;
}

export class CacheSummaryAnswer implements Omit<CacheSummary, 'counters'> {
  @text('hist') name!: string;
  @text('Candles per symbol, span, interval and source; filled from the chart sources.') about!: string;
  @text('hist:*', 'Of its keys in Redis.') keys!: string;
  @ApiProperty({ type: 'integer', example: 1 }) version!: number;
  @text('JSON of source and rows', 'How its values are held.') store!: string;
  @text('1 h to 1 d, by interval', 'How long they are fresh.') fresh!: string;
  @flag('Whether its entries carry tags, by which they can be invalidated together.') hasTags!: boolean;
  @ApiProperty({ type: CachePolicyAnswer }) policy!: CachePolicyAnswer;
  @ApiProperty({ enum: ['running', 'paused'] }) state!: 'running' | 'paused';
  @ApiProperty({ type: CacheCountersAnswer, description: 'Of this process, since it began.' })
  counters!: CacheCountersAnswer;
  @count('At this moment, in this process.') runningLoads!: number;
}

export class CacheKeyPageAnswer {
  @text('0', 'Of the next page; 0 ends.') cursor!: string;
  @ApiProperty({ type: [String], example: ['hist:TCS:2026-01-01:2026-01-09:1d'] }) keys!: string[];
}

export class MemoryEntryAnswer {
  @ms('Not above 0 where it is stale.') freshForMs!: number;
  @ms('Since it was asked for.') ageMs!: number;
  @ApiProperty({ type: 'integer' }) sizeBytes!: number;
}

export class SharedEntryAnswer {
  @ApiProperty({
    enum: ['fresh', 'stale', 'corrupt', 'invalidated', 'otherVersion', 'absent'],
    description:
      '`invalidated`: a tag made it absent, so that to every reader it is a miss. `otherVersion`: only another release reads it.',
  })
  state!: NonNullable<Inspection['tier2']>['state'];
  @nullableMs('Until Redis removes it; null without end.') lifeMs!: number | null;
  @nullableMs('Not above 0 where it is stale; null without end.') freshForMs!: number | null;
  @ApiProperty({ type: 'integer' }) sizeBytes!: number;
  @ApiProperty({ ...ANY_JSON, description: 'Of any type; what JSON has no type for is shown as text.' })
  value!: unknown;
}

export class CacheEntryAnswer implements Inspection {
  @text('hist:TCS:2026-01-01:2026-01-09:1d', 'Its key in Redis.') id!: string;
  @ApiProperty({ type: MemoryEntryAnswer, nullable: true, description: 'In the memory of this process.' })
  tier1!: MemoryEntryAnswer | null;
  @ApiProperty({ type: SharedEntryAnswer, nullable: true, description: 'In Redis.' }) tier2!: SharedEntryAnswer | null;
}

export class CacheWriteAnswer implements WriteResult {
  @ApiProperty({ enum: ['written', 'skipped'] }) tier1!: 'written' | 'skipped';
  @ApiProperty({ enum: ['written', 'queued', 'failed', 'skipped'], description: 'queued: told when Redis is back.' })
  tier2!: WriteResult['tier2'];
  @ApiPropertyOptional({ enum: ['written', 'queued'], description: 'What became of it behind the cache.' })
  source?: 'written' | 'queued';
  @ApiPropertyOptional({ type: 'string', description: 'Why it is not `written`.' }) reason?: string;
}

export class CacheRemoveAnswer extends CacheWriteAnswer {
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null where Redis could not be asked.' })
  removed!: number | null;
}

export class CacheClearPlanAnswer {
  @count('Entries that a clear would remove now.') wouldRemove!: number;
}

export class CacheWarmAnswer implements WarmProgress {
  @text('picks:latest') name!: string;
  @count('That are worth having.') total!: number;
  @count('Were there already, and are as they were.') present!: number;
  @count('Loaded now; 0 for a dry run.') loaded!: number;
  @count('Could not be loaded, or Redis did not take them.') failed!: number;
  @ApiProperty({ type: 'string', nullable: true, description: 'Of the last one that failed.' }) failure!: string | null;
}

export class CacheFindingAnswer implements CacheFinding {
  @ApiProperty({ enum: ['corrupt', 'endless', 'missed'] }) kind!: CacheFinding['kind'];
  @ApiProperty({ type: 'string', nullable: true, description: 'Null where it is about the whole cache.' })
  key!: string | null;
}

export class CacheCensusAnswer implements CacheCensus {
  @text('hist') name!: string;
  @count('In Redis.') entries!: number;
  @count('Of them fresh.') fresh!: number;
  @count('Of them stale.') stale!: number;
  @count('Made absent by a tag; they end by themselves.') invalidated!: number;
  @count('Of another release, which alone reads them.') otherVersion!: number;
  @count('They do not decode.') corrupt!: number;
  @count('They have no end, so another program wrote them.') endless!: number;
  @count('Of all.') sizeBytes!: number;
  @nullableMs('Of all; null without any.') longestLifeMs!: number | null;
  @count('Number of the last invalidation that was heard.') sequence!: number;
  @ApiProperty({ type: [CacheFindingAnswer], description: 'The first 100.' }) findings!: CacheFindingAnswer[];
  @flag('Nothing was found.') isClean!: boolean;
}
