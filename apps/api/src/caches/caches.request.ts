import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

export class CacheParams {
  @ApiProperty({ description: 'Of a cache, as listed.', example: 'hist' })
  @IsString()
  @MaxLength(200)
  name!: string;
}

export class CacheEntryParams extends CacheParams {
  @ApiProperty({ description: 'The whole key in Redis, URL-encoded.', example: 'hist:TCS:2026-01-01:2026-01-09:1d' })
  @IsString()
  key!: string;
}

export class CacheKeysQuery {
  @ApiPropertyOptional({ description: 'Of the last page; 0 begins.', default: '0', example: '0' })
  @IsOptional()
  @Matches(/^\d{1,20}(-\d{1,20})?$/, { message: 'cursor must be one that a page gave' })
  cursor?: string;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'About how many keys.',
    default: 200,
    minimum: 1,
    maximum: 1000,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  count?: number;
}

export class CacheClearQuery {
  @ApiPropertyOptional({ description: 'Count only.', enum: ['true', 'false'], default: 'false' })
  @IsOptional()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false';
}

export class CacheTags {
  @ApiProperty({ type: [String], description: 'As the cache makes them.', example: ['symbol:TCS'], maxItems: 100 })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(1_000, { each: true })
  tags!: string[];
}

const about = (description: string) => ({ description, type: 'number' as const });

/** Each option that is given is changed; the engine knows the bounds. */
export class CachePolicyChanges {
  @ApiPropertyOptional({ description: 'Serve a stale value at once and load behind it.' })
  @IsOptional()
  @IsBoolean()
  staleWhileRevalidate?: boolean;

  @ApiPropertyOptional(about('Load again behind a hit with so many ms left of its fresh life; 0 for never.'))
  @IsOptional()
  @IsNumber()
  refreshAheadMs?: number;

  @ApiPropertyOptional(about('Up to this part of its life shorter, from 0 to 1.'))
  @IsOptional()
  @IsNumber()
  jitter?: number;

  @ApiPropertyOptional(about('Fresh life of a loaded null, in ms.'))
  @IsOptional()
  @IsNumber()
  negativeMs?: number;

  @ApiPropertyOptional(about('Pause after a failed load, in ms, doubled with each in a row.'))
  @IsOptional()
  @IsNumber()
  backoffMs?: number;

  @ApiPropertyOptional(about('Beyond it a stale value is served, and the load goes on.'))
  @IsOptional()
  @IsNumber()
  loaderSoftMs?: number;

  @ApiPropertyOptional(about('Beyond it a load has failed.'))
  @IsOptional()
  @IsNumber()
  loaderHardMs?: number;

  @ApiPropertyOptional(about('Beyond it a stale value is served instead of waiting for Redis.'))
  @IsOptional()
  @IsNumber()
  tier2SoftMs?: number;

  @ApiPropertyOptional(about('Right of one process to load, in ms.'))
  @IsOptional()
  @IsNumber()
  leaseMs?: number;

  @ApiPropertyOptional(about('How long memory is served without having heard from the others, in ms.'))
  @IsOptional()
  @IsNumber()
  staleCeilingMs?: number;

  @ApiPropertyOptional({ description: 'Whether this process keeps values in memory.' })
  @IsOptional()
  @IsBoolean()
  tier1?: boolean;

  @ApiPropertyOptional({ type: 'integer', description: 'Loads at once in this process.', minimum: 1, maximum: 10_000 })
  @IsOptional()
  @IsInt()
  maxLoads?: number;

  @ApiPropertyOptional({
    type: 'integer',
    description: 'Writes that may wait for what is behind the cache.',
    minimum: 0,
    maximum: 1_000_000,
  })
  @IsOptional()
  @IsInt()
  maxQueuedWrites?: number;
}
