import { ApiProperty } from '@nestjs/swagger';

const text = (example: string) => ApiProperty({ type: 'string', example });
const integer = (example: number) => ApiProperty({ type: 'integer', example });
const nullableText = (example: string) => ApiProperty({ type: 'string', nullable: true, example });
const nullableNumber = (example: number) => ApiProperty({ type: 'number', nullable: true, example });
const counted = (example: number, what: string) =>
  ApiProperty({ type: 'integer', example, description: `${what}; all processes together, up to a second old.` });

export class OhlcCacheStats {
  @counted(940, 'Reads that found candles') hits!: number;
  @counted(60, 'Reads that found none') misses!: number;
  @counted(61, 'Entries written') writes!: number;
  @counted(3, 'Entries removed') invalidations!: number;
  @ApiProperty({ type: 'number', example: 94, description: 'Percent, 2 decimals.' }) hit_rate!: number;
  @integer(58) total_entries!: number;
  @integer(1_048_576) total_size_bytes!: number;
  @ApiProperty({ type: 'number', example: 1, description: '2 decimals.' }) total_size_mb!: number;
}

export class OhlcCacheStatsAnswer {
  @text('success') status!: string;
  @ApiProperty({ type: OhlcCacheStats }) cache_stats!: OhlcCacheStats;
}

export class OhlcCacheEntry {
  @text('hist:TCS:2026-01-01:2026-01-09:1d') cache_key!: string;
  @text('TCS') symbol!: string;
  @text('1d') interval!: string;
  @ApiProperty({ type: 'string', example: '2026-01-01T00:00:00', description: "India's wall time." })
  from_date!: string;
  @text('2026-01-09T00:00:00') to_date!: string;
  @nullableText('yahoo') source!: string | null;
  @nullableText('2026-01-09T10:00:00.123000Z') cached_at!: string | null;
  @nullableNumber(2.5) age_hours!: number | null;
  @integer(7) row_count!: number;
  @ApiProperty({ type: 'number', example: 1.25, description: '2 decimals.' }) size_kb!: number;
}

export class OhlcCacheInfoAnswer {
  @text('success') status!: string;
  @integer(58) total_entries!: number;
  @ApiProperty({ type: [OhlcCacheEntry], description: 'The newest first.' }) entries!: OhlcCacheEntry[];
}

export class OhlcInvalidateAnswer {
  @text('success') status!: string;
  @text('3 entries invalidated.') message!: string;
  @integer(3) invalidated_count!: number;
}

export class OhlcClearAnswer {
  @text('success') status!: string;
  @text('58 entries cleared.') message!: string;
  @integer(58) cleared_count!: number;
}

export class OhlcCacheHealthAnswer {
  @text('success') status!: string;
  @ApiProperty({ enum: ['excellent', 'good', 'fair', 'poor'], example: 'excellent' }) health!: string;
  @ApiProperty({ type: 'number', example: 94, description: 'Percent, 2 decimals.' }) hit_rate!: number;
  @integer(58) total_entries!: number;
  @ApiProperty({ type: 'number', example: 1 }) size_mb!: number;
  @ApiProperty({ type: [String], example: [] }) recommendations!: string[];
}
